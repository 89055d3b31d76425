// Objects of a registry to decode into, and a thread to wait on.

import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@testable import HostBridge

/// A domain whose exporter's objects a decoder is lent.
final class Buffers {
    let registry = ResourceRegistry()
    let exporter: Participant
    let decoder: Participant
    private(set) var objects: [SharedObject] = []

    init() {
        exporter = registry.join(name: "exporter")
        decoder = registry.join(name: "decoder")
    }

    /// A new object that the decoder may write, zeroed.
    ///
    /// - Parameter hasFile: whether another process can map it.
    func attach(sizeBytes: Int, hasFile: Bool = true) throws -> Attachment {
        let memory = try SharedMemory(name: "buffer", sizeBytes: sizeBytes)
        let file = FileRange(
            descriptor: memory.descriptor, offset: 0, sizeBytes: UInt64(sizeBytes))
        let object = try registry.export(
            ObjectDescription(
                sizeBytes: UInt64(sizeBytes),
                backing: hasFile ? .sharedMemory(file) : .hostMemory, memory: memory.range),
            by: exporter,
            // The closure keeps the memory until then.
            onUnused: { _ in withExtendedLifetime(memory) {} })
        objects.append(object)
        return try registry.attach(object.uuid, by: decoder, direction: .write)
    }

    /// A surface as QBUF makes it: its write lease is asked for at once.
    func surface(
        _ index: UInt32, _ attachment: Attachment, onGranted: @escaping @Sendable () -> Void = {}
    ) throws -> Surface {
        Surface(
            index: index, target: .object(attachment),
            lease: try attachment.requestLease(.write, onGranted: onGranted))
    }

    /// Takes all objects back; what is still attached stays.
    func removeAll() throws {
        for object in objects { try registry.remove(object, by: exporter) }
        objects.removeAll()
    }
}

/// Runs `body` on a thread of its own; its result is waited for with a bound.
final class Elsewhere<Result: Sendable> {
    private let result = Monitor<Result?>(nil)
    private let thread: WorkerThread

    init(_ body: @escaping @Sendable () -> Result) throws(Errno) {
        let result = self.result
        thread = try WorkerThread(name: "elsewhere") {
            let value = body()
            result.update { $0 = value }
        }
    }

    /// A body that hangs is left behind: the test has failed by then.
    deinit {
        if result.withLock({ $0 != nil }) { thread.join() }
    }

    /// Nil when the body has not ended `millis` from now.
    func value(withinMillis millis: UInt64) -> Result? {
        let deadline = MonotonicClock.nowNanos + millis * 1_000_000
        return result.wait(untilNanos: deadline) { $0 }
    }
}
