// The guest's driver and the device, each on its own thread.

import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioWire
import Virtqueue

@testable import VirtioDevices

@Suite("The GPU's driver")
struct GPUDriverTests {
    private func makeTransport(_ machine: GuestMachine) throws -> InProcessTransport<GPUDevice> {
        var configuration = GPUConfiguration()
        configuration.hostVisibleBytes = 1 << 20
        configuration.rendering = .custom { limits, wake, budget in
            ScriptedRenderer(limits, wake, budget)
        }
        return try InProcessTransport(
            name: "gpu", memory: machine.memory, queueCount: 2,
            make: { [configuration] in
                try GPUDevice(
                    configuration: configuration, domain: ResourceRegistry(),
                    display: ScreenRecorder())
            }, close: { $0.close() })
    }

    private func pixels(_ transport: InProcessTransport<GPUDevice>) -> [UInt8]? {
        transport.onDeviceThread { host in
            (host.device.sink as? ScreenRecorder)?.screens[0]?.pixels
        }
    }

    @Test("shows images and guest blobs, moves a cursor and hears of a changed display")
    func displays() throws {
        let machine = try GuestMachine(memoryBytes: 1 << 20)
        let transport = try makeTransport(machine)
        let driver = try GPUDriver(
            transport, machine: machine, required: [.edid, .resourceBlob], wanted: [.blobAlignment])
        #expect(driver.features.isSuperset(of: [.edid, .resourceBlob, .blobAlignment]))
        let block = try machine.allocate(8192)
        let bytes = (0..<64).map { UInt8($0) }
        machine.range(of: block).write(bytes)
        let rect = VirtioGPU.Rect(width: 4, height: 4)
        let image = driver.newResourceID()
        try driver.createResource2D(image, format: .b8g8r8x8Unorm, width: 4, height: 4)
        try driver.attachBacking(image, [block.segment])
        try driver.transferToHost2D(image, rect, offset: 0)
        try driver.setScanout(0, image, rect)
        try driver.flush(image, rect)
        #expect(pixels(transport) == bytes)
        let blob = driver.newResourceID()
        try driver.createGuestBlob(blob, sizeBytes: 8192, [block.segment])
        try driver.setScanoutBlob(
            VirtioGPU.SetScanoutBlob(
                r: rect, scanoutID: 0, resourceID: blob, width: 4, height: 4,
                format: .b8g8r8x8Unorm, strides: [16]))
        machine.range(of: block).fill(7)
        try driver.flush(blob, rect)
        #expect(pixels(transport) == Array(repeating: 7, count: 64))
        try driver.setScanout(0, nil, rect)
        #expect(pixels(transport) == nil)

        try driver.updateCursor(nil, at: VirtioGPU.CursorPos(scanoutID: 0, x: 1, y: 1))
        try driver.moveCursor(to: VirtioGPU.CursorPos(scanoutID: 0, x: 30, y: 40))
        let position = transport.onDeviceThread { host in
            (host.device.sink as? ScreenRecorder)?.cursors[0]?.position
        }
        #expect(position == CursorPosition(x: 30, y: 40))

        #expect(try driver.takeDisplayEvent() == nil)
        transport.onDeviceThread {
            $0.device.setDisplay(0, DisplayMode(width: 640, height: 480))
        }
        #expect(try driver.takeDisplayEvent()?.pmodes[0].r.width == 640)
        #expect(try driver.takeDisplayEvent() == nil)
        driver.device.reset()
    }

    @Test("sees a mapped blob in the region until it is unmapped")
    func mapping() throws {
        let machine = try GuestMachine(memoryBytes: 1 << 20)
        let transport = try makeTransport(machine)
        let driver = try GPUDriver(transport, machine: machine)
        try driver.createContext(ContextID(1), capset: .virgl2, name: "")
        let blob = driver.newResourceID()
        try driver.createBlob(
            blob, context: ContextID(1), blobID: 1, sizeBytes: 4096, flags: .useMappable)
        #expect(try driver.mapBlob(blob, at: 65536) == .cached)
        driver.mapped(at: 65536, count: 4096)?.memory.fill(9)
        #expect(driver.mapped(at: 65536 + 4095, count: 1)?.memory.bytes() == [9])
        try driver.unmapBlob(blob)
        #expect(driver.mapped(at: 65536, count: 1) == nil)
        #expect(throws: DriverError.gpu(.errInvalidParameter)) { try driver.unmapBlob(blob) }
        driver.device.reset()
    }
}
