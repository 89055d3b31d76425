// Completions on their way to the device's process, from the worker's thread and the library's.

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

final class AnswerQueue: Sendable {
    private struct State {
        var head: UInt64 = 0
        /// Fences that have not passed, and their contexts.
        var fences: [UInt64: ContextID] = [:]
    }

    private let channel: ChannelMemory
    private let device: FileDescriptor
    private let state = Monitor(State())

    /// - Parameter device: the eventfd of the device's process.
    init(_ channel: ChannelMemory, device: FileDescriptor) {
        self.channel = channel
        self.device = device
    }

    func answer(_ number: UInt64, _ error: RendererError?) {
        state.withLock { put(Completion(number, error), &$0) }
        wake()
    }

    /// To be called before the fence is made: it may pass at once.
    func expect(_ fence: UInt64, of context: ContextID) {
        state.withLock { $0.fences[fence] = context }
    }

    /// A fence that could not be made.
    func refuse(_ fence: UInt64) {
        let isOpen = state.update { state in
            guard state.fences.removeValue(forKey: fence) != nil else { return false }
            put(Completion(fence, .rejected), &state)
            return true
        }
        if isOpen { wake() }
    }

    /// On the library's thread.
    func fencePassed(_ fence: UInt64) {
        let isOpen = state.update { state in
            guard state.fences.removeValue(forKey: fence) != nil else { return false }
            put(Completion(fence, nil), &state)
            return true
        }
        if isOpen { wake() }
    }

    /// The library never tells of the fences of a context that is gone.
    func contextEnded(_ context: ContextID) {
        let count = state.update { state in
            let open = state.fences.filter { $0.value == context }.keys.sorted()
            for fence in open {
                state.fences[fence] = nil
                put(Completion(fence, nil), &state)
            }
            return open.count
        }
        if count > 0 { wake() }
    }

    /// Waits until a fence has passed; false past the deadline.
    func waitUntilPassed(_ fence: UInt64, untilNanos deadline: UInt64) -> Bool {
        state.wait(untilNanos: deadline) { $0.fences[fence] == nil ? true : nil } ?? false
    }

    /// The device's process expects no more completions than there is room for.
    private func put(_ completion: Completion, _ state: inout State) {
        // What the canary asked is nobody's to hear.
        guard completion.number != 0 else { return }
        channel.store(completion, state.head)
        state.head += 1
        channel.publish(state.head, ChannelLayout.completionHead)
    }

    private func wake() {
        if channel.takeFlag(ChannelLayout.deviceSleeps) {
            channel.wakeDevice()
        }
        EventDescriptor.signal(device)
    }
}
