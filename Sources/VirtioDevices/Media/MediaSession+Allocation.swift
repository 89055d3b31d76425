// REQBUFS, CREATE_BUFS, QUERYBUF and EXPBUF.

internal import HostBridge
internal import ResourceRegistry
internal import VirtioWire

extension MediaSession {
    /// What a queue takes.
    var capabilities: V4L2.BufCapabilities {
        var all: V4L2.BufCapabilities = [.userptr, .dmabuf, .orphanedBufs, .maxNumBuffers]
        if context.hasMMap { all.insert(.mmap) }
        return all
    }

    private func require(_ memory: V4L2.Memory) throws(MediaFault) {
        switch memory {
        case .sharedPages, .virtioObject: return
        case .mmap where context.hasMMap: return
        default: throw .invalid
        }
    }

    // MARK: REQBUFS

    /// No answer when it has to wait.
    func requestBuffers(_ asked: V4L2.RequestBuffers, _ backlog: inout EventBacklog)
        throws(MediaFault) -> (Outcome, V4L2.RequestBuffers?)
    {
        guard asked.type == outputType || asked.type == captureType else { throw .invalid }
        try require(asked.memory)
        var answer = V4L2.RequestBuffers(
            count: 0, type: asked.type, memory: asked.memory, capabilities: capabilities)
        let wanted = min(asked.count, UInt32(MediaLimits.buffersMax))
        if asked.type == outputType {
            guard !output.isStreaming else { throw .busy }
            forgetUnits()
            output = BufferQueue(memory: asked.memory)
            output.buffers = try allocate(wanted, asked.memory, [outputFormat.sizeimage], nil)
            answer.count = UInt32(output.buffers.count)
        } else {
            guard !capture.isStreaming else { throw .busy }
            // The decoder's layout comes first: there is nothing to check buffers against before.
            guard picture != nil || asked.count == 0 else { throw .invalid }
            guard stopCapture(&backlog) == .done else { return (.wait, nil) }
            capture = BufferQueue(memory: asked.memory)
            capturePicture = wantedPicture
            capture.buffers = try allocate(
                wanted, asked.memory, captureBufferBytes, capturePicture)
            answer.count = UInt32(capture.buffers.count)
        }
        guard wanted == 0 || answer.count > 0 else { throw .noMemory }
        startAnewIfFreed()
        return (.done, answer)
    }

    /// As many buffers as can be had; none of them is an error where some were wanted.
    private func allocate(
        _ count: UInt32, _ memory: V4L2.Memory, _ planeBytes: [UInt32], _ layout: PictureFormat?
    ) throws(MediaFault) -> [BufferQueue.Buffer] {
        var buffers: [BufferQueue.Buffer] = []
        for _ in 0..<count {
            var planes: [DevicePlane] = []
            if memory == .mmap {
                do throws(MediaFault) {
                    for size in planeBytes {
                        planes.append(try makePlane(size, layout))
                    }
                } catch {
                    guard !buffers.isEmpty else { throw error }
                    return buffers
                }
            }
            buffers.append(BufferQueue.Buffer(planeBytes: planeBytes, planes: planes))
        }
        return buffers
    }

    private func makePlane(_ sizeBytes: UInt32, _ layout: PictureFormat?) throws(MediaFault)
        -> DevicePlane
    {
        try DevicePlane(
            cookie: makeCookie(), sizeBytes: sizeBytes,
            layout: layout.flatMap { $0.bufferCount == 1 ? $0.pixelLayout : nil },
            context: context)
    }

    // MARK: CREATE_BUFS

    func createBuffers(
        _ call: IoctlCall, _ request: borrowing WireBuffer, _ response: inout WireBuffer
    ) throws(MediaFault) {
        if isMultiPlanar {
            var asked: V4L2.CreateBuffersMPlane = try call.payload(request)
            let pix = asked.format.pixMP
            let sizes = pix.planeFmt.prefix(Int(pix.numPlanes)).map(\.sizeimage)
            let made = try create(
                asked.count, asked.memory, asked.format.type, pix.pixelformat, sizes)
            (asked.index, asked.count) = made
            asked.capabilities = capabilities
            asked.maxNumBuffers = UInt32(MediaLimits.buffersMax)
            asked.flags = 0
            response.append(asked)
        } else {
            var asked: V4L2.CreateBuffers = try call.payload(request)
            let made = try create(
                asked.count, asked.memory, asked.format.type, asked.format.pix.pixelformat,
                [asked.format.pix.sizeimage])
            (asked.index, asked.count) = made
            asked.capabilities = capabilities
            asked.maxNumBuffers = UInt32(MediaLimits.buffersMax)
            asked.flags = 0
            response.append(asked)
        }
    }

    /// Adds buffers of at least the sizes that the queue's format has.
    private func create(
        _ count: UInt32, _ memory: V4L2.Memory, _ type: V4L2.BufType, _ fourcc: V4L2.FourCC,
        _ sizes: [UInt32]
    ) throws(MediaFault) -> (index: UInt32, count: UInt32) {
        guard type == outputType || type == captureType else { throw .invalid }
        try require(memory)
        let isOutput = type == outputType
        let queue = isOutput ? output : capture
        let first = UInt32(queue.buffers.count)
        // A question only.
        guard count > 0 else { return (first, 0) }
        guard queue.buffers.isEmpty || queue.memory == memory else { throw .invalid }
        let layout = isOutput ? nil : wantedPicture
        guard isOutput || layout != nil else { throw .invalid }
        let least =
            layout.map { $0.bufferSizes.map { UInt32(clamping: $0) } }
            ?? [outputFormat.sizeimage]
        guard fourcc == layout?.fourcc ?? outputFormat.pixelformat, sizes.count == least.count,
            zip(sizes, least).allSatisfy({ $0 >= $1 }),
            sizes.allSatisfy({ $0 <= max(configuration.codedBytesMax, least.max() ?? 0) })
        else { throw .invalid }
        let left = UInt32(MediaLimits.buffersMax) - first
        guard left > 0 else { throw .noBuffers }
        let made = try allocate(min(count, left), memory, sizes, layout)
        if isOutput {
            output.memory = memory
            output.buffers += made
        } else {
            if capture.buffers.isEmpty { capturePicture = layout }
            capture.memory = memory
            capture.buffers += made
        }
        return (first, UInt32(made.count))
    }

    // MARK: QUERYBUF

    func queryBuffer(
        _ call: IoctlCall, _ request: borrowing WireBuffer, _ response: inout WireBuffer
    ) throws(MediaFault) {
        let asked = try BufferPayload(call, request, isMultiPlanar: isMultiPlanar)
        let queue = try queue(of: asked.buffer)
        // What the guest calls its memory goes back as it came; ours is told.
        append(asked, of: queue, to: &response)
    }

    /// The queue of a buffer whose index is one of it.
    func queue(of buffer: V4L2.Buffer) throws(MediaFault) -> BufferQueue {
        let queue: BufferQueue
        switch buffer.type {
        case outputType: queue = output
        case captureType: queue = capture
        default: throw .invalid
        }
        guard let index = Int(exactly: buffer.index), queue.buffers.indices.contains(index) else {
            throw .invalid
        }
        return queue
    }

    /// Appends the buffer and its planes as QUERYBUF and QBUF tell them. The pointers and
    /// descriptors of others go back as they came. [MED-D-005] [MED-D-010] [MED-D-011]
    func append(
        _ asked: BufferPayload, of queue: BufferQueue, to response: inout WireBuffer
    ) {
        let own = queue.buffers[Int(asked.buffer.index)]
        var answer = asked.buffer
        answer.memory = queue.memory
        answer.field = .none
        answer.flags = [.timestampCopy]
        if own.isQueued { answer.flags.insert(.queued) }
        if own.planes.contains(where: { $0.mappings > 0 }) { answer.flags.insert(.mapped) }
        guard isMultiPlanar else {
            answer.length = own.planeBytes[0]
            if let plane = own.planes.first { answer.m = UInt64(plane.cookie) }
            response.append(answer)
            return
        }
        response.append(answer)
        for (index, asked) in asked.planes.enumerated() {
            guard own.planeBytes.indices.contains(index) else {
                response.append(V4L2.Plane(length: 0, m: asked.m))
                continue
            }
            var plane = asked
            plane.length = own.planeBytes[index]
            if own.planes.indices.contains(index) { plane.m = UInt64(own.planes[index].cookie) }
            response.append(plane)
        }
    }

    // MARK: EXPBUF

    /// Tells the UUID that a plane of an MMAP buffer has in the domain: each time the same. [ID-4]
    /// [MED-I-007]
    func exportBuffer(
        _ call: IoctlCall, _ request: borrowing WireBuffer, _ response: inout WireBuffer
    ) throws(MediaFault) {
        let asked: V4L2.ExportBuffer = try call.payload(request)
        let queue = try queue(
            of: V4L2.Buffer(index: asked.index, type: asked.type, memory: .mmap))
        let planes = queue.buffers[Int(asked.index)].planes
        guard asked.flags & ~Self.exportFlags == 0, let index = Int(exactly: asked.plane),
            planes.indices.contains(index)
        else { throw .invalid }
        // The placeholder stays as it is. [MED-D-011]
        response.append(asked)
        response.append(planes[index].object.uuid)
    }

    /// O_ACCMODE and O_CLOEXEC, which mean nothing for a UUID.
    private static let exportFlags: UInt32 = 0x8_0003
}

/// `v4l2_buffer` as it came, with its planes.
struct BufferPayload {
    let buffer: V4L2.Buffer
    /// Of a single-planar buffer what would be its one plane.
    let planes: [V4L2.Plane]
    /// Where in the request UUIDs or scatter-gather entries begin.
    let endOffset: Int

    init(_ call: IoctlCall, _ request: borrowing WireBuffer, isMultiPlanar: Bool)
        throws(MediaFault)
    {
        buffer = try call.payload(request)
        let start = call.payloadOffset + V4L2.Buffer.sizeBytes
        guard isMultiPlanar else {
            planes = [
                V4L2.Plane(bytesused: buffer.bytesused, length: buffer.length, m: buffer.m)
            ]
            endOffset = start
            return
        }
        guard let count = Int(exactly: buffer.length), (1...V4L2.maxPlanes).contains(count),
            request.count >= start + count * V4L2.Plane.sizeBytes
        else { throw .invalid }
        var planes: [V4L2.Plane] = []
        for index in 0..<count {
            planes.append(try call.message(request, at: start + index * V4L2.Plane.sizeBytes))
        }
        self.planes = planes
        endOffset = start + count * V4L2.Plane.sizeBytes
    }
}

extension PictureFormat {
    /// The layout as the registry has it, for pictures in one buffer.
    var pixelLayout: PixelLayout {
        let colour = self.colour.v4l2
        let rows =
            isInterleaved
            ? [codedHeight, codedHeight / 2]
            : [codedHeight, codedHeight / 2, codedHeight / 2]
        var planes: [PixelLayout.Plane] = []
        for (index, place) in zip(planeOffsets, planeStrides).enumerated() {
            planes.append(
                PixelLayout.Plane(
                    offsetBytes: UInt64(place.0), strideBytes: UInt64(place.1),
                    rows: UInt64(rows[index])))
        }
        return PixelLayout(
            format: PixelFormat(fourcc), width: UInt32(codedWidth), height: UInt32(codedHeight),
            planes: planes,
            colour: PixelLayout.Colour(
                space: colour.space, encoding: colour.encoding, range: colour.range))
    }
}
