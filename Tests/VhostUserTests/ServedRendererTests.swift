// `virtio-share serve` and the process that its GPU's renderer runs in: what that reaches, and what a
// front-end sees when it dies.

import Foundation
import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

extension ServeProcess {
    /// The processes that `parent` has started and that have not ended.
    static func children(of parent: Int32) throws -> [Int32] {
        try Held.entries("/proc").compactMap { Int32($0) }.filter { id in
            guard let fields = try? fields(of: id) else { return false }
            return fields["PPid"] == "\(parent)" && fields["State"]?.hasPrefix("Z") == false
        }.sorted()
    }

    static func fields(of process: Int32) throws -> [String: String] {
        let text = String(decoding: try Held.contents("/proc/\(process)/status"), as: UTF8.self)
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return fields
    }

    /// Waits, bounded, for the end of somebody else's child.
    static func hasEnded(_ process: Int32) -> Bool {
        let never = try? EventDescriptor()
        let end = MonotonicClock.nowNanos + 20_000_000_000
        while MonotonicClock.nowNanos < end {
            guard let fields = try? fields(of: process), fields["State"]?.hasPrefix("Z") == false
            else { return true }
            _ = never?.wait(timeoutMillis: 5)
        }
        return false
    }

    /// What `process` has mapped, by name.
    static func maps(_ process: Int32, contain name: String) throws -> Bool {
        String(decoding: try Held.contents("/proc/\(process)/maps"), as: UTF8.self).contains(name)
    }

    /// Whose children the workers are.
    func launcher() throws -> Int32 {
        let children = try Self.children(of: process.processIdentifier)
        try #require(children.count == 1)
        return children[0]
    }

    func workers() throws -> [Int32] { try Self.children(of: launcher()) }
}

@Suite("virtio-share serve and its renderer's process", .serialized)
struct ServedRendererTests {
    private static let gpu = ["serve", "gpu", "--socket-path", "@/gpu"]
    private static let context = ContextID(1)
    /// Larger than what one resource wants, smaller than what takes long to copy.
    private static let sizeBytes = 8192

    private struct Guest {
        let machine: GuestMachine
        let driver: GPUDriver
        let file: GuestMemoryFile

        init(_ served: ServeProcess) throws {
            let guest = try TestGuest(sizeBytes: 4 << 20, name: "served guest")
            machine = guest.machine
            file = guest.file
            driver = try GPUDriver(
                VhostUserFrontEnd(
                    path: served.gpu, deviceID: VirtioGPU.deviceID, memory: [guest.file]),
                machine: machine)
        }

        func createBuffer() throws -> ResourceID {
            let id = driver.newResourceID()
            try driver.createResource3D(
                VirtioGPU.ResourceCreate3D(
                    resourceID: id, target: VirglTarget.buffer, format: VirglFormat.r8,
                    bind: VirglBind.samplerView, width: UInt32(sizeBytes), height: 1))
            return id
        }

        /// A buffer of the context's that the guest sees in the region from `offset` on.
        func createMapped(at offset: UInt64) throws -> ResourceID {
            var stream = VirglStream()
            stream.createMappableBuffer(sizeBytes: UInt32(sizeBytes), blobID: 7)
            try driver.submit(stream, to: context)
            let id = driver.newResourceID()
            try driver.createBlob(
                id, context: context, blobID: 7, sizeBytes: UInt64(sizeBytes), flags: .useMappable)
            _ = try driver.mapBlob(id, at: offset)
            return id
        }

        /// What the renderer has in `source`, brought to guest memory by its own hand.
        func bytes(of source: ResourceID, through plain: ResourceID, _ pages: GuestBlock) throws
            -> [UInt8]
        {
            var stream = VirglStream()
            stream.append(raw: [
                0x000d_0011, plain.rawValue, 0, 0, 0, 0, source.rawValue, 0, 0, 0, 0,
                UInt32(sizeBytes), 1, 1,
            ])
            for id in [source, plain] { try driver.attach(id, to: context) }
            try driver.submit(stream, to: context)
            machine.range(of: pages).fill(0xee)
            try driver.transferFromHost(
                plain, context: context, box: VirtioGPU.Box(w: UInt32(sizeBytes), h: 1),
                offset: 0, stride: 0)
            return machine.range(of: pages).bytes()
        }

        private let context = ServedRendererTests.context
        private let sizeBytes = ServedRendererTests.sizeBytes
    }

    private func pattern(_ seed: UInt8) -> [UInt8] {
        (0..<Self.sizeBytes).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 256) ^ seed }
    }

    @Test("keeps virglrenderer and its GL out of itself, in a process that can do less")
    func apart() throws {
        let served = try ServeProcess(Self.gpu)
        try #require(served.readyLine != nil)
        let worker = try #require(try served.workers().first)
        let guest = try Guest(served)
        try guest.driver.createContext(Self.context, capset: .virgl2, name: "")
        #expect(try !ServeProcess.maps(served.process.processIdentifier, contain: "libLLVM"))
        #expect(try ServeProcess.maps(worker, contain: "libLLVM"))
        let fields = try ServeProcess.fields(of: worker)
        #expect(fields["Seccomp"] == "2" && fields["NoNewPrivs"] == "1")
        // Its own socket to the serving process, and no front-end's.
        let links = try Held.entries("/proc/\(worker)/fd").compactMap {
            try? Held.link("/proc/\(worker)/fd/\($0)")
        }
        #expect(links.filter { $0.hasPrefix("socket:") }.count == 1, "\(links)")
        let launcherLinks = try Held.entries("/proc/\(served.launcher())/fd").compactMap {
            try? Held.link("/proc/\(served.launcher())/fd/\($0)")
        }
        #expect(launcherLinks.filter { $0.hasPrefix("socket:") }.count == 1, "\(launcherLinks)")
        let launcher = try served.launcher()
        #expect(served.end() == 0)
        #expect(ServeProcess.hasEnded(launcher) && ServeProcess.hasEnded(worker))
    }

    @Test("starts no process with --in-process, and offers no window then")
    func inProcess() throws {
        let served = try ServeProcess(Self.gpu + ["--in-process"])
        try #require(served.readyLine != nil)
        let own = served.process.processIdentifier
        #expect(try ServeProcess.children(of: own).isEmpty)
        #expect(try ServeProcess.maps(own, contain: "libLLVM"))
        let guest = try Guest(served)
        #expect(guest.driver.device.transport.sharedMemory(VirtioGPU.hostVisibleRegion) == nil)
        #expect(served.end() == 0)
    }

    @Test("lets the renderer move bytes where they lie in the front-end's memory, both ways")
    func backingInPlace() throws {
        let served = try ServeProcess(Self.gpu)
        let guest = try Guest(served)
        try guest.driver.createContext(Self.context, capset: .virgl2, name: "")
        let pages = try guest.machine.allocate(Self.sizeBytes)
        let buffer = try guest.createBuffer()
        // Two stretches, the second one first.
        let half = UInt32(Self.sizeBytes / 2)
        let segments = [
            GuestSegment(start: try #require(pages.start.advanced(by: UInt64(half))), count: half),
            GuestSegment(start: pages.start, count: half),
        ]
        try guest.driver.attachBacking(buffer, segments)
        guest.machine.range(of: pages).write(pattern(0x5a))
        let box = VirtioGPU.Box(w: UInt32(Self.sizeBytes), h: 1)
        try guest.driver.transferToHost(
            buffer, context: ContextID(0), box: box, offset: 0, stride: 0)
        guest.machine.range(of: pages).fill(0)
        try guest.driver.transferFromHost(
            buffer, context: ContextID(0), box: box, offset: 0, stride: 0)
        #expect(guest.machine.range(of: pages).bytes() == pattern(0x5a))
        let worker = try #require(try served.workers().first)
        #expect(try ServeProcess.maps(worker, contain: "served guest"))
        #expect(served.end() == 0)
    }

    @Test("shows a blob's bytes to the guest, and the guest's to the renderer [GPU-D-004]")
    func window() throws {
        let served = try ServeProcess(Self.gpu)
        let guest = try Guest(served)
        try guest.driver.createContext(Self.context, capset: .virgl2, name: "")
        let mapped = try guest.createMapped(at: 0x10000)
        let view = try #require(guest.driver.mapped(at: 0x10000, count: Self.sizeBytes))
        #expect(view.memory.bytes().allSatisfy { $0 == 0 })
        view.memory.write(pattern(0x21))
        let plain = try guest.createBuffer()
        let pages = try guest.machine.allocate(Self.sizeBytes)
        try guest.driver.attachBacking(plain, [pages.segment])
        #expect(try guest.bytes(of: mapped, through: plain, pages) == pattern(0x21))
        try guest.driver.unmapBlob(mapped)
        #expect(guest.driver.mapped(at: 0x10000, count: Self.sizeBytes) == nil)
        #expect(served.end() == 0)
    }

    @Test(
        """
        answers for a renderer that dies: fences end, contexts are unknown, ids stay, mapped bytes \
        too, and the next renderer serves [GPU-D-007] [LIFE-7]
        """,
        arguments: [[], ["--spare-worker"]])
    func death(arguments: [String]) throws {
        let errors = Pipe()
        let served = try ServeProcess(Self.gpu + arguments, errors: errors)
        let guest = try Guest(served)
        let driver = guest.driver
        let pages = try guest.machine.allocate(Self.sizeBytes)
        for round in 0..<3 as Range<UInt8> {
            try driver.createContext(Self.context, capset: .virgl2, name: "")
            let plain = try guest.createBuffer()
            try driver.attachBacking(plain, [pages.segment])
            let mapped = try guest.createMapped(at: 0)
            let view = try #require(driver.mapped(at: 0, count: Self.sizeBytes))
            view.memory.write(pattern(round))
            #expect(try guest.bytes(of: mapped, through: plain, pages) == pattern(round))
            // The one that serves has mapped the guest's memory.
            let workers = try served.workers().filter {
                try ServeProcess.maps($0, contain: "served guest")
            }
            let worker = try #require(workers.count == 1 ? workers[0] : nil)
            var empty = VirglStream()
            empty.append(raw: [0])
            kill(worker, SIGSTOP)
            let ticket = try driver.submitFenced(empty, to: Self.context)
            kill(worker, SIGKILL)
            #expect(throws: DriverError.gpu(.errInvalidContextID)) {
                try driver.waitForFence(ticket)
            }
            #expect(throws: DriverError.gpu(.errInvalidContextID)) {
                try driver.submit(empty, to: Self.context)
            }
            // The buffer reads as zeros, the mapped one has its bytes: for the guest all the time.
            #expect(view.memory.bytes() == pattern(round))
            let box = VirtioGPU.Box(w: UInt32(Self.sizeBytes), h: 1)
            try driver.transferFromHost(
                plain, context: ContextID(0), box: box, offset: 0, stride: 0)
            #expect(guest.machine.range(of: pages).bytes().allSatisfy { $0 == 0 })
            try driver.createContext(Self.context, capset: .virgl2, name: "")
            #expect(try guest.bytes(of: mapped, through: plain, pages) == pattern(round))
            #expect(try !served.workers().contains(worker))
            try driver.destroyContext(Self.context)
            for id in [plain, mapped] { try driver.unref(id) }
        }
        #expect(served.end() == 0)
        let said = String(
            decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(said.contains("gpu: the renderer has died, and its contexts with it deaths=3"))
    }

    @Test("ends a renderer that stands still, after --stall-millis")
    func stall() throws {
        let served = try ServeProcess(Self.gpu + ["--stall-millis", "400"])
        let guest = try Guest(served)
        try guest.driver.createContext(Self.context, capset: .virgl2, name: "")
        var empty = VirglStream()
        empty.append(raw: [0])
        try guest.driver.submit(empty, to: Self.context)
        kill(try #require(try served.workers().first), SIGSTOP)
        let ticket = try guest.driver.submitFenced(empty, to: Self.context)
        #expect(throws: DriverError.gpu(.errInvalidContextID)) {
            try guest.driver.waitForFence(ticket)
        }
        #expect(served.end() == 0)
    }

    @Test("gives the next front-end a renderer that has seen nobody's bytes")
    func nextGuest() throws {
        let served = try ServeProcess(Self.gpu)
        var seen: Set<Int32> = []
        for _ in 0..<3 {
            let guest = try Guest(served)
            try guest.driver.createContext(Self.context, capset: .virgl2, name: "")
            let workers = try served.workers()
            #expect(workers.count == 1 && seen.isDisjoint(with: workers))
            seen.formUnion(workers)
        }
        #expect(served.end() == 0)
    }

    @Test("outlives front-ends whose memory is cut short under the renderer")
    func cutShort() throws {
        let served = try ServeProcess(Self.gpu)
        for _ in 0..<3 {
            let guest = try Guest(served)
            try guest.driver.createContext(Self.context, capset: .virgl2, name: "")
            let low = try guest.machine.allocate(1 << 20)
            let pages = try guest.machine.allocate(Self.sizeBytes)
            guest.machine.free(low)
            let buffer = try guest.createBuffer()
            try guest.driver.attachBacking(buffer, [pages.segment])
            // The rings and what the driver still wants stay, the last megabytes go.
            let kept = Int(pages.start.rawValue - TestGuest.start)
            try guest.file.memory.descriptor.resize(to: Int64(kept))
            #expect(throws: DriverError.self) {
                try guest.driver.transferToHost(
                    buffer, context: ContextID(0),
                    box: VirtioGPU.Box(w: UInt32(Self.sizeBytes), h: 1), offset: 0, stride: 0)
            }
        }
        let guest = try Guest(served)
        try guest.driver.createContext(Self.context, capset: .virgl2, name: "")
        #expect(served.end() == 0)
    }
}
