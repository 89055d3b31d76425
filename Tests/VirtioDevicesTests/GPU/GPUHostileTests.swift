// A guest that sends what it likes: thousands of commands with small ids and odd numbers, the same
// on every run.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The GPU device against a hostile guest")
struct GPUHostileTests {
    private struct Guest {
        var random: SeededGenerator

        mutating func number() -> UInt32 {
            [0, 1, 2, 3, 4, 8, 16, 64, 255, 4096, 0x7fff_ffff, 0x8000_0000, .max, .max - 1]
                .randomElement(using: &random) ?? 0
        }

        mutating func id() -> ResourceID { ResourceID(UInt32.random(in: 0...5, using: &random)) }

        mutating func side() -> UInt32 {
            Bool.random(using: &random) ? .random(in: 0...70, using: &random) : number()
        }

        mutating func rect() -> VirtioGPU.Rect {
            Bool.random(using: &random)
                ? VirtioGPU.Rect(
                    width: .random(in: 1...8, using: &random),
                    height: .random(in: 1...8, using: &random))
                : VirtioGPU.Rect(x: side(), y: side(), width: side(), height: side())
        }

        mutating func format() -> VirtioGPU.Format {
            VirtioGPU.Format.all.randomElement(using: &random) ?? .b8g8r8x8Unorm
        }

        mutating func offset() -> UInt64 {
            Bool.random(using: &random)
                ? .random(in: 0...20_000, using: &random)
                : UInt64(number()) << 32 | UInt64(number())
        }

        /// Some entries; now and then one that is not there, or a count that is a lie.
        mutating func entries() -> (count: UInt32, bytes: [UInt8]) {
            let count = Int.random(in: 0...6, using: &random)
            var bytes: [UInt8] = []
            for _ in 0..<count {
                let isThere = Int.random(in: 0..<20, using: &random) > 0
                bytes += encoded(
                    VirtioGPU.MemEntry(
                        addr: GuestAddress(
                            isThere
                                ? GPUMachine.pages + .random(in: 0...4096, using: &random)
                                : offset()),
                        length: isThere ? .random(in: 0...20_000, using: &random) : number()))
            }
            let isHonest = Int.random(in: 0..<10, using: &random) > 0
            return (isHonest ? UInt32(count) : number(), bytes)
        }

        mutating func request() -> [UInt8] {
            switch Int.random(in: 0..<13, using: &random) {
            case 0:
                encoded(
                    VirtioGPU.ResourceCreate2D(
                        resourceID: id(), format: format(), width: side(), height: side()))
            case 1:
                encoded(VirtioGPU.ResourceUnref(resourceID: id()))
            case 3:
                encoded(
                    VirtioGPU.SetScanout(
                        r: rect(), scanoutID: .random(in: 0...3, using: &random),
                        resourceID: id()))
            case 2, 4:
                encoded(VirtioGPU.ResourceFlush(r: rect(), resourceID: id()))
            case 5:
                encoded(
                    VirtioGPU.TransferToHost2D(r: rect(), offset: offset(), resourceID: id()))
            case 6:
                attach()
            case 7:
                encoded(VirtioGPU.ResourceDetachBacking(resourceID: id()))
            case 8:
                blob()
            case 9:
                encoded(
                    VirtioGPU.SetScanoutBlob(
                        r: rect(), scanoutID: .random(in: 0...3, using: &random),
                        resourceID: id(), width: side(), height: side(), format: format(),
                        strides: [side() &* 4], offsets: [side()]))
            case 10:
                encoded(VirtioGPU.ResourceAssignUUID(resourceID: id()))
            case 11:
                encoded(VirtioGPU.GetEDID(scanout: side()))
            default:
                encoded(VirtioGPU.ControlHeader(type: .init(number())))
                    + random.bytes(count: .random(in: 0...80, using: &random))
            }
        }

        private mutating func attach() -> [UInt8] {
            let (count, bytes) = entries()
            return encoded(VirtioGPU.ResourceAttachBacking(resourceID: id(), nrEntries: count))
                + bytes
        }

        private mutating func blob() -> [UInt8] {
            let (count, bytes) = entries()
            return encoded(
                VirtioGPU.ResourceCreateBlob(
                    resourceID: id(), blobMem: .init(Bool.random(using: &random) ? 1 : number()),
                    blobFlags: .init(rawValue: .random(in: 0...8, using: &random)),
                    nrEntries: count, blobID: offset(), size: offset())) + bytes
        }

        mutating func cursorRequest() -> [UInt8] {
            encoded(
                VirtioGPU.UpdateCursor(
                    header: .init(type: Bool.random(using: &random) ? .updateCursor : .moveCursor),
                    pos: VirtioGPU.CursorPos(scanoutID: side(), x: number(), y: number()),
                    resourceID: id(), hotX: number(), hotY: number()))
        }
    }

    @Test("Thousands of commands are answered, and cost no more than the limits", arguments: 1...4)
    func commands(seed: UInt64) throws {
        var configuration = GPUConfiguration()
        configuration.displays = Array(repeating: DisplayMode(width: 64, height: 64), count: 3)
        configuration.limits.bytesMax = 100_000
        configuration.limits.backingRangesTotalMax = 20
        configuration.withdrawBoundNanos = 0
        let screen = ScreenRecorder()
        try GPUMachine.run2D(configuration, display: screen) { machine in
            var guest = Guest(random: SeededGenerator(seed: seed))
            var worked = 0
            var detaches: [() -> Void] = []
            let count = HostileRun.commands(8000) / 4
            var bytesAtHalf = 0
            for index in 0..<count {
                if index == count / 2 { bytesAtHalf = try residentBytes() }
                let reply =
                    Int.random(in: 0..<10, using: &guest.random) == 0
                    ? try machine.sendCursor(bytes: guest.cursorRequest())
                    : try machine.send(bytes: guest.request())
                let type = try #require(reply.type)
                try #require(type.isError == (reply.bytes.count == 24 && type != .okNoData))
                if !type.isError { worked += 1 }
                try #require(machine.device.rendererBytesInUse <= 100_000)
                // Importers come, stay a while, and go.
                if type == .okResourceUUID {
                    let uuid = try reply.decode(as: VirtioGPU.RespResourceUUID.self).uuid
                    if let attachment = try? machine.registry.attach(
                        uuid, by: machine.importer, direction: .readWrite)
                    {
                        detaches.append { attachment.detach() }
                    }
                    if detaches.count > 5 { detaches.removeFirst()() }
                    machine.host.serveHost()
                }
            }
            #expect(worked > count / 10)
            if HostileRun.wanted != nil {
                let growth = try residentBytes() - bytesAtHalf
                #expect(growth < HostileRun.growthBytesMax, "\(growth) bytes")
            }
            #expect(!screen.damages.isEmpty)
            for detach in detaches { detach() }
            machine.host.write(status: [])
            #expect(machine.host.status == [])
            #expect(machine.device.rendererBytesInUse == 0)
            #expect(machine.registry.counters.chargedBytes == 0)
            #expect(machine.registry.counters.aliveBytes == 0)
            try machine.start(features: GPUMachine.features2D)
            #expect(try machine.create2D(1, width: 8, height: 6).type == .okNoData)
        }
    }

    @Test("Backing that lies over the device's own rings harms the guest only")
    func rings() throws {
        var configuration = GPUConfiguration()
        configuration.rendering = .custom { limits, wake, budget in
            ScriptedRenderer(limits, wake, budget)
        }
        try GPUMachine.run(configuration) { machine in
            #expect(try machine.create2D(1, width: 64, height: 64).type == .okNoData)
            // Descriptors, available ring and used ring, all overwritten by zeros in one command.
            #expect(try machine.attach(1, [(GPUMachine.start, 0x4000)]).type == .okNoData)
            let read = encoded(
                VirtioGPU.TransferHost3D(
                    header: .init(type: .transferFromHost3D),
                    box: VirtioGPU.Box(w: 64, h: 64), resourceID: ResourceID(1)))
            try machine.bytes(at: GPUMachine.requests, count: read.count).write(read)
            try machine.control.add(
                readable: [segment(GPUMachine.requests, read.count)],
                writable: [segment(GPUMachine.responses, 24)])
            for _ in 0..<3 {
                machine.host.serve(queue: 0)
                machine.host.serveHost()
            }
            #expect(try machine.bytes(at: GPUMachine.start, count: 0x1000).bytes()[0] == 0)
            machine.host.write(status: [])
            #expect(machine.host.status == [])
            try machine.start(features: GPUMachine.allFeatures)
            #expect(try machine.create2D(1, width: 64, height: 64).type == .okNoData)
        }
    }
}
