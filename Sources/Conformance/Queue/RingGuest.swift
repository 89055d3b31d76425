// A guest that brings a device up step by step and has its hands on one ring: cases write what no
// driver would, and look at what the device wrote.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

/// One queue of a device that has FEATURES_OK. Owned by the thread that runs the case.
final class RingGuest {
    let transport: any VirtioTransport
    let machine: GuestMachine
    let features: TransportFeatures
    let layout: QueueLayout
    /// Writes the ring field by field; of no use beside ``driver``.
    let forge: RingForge
    let driver: DriverQueue
    let probe: Probe
    /// The request's bytes, and room for the answer, in guest memory.
    let request: GuestBlock
    let response: GuestBlock
    private let patienceMillis: Int32
    private let record: ExchangeRecord
    /// Steps since the device was reset.
    private var steps: [String] = []

    /// Long enough for a device to do what it must not.
    static let quietMillis: Int32 = 20
    private static let pollMillis: Int32 = 10

    /// Resets the device and negotiates; DRIVER_OK is the case's to write: ``start()``.
    ///
    /// - Parameter rings: features of the queues to accept; the device must offer them.
    init(_ context: inout ConformanceContext, _ rings: TransportFeatures) throws {
        context.beginRing()
        transport = context.transport
        machine = context.machine
        patienceMillis = context.patienceMillis
        record = context.record
        features = rings.union(.version1)
        probe = Probe(transport.deviceID)
        transport.writeStatus(.acknowledge)
        transport.writeStatus([.acknowledge, .driver])
        transport.acceptFeatures(features.rawValue)
        record.note("features 0x\(String(features.rawValue, radix: 16)) and FEATURES_OK")
        transport.writeStatus(Self.agreed)
        guard transport.status.contains(.featuresOK) else {
            throw context.finding("FEATURES_OK for \(features)", received: "it did not stick")
        }
        let size = transport.queueSizeMax(probe.queue)
        guard size > 0 else {
            throw context.finding("queue \(probe.queue)", received: "a size of 0")
        }
        let sizes = QueueLayout.areaSizesBytes(size: size, features: features)
        layout = QueueLayout(
            size: size, descriptorTable: try machine.allocate(sizes.descriptors).start,
            availRing: try machine.allocate(sizes.driver).start,
            usedRing: try machine.allocate(sizes.device).start)
        forge = RingForge(layout, memory: machine.memory)
        driver = try DriverQueue(layout, memory: machine.memory, features: features)
        request = try machine.allocate(probe.request.count)
        response = try machine.allocate(probe.responseBytes)
        forge.write(probe.request, at: request.start)
        transport.setQueue(probe.queue, layout: layout)
        transport.interrupt.take()
    }

    private static let agreed: DeviceStatus = [.acknowledge, .driver, .featuresOK]
    var isPacked: Bool { features.contains(.ringPacked) }
    var size: Int { Int(layout.size) }

    func start() { transport.writeStatus(Self.agreed.union(.driverOK)) }
    func notify() { transport.notify(queue: probe.queue) }

    // MARK: What was sent

    /// The last steps are told of.
    private static let stepsTold = 6

    private func note(_ step: String) {
        steps = steps.suffix(Self.stepsTold - 1) + [step]
        let request = Exchange(device: transport.deviceID, sent: probe.request).sentDescription
        let kind = isPacked ? "packed" : "split"
        record.note(
            "on the \(kind) ring of queue \(probe.queue): \(steps.joined(separator: "; ")); request: "
                + request)
    }

    private static func text(_ segment: GuestSegment) -> String {
        "\(segment.count) at \(segment.start)"
    }

    /// A chain, by the driver's own hand.
    @discardableResult
    func add(readable: [GuestSegment], writable: [GuestSegment]) throws -> UInt16 {
        let parts = readable.map { "r " + Self.text($0) } + writable.map { "w " + Self.text($0) }
        let more = parts.count > 6 ? ", … (\(parts.count) descriptors)" : ""
        note("chain of \(parts.prefix(6).joined(separator: ", "))\(more)")
        return try driver.add(readable: readable, writable: writable)
    }

    func set(availIndex: UInt16) {
        note("avail.idx \(availIndex)")
        forge.set(availIndex: availIndex)
    }

    func set(availHead: UInt16, at index: UInt16) {
        note("avail.ring[\(index)] \(availHead)")
        forge.set(availHead: availHead, at: index)
    }

    func set(usedEvent: UInt16) {
        note("used_event \(usedEvent)")
        forge.set(usedEvent: usedEvent)
    }

    func set(availFlags: UInt16) {
        note("avail.flags \(availFlags)")
        forge.set(availFlags: availFlags)
    }

    // MARK: Segments of the request and of the answer

    func readable(_ offset: Int = 0, _ count: Int? = nil) -> GuestSegment {
        Self.part(request.start, offset, count ?? probe.request.count - offset)
    }

    func writable(_ offset: Int = 0, _ count: Int? = nil) -> GuestSegment {
        Self.part(response.start, offset, count ?? probe.responseBytes - offset)
    }

    private static func part(_ start: GuestAddress, _ offset: Int, _ count: Int)
        -> GuestSegment
    {
        GuestSegment(
            start: GuestAddress(start.rawValue + UInt64(offset)), count: UInt32(count))
    }

    /// The first `count` bytes where the answer goes.
    func answer(_ count: UInt32) -> [UInt8] { forge.read(Int(count), at: response.start) }

    // MARK: Waiting

    /// Waits until `isDone`, as long as the device may take; false when it never was.
    func wait(until isDone: () -> Bool) -> Bool {
        let deadline = MonotonicClock.nowNanos &+ UInt64(patienceMillis) * 1_000_000
        while !isDone() {
            guard MonotonicClock.nowNanos < deadline else { return false }
            _ = transport.interrupt.wait(timeoutMillis: Self.pollMillis)
        }
        return true
    }

    /// Waits for a used buffer or DEVICE_NEEDS_RESET, for a while.
    func settle(untilMillis millis: UInt64) {
        let deadline = MonotonicClock.nowNanos &+ millis * 1_000_000
        while MonotonicClock.nowNanos < deadline, usedCount == 0,
            !transport.status.contains(.needsReset)
        {
            _ = transport.interrupt.wait(timeoutMillis: Self.pollMillis)
        }
    }

    /// The next used element, or a finding.
    func takeUsed(_ context: ConformanceContext) throws -> SplitRing.UsedElement {
        var element: SplitRing.UsedElement?
        var failure: DriverQueueError?
        let isThere = wait {
            do throws(DriverQueueError) { element = try driver.takeUsed() } catch {
                failure = error
            }
            return element != nil || failure != nil
        }
        if failure != nil {
            throw context.finding("a chain that was in flight", received: "another one")
        }
        guard isThere, let element else {
            throw context.finding("the chain back", received: state)
        }
        return element
    }

    /// One request and its answer, as plain as they can be.
    func exchange(_ context: ConformanceContext) throws -> (
        element: SplitRing.UsedElement, bytes: [UInt8]
    ) {
        try add(readable: [readable()], writable: [writable()])
        notify()
        let element = try takeUsed(context)
        guard Int(element.len) <= probe.responseBytes else {
            throw context.finding(
                "at most \(probe.responseBytes) bytes written", received: "\(element.len)")
        }
        return (element, answer(element.len))
    }

    /// How many chains a fresh ring shows as used, as far as that can be seen: 0 or more.
    var usedCount: Int {
        guard isPacked else { return Int(forge.usedIndex) }
        return forge.descriptor(0).flags.contains([.avail, .used]) ? 1 : 0
    }

    /// Whether the device keeps quiet for a while.
    var staysQuiet: Bool {
        !transport.interrupt.wait(timeoutMillis: Self.quietMillis) && usedCount == 0
    }

    var state: String {
        transport.status.contains(.needsReset) ? "DEVICE_NEEDS_RESET" : "nothing"
    }

    // MARK: Forged chains in a fresh ring

    /// Makes what stands in the first slots available.
    func offer(_ descriptors: [Forged]) {
        for (index, forged) in descriptors.enumerated().reversed() { set(forged, at: index) }
        guard !isPacked else { return }
        set(availHead: 0, at: 0)
        set(availIndex: 1)
    }

    /// - Parameter table: an indirect table's start; nil for the ring.
    func set(_ forged: Forged, at index: Int, of table: GuestAddress? = nil) {
        let next = forged.next.map { ", next \($0)" } ?? ""
        note(
            "\(table == nil ? "desc" : "table")[\(index)] \(Self.text(forged.segment)), flags "
                + "\(forged.flags)\(next)")
        if isPacked {
            var flags = PackedRing.DescriptorFlags(rawValue: forged.flags)
            if table == nil { flags.formUnion(.available(wrap: true)) }
            forge.set(
                PackedRing.Descriptor(
                    addr: forged.segment.start, len: forged.segment.count, id: 5, flags: flags),
                at: index, of: table)
        } else {
            forge.set(
                SplitRing.Descriptor(
                    addr: forged.segment.start, len: forged.segment.count,
                    flags: SplitRing.DescriptorFlags(rawValue: forged.flags),
                    next: forged.next ?? UInt16(index + 1)), at: index, of: table)
        }
    }
}

/// A descriptor as a case wants it; flags are alike in both kinds of ring.
struct Forged {
    static let next: UInt16 = 1
    static let write: UInt16 = 2
    static let indirect: UInt16 = 4
    var segment: GuestSegment
    var flags: UInt16 = 0
    /// nil for the descriptor behind.
    var next: UInt16?
}

/// A request that every device of its type answers at once, without any feature.
struct Probe {
    let queue: Int
    let request: [UInt8]
    let responseBytes: Int

    init(_ device: UInt32) {
        var buffer = WireBuffer(capacity: 64)
        switch device {
        case VirtioGPU.deviceID:
            queue = VirtioGPU.controlQueue
            buffer.append(VirtioGPU.ControlHeader(type: .getDisplayInfo))
            responseBytes = VirtioGPU.RespDisplayInfo.sizeBytes
        case VirtioMedia.deviceID:
            // A command that there is not: the answer is an error, and no session stays open.
            queue = VirtioMedia.commandQueue
            buffer.append(VirtioMedia.CmdHeader(cmd: VirtioMedia.Command(.max)))
            responseBytes = VirtioMedia.RespHeader.sizeBytes
        default:
            queue = 0
            buffer.append(zeros: 24)
            responseBytes = 64
        }
        request = buffer.array()
    }

    /// The same for who has no display: a GPU may ask it for the answer to ``init(_:)``'s.
    init(withoutDisplay device: UInt32) {
        guard device == VirtioGPU.deviceID else {
            self.init(device)
            return
        }
        // The answer is an error.
        self.init(
            queue: VirtioGPU.controlQueue,
            request: [UInt8](VirtioGPU.ResourceUnref(resourceID: ResourceID(0xffff_fff0))),
            responseBytes: VirtioGPU.ControlHeader.sizeBytes)
    }

    private init(queue: Int, request: [UInt8], responseBytes: Int) {
        (self.queue, self.request, self.responseBytes) = (queue, request, responseBytes)
    }
}

extension ConformanceContext {
    var offered: TransportFeatures { TransportFeatures(rawValue: transport.deviceFeatures) }

    /// A guest for each kind of ring that the device offers, one after the other.
    mutating func withRings(
        _ more: TransportFeatures = [],
        _ body: (RingGuest, ConformanceContext) throws -> Void
    ) throws {
        let kinds: [TransportFeatures] = offered.contains(.ringPacked) ? [[], .ringPacked] : [[]]
        for kind in kinds { try body(try RingGuest(&self, kind.union(more)), self) }
    }
}
