// A guest's memory whose file is cut short under a device, and notifications without end.

import LinuxSystem
import SystemPackage
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@Suite("A device whose guest takes its memory away")
struct LostMemoryTests {
    private static let layout = QueueLayout(
        size: 8, descriptorTable: GuestAddress(0x1000), availRing: GuestAddress(0x1400),
        usedRing: GuestAddress(0x1800))
    private static let running: DeviceStatus = [.acknowledge, .driver, .featuresOK, .driverOK]

    private static func start(_ host: DeviceHost<NotingDevice>) {
        host.write(status: [.acknowledge, .driver])
        host.accept(features: TransportFeatures.version1.rawValue)
        host.write(status: [.acknowledge, .driver, .featuresOK])
        host.setQueue(0, layout: layout)
        host.write(status: running)
    }

    // Exit tests: the handler of SIGBUS belongs to a process.

    @Test("is stopped, needs a reset, and does not start again; another guest's goes on [VQ-D-002]")
    func host() async {
        await #expect(processExitsWith: .success) {
            try MemoryFaults.install()
            let shared = try SharedMemory(name: "lost", sizeBytes: 0x4000)
            let device = try NotingDevice()
            let host = DeviceHost(
                device: device,
                memory: try GuestMemory([
                    GuestRegion(start: GuestAddress(0x1000), memory: shared)
                ]), interrupt: try EventDescriptor())
            Self.start(host)
            try #require(host.status == Self.running)
            let other = DeviceHost(
                device: try NotingDevice(),
                memory: try GuestMemory([
                    GuestRegion(
                        start: GuestAddress(0x1000),
                        memory: try SharedMemory(name: "kept", sizeBytes: 0x4000))
                ]), interrupt: try EventDescriptor())
            Self.start(other)

            host.interrupt.take()
            try shared.descriptor.resize(to: 0)
            host.serve(queue: 0)
            #expect(host.memory.hasLostFile)
            #expect(host.status.contains([.needsReset, .driverOK]))
            #expect(host.interrupt.take())
            #expect(device.resets == 1)
            // Nothing reaches the device any more, and the driver is told once.
            let served = device.served
            host.serve(queue: 0)
            host.stopIfMemoryIsLost()
            #expect(device.served == served)
            #expect(device.resets == 1)
            #expect(!host.interrupt.take())
            // The memory does not come back.
            host.write(status: [])
            #expect(host.status == [])
            Self.start(host)
            #expect(host.status.contains(.needsReset))
            #expect(device.started.count == 1)

            other.serve(queue: 0)
            #expect(other.status == Self.running)
        }
    }

    @Test("takes back nothing that it holds once the file is lost")
    func push() async {
        await #expect(processExitsWith: .success) {
            try MemoryFaults.install()
            let rings = try SharedMemory(name: "rings", sizeBytes: 0x4000)
            let data = try SharedMemory(name: "data", sizeBytes: 0x1000)
            let memory = try GuestMemory([
                GuestRegion(start: GuestAddress(0x1000), memory: rings),
                GuestRegion(start: GuestAddress(0x8000), memory: data),
            ])
            let forge = RingForge(Self.layout, memory: memory)
            let queue = try DeviceQueue(Self.layout, memory: memory)
            forge.set(SplitRing.Descriptor(addr: GuestAddress(0x8000), len: 8), at: 0)
            forge.set(availHead: 0, at: 0)
            forge.set(availIndex: 1)
            let chain = try #require(try queue.pop())
            try data.descriptor.resize(to: 0)
            var buffer = WireBuffer(capacity: 8)
            #expect(throws: GuestMemoryError.fileLost) {
                try queue.gather(chain.readable, limit: 8, into: &buffer)
            }
            queue.push(chain.head, written: 0)
            // The ring's own file is still there, and nothing was written to it.
            #expect(rings.range.slice(offset: 0x802, count: 2)?.bytes() == [0, 0])
        }
    }

    @Test("hears of it although no queue is notified [VQ-D-002]")
    func transport() async {
        await #expect(processExitsWith: .success) {
            try MemoryFaults.install()
            let shared = try SharedMemory(name: "lost", sizeBytes: 0x4000)
            let memory = try GuestMemory([
                GuestRegion(start: GuestAddress(0x1000), memory: shared)
            ])
            let transport = try InProcessTransport(
                name: "noting", memory: memory, queueCount: 2, make: { try NotingDevice() })
            transport.writeStatus([.acknowledge, .driver])
            transport.acceptFeatures(TransportFeatures.version1.rawValue)
            transport.writeStatus([.acknowledge, .driver, .featuresOK])
            transport.setQueue(0, layout: Self.layout)
            transport.writeStatus(Self.running)
            transport.interrupt.take()
            try shared.descriptor.resize(to: 0)
            // Somebody else's copy finds out.
            var buffer = WireBuffer(capacity: 8)
            _ = try? memory.gather(
                SegmentList(GuestSegment(start: GuestAddress(0x2000), count: 8)), limit: 8,
                into: &buffer)
            #expect(transport.interrupt.wait(timeoutMillis: 10_000))
            #expect(transport.status.contains(.needsReset))
            #expect(transport.onDeviceThread { $0.device.resets } == 1)
        }
    }

    @Test("notifications: a flood is served once, and queues that are not there not at all")
    func flood() throws {
        let memory = try GuestMemory([
            GuestRegion(
                start: GuestAddress(0x1000),
                memory: try SharedMemory(name: "flood", sizeBytes: 0x4000))
        ])
        let transport = try InProcessTransport(
            name: "noting", memory: memory, queueCount: 2, make: { try NotingDevice() })
        transport.writeStatus([.acknowledge, .driver])
        transport.acceptFeatures(TransportFeatures.version1.rawValue)
        transport.writeStatus([.acknowledge, .driver, .featuresOK])
        transport.setQueue(0, layout: Self.layout)
        transport.writeStatus(Self.running)
        let before = transport.onDeviceThread { $0.device.served.count }
        // The device is busy while they come.
        let isBusy = Monitor(false)
        let isFlooded = Monitor(false)
        let worker = try WorkerThread(name: "busy") {
            transport.onDeviceThread { _ in
                isBusy.update { $0 = true }
                _ = isFlooded.wait { $0 ? true : nil }
            }
        }
        _ = isBusy.wait { $0 ? true : nil }
        for _ in 0..<10_000 { transport.notify(queue: 0) }
        for index in [2, 7, -1, .max, .min] { transport.notify(queue: index) }
        isFlooded.update { $0 = true }
        worker.join()
        let after = { transport.onDeviceThread { $0.device.served.count } }
        while after() == before {}
        #expect(after() == before + 1)
    }
}
