// A device that keeps every clause about queues, but for one fault: the real host and the real
// rings, with a driver's view that lies, or a hand that writes where no device may.

import GuestDriver
import LinuxSystem
import SystemPackage
import VirtioDevices
import VirtioWire
import Virtqueue

enum QueueFault: CaseIterable {
    case offersPackedAlone, offersReserved, takesAnything, refusesHalf, refusesAgain, storesSuspend
    case offersNoVersion1
    case servesEarly, neverNeedsReset, servesAfterReset, keepsStatus, hidesConfig, oddSize
    case swallowsBadChains
    case readsFirstDescriptorOnly, writesRequest, writesTable, saysMoreThanItWrote
    case refusesTables, stopsAtSecondNotification, givesBackAnotherHead, losesLongChains
    case neverInterrupts, alwaysInterrupts, setsUsedFlags
}

/// Answers each request with the request's bytes.
final class EchoDevice: VirtioDevice {
    static let deviceID: UInt32 = 99
    let features: UInt64 = 0
    let queueSizesMax: [UInt16] = [32, 8]
    let config: [UInt8] = [1, 2, 3, 4]
    private let event: EventDescriptor
    private let fault: QueueFault?
    private var queues: [DeviceQueue?] = []
    private var interrupt: EventDescriptor?
    private var kicks = 0

    init(_ fault: QueueFault? = nil) throws {
        self.fault = fault
        event = try EventDescriptor()
    }

    var hostEvent: FileDescriptor { event.descriptor }
    func accepts(features: UInt64) -> Bool { true }
    func writeConfig(offset: Int, bytes: [UInt8]) {}
    func serveHost() throws(QueueError) {}

    func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor) {
        self.queues = queues
        self.interrupt = interrupt
    }

    func reset() -> Bool {
        queues = []
        return true
    }

    func serve(queue index: Int) throws(QueueError) {
        kicks += 1
        guard let queue = queues[index] else { return }
        if fault == .stopsAtSecondNotification, kicks > 100 { return }
        while let chain = try queue.pop() { answer(chain, queue) }
        let isWanted = queue.needsInterrupt()
        if fault == .alwaysInterrupts || isWanted && fault != .neverInterrupts {
            interrupt?.signal()
        }
    }

    private func answer(_ chain: DescriptorChain, _ queue: DeviceQueue) {
        var chain = chain
        var bytes = WireBuffer(capacity: 4096)
        let first = fault == .readsFirstDescriptorOnly && chain.readable.count > 0
        _ = try? queue.read(
            &chain, limit: first ? Int(chain.readable[0].count) : 4096, into: &bytes)
        if fault == .losesLongChains, chain.readable.count > 25 { return }
        let written = (try? queue.write(bytes, to: &chain)) ?? 0
        queue.push(chain.head, written: written)
    }
}

/// A driver's view of a host on the driver's own thread.
final class FakeQueueTransport: VirtioTransport {
    private let host: DeviceHost<EchoDevice>
    private let fault: QueueFault?
    private let memory: GuestMemory
    private var layout: QueueLayout?
    private var accepted: UInt64 = 0
    private var resets = 0

    init(_ fault: QueueFault?, _ memory: GuestMemory) throws {
        self.fault = fault
        self.memory = memory
        host = DeviceHost(
            device: try EchoDevice(fault), memory: memory, interrupt: try EventDescriptor())
    }

    static func make(_ fault: QueueFault? = nil) throws -> (any VirtioTransport, GuestMachine) {
        let machine = try GuestMachine(memoryBytes: 1 << 20)
        return (try FakeQueueTransport(fault, machine.memory), machine)
    }

    private var forge: RingForge? { layout.map { RingForge($0, memory: memory) } }

    var deviceID: UInt32 { EchoDevice.deviceID }
    var interrupt: EventDescriptor { host.interrupt }

    var deviceFeatures: UInt64 {
        switch fault {
        case .offersPackedAlone, .offersNoVersion1:
            let version1 = TransportFeatures.version1.rawValue
            let high: UInt64 = fault == .offersPackedAlone ? .max : 0xffff_ffff
            return host.features & ~version1 & high
        case .offersReserved: return host.features | 1 << 44
        default: return host.features
        }
    }

    func acceptFeatures(_ features: UInt64) {
        accepted = features
        host.accept(features: fault == .takesAnything ? features & host.features : features)
    }

    var status: DeviceStatus {
        var status = host.status
        if fault == .neverNeedsReset { status.remove(.needsReset) }
        if fault == .storesSuspend, isSuspended { status.formUnion(DeviceStatus(rawValue: 16)) }
        if fault == .keepsStatus, status.isEmpty { return .acknowledge }
        return status
    }
    private var isSuspended = false

    func writeStatus(_ status: DeviceStatus) {
        isSuspended = status.rawValue & 16 != 0
        if status.isEmpty {
            resets += 1
            // One that is reset keeps on serving.
            if fault == .servesAfterReset, host.status.contains(.driverOK) {
                isGone = true
                return
            }
        } else if isGone {
            isGone = false
            host.write(status: [])
        }
        if status.contains(.featuresOK), !host.status.contains(.featuresOK) {
            let half = TransportFeatures.version1.union(.eventIndex).rawValue
            if fault == .refusesHalf, accepted == half { return }
            if fault == .refusesAgain, accepted & 7 << 28 != 0 {
                agreements += 1
                if agreements > 1 { return }
            }
        }
        host.write(status: status)
    }
    private var isGone = false
    private var agreements = 0

    func readConfig(offset: Int, count: Int) -> [UInt8] {
        if fault == .hidesConfig, !host.status.contains(.featuresOK) {
            return [UInt8](repeating: 0, count: count)
        }
        return host.readConfig(offset: offset, count: count)
    }

    func writeConfig(offset: Int, bytes: [UInt8]) {}
    func queueSizeMax(_ index: Int) -> UInt16 {
        fault == .oddSize && index == 1 ? 7 : host.queueSizeMax(index)
    }

    func setQueue(_ index: Int, layout: QueueLayout) {
        self.layout = layout
        host.setQueue(index, layout: layout)
    }

    func notify(queue index: Int) {
        guard index == 0, let forge else { return }
        let isPacked = accepted & TransportFeatures.ringPacked.rawValue != 0
        if fault == .servesEarly, !host.status.contains(.driverOK) { interrupt.signal() }
        switch fault {
        case .refusesTables where !isPacked:
            hideTable(forge)
        case .swallowsBadChains where !isPacked:
            // A loop at descriptor 0 is not looked at.
            if forge.read(16, at: forge.layout.descriptorTable)[12] == 1,
                forge.read(16, at: forge.layout.descriptorTable)[14] == 0
            {
                return
            }
        default: break
        }
        host.serve(queue: index)
        guard !isPacked else { return }
        tamper(forge)
    }

    /// A table becomes one that is empty.
    private func hideTable(_ forge: RingForge) {
        for index in 0..<2 {
            let at = forge.layout.descriptorTable.rawValue + UInt64(16 * index)
            let bytes = forge.read(16, at: GuestAddress(at))
            if bytes[12] & 4 != 0 { forge.write([0, 0, 0, 0], at: GuestAddress(at + 8)) }
        }
    }

    private func tamper(_ forge: RingForge) {
        let table = forge.layout.descriptorTable
        switch fault {
        case .writesTable: forge.write([9], at: GuestAddress(table.rawValue + 40))
        case .writesRequest:
            var buffer = WireBuffer(capacity: 8)
            buffer.append(contentsOf: forge.read(8, at: table))
            forge.write([0xee], at: GuestAddress(buffer.u64(at: 0)))
        case .saysMoreThanItWrote:
            let last = forge.usedIndex &- 1
            let at = forge.layout.usedRing.rawValue + 4 + 8 * UInt64(last % forge.layout.size)
            forge.write([200], at: GuestAddress(at + 4))
        case .givesBackAnotherHead where forge.usedIndex > 0:
            let at = forge.layout.usedRing.rawValue + 4
            forge.write([31], at: GuestAddress(at))
        case .setsUsedFlags: forge.write([2], at: forge.layout.usedRing)
        default: break
        }
    }
}
