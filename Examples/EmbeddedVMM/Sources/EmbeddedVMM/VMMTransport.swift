// A device as the guest sees it. The guest runs on another thread than the device, as a vCPU does:
// a register access is an exit, answered by the device loop; a kick is an eventfd and does not wait.

import LinuxSystem
import VirtioDevices
import Virtqueue

final class VMMTransport<Device: VirtioDevice>: VirtioTransport, Sendable {
    let interrupt: EventDescriptor
    let kicks: [EventDescriptor]
    /// Signalled when the guest waits for a register access.
    let exit: EventDescriptor
    private typealias Access = @Sendable (DeviceHost<Device>) -> Void
    private let accesses = Monitor<[Access]>([])

    init(queueCount: Int) throws {
        interrupt = try EventDescriptor()
        exit = try EventDescriptor()
        kicks = try (0..<queueCount).map { _ in try EventDescriptor() }
    }

    /// Answers what the guest waits for. On the device's thread.
    func answerExits(_ host: DeviceHost<Device>) {
        exit.take()
        let waiting = accesses.withLock { accesses in
            defer { accesses.removeAll() }
            return accesses
        }
        for access in waiting { access(host) }
    }

    /// Leaves the guest for a register access and waits for its answer. On the guest's thread.
    private func access<R: Sendable>(_ body: @escaping @Sendable (DeviceHost<Device>) -> R) -> R {
        let answer = Monitor<R?>(nil)
        accesses.withLock { accesses in
            accesses.append { host in
                let result = body(host)
                answer.update { $0 = result }
            }
        }
        exit.signal()
        guard let result = answer.wait(for: { $0 }) else {
            preconditionFailure("a wait without a deadline ends with a value")
        }
        return result
    }

    // MARK: VirtioTransport: the guest's side

    var deviceID: UInt32 { Device.deviceID }
    var deviceFeatures: UInt64 { access { $0.features } }
    func acceptFeatures(_ features: UInt64) { access { $0.accept(features: features) } }
    var status: DeviceStatus { access { $0.status } }
    func writeStatus(_ status: DeviceStatus) { access { $0.write(status: status) } }
    func readConfig(offset: Int, count: Int) -> [UInt8] {
        access { $0.readConfig(offset: offset, count: count) }
    }
    func writeConfig(offset: Int, bytes: [UInt8]) {
        access { $0.writeConfig(offset: offset, bytes: bytes) }
    }
    func queueSizeMax(_ index: Int) -> UInt16 { access { $0.queueSizeMax(index) } }
    func setQueue(_ index: Int, layout: QueueLayout) {
        access { $0.setQueue(index, layout: layout) }
    }
    func notify(queue index: Int) { kicks[index].signal() }
}
