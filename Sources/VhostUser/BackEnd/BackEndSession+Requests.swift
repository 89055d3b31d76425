// Requests that are acknowledged, if at all. What is refused changes nothing.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioDevices
internal import VirtioWire
internal import Virtqueue

extension BackEndSession {
    func perform(_ request: VhostUser.FrontEndRequest) throws(VhostUserError) {
        switch request {
        case .setOwner: break
        case .resetOwner: for ring in rings { enable(ring, false) }
        case .setFeatures: try setFeatures(channel.payload.u64(at: 0))
        case .setProtocolFeatures: try setProtocolFeatures(channel.payload.u64(at: 0))
        case .setStatus: try setStatus(channel.payload.u64(at: 0))
        case .resetDevice: try resetOnRequest()
        case .setMemTable: try setMemTable()
        case .addMemReg: try addMemReg()
        case .remMemReg:
            let wanted: VhostUser.MemRegMsg = try message()
            try memory.remove(wanted.region)
        case .setConfig: try setConfig()
        case .setBackEndReqFD: try setBackEndChannel()
        case .gpuSetSocket: try setDisplaySocket()
        default: try performOnRing(request)
        }
    }

    // MARK: Features and status

    /// RING_RESET, which QEMU sets unasked. [VU-021]
    private static var toleratedFeatures: UInt64 { 1 << 40 }

    private func setFeatures(_ features: UInt64) throws(VhostUserError) {
        let own = VhostUser.SocketFeatures.protocolFeatures.rawValue
        let wanted = features & ~(own | Self.toleratedFeatures)
        let isRunning = rings.contains { $0.queue != nil }
        guard wanted & ~offeredFeatures == 0, wanted & TransportFeatures.version1.rawValue != 0,
            device.accepts(features: wanted & device.features), !isRunning || wanted == accepted
        else {
            if !isRunning { accepted = nil }
            throw .refused
        }
        accepted = wanted
        // Such a front-end knows no SET_VRING_ENABLE. [VU-023]
        if features & own == 0 { for ring in rings { enable(ring, true) } }
        try startWhatIsReady()
    }

    private func setProtocolFeatures(_ features: UInt64) throws(VhostUserError) {
        let wanted = VhostUser.ProtocolFeatures(rawValue: features)
        guard wanted.isSubset(of: offeredProtocolFeatures) else { throw .refused }
        protocolFeatures = wanted
    }

    /// [VU-027]
    private func setStatus(_ value: UInt64) throws(VhostUserError) {
        guard let new = UInt8(exactly: value) else { throw .refused }
        guard new != 0 else { return try resetOnRequest() }
        let featuresOK = DeviceStatus.featuresOK.rawValue
        status = accepted == nil ? new & ~featuresOK : new
    }

    private func resetOnRequest() throws(VhostUserError) {
        status = 0
        for ring in rings { ring.isEnabled = false }
        guard resetDevice() else { throw .refused }
    }

    // MARK: Memory

    private func setMemTable() throws(VhostUserError) {
        let table: VhostUser.MemTable = try message()
        let regionBytes = VhostUser.MemRegion.sizeBytes
        let room = channel.payload.count - VhostUser.MemTable.sizeBytes
        // User-Mode Linux sends its whole structure, which has room for more than it counts.
        guard room % regionBytes == 0, UInt64(table.numRegions) <= UInt64(room / regionBytes) else {
            throw .malformed
        }
        guard channel.descriptorCount >= Int(table.numRegions) else { throw .refused }
        var regions: [VhostUser.MemRegion] = []
        for index in 0..<Int(table.numRegions) {
            let offset = VhostUser.MemTable.sizeBytes + index * regionBytes
            guard
                let region = try? channel.payload.decode(VhostUser.MemRegion.self, at: offset)
            else { throw .malformed }
            regions.append(region)
        }
        try memory.replace(with: regions, from: channel)
        try startWhatIsReady()
    }

    private func addMemReg() throws(VhostUserError) {
        let added: VhostUser.MemRegMsg = try message()
        guard let file = channel.takeDescriptor() else { throw .refused }
        try memory.add(added.region, file)
        try startWhatIsReady()
    }

    // MARK: Configuration and channels

    /// What is not writable is ignored by the device. [VU-092]
    private func setConfig() throws(VhostUserError) {
        let asked: VhostUser.Config = try message()
        let count = channel.payload.count - VhostUser.Config.sizeBytes
        let end = UInt64(asked.offset) + UInt64(asked.size)
        guard UInt64(asked.size) == UInt64(count), end <= UInt64(VhostUser.configBytesMax) else {
            throw .refused
        }
        let bytes = channel.payload.array().dropFirst(VhostUser.Config.sizeBytes)
        device.writeConfig(offset: Int(asked.offset), bytes: Array(bytes))
        lastConfig = device.config
    }

    /// [VU-081]
    private func setDisplaySocket() throws(VhostUserError) {
        guard let display else {
            displaySocket = channel.takeDescriptor()
            return
        }
        guard let owned = channel.takeDescriptor() else { throw .refused }
        try display.connect(owned)
    }

    /// [VU-080]
    private func setBackEndChannel() throws(VhostUserError) {
        guard let owned = channel.takeDescriptor() else { throw .refused }
        let made = try BackEndChannel(
            owned, features: protocolFeatures, answerMillis: limits.answerMillis,
            serving: channel.descriptor, { [weak self] in self?.serveWhileWaiting() ?? false })
        backEndChannel = made
        objects?.channel = made
        for region in regions { region.channel = made }
    }
}
