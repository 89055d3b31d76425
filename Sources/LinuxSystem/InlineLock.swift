// A mutex with a condition that lies inside its owner, beside what it guards: taking it is one
// exchange on a cache line that is wanted anyway. ``Lock`` is the one for everything else.
//
// Invariant: `word` is 2 as long as a thread may sleep for the lock, so no wake is lost; `changes`
// is raised under the lock, so a thread that read it before it gave the lock away sleeps through
// no change. [futex(2)]

internal import CLinux
public import Synchronization

/// Lives in a class, at one address. The thread that locks is the one that unlocks.
@safe public struct InlineLock: ~Copyable, Sendable {
    /// 0 free, 1 taken, 2 taken and waited for.
    @usableFromInline let word = Atomic<UInt32>(0)
    @usableFromInline let changes = Atomic<UInt32>(0)

    @inlinable public init() {}

    @inlinable @inline(__always) public func lock() {
        let (isTaken, _) = word.compareExchange(expected: 0, desired: 1, ordering: .acquiring)
        if !isTaken { lockSlowly() }
    }

    @inlinable @inline(__always) public func unlock() {
        if word.exchange(0, ordering: .releasing) == 2 { wakeOne() }
    }

    /// What is done under such a lock takes less time than to fall asleep: look some times first.
    private static let looksMax = 64

    @usableFromInline func lockSlowly() {
        for _ in 0..<Self.looksMax where word.load(ordering: .relaxed) == 0 {
            if word.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged {
                return
            }
        }
        while word.exchange(2, ordering: .acquiring) != 0 { Self.sleep(on: word, while: 2) }
    }

    @usableFromInline func wakeOne() {
        // SAFETY: the word lies at one address as long as the lock's owner, which is in use.
        unsafe withUnsafePointer(to: word) { word in
            unsafe cl_futex_wake(UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self), 1)
        }
    }

    @discardableResult private static func sleep(
        on word: borrowing Atomic<UInt32>, while expected: UInt32, untilNanos deadline: UInt64 = 0
    ) -> Bool {
        // SAFETY: as in `wakeOne`.
        unsafe withUnsafePointer(to: word) { word in
            unsafe cl_futex_wait(
                UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self), expected, deadline)
                == 0
        }
    }

    /// Gives the lock away until ``wakeAll()`` or the deadline (monotonic; 0 waits without bound);
    /// false past the deadline. The caller holds the lock, and looks again at what it waits for.
    public func wait(untilNanos deadline: UInt64) -> Bool {
        let seen = changes.load(ordering: .relaxed)
        unlock()
        let isInTime = Self.sleep(on: changes, while: seen, untilNanos: deadline)
        // Whoever sleeps for the lock beside this thread must be woken by it in turn.
        while word.exchange(2, ordering: .acquiring) != 0 { Self.sleep(on: word, while: 2) }
        return isInTime
    }

    /// Wakes those that wait, to look again. The caller holds the lock.
    public func wakeAll() {
        changes.wrappingAdd(1, ordering: .relaxed)
        // SAFETY: as in `wakeOne`.
        unsafe withUnsafePointer(to: changes) { changes in
            unsafe cl_futex_wake(
                UnsafeRawPointer(changes).assumingMemoryBound(to: UInt32.self), .max)
        }
    }
}
