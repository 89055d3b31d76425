// How a writer waits until no reader can still see what it has unpublished. Readers pay one store
// on the way in and one on the way out: the full barrier between their store and their first load
// is the writer's, by membarrier(2). Where the kernel lacks it, readers fence themselves.

internal import CLinux
internal import LinuxSystem
internal import Synchronization

/// One reader's mark, for one thread at a time: odd while it is inside.
@safe struct ReaderMark: @unchecked Sendable {
    private let word: UnsafeMutablePointer<Atomic<UInt32>>
    private let fences: Bool

    fileprivate init(fences: Bool) {
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic(0))
        self.fences = fences
    }

    fileprivate func deallocate() { unsafe word.deallocate() }

    @inline(__always) func enter() {
        let value = unsafe word.pointee.load(ordering: .relaxed)
        unsafe word.pointee.store(value &+ 1, ordering: .relaxed)
        if fences { atomicMemoryFence(ordering: .sequentiallyConsistent) }
        cl_compiler_barrier()
    }

    @inline(__always) func leave() {
        let value = unsafe word.pointee.load(ordering: .relaxed)
        unsafe word.pointee.store(value &+ 1, ordering: .releasing)
    }

    /// Waits until a section that is open now has ended.
    fileprivate func waitUntilLeft() {
        let seen = unsafe word.pointee.load(ordering: .acquiring)
        guard seen & 1 == 1 else { return }
        while unsafe word.pointee.load(ordering: .acquiring) == seen { cl_yield() }
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

    /// Returns when every section has ended that began before the call. One caller at a time.
    func synchronize() {
        if fences {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        } else {
            cl_membarrier()
        }
        let current = phase.load(ordering: .relaxed)
        drain(1 - current)
        phase.store(1 - current, ordering: .sequentiallyConsistent)
        drain(current)
        marks.withLock { marks in for mark in marks { mark.waitUntilLeft() } }
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
