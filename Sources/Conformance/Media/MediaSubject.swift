// What the media device's cases have in common: a session, and requests by their bytes.

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

/// A started media device with an open session.
struct MediaSubject {
    let session: SessionID
    let isMultiPlanar: Bool
    /// The first coded format; what a buffer of it holds is the guest's to choose.
    let codec: V4L2.FourCC

    var outputType: V4L2.BufType { isMultiPlanar ? .videoOutputMPlane : .videoOutput }
    var captureType: V4L2.BufType { isMultiPlanar ? .videoCaptureMPlane : .videoCapture }
    static let codedBytes: UInt32 = 65536

    /// Starts the device, opens a session, sets a coded format.
    init(_ context: inout ConformanceContext) throws {
        try context.start()
        let config: VirtioMedia.Config = try context.decode(
            from: context.transport.readConfig(offset: 0, count: VirtioMedia.Config.sizeBytes))
        isMultiPlanar = V4L2.DeviceCaps(rawValue: config.deviceCaps).contains(.videoM2MMPlane)
        guard let session = try MediaSessionCases.open(&context) else {
            throw context.finding("an open session")
        }
        self.session = session
        let type: V4L2.BufType = isMultiPlanar ? .videoOutputMPlane : .videoOutput
        let answer = try context.mediaIoctl(
            .enumFmt, V4L2.FmtDesc(index: 0, type: type), session, back: V4L2.FmtDesc.sizeBytes)
        let description: V4L2.FmtDesc = try context.payload(of: answer)
        codec = description.pixelformat
        try setFormat(&context)
    }

    /// The same in another open session.
    func sibling(_ session: SessionID, _ context: inout ConformanceContext) throws -> MediaSubject {
        let sibling = MediaSubject(
            session: session, isMultiPlanar: isMultiPlanar, codec: codec)
        try sibling.setFormat(&context)
        return sibling
    }

    private init(session: SessionID, isMultiPlanar: Bool, codec: V4L2.FourCC) {
        (self.session, self.isMultiPlanar, self.codec) = (session, isMultiPlanar, codec)
    }

    private func setFormat(_ context: inout ConformanceContext) throws {
        let pix = V4L2.PixFormat(
            width: 64, height: 64, pixelformat: codec, sizeimage: Self.codedBytes)
        let plane = V4L2.PlanePixFormat(sizeimage: Self.codedBytes, bytesperline: 0)
        let format: [UInt8] =
            isMultiPlanar
            ? MediaBytes.of(
                V4L2.FormatMPlane(
                    type: outputType,
                    pixMP: V4L2.PixFormatMPlane(
                        width: 64, height: 64, pixelformat: codec, planeFmt: [plane], numPlanes: 1))
            )
            : MediaBytes.of(V4L2.Format(type: outputType, pix: pix))
        let set = try context.mediaIoctl(
            .sFmt, format, session, back: V4L2.Format.sizeBytes)
        try context.expectOK(set, "S_FMT of a coded format to succeed")
    }

    /// Asks for OUTPUT buffers; nil when the device does not take such memory.
    func request(_ memory: V4L2.Memory, _ context: inout ConformanceContext, count: UInt32 = 2)
        throws -> V4L2.RequestBuffers?
    {
        let asked = V4L2.RequestBuffers(count: count, type: outputType, memory: memory)
        let answer = try context.mediaIoctl(
            .reqbufs, asked, session, back: V4L2.RequestBuffers.sizeBytes)
        let header: VirtioMedia.RespHeader = try context.decode(from: answer)
        guard header.status == .ok else { return nil }
        return try context.payload(of: answer)
    }

    /// `v4l2_buffer` of OUTPUT, with its plane where planes are buffers of their own.
    func buffer(
        _ index: UInt32, _ memory: V4L2.Memory, bytesused: UInt32 = 0, length: UInt32 = 0,
        m: UInt64 = 0
    ) -> [UInt8] {
        let plane = V4L2.Plane(bytesused: bytesused, length: length, m: m)
        let whole = V4L2.Buffer(
            index: index, type: outputType, bytesused: isMultiPlanar ? 0 : bytesused,
            memory: memory, m: m, length: isMultiPlanar ? 1 : length)
        return MediaBytes.of(whole) + (isMultiPlanar ? MediaBytes.of(plane) : [])
    }

    var bufferBytes: Int {
        V4L2.Buffer.sizeBytes + (isMultiPlanar ? V4L2.Plane.sizeBytes : 0)
    }

    /// The union and the length of the only plane in an answer.
    func plane(of answer: [UInt8], _ context: ConformanceContext) throws(Finding) -> V4L2.Plane {
        guard isMultiPlanar else {
            let buffer: V4L2.Buffer = try context.payload(of: answer)
            return V4L2.Plane(bytesused: buffer.bytesused, length: buffer.length, m: buffer.m)
        }
        return try context.decode(
            from: answer, at: VirtioMedia.RespHeader.sizeBytes + V4L2.Buffer.sizeBytes)
    }

    func stream(_ code: V4L2.IoctlCode, _ context: inout ConformanceContext) throws {
        let answer = try context.mediaIoctl(
            code, MediaBytes.word(outputType.rawValue), session, back: 0)
        try context.expectOK(answer, "\(code) of OUTPUT to succeed")
    }
}

enum MediaBytes {
    static func of<M: WireMessage>(_ message: M) -> [UInt8] {
        var buffer = WireBuffer(capacity: M.sizeBytes)
        buffer.append(message)
        return buffer.array()
    }

    static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A scatter-gather list.
    static func list(_ segments: [GuestSegment]) -> [UInt8] {
        segments.flatMap { of(VirtioMedia.SGEntry(start: $0.start, len: $0.count)) }
    }
}

extension ConformanceContext {
    /// An ioctl by bytes; the answer with its header.
    mutating func mediaIoctl(
        _ code: V4L2.IoctlCode, _ payload: [UInt8], _ session: SessionID, back: Int
    ) throws(DriverError) -> [UInt8] {
        var request = WireBuffer(capacity: VirtioMedia.CmdIoctl.sizeBytes + payload.count)
        request.append(VirtioMedia.CmdIoctl(sessionID: session, code: code))
        request.append(contentsOf: payload)
        return try exchange(
            request, responseBytes: VirtioMedia.RespHeader.sizeBytes + back,
            queue: VirtioMedia.commandQueue)
    }

    mutating func mediaIoctl<M: WireMessage>(
        _ code: V4L2.IoctlCode, _ payload: M, _ session: SessionID, back: Int
    ) throws(DriverError) -> [UInt8] {
        try mediaIoctl(code, MediaBytes.of(payload), session, back: back)
    }

    /// A command other than an ioctl.
    mutating func mediaCommand<M: WireMessage>(_ command: M, back: Int) throws(DriverError)
        -> [UInt8]
    {
        var request = WireBuffer(capacity: M.sizeBytes)
        request.append(command)
        return try exchange(
            request, responseBytes: back, queue: VirtioMedia.commandQueue)
    }

    /// What follows the header of an answer that must be a success.
    func payload<M: WireMessage>(of answer: [UInt8], as type: M.Type = M.self) throws(Finding) -> M
    {
        try expectOK(answer, "success")
        return try decode(from: answer, at: VirtioMedia.RespHeader.sizeBytes)
    }

    func status(of answer: [UInt8]) throws(Finding) -> VirtioMedia.Status {
        let header: VirtioMedia.RespHeader = try decode(from: answer)
        return header.status
    }

    func expectOK(_ answer: [UInt8], _ expected: String) throws(Finding) {
        guard try status(of: answer) == .ok else { throw finding(expected) }
    }

    func expect(_ answer: [UInt8], _ wanted: VirtioMedia.Status, _ what: String) throws(Finding) {
        guard try status(of: answer) == wanted else {
            throw finding("status \(wanted) for \(what)")
        }
    }

    /// That an answer is a success of so many bytes.
    func expect(_ answer: [UInt8], byteCount: Int, _ what: String) throws(Finding) {
        try expectOK(answer, "\(what) to succeed")
        guard answer.count == byteCount else {
            throw finding("\(byteCount) bytes written for \(what)")
        }
    }
}
