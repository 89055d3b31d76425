// Fences, and readers and writers on threads: the clauses SYNC-2 and SYNC-4.

import LinuxSystem
import ResourceRegistry
import SharingModels
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@Suite("A fence")
struct FenceTests {
    @Test("of a lease lets the next holder start when it passes, not before [SYNC-2]")
    func next() throws {
        let domain = try Domain()
        let object = try domain.export()
        let attachment = try domain.attach(object)
        let fence = Fence(number: 7)
        let writer = try attachment.requestLease(.write)
        let granted = Count()
        let reader = try attachment.requestLease(.read, onGranted: { granted.add() })
        writer.end(after: fence)
        writer.end()
        #expect(!reader.isGranted)
        #expect(domain.registry.pendingFence(of: object)?.number == 7)
        fence.signal()
        fence.signal()
        #expect(reader.isGranted)
        #expect(granted.now == 1)
        #expect(domain.registry.pendingFence(of: object) == nil)
        // One that has passed is no wait at all.
        reader.end()
        let last = try attachment.requestLease(.write)
        last.end(after: fence)
        #expect(domain.registry.counters.leases == 0)
    }

    @Test("keeps the attachment that its work needs, also when that is let go [SYNC-2] [LIFE-1]")
    func keepsAttachment() throws {
        let registry = ResourceRegistry()
        let unused = Count()
        let guest = try GuestPages("guest", in: registry, onUnused: { unused.add() })
        let decoder = try ModelDecoder("decoder", in: registry, alignment: LayoutAlignment())
        let fence = Fence()
        try decoder.decode(into: guest.object.uuid, colour: 1, fence: fence, untilNanos: soon())
        #expect(registry.counters.attachments == 1)
        #expect(throws: RegistryError.timedOut) {
            try guest.unref(untilNanos: deadline(millis: 5))
        }
        #expect(unused.now == 0)
        fence.signal()
        #expect(unused.now == 1)
        #expect(registry.counters.attachments == 0)
    }

    @Test("that never passes stalls a waiter no longer than its bound [SYNC-3]")
    func never() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let fence = Fence()
        try attachment.requestLease(.write).end(after: fence)
        let reader = try attachment.requestLease(.read)
        #expect(throws: RegistryError.timedOut) {
            try reader.wait(untilNanos: deadline(millis: 5))
        }
        #expect(throws: RegistryError.timedOut) { try fence.wait(untilNanos: 1) }
        domain.registry.depart(domain.importer)
        #expect(throws: RegistryError.revoked) { try reader.wait(untilNanos: soon()) }
        #expect(domain.registry.counters.leases == 0)
    }
}

@Suite("A frame", .timeLimit(.minutes(1)))
struct FrameTests {
    @Test("is never seen half-written, though the writer pauses in the middle [SYNC-4]")
    func wholeFrames() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let decoder = try ModelDecoder("decoder", in: registry, alignment: LayoutAlignment())
        let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
        let torn = Count()
        let seen = Count()
        let (paused, goOn) = (try EventDescriptor(), try EventDescriptor())
        let reader = registry.join(name: "reader")
        let thread = try WorkerThread(name: "reader") {
            guard
                let attachment = try? registry.attach(
                    object.uuid, by: reader, direction: .read)
            else { return }
            for _ in 0..<20 {
                _ = paused.wait(timeoutMillis: 10_000)
                let lease = try? attachment.requestLease(.read)
                // Asked for in the middle of a frame, and not granted there.
                if lease?.isGranted ?? true { torn.add() }
                goOn.signal()
                guard (try? lease?.wait(untilNanos: soon())) != nil else { continue }
                let bytes = attachment.memory.bytes()
                if Set(bytes).count != 1 { torn.add() }
                seen.add()
                lease?.end()
            }
        }
        for frame in 0..<20 {
            try decoder.decode(
                into: object.uuid, colour: UInt8(frame),
                halfWay: {
                    paused.signal()
                    _ = goOn.wait(timeoutMillis: 10_000)
                }, untilNanos: soon())
        }
        thread.join()
        #expect(torn.now == 0)
        #expect(seen.now == 20)
    }
}
