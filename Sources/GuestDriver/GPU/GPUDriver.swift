// The guest's virtio-gpu driver (virtio 1.4, 5.7): one method for each command of the path.

internal import LinuxSystem
public import VirtioWire
public import Virtqueue

public final class GPUDriver {
    public let device: DeviceDriver
    private var nextFence: UInt64 = 1
    private var nextResource: UInt32 = 1

    /// What the sharing path needs: 3D, blobs and UUIDs.
    public static let sharing: VirtioGPU.Features = [
        .virgl, .edid, .resourceUUID, .resourceBlob, .contextInit,
    ]

    /// Brings the device up.
    ///
    /// - Parameters:
    ///   - required: features that the driver cannot do without.
    ///   - wanted: features to accept beside them where they are offered.
    public init(
        _ transport: any VirtioTransport, machine: GuestMachine,
        required: VirtioGPU.Features = sharing, wanted: VirtioGPU.Features = []
    ) throws(DriverError) {
        device = try DeviceDriver(
            transport, machine: machine, wanted: required.union(wanted).rawValue,
            required: required.rawValue, queueCount: 2)
    }

    public var features: VirtioGPU.Features { VirtioGPU.Features(rawValue: device.features) }

    public var machine: GuestMachine { device.machine }

    func newFence() -> UInt64 {
        defer { nextFence += 1 }
        return nextFence
    }

    public func newResourceID() -> ResourceID {
        defer { nextResource += 1 }
        return ResourceID(nextResource)
    }

    // MARK: Exchange

    /// Sends a command with what follows it and checks the type of the answer.
    func exchange<M: WireMessage>(
        _ command: M, trailing: [UInt8] = [], responseBytes: Int = headerBytes,
        expecting type: VirtioGPU.MessageType = .okNoData
    ) throws(DriverError) -> [UInt8] {
        let ticket = try send(command, trailing: trailing, responseBytes: responseBytes)
        return try check(device.wait(for: ticket), expecting: type)
    }

    private func send<M: WireMessage>(_ command: M, trailing: [UInt8], responseBytes: Int)
        throws(DriverError) -> Ticket
    {
        var request = WireBuffer(capacity: M.sizeBytes + trailing.count)
        request.append(command)
        request.append(contentsOf: trailing)
        return try device.send(
            request, responseBytes: responseBytes, queue: VirtioGPU.controlQueue)
    }

    private func check(_ answer: [UInt8], expecting type: VirtioGPU.MessageType)
        throws(DriverError) -> [UInt8]
    {
        let header: VirtioGPU.ControlHeader = try answer.decode()
        if header.type.isError { throw .gpu(header.type) }
        guard header.type == type else { throw .badResponse }
        return answer
    }

    static let headerBytes = VirtioGPU.ControlHeader.sizeBytes

    func header(
        _ type: VirtioGPU.MessageType, context: ContextID = ContextID(0), fence: UInt64? = nil
    ) -> VirtioGPU.ControlHeader {
        VirtioGPU.ControlHeader(
            type: type, flags: fence == nil ? [] : .fence, fenceID: fence ?? 0, ctxID: context)
    }

    // MARK: Display and capsets

    public func displayInfo() throws(DriverError) -> VirtioGPU.RespDisplayInfo {
        try exchange(
            header(.getDisplayInfo), responseBytes: VirtioGPU.RespDisplayInfo.sizeBytes,
            expecting: .okDisplayInfo
        ).decode()
    }

    public func edid(scanout: UInt32) throws(DriverError) -> VirtioGPU.RespEDID {
        try exchange(
            VirtioGPU.GetEDID(scanout: scanout), responseBytes: VirtioGPU.RespEDID.sizeBytes,
            expecting: .okEDID
        ).decode()
    }

    /// What 3D contexts can speak, from the configuration space's count.
    public func capsets() throws(DriverError) -> [VirtioGPU.RespCapsetInfo] {
        let bytes = device.transport.readConfig(offset: 0, count: VirtioGPU.Config.sizeBytes)
        let config: VirtioGPU.Config = try bytes.decode()
        var infos: [VirtioGPU.RespCapsetInfo] = []
        for index in 0..<config.numCapsets {
            infos.append(
                try exchange(
                    VirtioGPU.GetCapsetInfo(capsetIndex: index),
                    responseBytes: VirtioGPU.RespCapsetInfo.sizeBytes, expecting: .okCapsetInfo
                ).decode())
        }
        return infos
    }

    /// The capset's own bytes.
    public func capset(_ info: VirtioGPU.RespCapsetInfo) throws(DriverError) -> [UInt8] {
        let answer = try exchange(
            VirtioGPU.GetCapset(capsetID: info.capsetID, capsetVersion: info.capsetMaxVersion),
            responseBytes: Self.headerBytes + Int(info.capsetMaxSize), expecting: .okCapset)
        return Array(answer.dropFirst(Self.headerBytes))
    }

    /// The most texels that a view of a buffer can have, as the virgl2 capset tells.
    public func textureBufferTexelsMax() throws(DriverError) -> UInt32 {
        guard let info = try capsets().first(where: { $0.capsetID == .virgl2 }) else {
            throw .featureMissing
        }
        let bytes = try capset(info)
        guard bytes.count >= Self.textureBufferOffset + 4 else { throw .badResponse }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[Self.textureBufferOffset + $1]) << ($1 * 8) }
    }

    /// `max_texture_buffer_size` in virgl's capset 2 (virgl_hw.h).
    private static let textureBufferOffset = 292

    // MARK: Contexts

    public func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String)
        throws(DriverError)
    {
        _ = try exchange(
            VirtioGPU.CtxCreate(
                header: header(.ctxCreate, context: id), contextInit: capset.rawValue,
                debugName: name),
            responseBytes: Self.headerBytes)
    }

    public func destroyContext(_ id: ContextID) throws(DriverError) {
        _ = try exchange(header(.ctxDestroy, context: id), responseBytes: Self.headerBytes)
    }

    public func attach(_ resource: ResourceID, to context: ContextID) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.CtxResource(
                header: header(.ctxAttachResource, context: context), resourceID: resource),
            responseBytes: Self.headerBytes)
    }

    public func detach(_ resource: ResourceID, from context: ContextID) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.CtxResource(
                header: header(.ctxDetachResource, context: context), resourceID: resource),
            responseBytes: Self.headerBytes)
    }

    // MARK: Resources

    public func createResource3D(_ command: VirtioGPU.ResourceCreate3D) throws(DriverError) {
        _ = try exchange(command, responseBytes: Self.headerBytes)
    }

    /// A blob over the buffer `blobID` that the context's command stream has made.
    public func createBlob(
        _ id: ResourceID, context: ContextID, blobID: UInt64, sizeBytes: UInt64,
        flags: VirtioGPU.BlobFlags = .useCrossDevice
    ) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.ResourceCreateBlob(
                header: header(.resourceCreateBlob, context: context), resourceID: id,
                blobMem: .host3D, blobFlags: flags, blobID: blobID, size: sizeBytes),
            responseBytes: Self.headerBytes)
    }

    /// The UUID under which other devices find the resource.
    public func assignUUID(_ id: ResourceID) throws(DriverError) -> ResourceUUID {
        let answer: VirtioGPU.RespResourceUUID = try exchange(
            VirtioGPU.ResourceAssignUUID(resourceID: id),
            responseBytes: VirtioGPU.RespResourceUUID.sizeBytes, expecting: .okResourceUUID
        ).decode()
        return answer.uuid
    }

    public func unref(_ id: ResourceID) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.ResourceUnref(resourceID: id), responseBytes: Self.headerBytes)
    }

    public func attachBacking(_ id: ResourceID, _ segments: [GuestSegment]) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.ResourceAttachBacking(
                resourceID: id, nrEntries: UInt32(segments.count)),
            trailing: Self.entries(segments))
    }

    static func entries(_ segments: [GuestSegment]) -> [UInt8] {
        var entries = WireBuffer(capacity: segments.count * VirtioGPU.MemEntry.sizeBytes)
        for segment in segments {
            entries.append(VirtioGPU.MemEntry(addr: segment.start, length: segment.count))
        }
        return entries.array()
    }

    public func detachBacking(_ id: ResourceID) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.ResourceDetachBacking(resourceID: id), responseBytes: Self.headerBytes)
    }

    // MARK: Work

    public func transferToHost(
        _ id: ResourceID, context: ContextID, box: VirtioGPU.Box, offset: UInt64, stride: UInt32
    ) throws(DriverError) {
        try transfer(.transferToHost3D, id, context, box, offset, stride)
    }

    public func transferFromHost(
        _ id: ResourceID, context: ContextID, box: VirtioGPU.Box, offset: UInt64, stride: UInt32
    ) throws(DriverError) {
        try transfer(.transferFromHost3D, id, context, box, offset, stride)
    }

    /// Fenced: the copy is done when this returns. [GPU-D-006]
    private func transfer(
        _ type: VirtioGPU.MessageType, _ id: ResourceID, _ context: ContextID,
        _ box: VirtioGPU.Box, _ offset: UInt64, _ stride: UInt32
    ) throws(DriverError) {
        let fence = newFence()
        _ = try exchange(
            VirtioGPU.TransferHost3D(
                header: header(type, context: context, fence: fence), box: box, offset: offset,
                resourceID: id, level: 0, stride: stride, layerStride: 0),
            responseBytes: Self.headerBytes)
    }

    /// Runs a command stream; what it draws may be done later.
    public func submit(_ stream: VirglStream, to context: ContextID) throws(DriverError) {
        _ = try exchange(
            VirtioGPU.CmdSubmit(
                header: header(.submit3D, context: context), size: UInt32(stream.bytes.count)),
            trailing: stream.bytes, responseBytes: Self.headerBytes)
    }

    /// Runs a command stream with a fence; ``waitForFence(_:)`` waits until it is drawn.
    public func submitFenced(_ stream: VirglStream, to context: ContextID) throws(DriverError)
        -> Ticket
    {
        let fence = newFence()
        return try send(
            VirtioGPU.CmdSubmit(
                header: header(.submit3D, context: context, fence: fence),
                size: UInt32(stream.bytes.count)),
            trailing: stream.bytes, responseBytes: Self.headerBytes)
    }

    public func waitForFence(_ ticket: Ticket) throws(DriverError) {
        _ = try check(device.wait(for: ticket), expecting: .okNoData)
    }
}
