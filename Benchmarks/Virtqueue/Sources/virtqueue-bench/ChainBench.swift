// One chain of a device's work, ours beside plain C.

import CBaseline
import LinuxSystem
import VirtioWire
import Virtqueue

/// A ring with a driver, a device of ours and a device in C that takes turns with it.
@safe final class ChainBench {
    static let size: UInt16 = 256
    static let batch = 64
    /// Short blocks, many of them: what else runs on the machine does not meet every one.
    static let blocks = 200
    static let roundsEach = 20

    struct Result {
        var swiftNanos = Double.infinity
        var cNanos = Double.infinity
        var allocations: UInt64 = 0
        var ratio: Double { swiftNanos / cNanos }
    }

    private let shared: SharedMemory
    private let memory: GuestMemory
    private let layout: QueueLayout
    private let features: TransportFeatures
    private let driver: DriverQueue
    private let device: DeviceQueue
    private var baseline: baseline
    private let response: WireBuffer
    private let requestBytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 56)
    private let responseBytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 24)

    init(_ features: TransportFeatures) throws {
        self.features = features
        shared = try SharedMemory(name: "bench", sizeBytes: 1 << 20)
        memory = try GuestMemory([GuestRegion(start: GuestAddress(0x1000), memory: shared)])
        layout = QueueLayout(
            size: Self.size, descriptorTable: GuestAddress(0x1000),
            availRing: GuestAddress(0x8000), usedRing: GuestAddress(0x9000))
        driver = try DriverQueue(
            layout, memory: memory, features: features,
            tables: IndirectTables(start: GuestAddress(0x4_0000), entriesEach: 2))
        device = try DeviceQueue(layout, memory: memory, features: features)
        var zeros = WireBuffer(capacity: 24)
        zeros.append(zeros: 24)
        response = zeros
        unsafe responseBytes.initialize(repeating: 0, count: 24)
        let base = unsafe shared.baseAddress.assumingMemoryBound(to: UInt8.self)
        unsafe baseline = CBaseline.baseline()
        unsafe baseline.memory = base
        unsafe baseline.start = 0x1000
        unsafe baseline.end = 0x1000 + (1 << 20)
        unsafe baseline.descriptors = base
        unsafe baseline.driver = base + 0x7000
        unsafe baseline.device = base + 0x8000
        unsafe baseline.size = Self.size
        unsafe baseline.availWrap = 1
        unsafe baseline.usedWrap = 1
    }

    private func fill() throws {
        for index in 0..<Self.batch {
            let at = 0x1_0000 + UInt64(index) * 128
            try driver.add(
                readable: SegmentList(GuestSegment(start: GuestAddress(at), count: 56)),
                writable: SegmentList(GuestSegment(start: GuestAddress(at + 64), count: 24)))
        }
        driver.suppressInterrupts()
    }

    private func drain() throws {
        for _ in 0..<Self.batch {
            guard try driver.takeUsed()?.len == 24 else { throw QueueError.broken }
        }
    }

    /// Ours and C's alternate in blocks; each gets its best block.
    func run() throws -> Result {
        var result = Result()
        var request = WireBuffer(capacity: 56)
        var chain = DescriptorChain()
        let ours = try ChainBench(features)
        let theirs = try ChainBench(features)
        for _ in 0..<Self.blocks {
            var nanos: UInt64 = 0
            for _ in 0..<Self.roundsEach {
                try ours.fill()
                let before = baseline_allocations()
                let start = MonotonicClock.nowNanos
                let served = try ours.serve(&request, &chain)
                nanos += MonotonicClock.nowNanos - start
                result.allocations += baseline_allocations() - before
                guard served == Self.batch else { throw QueueError.broken }
                try ours.drain()
            }
            let chains = Double(Self.batch * Self.roundsEach)
            result.swiftNanos = min(result.swiftNanos, Double(nanos) / chains)
            nanos = 0
            for _ in 0..<Self.roundsEach {
                try theirs.fill()
                let start = MonotonicClock.nowNanos
                let served = theirs.serveInC()
                nanos += MonotonicClock.nowNanos - start
                guard served == Self.batch else { throw QueueError.broken }
                try theirs.drain()
            }
            result.cNanos = min(result.cNanos, Double(nanos) / chains)
        }
        return result
    }

    @inline(never)
    private func serve(_ request: inout WireBuffer, _ chain: inout DescriptorChain) throws -> Int {
        var served = 0
        while try device.pop(into: &chain) {
            request.removeAll()
            _ = try device.read(&chain, limit: 56, into: &request)
            let written = try device.write(response, to: &chain)
            device.push(chain.head, written: written)
            served += 1
        }
        return device.needsInterrupt() ? -1 : served
    }

    private func serveInC() -> Int {
        features.contains(.ringPacked)
            ? Int(unsafe baseline_packed(&baseline, requestBytes, responseBytes))
            : Int(unsafe baseline_split(&baseline, requestBytes, responseBytes))
    }
}
