// Messages into the ring, and memory to where the worker can reach it.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

extension RemoteVirgl {
    /// Begins a message; its words follow in `message`.
    func begin(_ kind: WorkerMessageKind) {
        message.removeAll()
        message.append(u32: kind.rawValue)
        message.append(u32: 0)
        message.append(u64: 0)
    }

    /// Sends the message, with more words behind it.
    ///
    /// - Parameter number: under which its end is told; 0 for nobody to tell.
    func post(_ number: UInt64 = 0, words: ArraySlice<UInt32> = []) {
        let count = message.count + words.count * 4
        let size = UInt64((count + 7) & ~7)
        guard let at = reserve(size) else { return }
        message.store(u32: UInt32(count), at: 4)
        message.store(u32: UInt32(truncatingIfNeeded: number), at: 8)
        message.store(u32: UInt32(truncatingIfNeeded: number >> 32), at: 12)
        let place = worker.channel.bytes(at, count)
        place.write(message: message)
        if !words.isEmpty, let rest = place.slice(offset: message.count, count: words.count * 4) {
            rest.write(words: words)
        }
        head += size
        worker.publish(head, expected: expect(number))
    }

    /// Whether the worker has carried out all that was sent. A worker that lies about it harms its
    /// own guest.
    var isCarriedOut: Bool {
        tail = worker.channel.load(ChannelLayout.commandTail)
        return tail == head
    }

    /// The place in the shared memory for a message of `size` bytes; nil when the worker is dead.
    private func reserve(_ size: UInt64) -> Int? {
        let ring = ChannelLayout.ringBytes
        while true {
            guard !worker.isDead else { return nil }
            let isEmpty = isCarriedOut
            guard tail <= head, head - tail <= ring else {
                breach()
                return nil
            }
            let offset = head % ring
            // A message is whole. And a ring that is empty begins anew, where caches know it.
            let isFar = offset > ChannelLayout.warmBytes && offset >= size
            let startsAnew = ring - offset < size || (isEmpty && isFar)
            let skipped = startsAnew && offset != 0 ? ring - offset : 0
            if head - tail + skipped + size <= ring {
                if skipped >= UInt64(ChannelLayout.headerBytes) {
                    worker.channel.bytes(ChannelLayout.ring + Int(offset), 8)
                        .store(UInt64(WorkerMessageKind.skip.rawValue), at: 0)
                }
                head += skipped
                return ChannelLayout.ring + Int(head % ring)
            }
            let seen = tail
            sleepOnce(until: ChannelLayout.sleepsForRoom) {
                worker.channel.load(ChannelLayout.commandTail) == seen
            }
        }
    }

    /// Sends a descriptor, which the next message is about. A worker that takes none of those sent
    /// before has broken the rules.
    func send(_ descriptor: FileDescriptor) throws(RendererError) {
        let bound = MonotonicClock.nowNanos &+ options.stallNanos &+ options.startNanos
        while !worker.isDead {
            if MonotonicClock.nowNanos > bound { breach() }
            do throws(Errno) {
                return try worker.socket.send([1], [descriptor])
            } catch {
                guard error == .resourceTemporarilyUnavailable || error == .noBufferSpace else {
                    breach()
                    throw .unavailable
                }
            }
            sleepOnce()
        }
        throw .unavailable
    }

    // MARK: Memory

    /// Where the worker finds a list's memory.
    func place(_ list: BackingList) throws(RendererError) -> [RegionPiece] {
        guard let pieces = list.pieces else { throw .notPossible }
        guard pieces.count * RegionPiece.sizeBytes <= ChannelLayout.messageBytesMax - 1024 else {
            throw .outOfMemory
        }
        for gone in regions.takeGone() { remove(gone) }
        var placed: [RegionPiece] = []
        placed.reserveCapacity(pieces.count)
        for piece in pieces {
            let region = try id(of: piece.file)
            placed.append(
                RegionPiece(
                    region: region, offset: UInt64(piece.offset), count: UInt64(piece.count)))
        }
        return placed
    }

    private func id(of file: MappedFile) throws(RendererError) -> UInt32 {
        if let known = regions.id(of: file) { return known }
        let id = try regions.add(file)
        worker.limitMemory(options.addressSpaceBytes &+ regions.bytes)
        try send(file.descriptor)
        begin(.addRegion)
        message.append(u32: id)
        message.append(u32: 0)
        message.append(u64: file.offset)
        message.append(u64: UInt64(file.range.sizeBytes))
        post()
        return id
    }

    private func remove(_ id: UInt32) {
        begin(.removeRegion)
        message.append(u32: id)
        post()
    }

    /// Memory that no descriptor stands for, as a copy where the worker can reach it.
    func stage(_ list: BackingList, _ direction: TransferDirection)
        throws(RendererError) -> RegionPiece
    {
        guard let memory = list.ranges.first, list.ranges.count == 1 else { throw .notPossible }
        let stage = try regions.stage(atLeast: memory.sizeBytes)
        let region = try id(of: stage)
        if direction == .toHost { stage.range.copyBytes(from: memory) }
        return RegionPiece(region: region, offset: 0, count: UInt64(memory.sizeBytes))
    }

    /// Brings what a transfer has put on the stage to the memory that it was asked for.
    public func finish(_ request: LibraryTransfer) {
        guard request.direction == .fromHost, let list = request.list, let rows = request.rows,
            list.pieces == nil, let stage = regions.currentStage,
            let stride = Int(exactly: rows.strideBytes)
        else { return }
        _ = list.write(rows, from: stage.range, memoryStride: stride)
    }
}

extension MemoryRange {
    fileprivate func write(message: borrowing WireBuffer) {
        unsafe message.bytes.withUnsafeBytes { source in
            precondition(source.count <= sizeBytes, "a message fits the place that it was given")
            guard let start = source.baseAddress else { return }
            // SAFETY: both hold that many bytes.
            unsafe baseAddress.copyMemory(from: start, byteCount: source.count)
        }
    }
}
