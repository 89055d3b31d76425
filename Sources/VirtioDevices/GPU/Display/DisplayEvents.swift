// The displays that the guest is told of, and how it hears that they have changed (virtio 1.4,
// 5.7.4 and 5.7.5).
// Invariant: a change that came after the driver's last look and before its clear raises the event
// again, once.

internal import VirtioWire

/// Modes, and the bits of `events_read`.
struct DisplayEvents {
    private(set) var modes: [DisplayMode]
    private(set) var eventsRead: UInt32 = 0
    /// How often a mode has changed; each mode's last time.
    private var changes: UInt64 = 0
    private var changedAt: [UInt64]
    /// What the driver has seen: all modes, and each EDID.
    private var seen: UInt64 = 0
    private var seenEDID: [UInt64?]
    private var changedWhileRaised = false

    init(_ modes: [DisplayMode]) {
        self.modes = modes
        changedAt = Array(repeating: 0, count: modes.count)
        seenEDID = Array(repeating: nil, count: modes.count)
    }

    /// False when nothing is different. [GPU-I-007]
    mutating func set(_ mode: DisplayMode, of scanout: Int) -> Bool {
        guard modes.indices.contains(scanout), modes[scanout] != mode else { return false }
        modes[scanout] = mode
        changes += 1
        changedAt[scanout] = changes
        changedWhileRaised = eventsRead & VirtioGPU.eventDisplay != 0
        eventsRead |= VirtioGPU.eventDisplay
        return true
    }

    /// The driver is about to be told: nothing is to be raised for that.
    mutating func learn(_ mode: DisplayMode, of scanout: Int) {
        guard modes.indices.contains(scanout), modes[scanout] != mode else { return }
        modes[scanout] = mode
        changes += 1
        changedAt[scanout] = changes
    }

    /// The driver has been told all modes.
    mutating func didReportModes() { seen = changes }

    mutating func didReportEDID(of scanout: Int) { seenEDID[scanout] = changes }

    /// The driver writes `events_clear`: ones clear. True when an event is there anew. [GPU-I-003]
    mutating func clear(_ bits: UInt32) -> Bool {
        let wasRaised = eventsRead & VirtioGPU.eventDisplay != 0
        eventsRead &= ~bits
        guard wasRaised, bits & VirtioGPU.eventDisplay != 0, changedWhileRaised else {
            return false
        }
        changedWhileRaised = false
        let isEDIDOld = zip(seenEDID, changedAt).contains { seen, changed in
            seen.map { $0 < changed } ?? false
        }
        guard seen < changes || isEDIDOld else { return false }
        eventsRead |= VirtioGPU.eventDisplay
        return true
    }

    /// A reset: the next driver looks for itself. [GPU-R-003]
    mutating func reset() {
        eventsRead = 0
        changedWhileRaised = false
        seen = 0
        seenEDID = Array(repeating: nil, count: modes.count)
    }
}
