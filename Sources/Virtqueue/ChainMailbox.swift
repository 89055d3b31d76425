// Chains that are completed elsewhere: a queue belongs to one thread, so a worker posts what it has
// finished and the device's own loop gives the chains back.

public import LinuxSystem

/// Finished work on its way to the thread that owns the queue.
public final class ChainMailbox<Response: Sendable>: Sendable {
    /// A chain, and what the device's thread needs to answer it.
    public struct Letter: Sendable {
        public let chain: DescriptorChain
        public let response: Response
    }

    private let letters = Monitor<[Letter]>([])
    private let wake: EventDescriptor

    /// - Parameter wake: signalled for each post; the device's loop waits on it.
    public init(wake: EventDescriptor) { self.wake = wake }

    /// From any thread.
    public func post(_ chain: DescriptorChain, _ response: Response) {
        letters.withLock { $0.append(Letter(chain: chain, response: response)) }
        wake.signal()
    }

    /// On the device's thread: everything posted so far, in the order of posting. A chain of a
    /// queue that was reset meanwhile is dropped by ``DeviceQueue/push(_:written:)``.
    public func takeAll() -> [Letter] {
        letters.withLock { letters in
            defer { letters.removeAll() }
            return letters
        }
    }
}
