// One connection of a front-end: its memory, its rings, and the device as far as it has come.
// Invariant: when the session has ended the device is as new, and nothing of the front-end's is
// open or mapped here. [VU-011]

internal import LinuxSystem
internal import SystemPackage
internal import VirtioDevices
internal import VirtioWire
internal import Virtqueue

/// Serves one front-end. Owned by the device's thread.
final class BackEndSession<Device: VirtioDevice> {
    let device: Device
    let channel: MessageChannel
    let memory: SessionMemory
    let limits: BackEndLimits
    let loop: EventLoop
    let rings: [Ring]
    let regions: [ChannelMemoryRegion]
    /// What the device signals when its configuration has changed.
    let interrupt: EventDescriptor
    /// What the driver accepted, once it has; nil too when it was refused. [VU-021]
    var accepted: UInt64?
    /// What the front-end accepted.
    var protocolFeatures: VhostUser.ProtocolFeatures = []
    var status: UInt8 = 0
    /// A queue broke, or a reset could not be made: nothing is served until a reset. [VQ-D-002]
    var isBroken = false
    var backEndChannel: BackEndChannel?
    var display: DisplayChannel?
    var exporting: ExportingDevice?
    /// What the device asks for other back-ends' objects.
    var objects: FrontEndObjects?
    /// Kept open for the front-end's sake where nothing is shown. [VU-081]
    var displaySocket: OwnedDescriptor?
    var lastConfig: [UInt8]
    /// Nobody has used the device since it was reset: a reset, which may be dear, is not due.
    var isFresh = true
    var onRequest: (@Sendable (UInt32) -> Void)?
    private(set) var messages: UInt64 = 0
    /// A message came that must wait until the device is done with what it does.
    private(set) var hasMessageWaiting = false

    init(
        device: Device, _ owned: consuming OwnedDescriptor, loop: EventLoop,
        regions: [ChannelMemoryRegion], limits: BackEndLimits
    ) throws(VhostUserError) {
        channel = try MessageChannel(owned, peerSends: .requests)
        memory = try SessionMemory(slotsMax: limits.memorySlotsMax)
        do throws(Errno) { interrupt = try EventDescriptor() } catch { throw .system(error) }
        self.device = device
        self.loop = loop
        self.regions = regions
        self.limits = limits
        rings = device.queueSizesMax.indices.map { Ring(index: $0) }
        lastConfig = device.config
    }

    /// Ends the connection. False when the device could not be made as new.
    func end() -> Bool {
        let isClean = resetDevice()
        backEndChannel = nil
        objects?.end()
        for region in regions { region.channel = nil }
        display?.disconnect()
        return isClean
    }

    // MARK: Messages

    /// Serves what the front-end has sent, one turn's worth at the most.
    ///
    /// - Throws: what ends the connection.
    func serveMessages() throws(VhostUserError) {
        for _ in 0..<limits.messagesPerTurn {
            guard try channel.receive() else {
                hasMessageWaiting = false
                return
            }
            try serveMessage()
        }
        hasMessageWaiting = try channel.receive()
    }

    private func serveMessage() throws(VhostUserError) {
        defer { channel.finish() }
        guard let header = channel.header else { return }
        let request = VhostUser.FrontEndRequest(header.request)
        messages &+= 1
        onRequest?(header.request)
        guard let rule = RequestRule(request), rule.gate.isSubset(of: protocolFeatures) else {
            // Unknown here, or not agreed on. [VU-010]
            return try acknowledge(false)
        }
        guard rule.payload.contains(channel.payload.count) else { throw .malformed }
        if rule.isAnswered { return try answer(request) }
        do throws(VhostUserError) {
            guard channel.descriptorCount >= rule.descriptors else { throw .refused }
            try perform(request)
        } catch {
            guard error == .refused, isAcknowledgementDue else { throw error }
            return try acknowledge(false)
        }
        try acknowledge(true)
    }

    /// [VU-007] [VU-008]
    private var isAcknowledgementDue: Bool {
        protocolFeatures.contains(.replyAck) && channel.header?.flags.contains(.needReply) == true
    }

    private func acknowledge(_ success: Bool) throws(VhostUserError) {
        guard isAcknowledgementDue else { return }
        try channel.reply { $0.append(u64: success ? 0 : 1) }
    }

    /// The message at hand as one structure.
    func message<M: WireMessage>(_ type: M.Type = M.self) throws(VhostUserError) -> M {
        guard let message = try? channel.payload.decode(M.self) else { throw .malformed }
        return message
    }

    /// Serves what needs no device while the device itself waits for the front-end; false when the
    /// next message does need it. [VU-097]
    func serveWhileWaiting() -> Bool {
        guard (try? channel.receive()) == true, let header = channel.header else {
            // Half a message, or the end: both are found again when the wait is over.
            hasMessageWaiting = true
            return false
        }
        guard VhostUser.FrontEndRequest(header.request) == .getSharedObject,
            protocolFeatures.contains(.sharedObject)
        else {
            hasMessageWaiting = true
            return false
        }
        defer { channel.finish() }
        return (try? answer(.getSharedObject)) != nil
    }

    // MARK: The device

    /// A kick came.
    func serve(ringAt index: Int) throws(VhostUserError) {
        guard rings.indices.contains(index) else { return }
        try serve(rings[index])
    }

    func serve(_ ring: Ring) throws(VhostUserError) {
        guard ring.isRunning, !isBroken else { return }
        do throws(QueueError) { try device.serve(queue: ring.index) } catch { fail() }
        try endIfMemoryIsLost()
    }

    /// Serves rings that no descriptor tells of.
    func servePolled() throws(VhostUserError) {
        for ring in rings where ring.isRunning && ring.kick == nil { try serve(ring) }
    }

    var hasPolledRing: Bool { rings.contains { $0.isRunning && $0.kick == nil } }

    /// The device has work of its own.
    func serveHost() throws(VhostUserError) {
        do throws(QueueError) { try device.serveHost() } catch { fail() }
        try settleHost()
    }

    private func endIfMemoryIsLost() throws(VhostUserError) {
        guard !memory.guest.hasLostFile else { throw .memoryLost }
    }

    /// After the device has run by itself: a lost file ends the connection, and the front-end hears
    /// of another configuration.
    func settleHost() throws(VhostUserError) {
        try endIfMemoryIsLost()
        if interrupt.take() { tellConfigChange() }
    }

    /// The device needs a reset (virtio 1.4, 2.1.1).
    private func fail() {
        isBroken = true
        for ring in rings where ring.queue?.isBroken == true { ring.error?.signal() }
    }

    /// [VU-093]
    private func tellConfigChange() {
        let config = device.config
        guard config != lastConfig else { return }
        lastConfig = config
        guard protocolFeatures.contains(.config), let backEndChannel else { return }
        do throws(VhostUserError) { try backEndChannel.tell(.configChangeMsg) } catch {
            self.backEndChannel = nil
        }
    }

    /// [VU-094] [VU-095]
    func tell(_ items: [ExportNews.Item]) {
        guard protocolFeatures.contains(.sharedObject), let backEndChannel else { return }
        do throws(VhostUserError) {
            for item in items {
                if item.isExport {
                    try backEndChannel.announce(item.uuid)
                } else {
                    try backEndChannel.tell(.sharedObjectRemove) {
                        $0.append(VhostUser.Shared(uuid: item.uuid))
                    }
                }
            }
        } catch { self.backEndChannel = nil }
    }

    /// All state of the device goes, and every ring stops. [VU-076]
    @discardableResult func resetDevice() -> Bool {
        for ring in rings {
            stop(ring)
            ring.stoppedAt = nil
            ring.base = nil
        }
        if !isFresh || isBroken {
            isBroken = !device.reset()
            isFresh = !isBroken
        }
        for region in regions { region.unmapAll() }
        lastConfig = device.config
        return !isBroken
    }

    /// Forgets a ring's queue and kicks; the device is told by the caller.
    func stop(_ ring: Ring) {
        forgetKick(of: ring)
        ring.isKicked = false
        ring.queue = nil
    }

    /// Others may have the same eventfd, so that closing ours would not end the watching.
    func forgetKick(of ring: Ring) {
        if let kick = ring.kick?.descriptor { try? loop.remove(kick) }
        ring.kick = nil
    }
}
