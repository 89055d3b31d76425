// Guest memory as one thread's hot path sees it: three addresses, so that no copy of it counts a
// reference. Whoever makes one keeps the guest memory alive and gives the mark back.

internal import Synchronization

@safe struct MemoryView {
    private let published: UnsafeMutablePointer<Atomic<UInt>>
    private let faults: UnsafeMutablePointer<Atomic<UInt32>>
    private let mark: ReaderMark

    /// - Precondition: all three outlive the view.
    @unsafe init(
        published: UnsafeMutablePointer<Atomic<UInt>>,
        faults: UnsafeMutablePointer<UInt32>, mark: ReaderMark
    ) {
        unsafe self.published = published
        // SAFETY: Atomic<UInt32> has the size and alignment of UInt32.
        unsafe self.faults = UnsafeMutableRawPointer(faults)
            .assumingMemoryBound(to: Atomic<UInt32>.self)
        self.mark = mark
    }

    /// See ``GuestMemory/hasLostFile``.
    @inline(__always) var hasLostFile: Bool {
        unsafe faults.pointee.load(ordering: .relaxed) != 0
    }

    /// Begins a section of this thread: the table is valid until ``leave()``.
    @inline(__always) func enter() -> RegionTable {
        // SAFETY: a published block is freed after the last section that could see it.
        unsafe RegionTable(at: mark.enter(published))
    }

    @inline(__always) func leave() { mark.leave() }

    /// Gives the mark back; the view is not used any more.
    func end(_ grace: GraceDomain) { grace.remove(mark) }
}
