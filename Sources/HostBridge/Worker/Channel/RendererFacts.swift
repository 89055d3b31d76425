// What a worker tells of its renderer once, before it serves: capsets, and whether memfds can stand
// in the place of mapped buffers.

package import VirtioWire

package struct RendererFacts: Equatable, Sendable {
    package struct Caps: Equatable, Sendable {
        package let id: UInt32
        package let version: UInt32
        package let bytes: [UInt8]

        package init(id: UInt32, version: UInt32, bytes: [UInt8]) {
            self.id = id
            self.version = version
            self.bytes = bytes
        }
    }

    /// Whether a buffer whose memory a memfd has taken the place of is still the renderer's.
    package let placesMemory: Bool
    package let caps: [Caps]

    package init(placesMemory: Bool, caps: [Caps]) {
        self.placesMemory = placesMemory
        self.caps = caps
    }

    private static let capsMax: UInt32 = 16
    private static let capsBytesMax: UInt32 = 8192
    private static let fixedBytes = 8
    private static let capsHeadBytes = 12

    package func encode(to out: inout WireBuffer) {
        out.append(u32: placesMemory ? 1 : 0)
        out.append(u32: UInt32(caps.count))
        for one in caps {
            out.append(u32: one.id)
            out.append(u32: one.version)
            out.append(u32: UInt32(one.bytes.count))
            out.append(contentsOf: one.bytes)
        }
    }

    /// From a private copy of what a worker has written: nil for what makes no sense.
    package init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.fixedBytes, bytes.u32(at: 0) <= 1,
            bytes.u32(at: 4) <= Self.capsMax
        else { return nil }
        var caps: [Caps] = []
        var at = Self.fixedBytes
        for _ in 0..<bytes.u32(at: 4) {
            guard bytes.byteCount - at >= Self.capsHeadBytes else { return nil }
            let count = bytes.u32(at: at + 8)
            guard count <= Self.capsBytesMax,
                bytes.byteCount - at - Self.capsHeadBytes >= Int(count)
            else { return nil }
            let start = at + Self.capsHeadBytes
            caps.append(
                Caps(
                    id: bytes.u32(at: at), version: bytes.u32(at: at + 4),
                    bytes: (start..<(start + Int(count))).map { bytes.u8(at: $0) }))
            at = start + Int(count)
        }
        placesMemory = bytes.u32(at: 0) == 1
        self.caps = caps
    }

    package func versionMax(of id: UInt32) -> UInt32 {
        caps.lazy.filter { $0.id == id }.map(\.version).max() ?? 0
    }

    package func bytes(of id: UInt32, version: UInt32) -> [UInt8] {
        caps.first { $0.id == id && $0.version == version }?.bytes ?? []
    }
}
