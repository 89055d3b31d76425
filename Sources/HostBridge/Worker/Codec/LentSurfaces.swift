// What a codec's worker has been lent: surfaces of the guest's, and memory of the session's own for
// pictures that go into none as they are.
// Invariant: a surface is in the table until the worker has let go of it, or is dead.

internal import LinuxSystem
internal import ResourceRegistry
internal import SystemPackage
internal import VirtioWire

/// Who holds what, and which memories the worker has mapped. Calls come from any thread.
final class LentSurfaces: Sendable {
    /// A picture's memory that is the session's own.
    final class OwnMemory: Sendable {
        let memory: SharedMemory
        /// What the worker knows it by.
        let number: UInt32

        init(_ memory: SharedMemory, _ number: UInt32) {
            self.memory = memory
            self.number = number
        }
    }

    struct Lent: Sendable {
        enum Place: Sendable {
            case surface(Surface)
            case own(OwnMemory, CopyReason)
        }

        let place: Place
        /// As it was asked for: the worker cannot say another one later.
        let format: PictureFormat
    }

    /// Memory of an object's that the worker has mapped.
    private struct Known {
        let number: UInt32
        weak var object: SharedObject?
    }

    private struct State {
        var lent: [UInt64: Lent] = [:]
        var nextSurface: UInt64 = 1
        var nextMemory: UInt32 = 1
        var known: [ObjectIdentifier: Known] = [:]
        var free: [OwnMemory] = []
        var ownBytes = 0

        mutating func takeNumber() -> UInt32 {
            defer { nextMemory += 1 }
            return nextMemory
        }

        mutating func takeSurface() -> UInt64 {
            defer { nextSurface += 1 }
            return nextSurface
        }
    }

    private let state = Monitor(State())
    private let process: CodecProcess
    private let ownBytesMax: Int

    /// More pictures than any codec holds, and objects than their planes can be.
    static let lentMax = 80
    private static let knownMax = 256
    /// The worker knows surfaces by numbers of 32 bits.
    private static let numberMax = UInt64(UInt32.max) - 1

    init(_ process: CodecProcess, ownBytesMax: Int) {
        self.process = process
        self.ownBytesMax = ownBytesMax
    }

    func lent(_ number: UInt64) -> Lent? { state.withLock { $0.lent[number] } }

    /// Everything that is still lent, for when the worker is dead.
    func takeAll() -> [Lent] {
        state.withLock { state in
            defer {
                state.lent.removeAll()
                state.free.removeAll()
                state.known.removeAll()
            }
            return Array(state.lent.values)
        }
    }

    // MARK: Lending

    /// Lends a surface in answer to `request`; false when the worker cannot be given its memory.
    func lend(_ surface: Surface, _ format: PictureFormat, to request: UInt64)
        throws(DecoderError) -> Bool
    {
        guard let files = surface.files, let memories = surface.memories,
            let layout = format.converted(to: memories.count == 3 ? .yuv420M : .yuv420),
            layout.bufferCount == memories.count, files.count == memories.count,
            zip(zip(memories, files), layout.bufferSizes).allSatisfy({
                $0.0.sizeBytes >= $1 && $0.1.sizeBytes >= UInt64($1)
            })
        else { return false }
        let objects = surface.objects
        return try state.withLock { state throws(DecoderError) in
            // Whatever happens now, the surface is given back when the worker is dead.
            let lent = state.takeSurface()
            state.lent[lent] = Lent(place: .surface(surface), format: format)
            try requireRoom(&state)
            var memories: [UInt32] = []
            for (object, file) in zip(objects, files) {
                memories.append(try number(of: object, file, &state))
            }
            try offer(lent, memories, to: request)
            return true
        }
    }

    /// Lends memory of the session's own; false when there is none.
    func lendOwn(_ format: PictureFormat, _ reason: CopyReason, to request: UInt64)
        throws(DecoderError) -> Bool
    {
        try state.withLock { state throws(DecoderError) in
            try requireRoom(&state)
            guard let own = try own(format.planarBytes, &state) else { return false }
            let lent = state.takeSurface()
            state.lent[lent] = Lent(place: .own(own, reason), format: format)
            try offer(lent, [own.number], to: request)
            return true
        }
    }

    private func offer(_ surface: UInt64, _ memories: [UInt32], to request: UInt64)
        throws(DecoderError)
    {
        var offer = CodecMessage(.offer)
        offer.value = CodecOffer.surface.rawValue
        offer.number = request
        offer.surface = surface
        offer.memories = memories
        try process.send(offer)
    }

    /// A worker that asks without end has broken the rules.
    private func requireRoom(_ state: inout State) throws(DecoderError) {
        guard state.lent.count <= Self.lentMax, state.nextSurface < Self.numberMax,
            state.nextMemory < UInt32.max - 8
        else {
            process.kill()
            throw process.cause
        }
        if state.known.count >= Self.knownMax { try forget(&state) }
    }

    private func number(of object: SharedObject, _ file: FileRange, _ state: inout State)
        throws(DecoderError) -> UInt32
    {
        let id = ObjectIdentifier(object)
        if let known = state.known[id], known.object === object { return known.number }
        let number = state.takeNumber()
        try add(number, file, isOwn: false)
        state.known[id] = Known(number: number, object: object)
        return number
    }

    private func add(_ number: UInt32, _ file: FileRange, isOwn: Bool) throws(DecoderError) {
        var message = CodecMessage(.addMemory)
        message.value = isOwn ? 1 : 0
        message.memories = [number]
        message.offset = file.offset
        message.size = file.sizeBytes
        try process.send(message, file.descriptor)
    }

    private func own(_ sizeBytes: Int, _ state: inout State) throws(DecoderError) -> OwnMemory? {
        // Those of another size were for pictures of another layout.
        let others = state.free.filter { $0.memory.sizeBytes != sizeBytes }
        state.free.removeAll { $0.memory.sizeBytes != sizeBytes }
        for other in others { try drop(other, &state) }
        if let own = state.free.popLast() { return own }
        guard sizeBytes <= ownBytesMax - state.ownBytes,
            let memory = try? SharedMemory(name: "picture", sizeBytes: sizeBytes),
            (try? memory.seal()) != nil
        else { return nil }
        let own = OwnMemory(memory, state.takeNumber())
        try add(
            own.number,
            FileRange(descriptor: memory.descriptor, offset: 0, sizeBytes: UInt64(sizeBytes)),
            isOwn: true)
        state.ownBytes += sizeBytes
        return own
    }

    private func drop(_ own: OwnMemory, _ state: inout State) throws(DecoderError) {
        state.ownBytes -= own.memory.sizeBytes
        var message = CodecMessage(.removeMemory)
        message.memories = [own.number]
        try process.send(message)
    }

    // MARK: Taking back

    /// The worker has let go; nil for what it does not have.
    func takeBack(_ number: UInt64) -> Lent? {
        state.withLock { state in
            let lent = state.lent.removeValue(forKey: number)
            if case .own(let own, _)? = lent?.place { state.free.append(own) }
            return lent
        }
    }

    /// Has the worker unmap what it does not hold; what it does goes with its surface. A memory that
    /// is lent again is sent again.
    func forget() throws(DecoderError) {
        try state.withLock { state throws(DecoderError) in try forget(&state) }
    }

    private func forget(_ state: inout State) throws(DecoderError) {
        let free = state.free
        state.free.removeAll()
        for own in free { try drop(own, &state) }
        guard !state.known.isEmpty else { return }
        state.known.removeAll()
        try process.send(CodecMessage(.removeMemories))
    }

    /// Has the worker unmap objects that nobody of this process has any more.
    func sweep() throws(DecoderError) {
        try state.withLock { state throws(DecoderError) in
            guard state.known.values.contains(where: { $0.object == nil }) else { return }
            for (id, known) in state.known where known.object == nil {
                state.known[id] = nil
                var message = CodecMessage(.removeMemory)
                message.memories = [known.number]
                try process.send(message)
            }
        }
    }
}
