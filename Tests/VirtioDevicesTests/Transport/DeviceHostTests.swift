// Status, features, queues and configuration, over a device that only takes notes
// (virtio 1.4, 2.1 to 2.6 and 3.1).

import LinuxSystem
import SystemPackage
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

/// Offers bits 0, 1, 3 and 4, of which 4 needs 0; has two queues and five configuration bytes.
final class NotingDevice: VirtioDevice {
    static let deviceID: UInt32 = 99
    let features: UInt64 = 0b11011
    func accepts(features: UInt64) -> Bool { features & 0b10000 == 0 || features & 1 == 1 }
    let queueSizesMax: [UInt16] = [8, 4]
    let config: [UInt8] = [1, 2, 3, 4, 5]
    let event: EventDescriptor
    var hostEvent: FileDescriptor { event.descriptor }

    var written: [(offset: Int, bytes: [UInt8])] = []
    var started: [(features: UInt64, queues: [UInt16?])] = []
    var served: [Int] = []
    var hostServed = 0
    var resets = 0
    let sharedMemoryWindows = [SharedMemoryWindow(id: 7, sizeBytes: 0x2000)]
    var attached: [[SharedMemoryWindow]] = []
    /// What ``reset()`` answers.
    var isCleanReset = true
    private var queues: [DeviceQueue?] = []

    init() throws { event = try EventDescriptor() }

    func attach(sharedMemory regions: [any SharedMemoryRegion]) {
        attached.append(regions.map(\.window))
    }
    func writeConfig(offset: Int, bytes: [UInt8]) { written.append((offset, bytes)) }
    func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor) {
        started.append((features, queues.map { $0?.size }))
        self.queues = queues
    }
    func serve(queue index: Int) throws(QueueError) {
        served.append(index)
        guard let queue = queues[index] else { return }
        while let chain = try queue.pop() { queue.push(chain.head, written: 0) }
    }
    func serveHost() throws(QueueError) {
        hostServed += 1
        for index in queues.indices { try serve(queue: index) }
    }
    func reset() -> Bool {
        resets += 1
        queues = []
        return isCleanReset
    }
}

@Suite("A device's host")
struct DeviceHostTests {
    private static let version1: UInt64 = 1 << 32
    private let device: NotingDevice
    private let host: DeviceHost<NotingDevice>
    private let shared: SharedMemory

    init() throws {
        device = try NotingDevice()
        shared = try SharedMemory(name: "host", sizeBytes: 0x4000)
        let memory = try GuestMemory([GuestRegion(start: GuestAddress(0x1000), memory: shared)])
        host = DeviceHost(device: device, memory: memory, interrupt: try EventDescriptor())
    }

    private func layout(_ page: UInt64, size: UInt16) -> QueueLayout {
        QueueLayout(
            size: size, descriptorTable: GuestAddress(page),
            availRing: GuestAddress(page + 0x400), usedRing: GuestAddress(page + 0x800))
    }

    /// Writes an available index that no driver may write.
    private func breakQueue(at page: UInt64) throws {
        let index = try #require(shared.range.slice(offset: Int(page - 0x1000) + 0x402, count: 2))
        index.write([0xff, 0x7f])
    }

    private func negotiate(_ features: UInt64) {
        host.write(status: [.acknowledge])
        host.write(status: [.acknowledge, .driver])
        host.accept(features: features)
        host.write(status: [.acknowledge, .driver, .featuresOK])
    }

    @Test("offers the device's features, VERSION_1 and what its rings can do [VQ-D-032]")
    func offered() {
        let rings: UInt64 = 1 << 28 | 1 << 29 | 1 << 34
        #expect(host.features == 0b11011 | Self.version1 | rings)
        #expect(host.status == [])
    }

    @Test(
        "offers neither RING_RESET nor IN_ORDER [VQ-D-009] [VQ-D-010] [VQ-D-024]",
        arguments: [40, 35])
    func noQueueReset(bit: UInt64) { #expect(host.features & 1 << bit == 0) }

    @Test("offers neither SUSPEND nor SR_IOV [VQ-D-030] [VQ-D-034]", arguments: [43, 37])
    func noSuspend(bit: UInt64) { #expect(host.features & 1 << bit == 0) }

    @Test("goes through the states of initialisation, one bit after the other")
    func initialisation() throws {
        negotiate(Self.version1 | 0b10001)
        #expect(host.status == [.acknowledge, .driver, .featuresOK])
        host.setQueue(0, layout: layout(0x1000, size: 8))
        #expect(device.started.isEmpty)
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        #expect(host.status == [.acknowledge, .driver, .featuresOK, .driverOK])
        try #require(device.started.count == 1)
        #expect(device.started[0].features == Self.version1 | 0b10001)
        #expect(device.started[0].queues == [8, nil])
        // What lay in the queue before is served at once, queues that were not set are not.
        #expect(device.served == [0])
        // A second DRIVER_OK starts nothing.
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        #expect(device.started.count == 1)
    }

    @Test(
        "does not let FEATURES_OK stick for a bad set [VQ-D-004] [GPU-I-001]",
        arguments: [
            0, 0b1,  // VERSION_1 is missing
            version1 | 0b100,  // not offered
            version1 | 1 << 27, version1 | 1 << 33, version1 | 1 << 35, version1 | 1 << 63,
            version1 | 0b10000,  // needs bit 0
            .max,
        ] as [UInt64])
    func badFeatures(features: UInt64) {
        negotiate(features)
        #expect(host.status == [.acknowledge, .driver])
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        #expect(host.status == [.acknowledge, .driver])
        #expect(device.started.isEmpty)
        // Another try with a good set. [VQ-D-006]
        host.accept(features: Self.version1)
        host.write(status: [.acknowledge, .driver, .featuresOK])
        #expect(host.status == [.acknowledge, .driver, .featuresOK])
    }

    @Test("takes every subset that the device accepts [VQ-D-004]")
    func goodFeatures() {
        for features: UInt64 in 0..<32 where features & ~device.features == 0 {
            guard device.accepts(features: features) else { continue }
            negotiate(Self.version1 | features)
            #expect(host.status == [.acknowledge, .driver, .featuresOK], "\(features)")
            host.write(status: [])
        }
    }

    @Test("features: written after FEATURES_OK they are ignored")
    func lateFeatures() throws {
        negotiate(Self.version1 | 1)
        host.accept(features: Self.version1 | 0b11011)
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        try #require(device.started.count == 1)
        #expect(device.started[0].features == Self.version1 | 1)
    }

    @Test("status: DRIVER_OK without FEATURES_OK starts nothing [VQ-O-003]")
    func driverOKAlone() {
        host.write(status: [.acknowledge, .driver, .driverOK])
        #expect(!host.status.contains(.driverOK))
        #expect(device.started.isEmpty)
    }

    @Test("ignores a write that takes bits back, other than a reset")
    func bitsTakenBack() {
        negotiate(Self.version1)
        host.write(status: [.acknowledge])
        #expect(host.status == [.acknowledge, .driver, .featuresOK])
        host.write(status: [])
        #expect(host.status == [])
        #expect(device.resets == 1)
    }

    @Test("never sets DEVICE_NEEDS_RESET for the driver, and keeps FAILED")
    func driverBits() {
        host.write(status: [.acknowledge, .needsReset])
        #expect(host.status == [.acknowledge])
        host.write(status: [.acknowledge, .failed])
        #expect(host.status == [.acknowledge, .failed])
    }

    @Test("serves nothing before DRIVER_OK [VQ-D-001]")
    func earlyNotification() throws {
        negotiate(Self.version1)
        host.setQueue(0, layout: layout(0x1000, size: 8))
        host.serve(queue: 0)
        #expect(device.served.isEmpty)
    }

    @Test("notifications: those of queues that are not there are ignored [VQ-D-020]")
    func unknownQueue() throws {
        negotiate(Self.version1)
        host.setQueue(0, layout: layout(0x1000, size: 8))
        host.setQueue(7, layout: layout(0x2000, size: 8))
        host.setQueue(-1, layout: layout(0x2000, size: 8))
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        for index in [1, 2, 7, -1, .max, .min] { host.serve(queue: index) }
        #expect(device.served == [0])
        #expect(host.queueSizeMax(0) == 8)
        #expect(host.queueSizeMax(1) == 4)
        #expect(host.queueSizeMax(2) == 0)
        #expect(host.queueSizeMax(-1) == 0)
    }

    @Test("needs a reset when a queue cannot be where the driver says [VQ-D-002]")
    func badQueue() {
        let bad = [
            layout(0x1000, size: 16),  // longer than the device's
            layout(0x1000, size: 3), layout(0x1000, size: 0), layout(0x1001, size: 8),
            layout(0x5000, size: 8), layout(.max & ~0xfff, size: 8),
        ]
        for layout in bad {
            negotiate(Self.version1)
            host.setQueue(0, layout: layout)
            host.interrupt.take()
            host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
            #expect(host.status.contains(.needsReset), "\(layout)")
            #expect(!host.status.contains(.driverOK))
            #expect(host.interrupt.take())
            host.serve(queue: 0)
            host.write(status: [])
            #expect(host.status == [])
        }
        #expect(device.started.isEmpty)
        #expect(device.served.isEmpty)
    }

    @Test("needs a reset when a queue breaks, says so, and serves no more [VQ-D-002]")
    func brokenQueue() throws {
        negotiate(Self.version1)
        host.setQueue(0, layout: layout(0x1000, size: 8))
        host.setQueue(1, layout: layout(0x2000, size: 4))
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        try breakQueue(at: 0x1000)
        host.interrupt.take()
        host.serve(queue: 0)
        #expect(host.status.contains([.needsReset, .driverOK]))
        #expect(host.interrupt.take())
        let served = device.served
        host.serve(queue: 0)
        host.serve(queue: 1)
        #expect(device.served == served)
        // The host's own event is still looked at, but tells the driver nothing twice.
        host.serveHost()
        #expect(device.hostServed == 1)
        #expect(!host.interrupt.take())
    }

    @Test("takes queues again after a reset, and forgets the old ones [VQ-D-007]")
    func reset() throws {
        negotiate(Self.version1 | 1)
        host.setQueue(0, layout: layout(0x1000, size: 8))
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        // Taken before DRIVER_OK only.
        host.setQueue(1, layout: layout(0x2000, size: 4))
        host.write(status: [])
        #expect(host.status == [])
        let served = device.served.count
        host.serve(queue: 0)
        #expect(device.served.count == served)
        negotiate(Self.version1)
        host.setQueue(1, layout: layout(0x2000, size: 4))
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        try #require(device.started.count == 2)
        #expect(device.started[1].features == Self.version1)
        #expect(device.started[1].queues == [nil, 4])
    }

    @Test("stays out of service after a reset that the device could not make [LIFE-2]")
    func dirtyReset() {
        negotiate(Self.version1)
        device.isCleanReset = false
        host.write(status: [])
        #expect(host.status == [.needsReset])
        negotiate(Self.version1)
        host.setQueue(0, layout: layout(0x1000, size: 8))
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        #expect(host.status.contains(.needsReset))
        #expect(device.started.isEmpty)
        host.serve(queue: 0)
        #expect(device.served.isEmpty)
        device.isCleanReset = true
        host.write(status: [])
        #expect(host.status == [])
        negotiate(Self.version1)
        host.write(status: [.acknowledge, .driver, .featuresOK, .driverOK])
        #expect(device.started.count == 1)
    }

    @Test("configuration: read before any negotiation, with zeros past the end [VQ-D-008]")
    func config() {
        #expect(host.readConfig(offset: 0, count: 5) == [1, 2, 3, 4, 5])
        #expect(host.readConfig(offset: 3, count: 4) == [4, 5, 0, 0])
        #expect(host.readConfig(offset: 5, count: 2) == [0, 0])
        #expect(host.readConfig(offset: 1 << 40, count: 1) == [0])
        #expect(host.readConfig(offset: .max, count: 2) == [0, 0])
        #expect(host.readConfig(offset: -1, count: 2) == [0, 1])
        #expect(host.readConfig(offset: 0, count: 0) == [])
        #expect(host.readConfig(offset: 0, count: -1) == [])
    }

    @Test("passes configuration writes on after FEATURES_OK only")
    func configWrites() throws {
        host.writeConfig(offset: 4, bytes: [1])
        #expect(device.written.isEmpty)
        negotiate(Self.version1)
        host.writeConfig(offset: 4, bytes: [1, 2])
        try #require(device.written.count == 1)
        #expect(device.written[0].offset == 4)
        #expect(device.written[0].bytes == [1, 2])
    }

    @Test("gives the device the transport's shared memory once, and empties it at a reset, 2.10")
    func sharedMemory() throws {
        #expect(device.attached == [[]])
        let noting = try NotingDevice()
        let region = LocalMemoryRegion(noting.sharedMemoryWindows[0])
        let host = DeviceHost(
            device: noting, memory: self.host.memory, interrupt: try EventDescriptor(),
            sharedMemory: [region])
        #expect(noting.attached == [[SharedMemoryWindow(id: 7, sizeBytes: 0x2000)]])
        try region.map(
            .file(shared.descriptor, offset: 0), at: 0, sizeBytes: 0x1000, access: .read)
        host.write(status: [.acknowledge])
        #expect(region.mappingCount == 1)
        host.write(status: [])
        #expect(noting.resets == 1)
        #expect(region.mappingCount == 0)
    }

    @Test("of an in-process device shows the driver its regions, 2.10")
    func transportRegions() throws {
        let transport = try InProcessTransport(
            name: "noting", memory: host.memory, queueCount: 2, make: { try NotingDevice() })
        #expect(transport.sharedMemory(7)?.window.sizeBytes == 0x2000)
        #expect(transport.sharedMemory(0) == nil)
    }
}
