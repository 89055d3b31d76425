internal import GuestDriver
internal import VirtioWire

/// How cases of attacks are written: what a device makes of an attack is its own business, but it
/// answers each request, and serves a driver as before when it is over.
enum HostileCase {
    static func gpu(
        _ name: String, _ clause: String, needs: VirtioGPU.Features = [],
        attack: @escaping @Sendable (inout ConformanceContext) throws -> Void
    ) -> ConformanceCase {
        ConformanceCase(
            id: "hostile/gpu/\(name)", clause: clause, level: .practice,
            device: VirtioGPU.deviceID
        ) { (context: inout ConformanceContext) in
            let wanted: VirtioGPU.Features = [
                .virgl, .edid, .resourceUUID, .resourceBlob, .contextInit,
            ]
            let accepted = VirtioGPU.Features(
                rawValue: try context.start(wanted: wanted.rawValue))
            guard accepted.isSuperset(of: needs) else { throw NotOffered(feature: "\(needs)") }
            try attack(&context)
            let probe = Probe(VirtioGPU.deviceID)
            let header = try context.decode(
                VirtioGPU.ControlHeader.self,
                from: try context.sendBytes(probe.request, room: probe.responseBytes))
            guard header.type == .okDisplayInfo else {
                throw context.finding("VIRTIO_GPU_RESP_OK_DISPLAY_INFO after the attack")
            }
            return .pass
        }
    }

    static func media(
        _ name: String, _ clause: String,
        attack: @escaping @Sendable (inout ConformanceContext) throws -> Void
    ) -> ConformanceCase {
        ConformanceCase(
            id: "hostile/media/\(name)", clause: clause, level: .practice,
            device: VirtioMedia.deviceID
        ) { (context: inout ConformanceContext) in
            try attack(&context)
            // As good as new after a reset, with a session and its format.
            _ = try MediaSubject(&context)
            return .pass
        }
    }
}

extension ConformanceContext {
    /// Sends bytes as they are; what came back, which may be anything.
    @discardableResult
    mutating func sendBytes(
        _ bytes: [UInt8], room: Int = 64, queue: Int = VirtioGPU.controlQueue
    ) throws(DriverError) -> [UInt8] {
        var request = WireBuffer(capacity: bytes.count)
        request.append(contentsOf: bytes)
        return try exchange(request, responseBytes: room, queue: queue)
    }
}

/// Numbers that are the same in every run (xorshift64*).
struct FixedRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

    /// What breaks arithmetic more often than any number does.
    mutating func word() -> UInt32 {
        let edges: [UInt32] = [
            0, 1, 2, 3, 16, 64, 255, 4096, 0x7fff_ffff, 0x8000_0000, 0x4000_0001, .max - 1, .max,
        ]
        return below(3) == 0 ? UInt32(truncatingIfNeeded: next()) : edges[below(edges.count)]
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }
}
