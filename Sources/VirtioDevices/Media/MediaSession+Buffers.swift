// REQBUFS, QUERYBUF, QBUF, STREAMON and STREAMOFF.

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import VirtioWire
internal import Virtqueue

extension MediaSession {
    // MARK: Allocation

    func requestBuffers(_ asked: V4L2.RequestBuffers, _ backlog: inout EventBacklog)
        throws(MediaFault) -> V4L2.RequestBuffers
    {
        var answer = V4L2.RequestBuffers(count: 0, type: asked.type, memory: asked.memory)
        switch asked.type {
        case .videoOutput: answer.capabilities = [.userptr]
        case .videoCapture: answer.capabilities = [.userptr, .dmabuf]
        default: throw .invalid
        }
        let isAllowed =
            asked.memory == .sharedPages
            || asked.memory == .virtioObject && asked.type == .videoCapture
        guard isAllowed else { throw .invalid }
        answer.count = min(asked.count, UInt32(Self.buffersMax))
        if asked.type == .videoOutput {
            guard !output.isStreaming else { throw .busy }
            forgetUnits()
            output = BufferQueue(memory: asked.memory, isQueued: fresh(answer.count))
        } else {
            guard !capture.isStreaming else { throw .busy }
            // The decoder's layout comes first: there is nothing to check buffers against before.
            guard picture != nil || asked.count == 0 else { throw .invalid }
            stopCapture(&backlog)
            attachments.removeAll()
            capture = BufferQueue(memory: asked.memory, isQueued: fresh(answer.count))
            capturePicture = picture
        }
        startAnewIfFreed()
        return answer
    }

    private func fresh(_ count: UInt32) -> [Bool] { Array(repeating: false, count: Int(count)) }

    func query(_ asked: V4L2.Buffer) throws(MediaFault) -> V4L2.Buffer {
        let queue = try queue(of: asked)
        var answer = asked
        answer.flags = queue.isQueued[Int(asked.index)] ? [.queued] : []
        answer.memory = queue.memory
        answer.length = bufferLength(asked.type)
        answer.field = .none
        return answer
    }

    /// The queue of a buffer whose index is one of it.
    private func queue(of buffer: V4L2.Buffer) throws(MediaFault) -> BufferQueue {
        let queue: BufferQueue
        switch buffer.type {
        case .videoOutput: queue = output
        case .videoCapture: queue = capture
        default: throw .invalid
        }
        guard let index = Int(exactly: buffer.index), queue.isQueued.indices.contains(index) else {
            throw .invalid
        }
        return queue
    }

    // MARK: Queueing

    func queueBuffer(
        _ call: IoctlCall, _ request: borrowing WireBuffer, _ response: inout WireBuffer
    ) throws(MediaFault) {
        let buffer: V4L2.Buffer = try call.payload(request)
        let queue = try queue(of: buffer)
        guard buffer.memory == queue.memory, !queue.isQueued[Int(buffer.index)] else {
            throw .invalid
        }
        let behind = call.payloadOffset + V4L2.Buffer.sizeBytes
        var uuid: ResourceUUID?
        switch (buffer.type, buffer.memory) {
        case (.videoOutput, .sharedPages):
            try queueCoded(buffer, call.memory, request, entriesAt: behind)
            output.isQueued[Int(buffer.index)] = true
        case (.videoCapture, .virtioObject):
            guard request.count >= behind + ResourceUUID.sizeBytes else { throw .invalid }
            let named = ResourceUUID(
                high: request.u64(at: behind).byteSwapped,
                low: request.u64(at: behind + 8).byteSwapped)
            try queueObject(buffer, named)
            uuid = named
            capture.isQueued[Int(buffer.index)] = true
        case (.videoCapture, .sharedPages):
            try queuePages(buffer, call.memory, request, entriesAt: behind)
            capture.isQueued[Int(buffer.index)] = true
        default:
            throw .invalid
        }
        var answer = buffer
        answer.flags = [.queued]
        answer.length = bufferLength(buffer.type)
        // The union's pointer or descriptor goes back as it came. [MED-D-010] [MED-D-011]
        response.append(answer)
        if let uuid { response.append(uuid) }
    }

    /// Copies an access unit out of guest pages, once, and hands it to the codec.
    private func queueCoded(
        _ buffer: V4L2.Buffer, _ memory: GuestMemory, _ request: borrowing WireBuffer,
        entriesAt offset: Int
    ) throws(MediaFault) {
        guard buffer.bytesused > 0, buffer.bytesused <= outputFormat.sizeimage,
            buffer.bytesused <= buffer.length
        else { throw .invalid }
        guard codedBytesWaiting <= configuration.codedBytesWaitingMax - Int(buffer.bytesused) else {
            throw .noMemory
        }
        let pages = try pages(memory, request, at: offset, length: buffer.length)
        var bytes: [UInt8] = []
        var left = Int(buffer.bytesused)
        bytes.reserveCapacity(left)
        for page in pages where left > 0 {
            guard let part = page.slice(offset: 0, count: min(left, page.sizeBytes)) else { break }
            bytes += part.bytes()
            left -= part.sizeBytes
        }
        let token = remember(
            Unit(index: buffer.index, timestamp: buffer.timestamp, byteCount: bytes.count))
        let unit = CodedUnit(bytes: bytes, token: token)
        // In the order of queueing: not ahead of those that wait.
        if output.isStreaming, !isStopped, !isDraining, waitingUnits.isEmpty, let decoder {
            decoder.decode(unit)
        } else {
            waitingUnits.append(unit)
        }
    }

    /// Guest memory behind the scatter-gather entries that cover `length` bytes. [MED-I-002]
    private func pages(
        _ memory: GuestMemory, _ request: borrowing WireBuffer, at offset: Int, length: UInt32
    ) throws(MediaFault) -> [MemoryRange] {
        var pieces: [MemoryRange] = []
        var covered: UInt64 = 0
        var at = offset
        while covered < UInt64(length) {
            guard at + VirtioMedia.SGEntry.sizeBytes <= request.count else { throw .invalid }
            let start = GuestAddress(request.u64(at: at))
            // The last entry may be longer than what is needed of it.
            let count = min(UInt64(request.u32(at: at + 8)), UInt64(length) - covered)
            guard (try? memory.ranges(start, count: count, into: &pieces)) != nil else {
                throw .invalid
            }
            covered += count
            at += VirtioMedia.SGEntry.sizeBytes
        }
        return pieces
    }

    /// Lends another device's object to the decoder. What the UUID does not name in this domain,
    /// and what is too small, is EINVAL; the session goes on. [ID-5]
    private func queueObject(_ buffer: V4L2.Buffer, _ uuid: ResourceUUID) throws(MediaFault) {
        guard let capturePicture, let decoder else { throw .invalid }
        let attachment = try attachment(for: uuid, at: buffer.index)
        guard attachment.memory.sizeBytes >= capturePicture.sizeBytes else { throw .invalid }
        let lease: Lease
        do throws(RegistryError) {
            // In the order of queueing: readers that came before are waited for, later ones not.
            lease = try attachment.requestLease(.write) { [weak decoder] in
                decoder?.leaseGranted()
            }
        } catch { throw error == .outOfQuota ? .noMemory : .invalid }
        attachments[buffer.index] = attachment
        decoder.queue(Surface(index: buffer.index, target: .object(attachment), lease: lease))
    }

    /// The attachment that the buffer had, or a new one where its UUID has changed.
    private func attachment(for uuid: ResourceUUID, at index: UInt32) throws(MediaFault)
        -> Attachment
    {
        if let known = attachments[index], known.object.uuid == uuid, !known.isRevoked {
            return known
        }
        do throws(RegistryError) {
            return try registry.attach(
                uuid, by: participant, direction: .write, onRevoked: onRevoked)
        } catch { throw error == .outOfQuota ? .noMemory : .invalid }
    }

    /// Guest pages that a finished picture is copied into.
    private func queuePages(
        _ buffer: V4L2.Buffer, _ memory: GuestMemory, _ request: borrowing WireBuffer,
        entriesAt offset: Int
    ) throws(MediaFault) {
        guard let decoder, let size = capturePicture.flatMap({ UInt32(exactly: $0.sizeBytes) }),
            buffer.length >= size
        else { throw .invalid }
        let pieces = try pages(memory, request, at: offset, length: size)
        decoder.queue(Surface(index: buffer.index, target: .pages(pieces), lease: nil))
    }

    // MARK: Streaming

    func streamOn(_ type: V4L2.BufType) throws(MediaFault) {
        switch type {
        case .videoOutput:
            guard !output.isQueued.isEmpty else { throw .invalid }
            guard !output.isStreaming else { return }
            let decoder = try startDecoder()
            output.isStreaming = true
            isStopped = false
            for unit in waitingUnits { decoder.decode(unit) }
            waitingUnits.removeAll()
        case .videoCapture:
            guard !capture.isQueued.isEmpty, let picture, let decoder else { throw .invalid }
            guard !capture.isStreaming else { return }
            // The stream may have changed since the buffers were queued.
            guard let held = capturePicture, held.sizeBytes >= picture.sizeBytes else {
                throw .invalid
            }
            capturePicture = picture
            capture.isStreaming = true
            decoder.startCapture(
                picture, isDirect: capture.memory == .virtioObject && picture.fourcc == .yuv420)
            if !isDraining { restart() }
        default: throw .invalid
        }
    }

    /// All buffers of the queue are the driver's again when this returns, and none is announced.
    func streamOff(_ type: V4L2.BufType, _ backlog: inout EventBacklog) throws(MediaFault) {
        switch type {
        case .videoOutput:
            decoder?.flush()
            takeEvents(into: &backlog)
            forgetUnits()
            output.isStreaming = false
            output.sequence = 0
            isDraining = false
            isStopped = false
            backlog.removeBuffers(of: id, type: .videoOutput)
        case .videoCapture:
            capture.isStreaming = false
            stopCapture(&backlog)
        default: throw .invalid
        }
    }

    private func stopCapture(_ backlog: inout EventBacklog) {
        // The drain of a stream that has changed goes on with the buffers to come.
        let drainGoesOn = decoder?.stopCapture() ?? false
        takeEvents(into: &backlog)
        capture.isQueued = capture.isQueued.map { _ in false }
        capture.sequence = 0
        capturePicture = picture
        isDraining = isDraining && drainGoesOn
        isStopped = false
        backlog.removeBuffers(of: id, type: .videoCapture)
    }
}
