// The simplest device that uses everything a transport has: what it reads it writes back.

import LinuxSystem
import SystemPackage
import VirtioDevices
import VirtioWire
import Virtqueue

@testable import VhostUser

/// Two queues and one shared memory region. The first byte of a request says what is done:
/// `echo` at once, `hold` until `isReleased`, `map` shows a page of a memfd at offset 0, `unmap`
/// takes it away.
final class EchoDevice: VirtioDevice {
    static let deviceID: UInt32 = 99
    static let echo: UInt8 = 0
    static let hold: UInt8 = 1
    static let map: UInt8 = 2
    static let unmap: UInt8 = 3
    static let window = SharedMemoryWindow(id: 3, sizeBytes: 0x4000)

    /// Bit 1 needs bit 0.
    let features: UInt64 = 0b11
    func accepts(features: UInt64) -> Bool { features & 0b10 == 0 || features & 1 == 1 }
    let queueSizesMax: [UInt16] = [64, 16]
    var config: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let event: EventDescriptor
    var hostEvent: FileDescriptor { event.descriptor }
    let sharedMemoryWindows = [EchoDevice.window]

    private(set) var starts = 0
    private(set) var resets = 0
    var isCleanReset = true
    private(set) var region: (any SharedMemoryRegion)?
    private(set) var foreign: (any ForeignObjects)?
    private var queues: [DeviceQueue?] = []
    private var interrupt: EventDescriptor?
    private var held: [(queue: Int, chain: DescriptorChain, bytes: [UInt8])] = []
    /// From now on nothing is held.
    private let isReleased: Monitor<Bool>

    init(event: EventDescriptor, isReleased: Monitor<Bool>) {
        self.event = event
        self.isReleased = isReleased
    }

    func attach(sharedMemory regions: [any SharedMemoryRegion]) { region = regions.first }
    func attach(foreign objects: any ForeignObjects) { foreign = objects }
    /// Bytes 4 to 7 are writable.
    func writeConfig(offset: Int, bytes: [UInt8]) {
        for (index, byte) in bytes.enumerated() where (4..<8).contains(offset + index) {
            config[offset + index] = byte
        }
    }

    func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor) {
        starts += 1
        self.queues = queues
        self.interrupt = interrupt
    }

    func reset() -> Bool {
        resets += 1
        queues = []
        held = []
        interrupt = nil
        return isCleanReset
    }

    var heldCount: Int { held.count }

    /// As if the display had changed.
    func changeConfig() {
        config[0] &+= 1
        interrupt?.signal()
        event.signal()
    }

    func serve(queue index: Int) throws(QueueError) {
        guard let queue = queues[index] else { return }
        var answered = false
        while let chain = try queue.pop() {
            var request = WireBuffer(capacity: 4096)
            _ = try? queue.gather(chain.readable, limit: 4096, into: &request)
            let bytes = request.array()
            if bytes.first == Self.hold, !isReleased.withLock({ $0 }) {
                held.append((index, chain, bytes))
                continue
            }
            answer(chain, bytes, queue)
            answered = true
        }
        if answered { queue.tell() }
    }

    private func answer(_ chain: DescriptorChain, _ bytes: [UInt8], _ queue: DeviceQueue) {
        var answer = bytes
        if bytes.first == Self.map || bytes.first == Self.unmap {
            answer = [changeMapping(bytes) ? 0 : 1]
        }
        var response = WireBuffer(capacity: answer.count)
        response.append(contentsOf: answer)
        let written = try? queue.scatter(response, to: chain.writable)
        queue.push(chain.head, written: written ?? 0)
    }

    private func changeMapping(_ bytes: [UInt8]) -> Bool {
        guard let region else { return false }
        guard bytes.first == Self.map else { return (try? region.unmap(at: 0x1000)) != nil }
        guard let file = try? SharedMemory(name: "echo window", sizeBytes: 4096) else {
            return false
        }
        file.range.fill(0xa5)
        let access: SharedMemoryAccess = .readWrite
        let mapped: Void? = try? region.map(
            .file(file.descriptor, offset: 0), at: 0x1000, sizeBytes: 4096, access: access)
        return mapped != nil
    }

    func serveHost() throws(QueueError) {
        event.take()
        guard isReleased.withLock({ $0 }) else { return }
        let waiting = held
        held = []
        for (index, chain, bytes) in waiting {
            guard let queue = queues[index] else { continue }
            answer(chain, bytes, queue)
            queue.tell()
        }
        for index in queues.indices { try serve(queue: index) }
    }
}
