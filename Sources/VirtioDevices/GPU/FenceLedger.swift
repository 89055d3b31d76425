// Responses that wait for their fence (virtio 1.4, 5.7.6, command lifecycle and fencing).
// Invariant: on one timeline responses leave in the order in which their commands came.

internal import VirtioWire
internal import Virtqueue

/// Fenced commands whose responses are not out yet.
struct FenceLedger {
    /// The global timeline, or one of a context's 64. [GPU-D-010]
    struct Timeline: Hashable {
        var context: ContextID?
        var ring: UInt8 = 0

        static let global = Timeline(context: nil)
    }

    struct Entry {
        let head: ChainHead
        let writable: SegmentList
        let response: [UInt8]
        /// The renderer's fence; nil when the command itself is done.
        var fence: UInt64?
    }

    private var timelines: [Timeline: [Entry]] = [:]
    private var timelineOfFence: [UInt64: Timeline] = [:]

    func isIdle(_ timeline: Timeline) -> Bool { timelines[timeline] == nil }

    mutating func append(_ entry: Entry, to timeline: Timeline) {
        timelines[timeline, default: []].append(entry)
        if let fence = entry.fence { timelineOfFence[fence] = timeline }
    }

    /// Marks a fence as passed and takes what may be answered now, in order.
    mutating func retire(_ fence: UInt64) -> [Entry] {
        guard let timeline = timelineOfFence.removeValue(forKey: fence),
            var entries = timelines[timeline]
        else { return [] }
        if let index = entries.firstIndex(where: { $0.fence == fence }) {
            entries[index].fence = nil
        }
        let ready = entries.prefix { $0.fence == nil }
        entries.removeFirst(ready.count)
        timelines[timeline] = entries.isEmpty ? nil : entries
        return Array(ready)
    }

    mutating func removeAll() {
        timelines.removeAll()
        timelineOfFence.removeAll()
    }
}
