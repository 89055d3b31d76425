// The order of leases: the clauses SYNC-1, SYNC-3 and SYNC-5.

import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire

@Suite("A lease")
struct LeaseTests {
    @Test("to read is granted beside other readers [SYNC-1]")
    func readersTogether() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let leases = try (0..<3).map { _ in try attachment.requestLease(.read) }
        #expect(leases.map(\.isGranted) == [true, true, true])
    }

    @Test("to write waits for the readers before it, in whatever order they end [SYNC-1]")
    func writerAfterReaders() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let granted = Count()
        let first = try attachment.requestLease(.read)
        let second = try attachment.requestLease(.read)
        let writer = try attachment.requestLease(.write, onGranted: { granted.add() })
        #expect(!writer.isGranted)
        first.end()
        #expect(!writer.isGranted)
        #expect(granted.now == 0)
        second.end()
        #expect(writer.isGranted)
        #expect(granted.now == 1)
        writer.end()
        #expect(granted.now == 1)
    }

    @Test("to read waits for the writer before it, also while that one waits [SYNC-1]")
    func readerAfterWriter() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let reader = try attachment.requestLease(.read)
        let writer = try attachment.requestLease(.write)
        let late = try attachment.requestLease(.read)
        #expect([reader, writer, late].map(\.isGranted) == [true, false, false])
        reader.end()
        #expect([writer, late].map(\.isGranted) == [true, false])
        writer.end()
        #expect(late.isGranted)
    }

    @Test("to write waits for the writer before it [SYNC-1]")
    func writers() throws {
        let domain = try Domain()
        let object = try domain.export()
        let (one, other) = (try domain.attach(object), try domain.attach(object))
        let first = try one.requestLease(.write)
        let second = try other.requestLease(.write)
        let third = try one.requestLease(.write)
        #expect([first, second, third].map(\.isGranted) == [true, false, false])
        second.end()
        #expect(!third.isGranted)
        first.end()
        #expect(third.isGranted)
    }

    @Test("lets all readers in that follow a writer, up to the next writer")
    func readersAfterWriter() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let writer = try attachment.requestLease(.write)
        let granted = Count()
        let readers = try (0..<3).map { _ in
            try attachment.requestLease(.read, onGranted: { granted.add() })
        }
        let next = try attachment.requestLease(.write, onGranted: { granted.add() })
        let behind = try attachment.requestLease(.read, onGranted: { granted.add() })
        writer.end()
        #expect(granted.now == 3)
        #expect(readers.map(\.isGranted) == [true, true, true])
        #expect(!next.isGranted)
        #expect(!behind.isGranted)
        for reader in readers { reader.end() }
        #expect(next.isGranted)
        #expect(!behind.isGranted)
    }

    @Test("granted at once does not call onGranted")
    func grantedAtOnce() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let granted = Count()
        let lease = try attachment.requestLease(.write, onGranted: { granted.add() })
        #expect(lease.isGranted)
        lease.end()
        #expect(granted.now == 0)
    }

    @Test("that is given up while it waits holds nobody back [SYNC-3]")
    func givenUp() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let reader = try attachment.requestLease(.read)
        let granted = Count()
        let writer = try attachment.requestLease(.write, onGranted: { granted.add() })
        let late = try attachment.requestLease(.read)
        #expect(!late.isGranted)
        writer.end()
        #expect(late.isGranted)
        reader.end()
        late.end()
        #expect(!writer.isGranted)
        #expect(granted.now == 0)
    }

    @Test("of an opaque stream is granted at once, also behind a writer [SYNC-5]")
    func opaqueRead() throws {
        let domain = try Domain()
        let object = try domain.export()
        let attachment = try domain.attach(object)
        let writer = try attachment.requestLease(.write)
        let opaque = try domain.registry.beginOpaqueRead(of: object)
        #expect(opaque.isGranted)
        let next = try attachment.requestLease(.write)
        writer.end()
        #expect(!next.isGranted)
        opaque.end()
        #expect(next.isGranted)
    }

    @Test("of an opaque stream does not hold back a writer that came before it [SYNC-5]")
    func opaqueReadAfterWriter() throws {
        let domain = try Domain()
        let object = try domain.export()
        let attachment = try domain.attach(object)
        let reader = try attachment.requestLease(.read)
        let writer = try attachment.requestLease(.write)
        let opaque = try domain.registry.beginOpaqueRead(of: object)
        reader.end()
        #expect(opaque.isGranted)
        #expect(writer.isGranted)
    }

    @Test("to write becomes one to read and lets readers in, but no writer between [SYNC-5]")
    func downgrade() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let writer = try attachment.requestLease(.write)
        let reader = try attachment.requestLease(.read)
        let next = try attachment.requestLease(.write)
        writer.downgradeToRead()
        #expect(reader.isGranted)
        #expect(!next.isGranted)
        reader.end()
        #expect(!next.isGranted)
        writer.end()
        #expect(next.isGranted)
    }

    @Test("to write that is downgraded with a writer right behind it keeps that one out [SYNC-5]")
    func downgradeBeforeWriter() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let writer = try attachment.requestLease(.write)
        let next = try attachment.requestLease(.write)
        writer.downgradeToRead()
        #expect(!next.isGranted)
        writer.end()
        #expect(next.isGranted)
    }

    @Test("ends with its last reference, and only once")
    func lastReference() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        var first: Lease? = try attachment.requestLease(.write)
        let second = try attachment.requestLease(.write)
        #expect(first?.isGranted == true)
        first = nil
        #expect(second.isGranted)
        second.end()
        second.end()
        #expect(domain.registry.counters.leases == 0)
    }

    @Test("that is not granted in time is timed out and keeps its place [SYNC-3]")
    func timeOut() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let reader = try attachment.requestLease(.read)
        let writer = try attachment.requestLease(.write)
        let started = MonotonicClock.nowNanos
        #expect(throws: RegistryError.timedOut) {
            try writer.wait(untilNanos: started + 20_000_000)
        }
        #expect(MonotonicClock.nowNanos >= started + 20_000_000)
        // A deadline that is past already asks without waiting.
        #expect(throws: RegistryError.timedOut) { try writer.wait(untilNanos: 1) }
        reader.end()
        try writer.wait(untilNanos: 1)
        #expect(writer.isGranted)
    }

    @Test("is waited for until another thread ends the one before it [SYNC-1]")
    func waitForThread() throws {
        let domain = try Domain()
        let attachment = try domain.attach(domain.export())
        let reader = try attachment.requestLease(.read)
        let writer = try attachment.requestLease(.write)
        let thread = try WorkerThread(name: "reader") { reader.end() }
        try writer.wait(untilNanos: deadline(millis: 10_000))
        #expect(writer.isGranted)
        thread.join()
    }

    @Test("on an object that is gone is refused")
    func gone() throws {
        let domain = try Domain()
        let object = try domain.export()
        let attachment = try domain.attach(object)
        let lease = try attachment.requestLease(.write)
        let waiting = try attachment.requestLease(.write)
        try domain.registry.remove(object, by: domain.exporter)
        attachment.detach()
        #expect(throws: RegistryError.revoked) { try attachment.requestLease(.read) }
        #expect(throws: RegistryError.revoked) { try domain.registry.beginOpaqueRead(of: object) }
        #expect(throws: RegistryError.revoked) { try waiting.wait(untilNanos: 1) }
        lease.end()
        lease.downgradeToRead()
        #expect(!waiting.isGranted)
        #expect(domain.registry.counters.leases == 0)
    }
}
