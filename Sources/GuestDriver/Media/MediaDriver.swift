// The guest's virtio-media driver (virtio 1.4, 5.22): sessions, ioctls and events.

internal import LinuxSystem
public import VirtioWire
public import Virtqueue

public enum MediaEvent: Equatable, Sendable {
    case buffer(VirtioMedia.EventDQBuf)
    case event(VirtioMedia.EventEvent)
    case error(VirtioMedia.EventError)

    public var sessionID: SessionID {
        switch self {
        case .buffer(let event): event.sessionID
        case .event(let event): event.sessionID
        case .error(let event): event.sessionID
        }
    }
}

public final class MediaDriver {
    public let device: DeviceDriver
    private var eventBlocks: [UInt16: GuestBlock] = [:]
    private var events: [MediaEvent] = []

    /// Event buffers given to the device, as Linux' driver does.
    private static let eventBuffers = 16

    public init(_ transport: any VirtioTransport, machine: GuestMachine) throws(DriverError) {
        device = try DeviceDriver(
            transport, machine: machine, wanted: 0, required: 0, queueCount: 2)
        for _ in 0..<Self.eventBuffers {
            try post(try machine.allocate(VirtioMedia.EventDQBuf.sizeBytes))
        }
    }

    public var machine: GuestMachine { device.machine }

    public func config() throws(DriverError) -> VirtioMedia.Config {
        try device.transport.readConfig(offset: 0, count: VirtioMedia.Config.sizeBytes).decode()
    }

    // MARK: Commands

    public func open() throws(DriverError) -> SessionID {
        var request = WireBuffer(capacity: VirtioMedia.CmdOpen.sizeBytes)
        request.append(VirtioMedia.CmdOpen())
        let answer = try exchange(request, responseBytes: VirtioMedia.RespOpen.sizeBytes)
        let response: VirtioMedia.RespOpen = try answer.decode()
        return response.sessionID
    }

    /// No answer is asked for, as Linux' driver does; returns when the device has the command done.
    public func close(_ session: SessionID) throws(DriverError) {
        var request = WireBuffer(capacity: VirtioMedia.CmdClose.sizeBytes)
        request.append(VirtioMedia.CmdClose(sessionID: session))
        _ = try device.roundTrip(
            request, responseBytes: 0, queue: VirtioMedia.commandQueue)
        events.removeAll { $0.sessionID == session }
    }

    private func exchange(_ request: borrowing WireBuffer, responseBytes: Int)
        throws(DriverError) -> [UInt8]
    {
        let answer = try device.roundTrip(
            request, responseBytes: responseBytes, queue: VirtioMedia.commandQueue)
        let header: VirtioMedia.RespHeader = try answer.decode()
        guard header.status == .ok else { throw .media(header.status) }
        return answer
    }

    /// An ioctl whose payload goes in and comes back (_IOWR), with what follows it in either
    /// direction.
    ///
    /// - Parameters:
    ///   - trailing: bytes behind the payload in the readable part.
    ///   - trailingBack: how many bytes follow the payload in the writable part.
    public func ioctl<M: WireMessage>(
        _ code: V4L2.IoctlCode, _ payload: M, session: SessionID, trailing: [UInt8] = [],
        trailingBack: Int = 0
    ) throws(DriverError) -> (payload: M, trailing: [UInt8]) {
        var request = WireBuffer(
            capacity: VirtioMedia.CmdIoctl.sizeBytes + M.sizeBytes + trailing.count)
        request.append(VirtioMedia.CmdIoctl(sessionID: session, code: code))
        request.append(payload)
        request.append(contentsOf: trailing)
        let header = VirtioMedia.RespHeader.sizeBytes
        let answer = try exchange(
            request, responseBytes: header + M.sizeBytes + trailingBack)
        let back: M = try answer.decode(at: header)
        return (back, Array(answer.dropFirst(header + M.sizeBytes)))
    }

    /// An ioctl whose payload only goes in (_IOW).
    public func ioctl(_ code: V4L2.IoctlCode, writing payload: [UInt8], session: SessionID)
        throws(DriverError)
    {
        var request = WireBuffer(capacity: VirtioMedia.CmdIoctl.sizeBytes + payload.count)
        request.append(VirtioMedia.CmdIoctl(sessionID: session, code: code))
        request.append(contentsOf: payload)
        _ = try exchange(request, responseBytes: VirtioMedia.RespHeader.sizeBytes)
    }

    // MARK: MMAP buffers

    /// A plane of the device's memory, as this guest sees it.
    public struct MappedPlane: Sendable {
        /// Where it lies in shared memory region 0: what ``unmap(_:)`` names it by.
        public let driverAddress: UInt64
        public let view: SharedMemoryView
    }

    /// Maps the plane that QUERYBUF gave `offset` for.
    public func map(offset: UInt32, isWritable: Bool, session: SessionID) throws(DriverError)
        -> MappedPlane
    {
        var request = WireBuffer(capacity: VirtioMedia.CmdMMap.sizeBytes)
        request.append(
            VirtioMedia.CmdMMap(sessionID: session, flags: isWritable ? .rw : [], offset: offset))
        let answer = try exchange(request, responseBytes: VirtioMedia.RespMMap.sizeBytes)
        let response: VirtioMedia.RespMMap = try answer.decode()
        guard let region = device.transport.sharedMemory(VirtioMedia.mmapRegion),
            let count = Int(exactly: response.len),
            let view = region.view(offset: response.driverAddr, count: count)
        else { throw .badResponse }
        return MappedPlane(driverAddress: response.driverAddr, view: view)
    }

    /// The mapping outlives the buffer and the session; it ends here.
    public func unmap(_ plane: MappedPlane) throws(DriverError) {
        var request = WireBuffer(capacity: VirtioMedia.CmdMUnmap.sizeBytes)
        request.append(VirtioMedia.CmdMUnmap(driverAddr: plane.driverAddress))
        _ = try exchange(request, responseBytes: VirtioMedia.RespHeader.sizeBytes)
    }

    /// The name of an MMAP buffer's plane for other devices, and other sessions (EXPBUF).
    public func export(
        _ index: UInt32, plane: UInt32 = 0, type: V4L2.BufType, session: SessionID
    ) throws(DriverError) -> ResourceUUID {
        let room = [UInt8](repeating: 0, count: ResourceUUID.sizeBytes)
        let answer = try ioctl(
            .expbuf, V4L2.ExportBuffer(type: type, index: index, plane: plane), session: session,
            trailing: room, trailingBack: ResourceUUID.sizeBytes)
        return try answer.trailing.decode()
    }

    // MARK: Events

    private func post(_ block: GuestBlock) throws(DriverError) {
        let head = try device.add(
            readable: [],
            writable: [
                GuestSegment(
                    start: block.start, count: UInt32(VirtioMedia.EventDQBuf.sizeBytes))
            ], queue: VirtioMedia.eventQueue)
        eventBlocks[head] = block
    }

    /// The next event of a session, if one has come.
    public func takeEvent(of session: SessionID) throws(DriverError) -> MediaEvent? {
        try collect()
        guard let index = events.firstIndex(where: { $0.sessionID == session }) else { return nil }
        return events.remove(at: index)
    }

    /// Forgets what was told of a queue's buffers: a STREAMOFF has given all of them back.
    public func forgetBuffers(of session: SessionID, type: V4L2.BufType) throws(DriverError) {
        try collect()
        events.removeAll { event in
            guard case .buffer(let told) = event else { return false }
            return told.sessionID == session && told.buffer.type == type
        }
    }

    /// Waits for the device to tell something; returns without after the time-out.
    public func waitForInterrupt(timeoutMillis: Int32) throws(DriverError) {
        try device.waitForInterrupt(timeoutMillis: timeoutMillis)
    }

    private func collect() throws(DriverError) {
        while let element = try device.takeUsed(queue: VirtioMedia.eventQueue) {
            guard let head = UInt16(exactly: element.id),
                let block = eventBlocks.removeValue(forKey: head)
            else { throw .badResponse }
            let range = machine.range(of: block)
            let bytes =
                range.slice(offset: 0, count: min(Int(element.len), range.sizeBytes))?.bytes() ?? []
            try post(block)
            events.append(try Self.event(bytes))
        }
    }

    private static func event(_ bytes: [UInt8]) throws(DriverError) -> MediaEvent {
        let header: VirtioMedia.EventHeader = try bytes.decode()
        switch header.event {
        case .dqbuf: return .buffer(try bytes.decode())
        case .event: return .event(try bytes.decode())
        case .error: return .error(try bytes.decode())
        default: throw .badResponse
        }
    }
}
