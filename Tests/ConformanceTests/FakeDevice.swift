// A device in a few lines, to be broken at will: it answers each chain as soon as it is told of it,
// on the caller's thread.

import LinuxSystem
import VirtioWire
import Virtqueue

final class FakeDevice: VirtioTransport {
    let deviceID: UInt32
    let deviceFeatures: UInt64
    let interrupt: EventDescriptor
    private let config: [UInt8]
    private let memory: GuestMemory
    /// The bytes of a response, nil for a device that keeps the request.
    private let answer: ([UInt8]) -> [UInt8]?
    private var queues: [Int: DeviceQueue] = [:]
    private(set) var status: DeviceStatus = []
    private(set) var resets = 0

    init(
        deviceID: UInt32, features: UInt64 = 0, config: [UInt8], memory: GuestMemory,
        answer: @escaping ([UInt8]) -> [UInt8]?
    ) throws {
        self.deviceID = deviceID
        deviceFeatures = features | TransportFeatures.version1.rawValue
        self.config = config
        self.memory = memory
        self.answer = answer
        interrupt = try EventDescriptor()
    }

    func acceptFeatures(_ features: UInt64) {}

    func writeStatus(_ status: DeviceStatus) {
        self.status = status
        guard status.isEmpty else { return }
        resets += 1
        queues.removeAll()
    }

    func readConfig(offset: Int, count: Int) -> [UInt8] {
        (offset..<offset + count).map { config.indices.contains($0) ? config[$0] : 0 }
    }

    func writeConfig(offset: Int, bytes: [UInt8]) {}
    func queueSizeMax(_ index: Int) -> UInt16 { index < 2 ? 16 : 0 }

    func setQueue(_ index: Int, layout: QueueLayout) {
        queues[index] = try? DeviceQueue(layout, memory: memory)
    }

    func notify(queue index: Int) {
        guard let queue = queues[index] else { return }
        while let chain = try? queue.pop() {
            var request = WireBuffer(capacity: 1 << 16)
            _ = try? memory.gather(chain.readable, limit: request.capacity, into: &request)
            guard let answer = answer(request.array()) else { continue }
            var response = WireBuffer(capacity: answer.count)
            response.append(contentsOf: answer)
            let written = try? memory.scatter(response, to: chain.writable)
            queue.push(chain.head, written: written ?? 0)
        }
        interrupt.signal()
    }
}

/// A message's bytes.
func encoded(_ message: some WireMessage) -> [UInt8] {
    var buffer = WireBuffer(capacity: type(of: message).sizeBytes)
    buffer.append(message)
    return buffer.array()
}

extension [UInt8] {
    /// The message at the front; nil when there are too few bytes, or it is another one.
    func decoded<M: WireMessage>(as type: M.Type = M.self) -> M? {
        var buffer = WireBuffer(capacity: count)
        buffer.append(contentsOf: self)
        return try? buffer.decode()
    }
}
