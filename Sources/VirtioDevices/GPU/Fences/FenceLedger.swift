// Responses that wait for their fence (virtio 1.4, 5.7.6, command lifecycle and fencing).
// Invariant: on one timeline responses leave in the order in which their commands came.

internal import VirtioWire
internal import Virtqueue

/// Fenced commands whose responses are not out yet, in the order in which they came. As many as the
/// control queue is long: they are searched from the front.
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
        let response: HeldResponse
        /// The renderer's fence; nil when the command itself is done.
        var fence: UInt64?
    }

    private struct Item {
        let timeline: Timeline
        var entry: Entry
    }

    private var items: [Item] = []
    var count: Int { items.count }

    init(capacity: Int = 0) { items.reserveCapacity(capacity) }

    func isIdle(_ timeline: Timeline) -> Bool { !items.contains { $0.timeline == timeline } }

    mutating func append(_ entry: Entry, to timeline: Timeline) {
        items.append(Item(timeline: timeline, entry: entry))
    }

    /// Marks a fence as passed and appends what may be answered now, in order.
    mutating func retire(_ fence: UInt64, into ready: inout [Entry]) {
        guard let index = items.firstIndex(where: { $0.entry.fence == fence }) else { return }
        items[index].entry.fence = nil
        let timeline = items[index].timeline
        var isHeld = false
        var kept = 0
        for index in items.indices {
            let isReady = items[index].timeline == timeline && !isHeld
            if isReady, items[index].entry.fence == nil {
                ready.append(items[index].entry)
                continue
            }
            // The first one that waits holds back all behind it.
            if isReady { isHeld = true }
            if kept != index { items[kept] = items[index] }
            kept += 1
        }
        items.removeLast(items.count - kept)
    }

    mutating func removeAll() { items.removeAll(keepingCapacity: true) }
}

/// A response kept for later: nearly all are a header, which takes no allocation.
enum HeldResponse {
    case header(VirtioGPU.ControlHeader)
    case bytes([UInt8])
}
