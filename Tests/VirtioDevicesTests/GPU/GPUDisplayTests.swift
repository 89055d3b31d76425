// Displays, the events that tell of them, and cursors.

import HostBridge
import LinuxSystem
import Testing
import VirtioWire

@testable import VirtioDevices

@Suite("The GPU device's displays")
struct GPUDisplayTests {
    private func read(_ machine: GPUMachine) -> UInt8 {
        machine.host.readConfig(offset: 0, count: 1)[0]
    }

    private func clear(_ machine: GPUMachine, _ bits: UInt8 = 1) {
        machine.host.writeConfig(offset: 4, bytes: [bits, 0, 0, 0])
    }

    private func ask(_ machine: GPUMachine) throws -> VirtioGPU.RespDisplayInfo {
        try machine.send(VirtioGPU.ControlHeader(type: .getDisplayInfo)).decode()
    }

    @Test("A change raises the event and interrupts; ones clear it [GPU-I-003] [GPU-I-007]")
    func change() throws {
        try GPUMachine.run2D { machine in
            #expect(read(machine) == 0)
            _ = machine.interrupt.take()
            let generation = machine.host.readConfigGeneration()
            machine.device.setDisplay(0, DisplayMode(width: 640, height: 480, x: 5, y: 6))
            #expect(machine.interrupt.take())
            #expect(read(machine) == 1)
            #expect(machine.host.readConfigGeneration() != generation)
            let info = try ask(machine).pmodes[0]
            #expect(info.r == VirtioGPU.Rect(x: 5, y: 6, width: 640, height: 480))
            #expect(info.enabled == 1)
            clear(machine, 0)
            clear(machine, 0xfe)
            #expect(read(machine) == 1)
            clear(machine)
            #expect(read(machine) == 0)
            // What is written is not kept. [GPU-R-001]
            #expect(machine.host.readConfig(offset: 4, count: 4) == [0, 0, 0, 0])
            // The same mode again is no change, and scanouts that are not there have none.
            _ = machine.interrupt.take()
            machine.device.setDisplay(0, DisplayMode(width: 640, height: 480, x: 5, y: 6))
            machine.device.setDisplay(1, DisplayMode(width: 1, height: 1))
            #expect(read(machine) == 0)
            #expect(!machine.interrupt.take())
        }
    }

    @Test("A change between the driver's look and its clear raises the event again, once")
    func race() throws {
        try GPUMachine.run2D { machine in
            machine.device.setDisplay(0, DisplayMode(width: 640, height: 480))
            _ = try ask(machine)
            machine.device.setDisplay(0, DisplayMode(width: 800, height: 600))
            _ = machine.interrupt.take()
            clear(machine)
            #expect(read(machine) == 1)
            #expect(machine.interrupt.take())
            // A driver that never looks is not told for ever.
            clear(machine)
            #expect(read(machine) == 0)
            #expect(!machine.interrupt.take())
        }
    }

    @Test("A driver that clears before it looks, as Linux does, is told once")
    func clearFirst() throws {
        try GPUMachine.run2D { machine in
            machine.device.setDisplay(0, DisplayMode(width: 640, height: 480))
            clear(machine)
            #expect(read(machine) == 0)
            let info = try ask(machine)
            #expect(info.pmodes[0].r.width == 640)
        }
    }

    @Test("An EDID that was fetched before a change is old, if the modes were asked for after it")
    func oldEDID() throws {
        try GPUMachine.run2D { machine in
            machine.device.setDisplay(0, DisplayMode(width: 640, height: 480))
            _ = try machine.send(VirtioGPU.GetEDID(scanout: 0))
            machine.device.setDisplay(0, DisplayMode(width: 800, height: 600))
            _ = try ask(machine)
            clear(machine)
            #expect(read(machine) == 1)
            _ = try machine.send(VirtioGPU.GetEDID(scanout: 0))
            _ = try ask(machine)
            clear(machine)
            #expect(read(machine) == 0)
        }
    }

    @Test("Sixteen displays, each with its mode and its EDID [GPU-I-012] [GPU-I-013]")
    func sixteen() throws {
        var configuration = GPUConfiguration()
        configuration.displays = (0..<16).map { index in
            DisplayMode(
                width: 640 + 8 * UInt32(index), height: 480, x: 700 * UInt32(index),
                isEnabled: index % 3 != 0)
        }
        try GPUMachine.run2D(configuration) { machine in
            #expect(machine.host.readConfig(offset: 8, count: 4) == [16, 0, 0, 0])
            let info = try ask(machine)
            var blocks: Set<[UInt8]> = []
            for (index, mode) in info.pmodes.enumerated() {
                #expect(mode.r.width == 640 + 8 * UInt32(index))
                #expect(mode.r.x == 700 * UInt32(index))
                #expect((mode.enabled == 1) == (index % 3 != 0))
                let edid: VirtioGPU.RespEDID = try machine.send(
                    VirtioGPU.GetEDID(scanout: UInt32(index))
                ).decode()
                let width = UInt32(edid.edid[56]) | UInt32(edid.edid[58] >> 4) << 8
                #expect(width == mode.r.width)
                #expect(edid.edid.prefix(128).reduce(0) { ($0 + Int($1)) % 256 } == 0)
                blocks.insert(Array(edid.edid.prefix(128)))
            }
            #expect(blocks.count == 16)
            #expect(
                try machine.send(VirtioGPU.GetEDID(scanout: 16)).type == .errInvalidScanoutID)
        }
    }

    @Test("A reset forgets events, not modes")
    func reset() throws {
        try GPUMachine.run2D { machine in
            machine.device.setDisplay(0, DisplayMode(width: 640, height: 480))
            machine.host.write(status: [])
            try machine.start(features: GPUMachine.features2D)
            #expect(read(machine) == 0)
            #expect(try ask(machine).pmodes[0].r.width == 640)
        }
    }

    // MARK: Cursors

    private func makeCursor(_ machine: GPUMachine, _ id: UInt32, byte: UInt8) throws {
        _ = try machine.create2D(id, width: 64, height: 64, format: .b8g8r8a8Unorm)
        _ = try machine.attach(id, [(GPUMachine.pages, 16384)])
        try machine.bytes(at: GPUMachine.pages, count: 16384).fill(byte)
        _ = try machine.transfer2D(id, VirtioGPU.Rect(width: 64, height: 64))
    }

    @Test("UPDATE_CURSOR loads and places, MOVE_CURSOR only places [GPU-I-035] [GPU-I-036]")
    func cursor() throws {
        let screen = ScreenRecorder()
        var configuration = GPUConfiguration()
        configuration.displays = [
            DisplayMode(width: 640, height: 480), DisplayMode(width: 640, height: 480),
        ]
        try GPUMachine.run2D(configuration, display: screen) { machine in
            try makeCursor(machine, 1, byte: 0x42)
            let load = try machine.updateCursor(1, scanout: 1, x: -3, y: 9, hotX: 5, hotY: 6)
            #expect(load.type == .okNoData)
            let image = CursorImage(
                format: .b8g8r8a8Unorm, pixels: Array(repeating: 0x42, count: 16384), hotX: 5,
                hotY: 6)
            #expect(
                screen.cursors[1]
                    == ScreenRecorder.Cursor(image: image, position: CursorPosition(x: -3, y: 9)))
            let move = try machine.updateCursor(
                0xdead_beef, scanout: 1, x: 100, y: .min, hotX: 99, hotY: 99, type: .moveCursor)
            #expect(move.type == .okNoData)
            #expect(
                screen.cursors[1]
                    == ScreenRecorder.Cursor(
                        image: image, position: CursorPosition(x: 100, y: .min)))
            // What becomes of the resource does not matter to a cursor that was loaded.
            _ = try machine.unref(1)
            #expect(screen.cursors[1]?.image == image)
            #expect(try machine.updateCursor(0, scanout: 1, x: 7, y: 8).type == .okNoData)
            #expect(
                screen.cursors[1]
                    == ScreenRecorder.Cursor(image: nil, position: CursorPosition(x: 7, y: 8)))
        }
    }

    @Test("A cursor of another size, of nothing, or elsewhere is refused [GPU-R-009]")
    func badCursors() throws {
        let screen = ScreenRecorder()
        try GPUMachine.run2D(display: screen) { machine in
            for (id, width, height): (UInt32, UInt32, UInt32) in [
                (1, 32, 32), (2, 128, 128), (3, 1, 1), (4, 64, 63), (5, 63, 64),
            ] {
                _ = try machine.create2D(id, width: width, height: height)
                #expect(try machine.updateCursor(id).type == .errInvalidParameter)
            }
            #expect(try machine.updateCursor(99).type == .errInvalidResourceID)
            #expect(try machine.updateCursor(0, scanout: 1).type == .errInvalidScanoutID)
            #expect(
                try machine.updateCursor(0, scanout: .max, type: .moveCursor).type
                    == .errInvalidScanoutID)
            #expect(screen.cursors.isEmpty)
            // Linux leaves no room for a response.
            try makeCursor(machine, 6, byte: 1)
            let request = VirtioGPU.UpdateCursor(
                pos: VirtioGPU.CursorPos(scanoutID: 0, x: 1, y: 1), resourceID: ResourceID(6))
            #expect(try machine.sendCursor(bytes: encoded(request), room: 0).bytes.isEmpty)
            #expect(screen.cursors[0]?.image?.pixels.first == 1)
        }
    }
}
