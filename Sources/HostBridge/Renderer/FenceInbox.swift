internal import LinuxSystem

/// Where virglrenderer's own thread leaves the fences it has retired, for the renderer's thread.
final class FenceInbox: Sendable {
    private let retired = Monitor<[UInt64]>([])
    private let wake: EventDescriptor

    init(wake: EventDescriptor) { self.wake = wake }

    func retire(_ fence: UInt64) {
        retired.withLock { $0.append(fence) }
        wake.signal()
    }

    func takeAll(into fences: inout [UInt64]) {
        retired.withLock { retired in
            fences += retired
            retired.removeAll(keepingCapacity: true)
        }
    }
}
