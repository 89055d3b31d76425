// Requests with a reply of their own.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioDevices
internal import VirtioWire
internal import Virtqueue

extension BackEndSession {
    /// What is served here, and no more: a front-end takes all that it knows. [VU-031]
    var offeredProtocolFeatures: VhostUser.ProtocolFeatures {
        let common: VhostUser.ProtocolFeatures = [
            .mq, .replyAck, .backEndReq, .config, .backEndSendFD, .resetDevice, .configureMemSlots,
            .status, .sharedObject,
        ]
        return regions.isEmpty ? common : common.union(.shmem)
    }

    /// What the driver may accept.
    var offeredFeatures: UInt64 {
        device.features | TransportFeatures.version1.rawValue | TransportFeatures.rings.rawValue
    }

    func answer(_ request: VhostUser.FrontEndRequest) throws(VhostUserError) {
        switch request {
        case .getFeatures:
            let own = VhostUser.SocketFeatures.protocolFeatures.rawValue
            try reply(offeredFeatures | own)
        case .getProtocolFeatures: try reply(offeredProtocolFeatures.rawValue)
        case .getQueueNum: try reply(UInt64(rings.count))
        case .getMaxMemSlots: try reply(UInt64(limits.memorySlotsMax))
        case .getStatus:
            let broken = isBroken ? DeviceStatus.needsReset.rawValue : 0
            try reply(UInt64(status | broken))
        case .getVringBase: try answerVringBase()
        case .getConfig: try answerConfig()
        case .getShmemConfig: try answerShmemConfig()
        case .getSharedObject: try answerSharedObject()
        default: throw .malformed
        }
    }

    private func reply(_ value: UInt64) throws(VhostUserError) {
        try channel.reply { $0.append(u64: value) }
    }

    /// Stops a ring once nothing of it is in flight. [VU-072]
    private func answerVringBase() throws(VhostUserError) {
        let state: VhostUser.VringState = try message()
        let ring = try ring(at: UInt64(state.index))
        if let queue = ring.queue {
            try drain(queue)
            ring.base = queue.position.rawValue
            stop(ring)
            announceQueues()
        }
        let isPacked = accepted.map { TransportFeatures(rawValue: $0).contains(.ringPacked) }
        let base = ring.position(isPacked: isPacked ?? false).rawValue
        ring.stoppedAt = base
        // A kick that has not started the ring is forgotten too.
        stop(ring)
        try channel.reply { $0.append(VhostUser.VringState(index: state.index, num: base)) }
    }

    /// Waits, bounded, until the device has given back what it holds; it takes nothing new.
    private func drain(_ queue: DeviceQueue) throws(VhostUserError) {
        queue.isPaused = true
        let bound = UInt64(limits.drainMillis) * 1_000_000
        let deadline = MonotonicClock.nowNanos &+ bound
        while queue.chainsHeld > 0, !queue.isBroken {
            let now = MonotonicClock.nowNanos
            guard now < deadline else { return }
            let left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
            guard device.hostEvent.waitUntilReadable(timeoutMillis: left) else { return }
            try serveHost()
        }
    }

    /// Bytes past the end of the device's configuration read as zero: a front-end's idea of it may
    /// be longer. [VU-091]
    private func answerConfig() throws(VhostUserError) {
        let asked: VhostUser.Config = try message()
        let end = UInt64(asked.offset) + UInt64(asked.size)
        let count = channel.payload.count - VhostUser.Config.sizeBytes
        guard end <= UInt64(VhostUser.configBytesMax), UInt64(asked.size) == UInt64(count) else {
            return try channel.reply()
        }
        let config = device.config
        try channel.reply { out in
            out.append(asked)
            for index in Int(asked.offset)..<Int(end) {
                out.append(u8: index < config.count ? config[index] : 0)
            }
        }
    }

    /// [VU-100]
    private func answerShmemConfig() throws(VhostUserError) {
        var sizes = [UInt64](repeating: 0, count: 256)
        for region in regions { sizes[Int(region.window.id)] = region.window.sizeBytes }
        let config = VhostUser.ShmemConfig(nregions: UInt32(regions.count), memorySizes: sizes)
        try channel.reply { $0.append(config) }
    }

    /// [VU-095]
    private func answerSharedObject() throws(VhostUserError) {
        let shared: VhostUser.Shared = try message()
        try channel.reply { $0.append(shared) }
    }
}
