// The worker's end of the socket to the device's process: a thread of the codec's that waits for an
// answer reads what comes for everybody, so that a codec with one thread needs no other.

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

final class CodecLink: Sendable {
    /// An answer, with the memory that it names.
    struct Answer {
        let message: CodecMessage
        let memories: [FileMapping]
    }

    private struct State {
        var isReading = false
        var commands: [CodecMessage] = []
        var answers: [UInt64: Answer] = [:]
        var nextNumber: UInt64 = 1
        var memories: [UInt32: FileMapping] = [:]
        var ownMemories: [UInt32: FileMapping] = [:]
        var units: FileMapping?
        var isEnded = false
    }

    private let socket: PacketSocket
    private let state = Monitor(State())

    init(_ socket: PacketSocket) { self.socket = socket }

    /// The next thing to do; nil when the other side is gone.
    func command() -> CodecMessage? {
        wait { $0.commands.isEmpty ? nil : $0.commands.removeFirst() }
    }

    /// The bytes of the unit that a command is about.
    func unit(_ command: CodecMessage) -> [UInt8]? {
        guard let count = Int(exactly: command.size) else { return nil }
        let units = state.withLock { $0.units }
        return units?.range.slice(offset: 0, count: count)?.bytes()
    }

    func tell(_ message: CodecMessage) {
        do throws(Errno) { try socket.put(message.bytes) } catch {
            ChildSelf.end(WorkerExit.done.rawValue)
        }
    }

    /// Asks, and waits for the answer. Who is to answer is never gone: this process ends then.
    func ask(_ question: CodecMessage) -> Answer {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            return state.nextNumber
        }
        var question = question
        question.number = number
        tell(question)
        guard let answer = wait({ $0.answers.removeValue(forKey: number) }) else {
            ChildSelf.end(WorkerExit.done.rawValue)
        }
        return answer
    }

    private func wait<R>(_ body: (inout State) -> R?) -> R? {
        while true {
            var found: R?
            let isToRead = state.wait { state -> Bool? in
                found = body(&state)
                if found != nil || state.isEnded { return false }
                guard !state.isReading else { return nil }
                state.isReading = true
                return true
            }
            guard isToRead == true else { return found }
            let received = try? socket.receive(bytesMax: CodecMessage.sizeBytes)
            let isSense = state.update { state in
                state.isReading = false
                guard let (bytes, descriptors) = received, !bytes.isEmpty else {
                    state.isEnded = true
                    return true
                }
                defer { for descriptor in descriptors { try? descriptor.close() } }
                guard let message = CodecMessage(bytes) else { return false }
                return Self.take(message, descriptors.first, &state)
            }
            if !isSense { ChildSelf.end(WorkerExit.badMessage.rawValue) }
        }
    }

    /// False for a message that makes no sense: a fault of ours.
    private static func take(
        _ message: CodecMessage, _ descriptor: FileDescriptor?, _ state: inout State
    ) -> Bool {
        switch message.kind {
        case .addMemory:
            guard let number = message.memories.first, let mapping = map(message, descriptor) else {
                return false
            }
            if message.value == 1 {
                state.ownMemories[number] = mapping
            } else {
                state.memories[number] = mapping
            }
        case .removeMemory:
            guard let number = message.memories.first else { return false }
            state.memories[number] = nil
            state.ownMemories[number] = nil
        case .removeMemories: state.memories.removeAll()
        case .unitMemory:
            guard let mapping = map(message, descriptor) else { return false }
            state.units = mapping
        case .decode, .drain, .flush, .settle: state.commands.append(message)
        case .offer, .taken:
            let memories = message.memories.compactMap {
                state.memories[$0] ?? state.ownMemories[$0]
            }
            guard memories.count == message.memories.count else { return false }
            state.answers[message.number] = Answer(message: message, memories: memories)
        case .ready, .wantSurface, .wantMemory, .output, .released, .done, .pause: return false
        }
        return true
    }

    private static func map(_ message: CodecMessage, _ descriptor: FileDescriptor?) -> FileMapping?
    {
        guard let descriptor, let offset = Int(exactly: message.offset),
            let size = Int(exactly: message.size)
        else { return nil }
        return try? FileMapping(descriptor, offset: offset, sizeBytes: size, protection: .readWrite)
    }
}
