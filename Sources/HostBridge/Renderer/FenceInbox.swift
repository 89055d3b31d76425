internal import LinuxSystem

/// Where virglrenderer's own thread leaves the fences it has retired, for the renderer's thread.
final class FenceInbox: Sendable {
    private let retired = Monitor<[UInt64]>([])
    private let isKeeping: Bool
    private let onFence: @Sendable (UInt64) -> Void

    init(isKeeping: Bool, _ onFence: @escaping @Sendable (UInt64) -> Void) {
        self.isKeeping = isKeeping
        self.onFence = onFence
    }

    func retire(_ fence: UInt64) {
        if isKeeping { retired.withLock { $0.append(fence) } }
        onFence(fence)
    }

    func takeAll(into ended: inout [EndedWork]) {
        retired.withLock { retired in
            for fence in retired { ended.append(EndedWork(number: fence)) }
            retired.removeAll(keepingCapacity: true)
        }
    }
}
