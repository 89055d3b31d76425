// Responses that wait for fences: order on a timeline, independence between timelines.

import Testing
import VirtioWire

@testable import VirtioDevices
@testable import Virtqueue

@Suite("A fence ledger")
struct FenceLedgerTests {
    private func entry(_ head: UInt16, fence: UInt64?) -> FenceLedger.Entry {
        FenceLedger.Entry(
            head: ChainHead(index: head, slots: 1, queue: 0), writable: SegmentList(),
            response: .bytes([]),
            fence: fence)
    }

    private let one = FenceLedger.Timeline(context: ContextID(1), ring: 0)
    private let two = FenceLedger.Timeline(context: ContextID(1), ring: 1)

    @Test("gives back what has passed, in order [GPU-D-010]")
    func order() {
        var ledger = FenceLedger()
        #expect(ledger.isIdle(.global))
        ledger.append(entry(1, fence: 11), to: .global)
        ledger.append(entry(2, fence: 12), to: .global)
        #expect(!ledger.isIdle(.global))
        #expect(ledger.retire(11).map(\.head.index) == [1])
        #expect(ledger.retire(12).map(\.head.index) == [2])
        #expect(ledger.isIdle(.global))
    }

    @Test("holds a later fence back until the ones before it have passed [GPU-D-010]")
    func outOfOrder() {
        var ledger = FenceLedger()
        for head: UInt16 in 1...3 { ledger.append(entry(head, fence: UInt64(head)), to: .global) }
        #expect(ledger.retire(3).map(\.head.index) == [])
        #expect(ledger.retire(2).map(\.head.index) == [])
        #expect(!ledger.isIdle(.global))
        #expect(ledger.retire(1).map(\.head.index) == [1, 2, 3])
        #expect(ledger.isIdle(.global))
    }

    @Test("holds a command that is done behind one that is not [GPU-D-009]")
    func doneBehind() {
        var ledger = FenceLedger()
        ledger.append(entry(1, fence: 5), to: one)
        ledger.append(entry(2, fence: nil), to: one)
        ledger.append(entry(3, fence: 6), to: one)
        ledger.append(entry(4, fence: nil), to: one)
        #expect(ledger.retire(5).map(\.head.index) == [1, 2])
        #expect(ledger.retire(6).map(\.head.index) == [3, 4])
    }

    @Test("keeps timelines apart: the global one, contexts, and their rings [GPU-D-010]")
    func independence() {
        var ledger = FenceLedger()
        let other = FenceLedger.Timeline(context: ContextID(2), ring: 0)
        for (index, timeline) in [FenceLedger.Timeline.global, one, two, other].enumerated() {
            ledger.append(entry(UInt16(index), fence: UInt64(index)), to: timeline)
        }
        #expect(ledger.retire(2).map(\.head.index) == [2])
        #expect(ledger.isIdle(two))
        #expect(ledger.retire(3).map(\.head.index) == [3])
        #expect(!ledger.isIdle(one))
        #expect(ledger.retire(0).map(\.head.index) == [0])
        #expect(ledger.retire(1).map(\.head.index) == [1])
        // Context 0 is a context here; the global timeline is none's.
        #expect(FenceLedger.Timeline(context: ContextID(0)) != .global)
    }

    @Test("ignores a fence that it does not know, or knows no more")
    func unknown() {
        var ledger = FenceLedger()
        ledger.append(entry(1, fence: 1), to: one)
        #expect(ledger.retire(2).isEmpty)
        #expect(ledger.retire(1).map(\.head.index) == [1])
        #expect(ledger.retire(1).isEmpty)
        ledger.append(entry(2, fence: 3), to: one)
        ledger.removeAll()
        #expect(ledger.isIdle(one))
        #expect(ledger.retire(3).isEmpty)
    }

    @Test("gives back the response and the segments that it was given")
    func contents() throws {
        var ledger = FenceLedger()
        let segments = SegmentList([GuestSegment(start: GuestAddress(0x100), count: 24)])
        ledger.append(
            FenceLedger.Entry(
                head: ChainHead(index: 9, slots: 1, queue: 0), writable: segments,
                response: .bytes([1, 2, 3]), fence: 7), to: one)
        let ready = ledger.retire(7)
        try #require(ready.count == 1)
        guard case .bytes([1, 2, 3]) = ready[0].response else {
            Issue.record("another response")
            return
        }
        #expect(ready[0].writable.byteCount == 24)
    }

    @Test("agrees with a plain list over random timelines and random fences")
    func random() throws {
        var random = SeededGenerator(seed: 8)
        var ledger = FenceLedger()
        var model: [Int: [(head: UInt16, fence: UInt64?)]] = [:]
        var open: [(timeline: Int, fence: UInt64)] = []
        let timelines = [FenceLedger.Timeline.global, one, two]
        for step in 0..<5_000 {
            let number = Int.random(in: 0..<3, using: &random)
            let isBusy = !(model[number] ?? []).isEmpty
            try #require(ledger.isIdle(timelines[number]) == !isBusy)
            if Bool.random(using: &random) {
                // A command that is done waits only where another one does.
                let fence = isBusy && Bool.random(using: &random) ? nil : UInt64(step)
                ledger.append(entry(UInt16(step), fence: fence), to: timelines[number])
                model[number, default: []].append((UInt16(step), fence))
                if let fence { open.append((number, fence)) }
            } else if !open.isEmpty {
                let (timeline, fence) = open.remove(
                    at: Int.random(in: 0..<open.count, using: &random))
                var entries = model[timeline] ?? []
                for index in entries.indices where entries[index].fence == fence {
                    entries[index].fence = nil
                }
                let ready = entries.prefix { $0.fence == nil }.map(\.head)
                model[timeline] = Array(entries.dropFirst(ready.count))
                try #require(ledger.retire(fence).map(\.head.index) == ready)
            }
        }
    }
}

extension FenceLedger {
    fileprivate mutating func retire(_ fence: UInt64) -> [Entry] {
        var ready: [Entry] = []
        retire(fence, into: &ready)
        return ready
    }
}
