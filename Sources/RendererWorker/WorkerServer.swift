// Carries out what the device's process has put into the ring, message by message.

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

struct WorkerServer: ~Copyable {
    let channel: ChannelMemory
    let socket: PacketSocket
    let doorbell: FileDescriptor
    let library: LocalVirgl
    let answers: AnswerQueue
    private var tail: UInt64 = 0
    private var words: [UInt32] = []
    private var regions: [UInt32: FileMapping] = [:]
    /// Those whose files could not be mapped: whoever made them has sealed them meanwhile, say.
    private var missing: Set<UInt32> = []
    /// The lists that the library has borrowed.
    private var backings: [ResourceID: BackingList] = [:]
    /// Where memfds have taken the place of buffers' own pages.
    private var placed: [ResourceID: MemoryRange] = [:]

    /// How often it looks before it sleeps.
    private static let looksMax = 4000

    /// A message that makes no sense.
    private struct BadMessage: Error {}

    init(
        channel: ChannelMemory, socket: PacketSocket, doorbell: FileDescriptor,
        library: LocalVirgl, answers: AnswerQueue
    ) {
        self.channel = channel
        self.socket = socket
        self.doorbell = doorbell
        self.library = library
        self.answers = answers
    }

    /// Serves until the other process is gone.
    mutating func run() -> WorkerExit {
        // The private copy of the message at hand.
        var copy = WireBuffer(capacity: ChannelLayout.messageBytesMax)
        while true {
            let head = channel.load(ChannelLayout.commandHead)
            if head == tail {
                guard waitForMore() else { return .done }
                continue
            }
            do throws(BadMessage) { try carryOut(before: head, &copy) } catch { return .badMessage }
        }
    }

    private func waitForMore() -> Bool {
        for _ in 0..<Self.looksMax where channel.load(ChannelLayout.commandHead) != tail {
            return true
        }
        channel.setFlag(1, ChannelLayout.workerSleeps)
        guard channel.load(ChannelLayout.commandHead) == tail else {
            channel.setFlag(0, ChannelLayout.workerSleeps)
            return true
        }
        // The other side waits for the ring to be empty, perhaps.
        if channel.takeFlag(ChannelLayout.deviceSleeps) { channel.wakeDevice() }
        let isThere = ChildSelf.wait(for: doorbell, or: socket.descriptor)
        channel.setFlag(0, ChannelLayout.workerSleeps)
        EventDescriptor.take(doorbell)
        return isThere
    }

    private mutating func carryOut(before head: UInt64, _ copy: inout WireBuffer)
        throws(BadMessage)
    {
        let ring = ChannelLayout.ringBytes
        let offset = tail % ring
        let left = ring - offset
        guard left >= UInt64(ChannelLayout.headerBytes) else {
            tail += left
            return
        }
        let start = ChannelLayout.ring + Int(offset)
        let first = channel.bytes(start, ChannelLayout.headerBytes)
        guard let kind = WorkerMessageKind(rawValue: first.word32(at: 0)) else {
            throw BadMessage()
        }
        guard kind != .skip else {
            tail += left
            return
        }
        let size = UInt64(first.word32(at: 4))
        let aligned = (size + 7) & ~7
        guard size >= UInt64(ChannelLayout.headerBytes), aligned <= left, aligned <= head - tail,
            size <= UInt64(ChannelLayout.messageBytesMax)
        else { throw BadMessage() }
        let number = first.word64(at: 8)
        let body = channel.bytes(
            start + ChannelLayout.headerBytes, Int(size) - ChannelLayout.headerBytes)
        switch kind {
        case .streamPart: body.appendWords(to: &words)
        case .submit: try submit(body, number)
        default:
            copy.removeAll()
            // SAFETY: the body is that many bytes of the channel's memory, copied once.
            unsafe copy.append(from: body.baseAddress, count: body.sizeBytes)
            try carryOut(kind, copy.bytes, number)
        }
        tail += aligned
        channel.publish(tail, ChannelLayout.commandTail)
        // Room is worth a call when there is some.
        if channel.flag(ChannelLayout.deviceSleeps) == ChannelLayout.sleepsForRoom,
            head - tail < ring / 2, channel.takeFlag(ChannelLayout.deviceSleeps)
        {
            channel.wakeDevice()
        }
    }

    // MARK: Streams

    private mutating func submit(_ body: MemoryRange, _ number: UInt64) throws(BadMessage) {
        let fixedBytes = 8
        guard let rest = body.slice(offset: fixedBytes, count: body.sizeBytes - fixedBytes) else {
            throw BadMessage()
        }
        let context = ContextID(body.word32(at: 0))
        let isFenced = body.word32(at: 4) & WorkerMessageFlags.fenced != 0
        rest.appendWords(to: &words)
        let answer = library.submit(&words, to: context, number: number, fenced: false)
        words.removeAll(keepingCapacity: true)
        guard answer == .done, isFenced else {
            return answers.answer(number, answer == .done ? nil : .rejected)
        }
        fence(number, on: context)
    }

    private func fence(_ number: UInt64, on context: ContextID) {
        answers.expect(number, of: context)
        if !library.createFence(on: context, number: number) { answers.refuse(number) }
    }

    // MARK: Everything else

    private mutating func carryOut(
        _ kind: WorkerMessageKind, _ bytes: RawSpan, _ number: UInt64
    ) throws(BadMessage) {
        guard bytes.byteCount >= kind.fixedBytes else { throw BadMessage() }
        var error: RendererError?
        switch kind {
        case .skip, .streamPart, .submit: throw BadMessage()
        case .fence: return fence(number, on: ContextID(bytes.u32(at: 0)))
        case .createContext: error = createContext(bytes)
        case .destroyContext:
            library.destroyContext(ContextID(bytes.u32(at: 0)))
            answers.contextEnded(ContextID(bytes.u32(at: 0)))
        case .attach:
            library.attach(ResourceID(bytes.u32(at: 0)), to: ContextID(bytes.u32(at: 4)))
        case .detach:
            library.detach(ResourceID(bytes.u32(at: 0)), from: ContextID(bytes.u32(at: 4)))
        case .createResource:
            let answer = library.createResource(
                ResourceID(bytes.u32(at: 0)), ResourceShape(bytes, at: 8), number: number)
            error = answer == .done ? nil : .rejected
        case .createBlob: error = try createBlob(bytes)
        case .discard:
            library.discard(
                blobID: bytes.u32(at: 0), of: ContextID(bytes.u32(at: 4)),
                sizeBytes: bytes.u64(at: 8), handle: ResourceID(bytes.u32(at: 16)))
        case .unref: unref(ResourceID(bytes.u32(at: 0)), isBacked: bytes.u32(at: 4) != 0)
        case .addRegion: try addRegion(bytes)
        case .removeRegion:
            regions[bytes.u32(at: 0)] = nil
            missing.remove(bytes.u32(at: 0))
        case .attachBacking: error = try attachBacking(bytes)
        case .detachBacking: detachBacking(ResourceID(bytes.u32(at: 0)))
        case .transfer: error = try transfer(bytes)
        }
        if number != 0 { answers.answer(number, error) }
    }

    private func createContext(_ bytes: RawSpan) -> RendererError? {
        let count = min(Int(bytes.u32(at: 8)), bytes.byteCount - 12)
        let name = (0..<count).map { bytes.u8(at: 12 + $0) }
        let answer = library.createContext(
            ContextID(bytes.u32(at: 0)), capset: VirtioGPU.CapsetID(bytes.u32(at: 4)),
            name: String(decoding: name, as: UTF8.self))
        return answer == .done ? nil : .rejected
    }

    private mutating func receiveDescriptor() throws(BadMessage) -> FileDescriptor {
        guard let (_, descriptors) = try? socket.receive(), descriptors.count == 1 else {
            throw BadMessage()
        }
        return descriptors[0]
    }

    private mutating func createBlob(_ bytes: RawSpan) throws(BadMessage) -> RendererError? {
        let id = ResourceID(bytes.u32(at: 0))
        let fileBytes = bytes.u64(at: 24)
        let file = fileBytes > 0 ? try receiveDescriptor() : nil
        defer { try? file?.close() }
        guard
            library.makeBlob(
                id, of: ContextID(bytes.u32(at: 4)), blobID: bytes.u32(at: 8),
                flags: VirtioGPU.BlobFlags(rawValue: bytes.u32(at: 12)),
                sizeBytes: bytes.u64(at: 16))
        else { return .rejected }
        guard let file else { return nil }
        do throws(RendererError) {
            let memory = try library.map(id)
            guard let count = Int(exactly: fileBytes), let place = memory.wholePages(count),
                PlacedMemory.put(file, over: place)
            else { throw .notPossible }
            placed[id] = place
            let list = BackingList([place])
            backings[id] = list
            _ = library.attach(list, to: id)
            return nil
        } catch {
            _ = library.unref(id, .none, number: 0)
            return error
        }
    }

    private mutating func unref(_ id: ResourceID, isBacked: Bool) {
        if isBacked || backings[id] != nil { detachBacking(id) }
        if let place = placed.removeValue(forKey: id) {
            // The library frees its pages: they must be its own again.
            _ = PlacedMemory.putZeros(over: place)
        }
        _ = library.unref(id, .none, number: 0)
    }

    // MARK: Memory

    private mutating func addRegion(_ bytes: RawSpan) throws(BadMessage) {
        let file = try receiveDescriptor()
        defer { try? file.close() }
        guard let offset = Int(exactly: bytes.u64(at: 8)),
            let size = Int(exactly: bytes.u64(at: 16))
        else { throw BadMessage() }
        let mapping = try? FileMapping(
            file, offset: offset, sizeBytes: size, protection: .readWrite)
        regions[bytes.u32(at: 0)] = mapping
        if mapping == nil { missing.insert(bytes.u32(at: 0)) }
    }

    /// nil for memory that this process does not have.
    private func list(_ count: UInt32, _ bytes: RawSpan, at offset: Int) throws(BadMessage)
        -> BackingList?
    {
        guard Int(count) <= (bytes.byteCount - offset) / RegionPiece.sizeBytes else {
            throw BadMessage()
        }
        var ranges: [MemoryRange] = []
        var owners: [FileMapping] = []
        ranges.reserveCapacity(Int(count))
        for index in 0..<Int(count) {
            let piece = RegionPiece(bytes, at: offset + index * RegionPiece.sizeBytes)
            guard !missing.contains(piece.region) else { return nil }
            guard let region = regions[piece.region], let start = Int(exactly: piece.offset),
                let size = Int(exactly: piece.count),
                let range = region.range.slice(offset: start, count: size)
            else { throw BadMessage() }
            ranges.append(range)
            if owners.last !== region { owners.append(region) }
        }
        return BackingList(ranges, owner: Owners(owners))
    }

    private final class Owners: Sendable {
        let mappings: [FileMapping]
        init(_ mappings: [FileMapping]) { self.mappings = mappings }
    }

    private mutating func attachBacking(_ bytes: RawSpan) throws(BadMessage) -> RendererError? {
        let id = ResourceID(bytes.u32(at: 0))
        guard let list = try list(bytes.u32(at: 4), bytes, at: 8), library.attach(list, to: id)
        else { return .rejected }
        backings[id] = list
        return nil
    }

    private mutating func detachBacking(_ id: ResourceID) {
        guard let list = backings.removeValue(forKey: id) else { return }
        library.detachBacking(id, number: 0)
        withExtendedLifetime(list) {}
    }

    private func transfer(_ bytes: RawSpan) throws(BadMessage) -> RendererError? {
        let count = bytes.u32(at: 12)
        let list = count == 0 ? nil : try list(count, bytes, at: 16 + Transfer.encodedBytes)
        guard count == 0 || list != nil else { return .rejected }
        let answer = try? library.transfer(
            LibraryTransfer(
                id: ResourceID(bytes.u32(at: 0)), context: ContextID(bytes.u32(at: 4)),
                transfer: Transfer(bytes, at: 16),
                direction: bytes.u32(at: 8) != 0 ? .toHost : .fromHost, list: list), number: 0)
        return answer == .done ? nil : .rejected
    }
}

extension WorkerMessageKind {
    /// What a message has behind its header at least.
    var fixedBytes: Int {
        switch self {
        case .skip, .streamPart: 0
        case .destroyContext, .removeRegion, .detachBacking, .fence: 4
        case .attach, .detach, .unref, .attachBacking, .submit: 8
        case .createContext: 12
        case .discard: 20
        case .addRegion: 24
        case .createBlob: 32
        case .createResource: 8 + 4 * ResourceShape.wordCount
        case .transfer: 16 + Transfer.encodedBytes
        }
    }
}
