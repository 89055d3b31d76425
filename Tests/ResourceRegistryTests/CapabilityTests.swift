// What devices tell, and what follows from it: the clauses CAP and MOVE.

import LinuxSystem
import ResourceRegistry
import SharingModels
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

let second: UInt64 = 1_000_000_000

func soon() -> UInt64 { MonotonicClock.nowNanos + 10 * second }

extension Import {
    var attachment: Attachment? { if case .attachment(let it) = self { it } else { nil } }
    var resource: ResourceReference? { if case .resource(let it) = self { it } else { nil } }
}

@Suite("Capabilities")
struct CapabilityTests {
    @Test("are told when a device joins; what it cannot export it is not let [CAP-1]")
    func told() throws {
        let registry = ResourceRegistry()
        let device = try registry.join(
            name: "display", capabilities: DeviceCapabilities(exports: .deviceMemory, imports: []))
        #expect(device.capabilities.exports == .deviceMemory)
        #expect(throws: RegistryError.unsupported) {
            try registry.export(
                ObjectDescription(sizeBytes: 4096, backing: .hostMemory), by: device)
        }
        var odd = DeviceCapabilities.cpu
        odd.alignment.strideBytes = 0
        #expect(throws: RegistryError.badLayout) {
            try registry.join(name: "odd", capabilities: odd)
        }
    }

    @Test("let a device have its own object as it is: no attachment, no mapping [CAP-2]")
    func ownObject() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let unused = Count()
        let (object, buffer) = try gpu.allocate(
            sizeBytes: 4096, in: .deviceMemory, onUnused: { unused.add() })
        var mine = try registry.import(
            object.uuid, by: gpu.participant, directions: .read
        ).resource
        #expect(mine?.resource === buffer)
        #expect(registry.counters.attachments == 0)
        #expect(registry.counters.attaches == 0)
        try registry.remove(object, by: gpu.participant)
        #expect(unused.now == 0)
        mine = nil
        #expect(unused.now == 1)
    }

    @Test("of one driver pass the resource itself on; of none they do not [CAP-3]")
    func sameDriver() throws {
        let registry = ResourceRegistry()
        let first = try ModelGPU("gpu 0", driver: "model", in: registry)
        let kin = try ModelGPU("gpu 1", driver: "model", in: registry)
        let stranger = try ModelGPU("gpu 2", driver: "other", in: registry)
        let (object, buffer) = try first.allocate(sizeBytes: 4096, in: .deviceMemory)
        let given = try registry.import(object.uuid, by: kin.participant, directions: .readWrite)
        #expect(given.resource?.resource === buffer)
        #expect(first.moves.withLock { $0 } == 0)
        #expect(throws: RegistryError.wouldMove) {
            try registry.import(
                object.uuid, by: stranger.participant, directions: .read, flags: .noMove)
        }
        #expect(registry.counters.attachments == 0)
    }

    @Test("of private memory only: a copy that is asked for and counted, never more [CAP-4]")
    func privateMemory() throws {
        let registry = ResourceRegistry()
        let display = try PrivateDisplay("bochs", in: registry)
        let gpu = try ModelGPU("gpu", in: registry)
        let frame = try display.makeFramebuffer(width: 60, height: 4)
        let layout = PixelLayout(
            format: PixelFormat(PrivateDisplay.fourcc), width: 60, height: 4,
            planes: [.init(offsetBytes: 0, strideBytes: 240, rows: 4)])
        let (object, buffer) = try gpu.allocate(
            sizeBytes: 960, in: .sharedMemory, layout: layout)
        buffer.memory.range.fill(7)
        guard
            case .needsCopy(let target) = try registry.probe(
                object.uuid, by: display.participant)
        else { throw RegistryError.unsupported }
        #expect(target.alignment.strideBytes == 256)
        #expect(target.formats == [PixelFormat(PrivateDisplay.fourcc)])
        #expect(throws: RegistryError.needsCopy) {
            try registry.import(object.uuid, by: display.participant, directions: .read)
        }
        #expect(registry.counters.copies == 0)
        #expect(try display.show(object.uuid, framebuffer: frame) == .copied(bytes: 960))
        // Rows of 240 bytes stand 256 apart now.
        let screen = display.screen.bytes()
        #expect(screen[..<240].allSatisfy { $0 == 7 })
        #expect(screen[240..<256].allSatisfy { $0 == 0 })
        #expect(screen[768..<1008].allSatisfy { $0 == 7 })
        #expect(registry.counters.copies == 1)
        #expect(registry.counters.copiedBytes == 960)
        #expect(gpu.moves.withLock { $0 } == 0)
        #expect(try display.show(frame.uuid, framebuffer: frame) == .own)
    }

    @Test("never make an import move or copy unless the caller allowed it [CAP-5]")
    func noHiddenMove() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let importer = try ModelGPU("importer", in: registry)
        let (object, buffer) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
        let attachment = try #require(
            try registry.import(object.uuid, by: importer.participant, directions: .read).attachment
        )
        #expect(try attachment.mapping(.read).memory == buffer.memory.range)
        let counters = registry.counters
        #expect((counters.moves, counters.copies) == (0, 0))
    }

    @Test("let device memory be reached only when both sides take part [CAP-6]")
    func peerToPeer() throws {
        let all: BackingKinds = [.sharedMemory, .deviceMemory]
        for (exporterTakesPart, importerTakesPart) in [
            (true, true), (true, false), (false, true), (false, false),
        ] {
            let registry = ResourceRegistry()
            let exporter = try ModelGPU(
                "exporter", in: registry, isPeerToPeer: exporterTakesPart)
            let importer = try ModelGPU(
                "importer", in: registry, isPeerToPeer: importerTakesPart, imports: all)
            let (object, _) = try exporter.allocate(sizeBytes: 4096, in: .deviceMemory)
            let answer = try registry.probe(object.uuid, by: importer.participant)
            #expect((answer == .direct) == (exporterTakesPart && importerTakesPart))
            if answer == .direct {
                let attachment = try registry.import(
                    object.uuid, by: importer.participant, directions: .read
                ).attachment
                #expect(try attachment?.mapping(.read).memory == nil)
            }
        }
    }

    @Test("give the smallest layout that all devices use, or the pair that cannot agree [CAP-7]")
    func agreement() throws {
        let registry = ResourceRegistry()
        func join(_ name: String, _ change: (inout DeviceCapabilities) -> Void) throws
            -> Participant
        {
            var capabilities = DeviceCapabilities.cpu
            change(&capabilities)
            return try registry.join(name: name, capabilities: capabilities)
        }
        let gpu = try join("gpu") {
            $0.exports = [.sharedMemory, .deviceMemory]
            $0.alignment.strideBytes = 96
        }
        let decoder = try join("decoder") {
            $0.alignment = LayoutAlignment(offsetBytes: 32, strideBytes: 64, rows: 16)
            $0.formats = [PixelFormat(.yuv420), PixelFormat(.nv12)]
        }
        let display = try join("display") {
            $0.formats = [PixelFormat(.nv12), PixelFormat(.p010)]
            $0.alignment.sizeBytes = 4096
        }
        let camera = try join("camera") { $0.formats = [PixelFormat(.yuv420)] }
        func ask(_ devices: [Participant], _ formats: [V4L2.FourCC]) -> LayoutAgreement {
            registry.agreeOnLayout(
                width: 100, height: 18, formats: formats.map { PixelFormat($0) }, allocator: gpu,
                devices: devices)
        }
        guard
            case .agreed(let layout, let size, let placement) = ask(
                [decoder, display], [.p010, .yuv420, .nv12])
        else {
            Issue.record("no agreement")
            return
        }
        // 192 = lcm(96, 64); 32 = 18 rows up to a multiple of 16.
        #expect(layout.format == PixelFormat(.nv12))
        #expect(layout.planes.map(\.strideBytes) == [192, 192])
        #expect(layout.planes.map(\.offsetBytes) == [0, 192 * 32])
        #expect(layout.planes.map(\.rows) == [32, 16])
        #expect(size == 12288)
        #expect(placement == .sharedMemory)
        #expect(
            ask([decoder, display, camera], [.nv12, .yuv420])
                == .conflict(
                    display, camera, .format))
        let stubborn = try join("stubborn") { $0.alignment.strideBytes = 1_048_573 }
        #expect(ask([stubborn], [.nv12]) == .conflict(gpu, stubborn, .alignment))
        let island = try join("island") { $0.imports = .guestPages }
        #expect(ask([island], [.nv12]) == .conflict(gpu, island, .placement))
        #expect(ask([decoder], [.h264]) == .impossible)
        // Any two of three have a format in common, the three have none.
        let trio = try [[V4L2.FourCC.nv12, .yuv420], [.yuv420, .p010], [.p010, .nv12]].map { list in
            try join("one of three") { $0.formats = list.map { PixelFormat($0) } }
        }
        #expect(ask(trio, [.nv12, .yuv420, .p010]) == .groupConflict(.format))
        #expect(registry.counters == RegistryCounters())
    }

    @Test("do not offer a move that leaves the exporter without its object [CAP-8]")
    func noFatalMove() throws {
        let registry = ResourceRegistry()
        // It exports its video memory and cannot use anything else.
        let display = try PrivateDisplay("qxl", in: registry)
        let frame = try display.makeFramebuffer(width: 16, height: 16)
        let gpu = try ModelGPU("gpu", in: registry)
        #expect(try registry.probe(frame.uuid, by: gpu.participant) == .unsupported)
        #expect(throws: RegistryError.unsupported) {
            try registry.import(frame.uuid, by: gpu.participant, directions: .read)
        }
        #expect(throws: RegistryError.unsupported) {
            try registry.move(
                frame, to: .sharedMemory, by: display.participant, untilNanos: soon())
        }
    }

    @Test("are all that binds attach, too: what cannot be reached is not attached [CAP-1]")
    func attachAsks() throws {
        let registry = ResourceRegistry()
        let exporter = registry.join(name: "exporter")
        let shared = try SharedMemory(name: "object", sizeBytes: 4096)
        let object = try registry.export(
            by: exporter, sizeBytes: 4096, memory: shared.range, onUnused: { _ in })
        let display = try PrivateDisplay("display", in: registry)
        #expect(throws: RegistryError.needsCopy) {
            try registry.attach(object.uuid, by: display.participant, direction: .read)
        }
    }
}

@Suite("Import")
struct ImportTests {
    @Test("can be probed for each device, and nothing has changed then [MOVE-1]")
    func probe() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let other = try ModelGPU("other", in: registry)
        let (object, buffer) = try gpu.allocate(sizeBytes: 4096, in: .deviceMemory)
        let events = Monitor<[RegistryEvent.Kind]>([])
        let subscription = try registry.subscribe { event in
            events.withLock { $0.append(event.kind) }
        }
        var before = registry.counters
        let snapshot = registry.snapshot().objects
        for _ in 0..<3 {
            #expect(
                try registry.probe(object.uuid, by: other.participant)
                    == .needsMove(from: .deviceMemory, to: .sharedMemory, bytes: 4096))
        }
        before.probes += 3
        #expect(registry.counters == before)
        #expect(registry.snapshot().objects.map(\.holders) == snapshot.map(\.holders))
        #expect(buffer.kind == .deviceMemory)
        #expect(events.withLock { $0 } == Array(repeating: .probe(.needsMove), count: 3))
        withExtendedLifetime(subscription) {}
    }

    @Test("without a move fails where bytes would have to, and changes nothing [MOVE-2]")
    func noMove() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let other = try ModelGPU("other", in: registry)
        let (object, buffer) = try gpu.allocate(sizeBytes: 4096, in: .deviceMemory)
        let before = registry.counters
        #expect(throws: RegistryError.wouldMove) {
            try registry.import(
                object.uuid, by: other.participant, directions: .read, flags: .noMove)
        }
        #expect(registry.counters == before)
        #expect(buffer.kind == .deviceMemory)
    }

    @Test("by a compositor: direct where one device can, else a move to the primary [MOVE-3]")
    func compositor() throws {
        let registry = ResourceRegistry()
        let primary = try ModelGPU("igpu", in: registry)
        let card = try ModelGPU("dgpu", driver: "card", in: registry)
        let render = try ModelGPU("render node", driver: "card", in: registry)
        let compositor = Compositor(
            in: registry,
            devices: [primary.participant, card.participant, render.participant])
        let (onCard, _) = try card.allocate(sizeBytes: 4096, in: .deviceMemory)
        let choice = try compositor.take(onCard.uuid, untilNanos: soon())
        #expect(choice.device == card.participant)
        #expect(choice.answers.map(\.word) == [.needsMove, .direct, .direct])
        #expect(card.moves.withLock { $0 } == 0)
        let third = try ModelGPU("client's gpu", in: registry)
        let (elsewhere, buffer) = try third.allocate(sizeBytes: 4096, in: .deviceMemory)
        buffer.memory.range.fill(9)
        let fallback = try compositor.take(elsewhere.uuid, untilNanos: soon())
        #expect(fallback.device == primary.participant)
        #expect(fallback.answers.map(\.word) == [.needsMove, .needsMove, .needsMove])
        #expect(third.moves.withLock { $0 } == 1)
        let memory = try #require(try fallback.imported.attachment?.mapping(.read).memory)
        #expect(memory.bytes().allSatisfy { $0 == 9 })
    }

    @Test("that moves is refused beside a static attachment or a CPU's access [MOVE-4]")
    func pinned() throws {
        let registry = ResourceRegistry()
        let gpu = try ModelGPU("gpu", in: registry)
        let fixed = try ModelGPU("static", in: registry, isDynamic: false)
        let supple = try ModelGPU("dynamic", in: registry)
        let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
        let held = try registry.import(object.uuid, by: supple.participant, directions: .read)
        #expect(held.attachment?.isDynamic == true)
        func move(to kind: BackingKinds) throws(RegistryError) {
            try registry.move(object, to: kind, by: gpu.participant, untilNanos: soon())
        }
        let pin = try #require(
            try registry.import(object.uuid, by: fixed.participant, directions: .read).attachment)
        #expect(!pin.isDynamic)
        #expect(throws: RegistryError.pinned) { try move(to: .deviceMemory) }
        pin.detach()
        let access = try registry.beginCPUAccess(
            object.uuid, by: supple.participant, direction: .read, untilNanos: soon())
        #expect(throws: RegistryError.pinned) { try move(to: .deviceMemory) }
        access.end()
        try move(to: .deviceMemory)
        #expect(registry.counters.moves == 1)
        #expect(registry.counters.movedBytes == 4096)
        #expect(registry.counters.leases == 0)
        #expect(throws: RegistryError.notExporter) {
            try registry.move(
                object, to: .sharedMemory, by: supple.participant, untilNanos: soon())
        }
    }

    @Test("from one who cannot tell would move; flags that nobody knows are refused [MOVE-5]")
    func cannotTell() throws {
        let registry = ResourceRegistry()
        let vague = try ModelGPU("vague", in: registry, tellsPlacement: false)
        let other = try ModelGPU("other", in: registry)
        let (object, _) = try vague.allocate(sizeBytes: 4096, in: .sharedMemory)
        #expect(
            try registry.probe(object.uuid, by: other.participant)
                == .needsMove(from: [], to: .sharedMemory, bytes: 4096))
        #expect(throws: RegistryError.wouldMove) {
            try registry.import(
                object.uuid, by: other.participant, directions: .read, flags: .noMove)
        }
        for bit in 1..<32 {
            #expect(throws: RegistryError.unknownFlags) {
                try registry.import(
                    object.uuid, by: other.participant, directions: .read,
                    flags: [.noMove, ImportFlags(rawValue: 1 << UInt32(bit))])
            }
        }
    }
}
