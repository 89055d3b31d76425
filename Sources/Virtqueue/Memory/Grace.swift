// How a writer waits until no reader can still see what it has unpublished: hazard pointers. Readers
// pay one store on the way in and one on the way out: the full barrier between their store and their
// second look is the writer's, by membarrier(2). Where the kernel lacks it, readers fence themselves.

internal import CLinux
internal import LinuxSystem
internal import Synchronization

/// One reader's mark, for one thread at a time: the address of the block it reads, 0 while it reads
/// none. It is only ever stored, never added to: a counter would make each section wait for the one
/// before it.
@safe struct ReaderMark: @unchecked Sendable {
    private let word: UnsafeMutablePointer<Atomic<UInt>>
    private let fences: Bool

    /// Alone on its cache lines (two: the processor fetches them in pairs).
    private static let sizeBytes = 128

    fileprivate init(fences: Bool) {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: Self.sizeBytes, alignment: Self.sizeBytes)
        // SAFETY: the block is larger than one atomic word, and ours until deallocate.
        unsafe word = memory.bindMemory(to: Atomic<UInt>.self, capacity: 1)
        unsafe word.initialize(to: Atomic(0))
        self.fences = fences
    }

    fileprivate func deallocate() { unsafe word.deallocate() }

    /// Begins a section: the block whose address is published now stays until ``leave()``. Sections
    /// do not nest.
    @unsafe @inline(__always)
    func enter(_ published: UnsafeMutablePointer<Atomic<UInt>>) -> UInt {
        var seen = unsafe published.pointee.load(ordering: .relaxed)
        while true {
            // Releasing, so that a writer that sees this section knows the one before it ended.
            unsafe word.pointee.store(seen, ordering: .releasing)
            if fences { atomicMemoryFence(ordering: .sequentiallyConsistent) }
            cl_compiler_barrier()
            // A writer that has not seen the mark had published before its barrier: then this load,
            // which follows the barrier, sees another address.
            let again = unsafe published.pointee.load(ordering: .acquiring)
            if again == seen { return again }
            seen = again
        }
    }

    @inline(__always) func leave() { unsafe word.pointee.store(0, ordering: .releasing) }

    /// Waits until the section that reads the block at `address`, if there is one, has ended.
    fileprivate func waitUntilLeft(_ address: UInt) {
        while unsafe word.pointee.load(ordering: .acquiring) == address { cl_yield() }
    }

    fileprivate func isSame(as other: ReaderMark) -> Bool { unsafe word == other.word }
}

/// The readers of one published value.
final class GraceDomain: Sendable {
    private let marks = Monitor<[ReaderMark]>([])
    private let fences = cl_membarrier_register() != 0
    /// Readers without a mark of their own count themselves here, in one of two counters: the one
    /// that new readers leave alone drains, however many come.
    private let phase = Atomic<Int>(0)
    private let even = Atomic<Int>(0)
    private let odd = Atomic<Int>(0)

    init() {}

    /// A mark for a reader that is one thread at a time; given back by ``remove(_:)``.
    func makeMark() -> ReaderMark {
        let mark = ReaderMark(fences: fences)
        marks.withLock { $0.append(mark) }
        return mark
    }

    func remove(_ mark: ReaderMark) {
        marks.withLock { marks in marks.removeAll { $0.isSame(as: mark) } }
        mark.deallocate()
    }

    /// A section of any thread: two atomic additions.
    func enter() -> Int {
        let current = phase.load(ordering: .relaxed)
        if current == 0 {
            even.add(1, ordering: .sequentiallyConsistent)
        } else {
            odd.add(1, ordering: .sequentiallyConsistent)
        }
        return current
    }

    func leave(_ entered: Int) {
        if entered == 0 {
            even.subtract(1, ordering: .releasing)
        } else {
            odd.subtract(1, ordering: .releasing)
        }
    }

    /// Returns when every section has ended that could still see the block at `address`, which is no
    /// longer published. One caller at a time.
    func synchronize(_ address: UInt) {
        if fences {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        } else {
            cl_membarrier()
        }
        let current = phase.load(ordering: .relaxed)
        drain(1 - current)
        phase.store(1 - current, ordering: .sequentiallyConsistent)
        drain(current)
        marks.withLock { marks in for mark in marks { mark.waitUntilLeft(address) } }
    }

    private func count(_ phase: Int) -> Int {
        phase == 0
            ? even.load(ordering: .sequentiallyConsistent)
            : odd.load(ordering: .sequentiallyConsistent)
    }

    private func drain(_ phase: Int) {
        while count(phase) != 0 { cl_yield() }
    }
}
