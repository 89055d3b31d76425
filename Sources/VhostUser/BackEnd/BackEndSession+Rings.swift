// The life of a ring: what a front-end says of it, in any order, and when it starts.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioDevices
internal import VirtioWire
internal import Virtqueue

extension BackEndSession {
    /// [VU-060]
    func ring(at index: UInt64) throws(VhostUserError) -> Ring {
        guard index < UInt64(rings.count) else { throw .refused }
        return rings[Int(index)]
    }

    func performOnRing(_ request: VhostUser.FrontEndRequest) throws(VhostUserError) {
        switch request {
        case .setVringKick, .setVringCall, .setVringErr: try setDescriptor(request)
        case .setVringAddr:
            let address: VhostUser.VringAddr = try message()
            try change(try ring(at: UInt64(address.index))) { $0.address = address }
        default:
            let state: VhostUser.VringState = try message()
            let ring = try ring(at: UInt64(state.index))
            switch request {
            case .setVringNum:
                guard state.num > 0, state.num <= UInt32(QueueLayout.sizeMax) else {
                    throw .refused
                }
                try change(ring) { $0.size = state.num }
            case .setVringBase:
                try beginAnewIfMoved(ring, to: state.num)
                try change(ring) { $0.base = state.num }
            case .setVringEnable:
                guard state.num <= 1 else { throw .refused }
                enable(ring, state.num == 1)
                try serve(ring)
            default: throw .malformed
            }
        }
    }

    /// What a queue was made from stays as it is while the queue runs. [VU-062]
    private func change(_ ring: Ring, _ body: (Ring) -> Void) throws(VhostUserError) {
        guard ring.queue == nil else { throw .refused }
        body(ring)
        try startIfReady(ring)
    }

    /// A front-end that knows neither way to reset a device stops its rings and starts them from
    /// the beginning: a ring that does not go on where it stopped is a new driver's.
    private func beginAnewIfMoved(_ ring: Ring, to base: UInt32) throws(VhostUserError) {
        let resets: VhostUser.ProtocolFeatures = [.resetDevice, .status]
        guard protocolFeatures.isDisjoint(with: resets), let stoppedAt = ring.stoppedAt,
            stoppedAt != base, rings.allSatisfy({ $0.queue == nil })
        else { return }
        guard resetDevice() else { throw .refused }
    }

    /// [VU-073]
    func enable(_ ring: Ring, _ isEnabled: Bool) {
        ring.isEnabled = isEnabled
        ring.queue?.isPaused = !isEnabled
    }

    // MARK: Descriptors

    /// [VU-061]
    private func setDescriptor(_ request: VhostUser.FrontEndRequest) throws(VhostUserError) {
        let word = VhostUser.VringWord(rawValue: channel.payload.u64(at: 0))
        let ring = try ring(at: word.intersection(.indexMask).rawValue)
        guard word.contains(.noFD) == (channel.descriptorCount == 0) else { throw .refused }
        switch request {
        case .setVringCall:
            if let call = try foreign() {
                ring.call = EventDescriptor(call)
            } else {
                ring.call = nil
            }
        case .setVringErr: ring.error = try foreign()
        default: try setKick(ring)
        }
    }

    /// A descriptor that is written to: neither of its ends may stop us.
    private func foreign() throws(VhostUserError) -> OwnedDescriptor? {
        guard let owned = channel.takeDescriptor() else { return nil }
        do throws(Errno) { try owned.setNonBlocking() } catch { throw .refused }
        return owned
    }

    private func setKick(_ ring: Ring) throws(VhostUserError) {
        // The new one first: if it cannot be watched, the old one stays.
        if let new = channel.takeDescriptor() {
            do throws(Errno) {
                try loop.addForeign(new.descriptor, token: UInt64(ring.index))
            } catch { throw .refused }
            forgetKick(of: ring)
            ring.kick = consume new
        } else {
            forgetKick(of: ring)
        }
        ring.isKicked = true
        try startIfReady(ring)
    }

    // MARK: Starting

    func startWhatIsReady() throws(VhostUserError) {
        for ring in rings { try startIfReady(ring) }
    }

    /// Starts a ring that was kicked, once its size, its place and the features are known. Requests
    /// that lie in it are served at once. [VU-071] [VU-075]
    private func startIfReady(_ ring: Ring) throws(VhostUserError) {
        guard ring.queue == nil, ring.isKicked, ring.size > 0, let address = ring.address,
            let accepted, memory.count > 0, !isBroken
        else { return }
        let features = TransportFeatures(rawValue: accepted)
        let layout = try memory.layout(address, size: ring.size, features)
        guard
            let queue = try? DeviceQueue(
                layout, memory: memory.guest, features: features,
                position: ring.position(isPacked: features.contains(.ringPacked)))
        else { throw .refused }
        queue.isPaused = !ring.isEnabled
        ring.queue = queue
        announceQueues()
        try serve(ring)
    }

    /// The device hears of every ring that has come or gone.
    func announceQueues() {
        guard let accepted else { return }
        isFresh = false
        device.start(
            features: accepted & ~TransportFeatures.rings.rawValue, queues: rings.map(\.queue),
            interrupt: interrupt)
    }
}
