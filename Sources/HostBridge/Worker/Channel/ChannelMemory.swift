// The memory that a device's process and its worker share, word by word. Either side may find
// anything in the words of the other: each is read once, and compared before it is used.

package import LinuxSystem
internal import Synchronization

/// Where things lie in the shared memory. The device's process makes it, as large as this says.
package enum ChannelLayout {
    // Words of the device's process.
    /// How far the ring is written.
    package static let commandHead = 0
    /// How many completions have been taken.
    package static let completionTail = 64
    /// Whether the device's thread sleeps until ``word`` changes, and what for.
    package static let deviceSleeps = 128
    package static let sleepsForAnswer: UInt32 = 1
    package static let sleepsForRoom: UInt32 = 2
    // Words of the worker.
    /// How far the ring has been carried out.
    package static let commandTail = 256
    /// How many completions there are.
    package static let completionHead = 320
    /// Whether the worker sleeps until its eventfd is signalled.
    package static let workerSleeps = 384
    /// 1 once the worker serves.
    package static let isReady = 448
    /// Changes whenever there is something to see for a device's thread that sleeps.
    package static let word = 512

    package static let facts = 4096
    package static let factsBytes = 64 << 10
    package static let completions = facts + factsBytes
    package static let completionCount: UInt64 = 8192
    package static let completionBytes = 16
    package static let ring = completions + Int(completionCount) * completionBytes
    package static let ringBytes: UInt64 = 2 << 20
    package static let sizeBytes = ring + Int(ringBytes)

    /// A message is whole: it never runs over the ring's end. A backing of as many ranges as there
    /// may be is one message; and a quarter of the ring, so that there is room in an empty one.
    package static let messageBytesMax = 512 << 10
    /// What of the ring is used while the worker keeps up.
    package static let warmBytes: UInt64 = 256 << 10
    /// What comes between two messages where the second one begins at the ring's start.
    package static let headerBytes = 16
}

/// One side's view of it.
@safe package struct ChannelMemory: @unchecked Sendable {
    package let range: MemoryRange
    private let owner: any AnyObject & Sendable

    package init?(_ range: MemoryRange, owner: any AnyObject & Sendable) {
        guard range.sizeBytes >= ChannelLayout.sizeBytes else { return nil }
        self.range = range
        self.owner = owner
    }

    private func atomic64(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // SAFETY: offsets are those of ChannelLayout, inside the range and aligned.
        unsafe (range.baseAddress + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private func atomic32(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        // SAFETY: as in atomic64.
        unsafe (range.baseAddress + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    package func load(_ offset: Int) -> UInt64 {
        unsafe atomic64(offset).pointee.load(ordering: .acquiring)
    }

    /// What the other side loads next it sees with everything that was written before.
    package func publish(_ value: UInt64, _ offset: Int) {
        unsafe atomic64(offset).pointee.store(value, ordering: .sequentiallyConsistent)
    }

    package func flag(_ offset: Int) -> UInt32 {
        unsafe atomic32(offset).pointee.load(ordering: .sequentiallyConsistent)
    }

    package func setFlag(_ value: UInt32, _ offset: Int) {
        unsafe atomic32(offset).pointee.store(value, ordering: .sequentiallyConsistent)
    }

    /// Sets the flag to 0; whether it was set.
    package func takeFlag(_ offset: Int) -> Bool {
        guard flag(offset) != 0 else { return false }
        return unsafe atomic32(offset).pointee.exchange(0, ordering: .sequentiallyConsistent) != 0
    }

    /// Sleeps until the word changes from `seen`, or for some time.
    package func sleep(while seen: UInt32, nanos: UInt64) {
        unsafe SharedFutex.wait(
            range.baseAddress + ChannelLayout.word, while: seen, nanos: nanos)
    }

    /// Wakes the device's thread, if it sleeps.
    package func wakeDevice() {
        unsafe _ = atomic32(ChannelLayout.word).pointee
            .wrappingAdd(1, ordering: .sequentiallyConsistent)
        unsafe SharedFutex.wake(range.baseAddress + ChannelLayout.word)
    }

    package func bytes(_ offset: Int, _ count: Int) -> MemoryRange {
        guard let part = range.slice(offset: offset, count: count) else {
            preconditionFailure("offsets in the shared memory are our own")
        }
        return part
    }

    // MARK: Completions

    package func completion(_ index: UInt64) -> Completion {
        let at = bytes(
            ChannelLayout.completions
                + Int(index % ChannelLayout.completionCount) * ChannelLayout.completionBytes,
            ChannelLayout.completionBytes)
        // Each word is read once.
        return Completion(number: at.word64(at: 0), status: at.word32(at: 8))
    }

    package func store(_ completion: Completion, _ index: UInt64) {
        let at = bytes(
            ChannelLayout.completions
                + Int(index % ChannelLayout.completionCount) * ChannelLayout.completionBytes,
            ChannelLayout.completionBytes)
        at.store(completion.number, at: 0)
        at.store(completion.status, at: 8)
    }
}

/// What became of a message, as the worker tells it.
package struct Completion: Equatable, Sendable {
    package let number: UInt64
    package let status: UInt32

    package init(number: UInt64, status: UInt32) {
        self.number = number
        self.status = status
    }

    package static let done: UInt32 = 0
    package static let refused: UInt32 = 1
    package static let notPossible: UInt32 = 2
    package static let badParameter: UInt32 = 3

    package init(_ number: UInt64, _ error: RendererError?) {
        self.number = number
        status =
            switch error {
            case nil: Self.done
            case .notPossible?: Self.notPossible
            case .badParameter?: Self.badParameter
            default: Self.refused
            }
    }

    /// nil for a status that does not exist.
    package var ended: EndedWork? {
        switch status {
        case Self.done: EndedWork(number: number)
        case Self.refused: EndedWork(number: number, error: .rejected)
        case Self.notPossible: EndedWork(number: number, error: .notPossible)
        case Self.badParameter: EndedWork(number: number, error: .badParameter)
        default: nil
        }
    }
}
