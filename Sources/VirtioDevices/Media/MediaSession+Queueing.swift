// QBUF: memory of every kind, checked against what is really there.

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import VirtioWire
internal import Virtqueue

/// What waits for its turn on OUTPUT.
enum WaitingUnit {
    case unit(CodedUnit)
    case object(CodedObject)
    /// STOP was given here.
    case drain
}

/// A unit in an object that somebody may still be writing.
struct CodedObject {
    let attachment: Attachment
    let lease: Lease
    let range: MemoryRange
    let token: Int64
}

/// Stretches of guest memory that stay mapped while this lives.
struct GuestPages {
    var pieces: [MemoryRange] = []
    var pins: [GuestPin] = []
}

extension MediaSession {
    func queueBuffer(
        _ call: IoctlCall, _ request: borrowing WireBuffer, _ response: inout WireBuffer
    ) throws(MediaFault) {
        let asked = try BufferPayload(call, request, isMultiPlanar: isMultiPlanar)
        let queue = try queue(of: asked.buffer)
        let index = Int(asked.buffer.index)
        let own = queue.buffers[index]
        guard asked.buffer.memory == queue.memory, !own.isQueued, !queue.isStopping,
            asked.planes.count >= own.planeBytes.count
        else { throw .invalid }
        let uuidBytes =
            queue.memory == .virtioObject ? asked.planes.count * ResourceUUID.sizeBytes : 0
        guard request.count >= asked.endOffset + uuidBytes else { throw .invalid }
        if asked.buffer.type == outputType {
            try queueCoded(asked, own, call.memory, request)
            output.buffers[index].isQueued = true
            append(asked, of: output, to: &response)
        } else {
            try queuePicture(asked, own, call.memory, request)
            capture.buffers[index].isQueued = true
            append(asked, of: capture, to: &response)
        }
        // UUIDs go back behind the last plane. [MED-I-006]
        if uuidBytes > 0 {
            response.append(
                request.bytes.extracting(asked.endOffset..<asked.endOffset + uuidBytes))
        }
    }

    private func uuid(_ index: Int, of asked: BufferPayload, _ request: borrowing WireBuffer)
        -> ResourceUUID
    {
        let offset = asked.endOffset + index * ResourceUUID.sizeBytes
        return ResourceUUID(
            high: request.u64(at: offset).byteSwapped,
            low: request.u64(at: offset + 8).byteSwapped)
    }

    // MARK: OUTPUT

    /// Copies an access unit out of the guest's memory, once, and hands it to the codec.
    private func queueCoded(
        _ asked: BufferPayload, _ own: BufferQueue.Buffer, _ memory: GuestMemory,
        _ request: borrowing WireBuffer
    ) throws(MediaFault) {
        let plane = asked.planes[0]
        guard let start = Int(exactly: plane.dataOffset), let end = Int(exactly: plane.bytesused),
            start < end, end - start <= Int(own.planeBytes[0])
        else { throw .invalid }
        let unit = Unit(index: asked.buffer.index, timestamp: asked.buffer.timestamp)
        switch output.memory {
        case .sharedPages:
            guard plane.bytesused <= plane.length else { throw .invalid }
            var offset = asked.endOffset
            let pages = try pages(memory, request, at: &offset, length: plane.length)
            let token = try remember(unit, byteCount: end - start)
            enqueue(.unit(CodedUnit(bytes: pages.pieces.bytes(start..<end), token: token)))
        case .mmap:
            guard let range = own.planes[0].memory.range.slice(offset: start, count: end - start)
            else { throw .invalid }
            let token = try remember(unit, byteCount: end - start)
            try enqueue(own.planes[0].attachment, range, token)
        case .virtioObject:
            let attachment = try attachment(
                for: uuid(0, of: asked, request), .read,
                known: own.attachments.first)
            guard plane.length == 0 || UInt64(plane.length) <= attachment.object.sizeBytes,
                plane.length == 0 || plane.bytesused <= plane.length,
                let range = attachment.memory.slice(offset: start, count: end - start)
            else { throw .invalid }
            let token = try remember(unit, byteCount: end - start)
            try enqueue(attachment, range, token)
            output.buffers[Int(asked.buffer.index)].attachments = [attachment]
        default: throw .invalid
        }
    }

    /// Queues a unit that lies in an object: it is copied when nobody writes it any more. [SYNC-1]
    private func enqueue(_ attachment: Attachment, _ range: MemoryRange, _ token: Int64)
        throws(MediaFault)
    {
        let wake = context.wake
        let lease: Lease
        do throws(RegistryError) {
            lease = try attachment.requestLease(.read) { wake.signal() }
        } catch {
            _ = takeBack(token)
            throw error.fault
        }
        enqueue(
            .object(
                CodedObject(attachment: attachment, lease: lease, range: range, token: token)))
    }

    private func enqueue(_ unit: WaitingUnit) {
        // In the order of queueing: not ahead of those that wait.
        waiting.append(unit)
        feedWaiting()
    }

    /// Gives the decoder what waits for it, as far as that is ready.
    func feedWaiting() {
        while let first = waiting.first {
            // A copy is made as soon as it can be: the buffer's owner may want it back.
            if case .object(let object) = first {
                guard object.lease.isGranted else { return }
                let unit = CodedUnit(bytes: object.range.bytes(), token: object.token)
                object.lease.end()
                waiting[0] = .unit(unit)
                continue
            }
            guard let decoder, output.isStreaming, !isStopped, !isDrainSent else { return }
            waiting.removeFirst()
            switch first {
            case .unit(let unit): decoder.decode(unit)
            case .drain:
                isDrainSent = true
                decoder.drain()
            case .object: break
            }
        }
    }

    // MARK: Guest pages

    /// Guest memory behind the scatter-gather entries that cover `length` bytes; `offset` is behind
    /// the last one then. [MED-I-002]
    private func pages(
        _ memory: GuestMemory, _ request: borrowing WireBuffer, at offset: inout Int,
        length: UInt32
    ) throws(MediaFault) -> GuestPages {
        var pages = GuestPages()
        var covered: UInt64 = 0
        // Entries that adjoin are one stretch.
        var stretch: (start: UInt64, count: UInt64)?
        while covered < UInt64(length) {
            guard offset + VirtioMedia.SGEntry.sizeBytes <= request.count else { throw .invalid }
            let start = request.u64(at: offset)
            // The last entry may be longer than what is needed of it.
            let count = min(UInt64(request.u32(at: offset + 8)), UInt64(length) - covered)
            covered += count
            offset += VirtioMedia.SGEntry.sizeBytes
            if let last = stretch {
                if start == last.start &+ last.count {
                    stretch?.count += count
                    continue
                }
                try pin(memory, last, into: &pages)
            }
            stretch = (start, count)
        }
        if let stretch { try pin(memory, stretch, into: &pages) }
        return pages
    }

    private func pin(
        _ memory: GuestMemory, _ stretch: (start: UInt64, count: UInt64),
        into pages: inout GuestPages
    ) throws(MediaFault) {
        guard stretch.count > 0 else { return }
        guard let pin = try? memory.pin(GuestAddress(stretch.start), count: stretch.count) else {
            throw .invalid
        }
        pages.pieces += pin.ranges
        pages.pins.append(pin)
    }

    // MARK: CAPTURE

    private func queuePicture(
        _ asked: BufferPayload, _ own: BufferQueue.Buffer, _ memory: GuestMemory,
        _ request: borrowing WireBuffer
    ) throws(MediaFault) {
        guard let format = capturePicture, let decoder,
            format.bufferCount == own.planeBytes.count
        else { throw .invalid }
        let surface: Surface
        switch capture.memory {
        case .sharedPages:
            surface = try surfaceOfPages(asked, format, memory, request)
        case .mmap:
            // Made for a smaller picture, perhaps.
            guard zip(own.planeBytes, format.bufferSizes).allSatisfy({ Int($0) >= $1 }) else {
                throw .invalid
            }
            surface = try surfaceOfObjects(
                asked.buffer.index, own.planes.map(\.attachment), nil, decoder)
        case .virtioObject:
            surface = try surfaceOfNamed(asked, own, format, request, decoder)
        default: throw .invalid
        }
        decoder.queue(surface)
    }

    /// Guest pages that a finished picture is copied into; they stay mapped until then.
    private func surfaceOfPages(
        _ asked: BufferPayload, _ format: PictureFormat, _ memory: GuestMemory,
        _ request: borrowing WireBuffer
    ) throws(MediaFault) -> Surface {
        var offset = asked.endOffset
        var planes: [[MemoryRange]] = []
        var pins: [GuestPin] = []
        for (plane, size) in zip(asked.planes, format.bufferSizes) {
            guard let size = UInt32(exactly: size), plane.length >= size else { throw .invalid }
            // A plane's list covers its whole length; of the last one's the end is not needed.
            let isLast = planes.count == format.bufferCount - 1
            let pages = try pages(
                memory, request, at: &offset, length: isLast ? size : plane.length)
            planes.append(pages.pieces)
            pins += pages.pins
        }
        return Surface(
            index: asked.buffer.index, target: .planePages(planes), leases: [], owners: pins)
    }

    /// Lends other devices' objects to the decoder. What a UUID does not name in this domain, and
    /// what is too small, is EINVAL; the session goes on. [ID-5]
    private func surfaceOfNamed(
        _ asked: BufferPayload, _ own: BufferQueue.Buffer, _ format: PictureFormat,
        _ request: borrowing WireBuffer, _ decoder: DecodeSession
    ) throws(MediaFault) -> Surface {
        var attachments: [Attachment] = []
        for index in 0..<format.bufferCount {
            let known = own.attachments.indices.contains(index) ? own.attachments[index] : nil
            let attachment = try attachment(
                for: uuid(index, of: asked, request), .readWrite, known: known)
            // Planes in one memory would overwrite each other, and wait for each other's lease.
            guard !attachments.contains(where: { $0.object === attachment.object }) else {
                throw .invalid
            }
            attachments.append(attachment)
        }
        let placement = try placement(asked.planes, attachments, format)
        let surface = try surfaceOfObjects(
            asked.buffer.index, attachments, placement, decoder)
        capture.buffers[Int(asked.buffer.index)].attachments = attachments
        return surface
    }

    /// Where the picture goes in the objects: nil when they are laid out as the decoder needs them.
    private func placement(
        _ planes: [V4L2.Plane], _ attachments: [Attachment], _ format: PictureFormat
    ) throws(MediaFault) -> [PictureFormat.Plane]? {
        if format.bufferCount == 1, let layout = attachments[0].object.layout,
            layout.planes != format.pixelLayout.planes
        {
            guard let planes = format.planes(by: layout) else { throw .invalid }
            return planes
        }
        for (index, size) in format.bufferSizes.enumerated() {
            let real = min(
                attachments[index].memory.sizeBytes,
                Int(clamping: attachments[index].object.sizeBytes))
            let claimed = planes[index].length
            guard real >= size, claimed == 0 || (Int(claimed) <= real && Int(claimed) >= size),
                planes[index].dataOffset == 0
            else { throw .invalid }
        }
        return nil
    }

    private func surfaceOfObjects(
        _ index: UInt32, _ attachments: [Attachment], _ placement: [PictureFormat.Plane]?,
        _ decoder: DecodeSession
    ) throws(MediaFault) -> Surface {
        var leases: [Lease] = []
        for attachment in attachments {
            do throws(RegistryError) {
                // In the order of queueing: readers that came before are waited for, later ones not.
                leases.append(
                    try attachment.requestLease(.write) { [weak decoder] in
                        decoder?.leaseGranted()
                    })
            } catch {
                for lease in leases { lease.end() }
                throw error.fault
            }
        }
        let isSlow = attachments.contains { configuration.isSlowToRead($0.object) }
        return Surface(
            index: index,
            target: attachments.count == 1 ? .object(attachments[0]) : .objects(attachments),
            leases: leases, copyReason: isSlow ? .slowMemory : nil, ownPlanes: placement)
    }

    /// The attachment that the buffer had, or a new one where its UUID has changed. The old one lives
    /// until the codec has let go of it.
    private func attachment(
        for uuid: ResourceUUID, _ direction: Direction, known: Attachment?
    ) throws(MediaFault) -> Attachment {
        if let known, known.object.uuid == uuid, !known.isRevoked, known.direction == direction {
            return known
        }
        do throws(RegistryError) {
            do throws(RegistryError) { return try attach(uuid, direction) } catch {
                guard error == .unknownObject, let foreign = context.foreign else { throw error }
                try foreign.find(uuid)
                return try attach(uuid, direction)
            }
        } catch { throw error.fault }
    }

    private func attach(_ uuid: ResourceUUID, _ direction: Direction) throws(RegistryError)
        -> Attachment
    {
        try context.registry.attach(
            uuid, by: context.participant, direction: direction, onRevoked: onRevoked)
    }
}

extension PictureFormat {
    /// The visible samples' places in an object that is laid out by itself; nil when it is of
    /// another format or does not hold the visible part.
    func planes(by layout: PixelLayout) -> [Plane]? {
        guard layout.format == PixelFormat(fourcc), layout.planes.count == planeOffsets.count,
            Int(layout.width) >= visible.x + visible.width,
            Int(layout.height) >= visible.y + visible.height
        else { return nil }
        let offsets = layout.planes.compactMap { Int(exactly: $0.offsetBytes) }
        let strides = layout.planes.compactMap { Int(exactly: $0.strideBytes) }
        guard offsets.count == layout.planes.count, strides.count == layout.planes.count else {
            return nil
        }
        return fitting(offsets, strides, rows: layout.planes.map(\.rows))
    }

    private func fitting(_ offsets: [Int], _ strides: [Int], rows: [UInt64]) -> [Plane]? {
        // What an exporter says lies inside its object; rows and columns are compared here.
        for (index, plane) in visiblePlanes.enumerated() {
            let top = index == 0 ? visible.y : visible.y / 2
            guard strides[index] <= Self.sideMax * 8,
                leadBytes(index) + plane.rowBytes <= strides[index],
                UInt64(top + plane.rows) <= rows[index]
            else { return nil }
        }
        return visiblePlanes(at: offsets, strides: strides)
    }

    /// Bytes of a row before its first visible sample.
    private func leadBytes(_ plane: Int) -> Int {
        let sample = isTenBit ? 2 : 1
        return plane == 0 ? visible.x * sample : visible.x / 2 * (isInterleaved ? 2 : 1) * sample
    }
}

extension [MemoryRange] {
    /// A copy of some of the bytes of all pieces together.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var at = 0
        for piece in self where at < range.upperBound {
            let from = Swift.max(range.lowerBound - at, 0)
            let to = Swift.min(range.upperBound - at, piece.sizeBytes)
            if from < to, let part = piece.slice(offset: from, count: to - from) {
                bytes += part.bytes()
            }
            at += piece.sizeBytes
        }
        return bytes
    }
}
