// 2D from guest memory to a display, without any GL.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("The GPU device without a renderer of 3D")
struct GPU2DTests {
    private let whole = VirtioGPU.Rect(width: 8, height: 6)

    @Test("offers no VIRGL, no capsets and no region, and serves no 3D [GPU-I-031] [GPU-D-003]")
    func offers() throws {
        try GPUMachine.run2D { machine in
            #expect(machine.device.features == 0b101110)
            #expect(!machine.device.accepts(features: 0b10000))
            #expect(machine.device.sharedMemoryWindows.isEmpty)
            #expect(machine.host.readConfig(offset: 8, count: 8) == [1, 0, 0, 0, 0, 0, 0, 0])
            for command in GPUCommand.all where command.feature == .virgl {
                let reply = try machine.send(bytes: command.bytes)
                #expect(reply.type == .errUnspec)
            }
            for command in GPUCommand.all
            where command.type == .resourceMapBlob || command.type == .resourceUnmapBlob {
                #expect(try machine.send(bytes: command.bytes).type == .errUnspec)
            }
            #expect(
                try machine.send(VirtioGPU.GetCapsetInfo(capsetIndex: 0)).type
                    == .errInvalidParameter)
            #expect(
                try machine.send(VirtioGPU.GetCapset(capsetID: .virgl2, capsetVersion: 1)).type
                    == .errInvalidParameter)
        }
    }

    @Test("shows what was transferred, and only what was flushed [GPU-I-019] [GPU-I-020]")
    func shows() throws {
        let screen = ScreenRecorder()
        try GPUMachine.run2D(display: screen) { machine in
            #expect(try machine.create2D(1, width: 8, height: 6).type == .okNoData)
            let backing = try machine.bytes(at: GPUMachine.pages, count: 192)
            backing.write((0..<192).map { UInt8($0) })
            // In three pieces, cut inside pixels, with an empty one among them.
            #expect(
                try machine.attach(
                    1,
                    [
                        (GPUMachine.pages, 33), (GPUMachine.pages + 33, 0),
                        (GPUMachine.pages + 33, 60), (GPUMachine.pages + 93, 99),
                    ]
                ).type == .okNoData)
            #expect(try machine.setScanout(0, 1, whole).type == .okNoData)
            #expect(screen.screens[0]?.pixels == Array(repeating: 0x77, count: 192))
            let part = VirtioGPU.Rect(x: 2, y: 1, width: 3, height: 4)
            #expect(try machine.transfer2D(1, part, offset: 40).type == .okNoData)
            #expect(screen.damages.isEmpty)
            #expect(try machine.flush(1, whole).type == .okNoData)
            let expected = (0..<192).map { at -> UInt8 in
                let (x, y) = (at / 4 % 8, at / 32)
                return (2..<5).contains(x) && (1..<5).contains(y) ? UInt8(at) : 0
            }
            #expect(screen.screens[0]?.pixels == expected)
            #expect(screen.screens[0]?.format == .b8g8r8x8Unorm)
            // Transferred and not flushed; then one pixel of it.
            #expect(try machine.transfer2D(1, whole).type == .okNoData)
            #expect(screen.screens[0]?.pixels == expected)
            #expect(
                try machine.flush(1, VirtioGPU.Rect(x: 7, y: 5, width: 1, height: 1)).type
                    == .okNoData)
            #expect(
                screen.screens[0]?.pixels
                    == Array(expected.dropLast(4)) + [188, 189, 190, 191])
            // What the guest does to its pages afterwards is not seen. [GPU-D-006]
            backing.fill(0xee)
            #expect(try machine.flush(1, whole).type == .okNoData)
            #expect(screen.screens[0]?.pixels == (0..<192).map { UInt8($0) })
        }
    }

    @Test("shows parts of one resource on several scanouts, each its own [GPU-I-017] [GPU-I-019]")
    func severalScanouts() throws {
        var configuration = GPUConfiguration()
        configuration.displays = Array(
            repeating: DisplayMode(width: 4, height: 4), count: 16)
        let screen = ScreenRecorder()
        try GPUMachine.run2D(configuration, display: screen) { machine in
            _ = try machine.create2D(1, width: 8, height: 6)
            _ = try machine.attach(1, [(GPUMachine.pages, 192)])
            try machine.bytes(at: GPUMachine.pages, count: 192).write((0..<192).map { UInt8($0) })
            let left = VirtioGPU.Rect(x: 0, y: 0, width: 4, height: 6)
            let right = VirtioGPU.Rect(x: 4, y: 3, width: 4, height: 2)
            for (scanout, rect): (UInt32, VirtioGPU.Rect) in [
                (0, left), (1, left), (15, right),
            ] {
                #expect(try machine.setScanout(scanout, 1, rect).type == .okNoData)
            }
            #expect(try machine.setScanout(16, 1, left).type == .errInvalidScanoutID)
            _ = try machine.transfer2D(1, whole)
            _ = try machine.flush(1, whole)
            func pixels(_ rect: VirtioGPU.Rect) -> [UInt8] {
                var bytes: [UInt8] = []
                for y in rect.y..<rect.y + rect.height {
                    let start = UInt8((y * 8 + rect.x) * 4)
                    bytes += start..<start + UInt8(rect.width * 4)
                }
                return bytes
            }
            #expect(screen.screens[0]?.pixels == pixels(left))
            #expect(screen.screens[1]?.pixels == pixels(left))
            #expect(screen.screens[15]?.pixels == pixels(right))
            // A flush beside what a scanout shows does not reach it.
            let count = screen.damages.count
            _ = try machine.flush(1, VirtioGPU.Rect(x: 4, y: 0, width: 4, height: 3))
            #expect(screen.damages.count == count)
            #expect(
                try machine.setScanout(1, 0, VirtioGPU.Rect(width: .max, height: 0)).type
                    == .okNoData)
            #expect(screen.screens[1] == nil)
            #expect(screen.screens[0] != nil)
        }
    }

    @Test("takes a scanout rectangle inside of its resource and no other [GPU-I-016] [GPU-I-018]")
    func scanoutRects() throws {
        let screen = ScreenRecorder()
        try GPUMachine.run2D(display: screen) { machine in
            _ = try machine.create2D(1, width: 8, height: 6)
            #expect(try machine.setScanout(0, 1, whole).type == .okNoData)
            let bad =
                [
                    (0, 0, 9, 6), (0, 0, 8, 7), (1, 0, 8, 6), (0, 6, 8, 1), (8, 0, 1, 1),
                    (0, 0, 0, 6),
                    (0, 0, 8, 0), (.max, 0, 2, 1), (0, .max, 1, 2), (.max, .max, .max, .max),
                ] as [(UInt32, UInt32, UInt32, UInt32)]
            for (x, y, width, height) in bad {
                let rect = VirtioGPU.Rect(x: x, y: y, width: width, height: height)
                #expect(try machine.setScanout(0, 1, rect).type == .errInvalidParameter)
                // And the scanout is what it was.
                #expect(screen.screens[0]?.width == 8)
            }
            #expect(try machine.setScanout(0, 2, whole).type == .errInvalidResourceID)
            // A driver may take its own size on a display that is off. [GPU-R-004]
            machine.device.setDisplay(0, DisplayMode(width: 1, height: 1, isEnabled: false))
            _ = try machine.create2D(3, width: 1024, height: 768)
            let large = VirtioGPU.Rect(width: 1024, height: 768)
            #expect(try machine.setScanout(0, 3, large).type == .okNoData)
            #expect(try machine.setScanout(0, 0, whole).type == .okNoData)
            #expect(try machine.setScanout(0, 0, whole).type == .okNoData)
            #expect(screen.screens.isEmpty)
        }
    }

    @Test("refuses transfers and flushes that leave the image or the backing [GPU-I-020]")
    func badTransfers() throws {
        try GPUMachine.run2D { machine in
            _ = try machine.create2D(1, width: 8, height: 6)
            // [GPU-R-008]
            #expect(try machine.transfer2D(1, whole).type == .errUnspec)
            _ = try machine.attach(1, [(GPUMachine.pages, 191)])
            #expect(try machine.transfer2D(1, whole).type == .errInvalidParameter)
            let rows = VirtioGPU.Rect(width: 8, height: 5)
            #expect(try machine.transfer2D(1, rows, offset: 31).type == .okNoData)
            for offset: UInt64 in [32, 192, 1 << 32, .max, .max - 31] {
                #expect(
                    try machine.transfer2D(1, rows, offset: offset).type == .errInvalidParameter)
            }
            for (x, y, width, height): (UInt32, UInt32, UInt32, UInt32) in [
                (1, 0, 8, 1), (0, 6, 1, 1), (.max, 0, 2, 1), (0, .max, 1, 2), (0, 0, .max, .max),
            ] {
                let rect = VirtioGPU.Rect(x: x, y: y, width: width, height: height)
                #expect(try machine.transfer2D(1, rect).type == .errInvalidParameter)
                #expect(try machine.flush(1, rect).type == .errInvalidParameter)
            }
            // Nothing to do is done.
            let nothing = VirtioGPU.Rect(x: 8, y: 6, width: 0, height: 0)
            #expect(try machine.transfer2D(1, nothing, offset: .max).type == .okNoData)
            #expect(try machine.flush(1, nothing).type == .okNoData)
            #expect(try machine.transfer2D(9, whole).type == .errInvalidResourceID)
            #expect(try machine.flush(9, whole).type == .errInvalidResourceID)
            // [GPU-I-022]
            #expect(try machine.detach(1).type == .okNoData)
            #expect(try machine.detach(1).type == .errUnspec)
            #expect(try machine.transfer2D(1, rows).type == .errUnspec)
        }
    }

    @Test("forgets a resource wherever it was: scanouts, backing, name [GPU-I-015]")
    func unref() throws {
        let screen = ScreenRecorder()
        try GPUMachine.run2D(display: screen) { machine in
            _ = try machine.create2D(1, width: 8, height: 6)
            _ = try machine.attach(1, [(GPUMachine.pages, 192)])
            _ = try machine.setScanout(0, 1, whole)
            #expect(try machine.create2D(1, width: 8, height: 6).type == .errInvalidResourceID)
            #expect(try machine.create2D(0, width: 8, height: 6).type == .errInvalidResourceID)
            #expect(try machine.unref(1).type == .okNoData)
            #expect(screen.screens.isEmpty)
            #expect(machine.device.rendererBytesInUse == 0)
            #expect(machine.registry.counters.chargedBytes == 0)
            #expect(try machine.unref(1).type == .errInvalidResourceID)
            #expect(try machine.flush(1, whole).type == .errInvalidResourceID)
            // A new one under the old id is not shown by itself.
            _ = try machine.create2D(1, width: 8, height: 6)
            _ = try machine.flush(1, whole)
            #expect(screen.damages.isEmpty)
        }
    }

    @Test("exports an image with its layout, which importers keep after UNREF [LIFE-1] [CAP-7]")
    func exportImage() throws {
        try GPUMachine.run2D { machine in
            _ = try machine.create2D(1, width: 8, height: 6, format: .r8g8b8a8Unorm)
            _ = try machine.attach(1, [(GPUMachine.pages, 192)])
            try machine.bytes(at: GPUMachine.pages, count: 192).fill(0x31)
            _ = try machine.transfer2D(1, whole)
            let uuid = try machine.uuid(of: 1)
            let attachment = try machine.registry.attach(
                uuid, by: machine.importer, direction: .readWrite)
            #expect(attachment.object.layout?.format.fourcc == V4L2.FourCC("AB24"))
            #expect(attachment.object.layout?.planes.first?.strideBytes == 32)
            #expect(attachment.memory.bytes() == Array(repeating: 0x31, count: 192))
            // Counted once: as an object's.
            #expect(machine.registry.counters.chargedBytes == 0)
            #expect(machine.registry.counters.aliveBytes == 192)
            #expect(machine.device.rendererBytesInUse == 192)
            #expect(try machine.unref(1).type == .okNoData)
            #expect(machine.device.rendererBytesInUse == 192)
            _ = try machine.create2D(1, width: 8, height: 6)
            attachment.memory.fill(0x32)
            attachment.detach()
            machine.host.serveHost()
            #expect(machine.device.rendererBytesInUse == 192)
            #expect(machine.registry.counters.chargedBytes == 192)
            #expect(machine.registry.counters.aliveBytes == 0)
            // A reset leaves nothing charged.
            machine.host.write(status: [])
            #expect(machine.device.rendererBytesInUse == 0)
            #expect(machine.registry.counters.chargedBytes == 0)
        }
    }

    @Test("stops at its limits, with nothing half-made [QUOTA-1]")
    func limits() throws {
        var configuration = GPUConfiguration()
        configuration.limits.bytesMax = 1000
        configuration.limits.resourcesMax = 3
        configuration.limits.backingRangesMax = 4
        configuration.limits.backingRangesTotalMax = 6
        try GPUMachine.run2D(configuration) { machine in
            #expect(try machine.create2D(1, width: 0x4000_0001, height: 4).type == .errOutOfMemory)
            #expect(try machine.create2D(1, width: .max, height: .max).type == .errOutOfMemory)
            #expect(try machine.create2D(1, width: 251, height: 1).type == .errOutOfMemory)
            #expect(machine.device.rendererBytesInUse == 0)
            #expect(try machine.create2D(1, width: 250, height: 1).type == .okNoData)
            #expect(try machine.create2D(2, width: 1, height: 1).type == .errOutOfMemory)
            _ = try machine.unref(1)
            for id: UInt32 in 1...3 {
                #expect(try machine.create2D(id, width: 8, height: 6).type == .okNoData)
            }
            #expect(try machine.create2D(4, width: 1, height: 1).type == .errOutOfMemory)
            let entry = (GPUMachine.pages, UInt32(48))
            #expect(
                try machine.attach(1, Array(repeating: entry, count: 5)).type
                    == .errInvalidParameter)
            #expect(try machine.attach(1, Array(repeating: entry, count: 4)).type == .okNoData)
            #expect(
                try machine.attach(2, Array(repeating: entry, count: 3)).type == .errOutOfMemory)
            #expect(try machine.attach(2, Array(repeating: entry, count: 2)).type == .okNoData)
            #expect(try machine.detach(1).type == .okNoData)
            #expect(try machine.attach(3, Array(repeating: entry, count: 4)).type == .okNoData)
            #expect(try machine.unref(3).type == .okNoData)
            #expect(try machine.attach(1, Array(repeating: entry, count: 4)).type == .okNoData)
        }
    }

    @Test("counts commands and errors")
    func counters() throws {
        try GPUMachine.run2D { machine in
            _ = try machine.create2D(1, width: 8, height: 6)
            _ = try machine.create2D(1, width: 8, height: 6)
            _ = try machine.send(VirtioGPU.ControlHeader(type: .init(0xabcd)))
            _ = try machine.updateCursor(7)
            let counters = machine.device.counters
            #expect(counters.commands(.resourceCreate2D) == 2)
            #expect(counters.errors(.errInvalidResourceID, of: .resourceCreate2D) == 1)
            #expect(counters.commands(.init(0x9999)) == 1)
            #expect(counters.errors(.errInvalidResourceID, of: .updateCursor) == 1)
            #expect(counters.commandsInAll == 4)
            #expect(counters.errorsInAll == 3)
        }
    }
}
