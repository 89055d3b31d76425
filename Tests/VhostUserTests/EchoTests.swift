// A driver of ours through a socket, against a back-end of ours.

import GuestDriver
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

@Suite("A device on a socket")
struct EchoTests {
    @Test(
        "serves a driver, whatever its rings",
        arguments: [
            [], .indirectDesc, .eventIndex, .ringPacked, [.ringPacked, .eventIndex], .rings,
        ] as [TransportFeatures])
    func rings(_ rings: TransportFeatures) throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let front = try service.connect(guest)
        try service.expectEcho(front, guest, rings: rings)
        #expect(front.failure == nil)
    }

    @Test("serves front-ends that know less")
    func habits() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        var small = FrontEndHabits.userModeLinux
        small.queueSizeMax = 8
        for habits in [.userModeLinux, small, FrontEndHabits(protocolFeatures: 0)] {
            let front = try service.connect(guest, habits: habits)
            try service.expectEcho(front, guest)
            #expect(front.failure == nil)
        }
    }

    @Test("is as new for each front-end, and lets go of all that was the last one's [VU-011]")
    func reconnect() throws {
        let name = "vhost reconnect"
        let service = try EchoService()
        for round in 0..<3 {
            let guest = try TestGuest(name: name)
            do {
                let front = try service.connect(guest)
                try service.expectEcho(front, guest)
                let driver = try DeviceDriver(
                    front, machine: guest.machine, wanted: 1, required: 0, queueCount: 2)
                _ = try driver.post([EchoDevice.hold, 1, 2, 3])
            }
            let events = service.log.wait(for: 2 * round + 2)
            #expect(events.last == .disconnected(.peerGone))
            #expect(try Held.descriptors(named: name) == 1)
            #expect(try Held.mappings(named: name) == 1)
        }
        #expect(try service.device(\.resets) == 6)
    }

    @Test("lets the next front-end wait until the first has gone")
    func oneAfterTheOther() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let second: RawFrontEnd
        do {
            let front = try service.connect(guest)
            second = try RawFrontEnd(path: service.path)
            try second.send(.getFeatures)
            try service.expectEcho(front, guest)
            #expect(try !second.channel.receive())
        }
        #expect(try second.reply()?.count == 8)
    }

    @Test("ends with its only front-end where it was given one")
    func connectedSocket() throws {
        let guest = try TestGuest()
        var theirs: OwnedDescriptor?
        let ours = try UnixSocket.pair(with: &theirs)
        let service = try BackEndService(
            name: "echo", endpoint: .connected(ours.release()),
            make: { EchoDevice(event: try EventDescriptor(), isReleased: Monitor(false)) })
        do {
            let front = try VhostUserFrontEnd(
                try present(theirs.take()), deviceID: 99, memory: [guest.file])
            #expect(front.deviceFeatures & 0b11 == 0b11)
        }
        #expect(service.waitUntilEnded(untilNanos: RawFrontEnd.deadline()))
        #expect(service.onDeviceThread { $0.resets } == nil)
    }

    @Test("refuses features that the device does not work with [VU-021]")
    func features() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let front = try service.connect(guest)
        let version1 = TransportFeatures.version1.rawValue
        for bad in [0, 1, version1 | 0b10, version1 | 0b100] {
            front.writeStatus([])
            front.writeStatus([.acknowledge, .driver])
            front.acceptFeatures(bad)
            front.writeStatus([.acknowledge, .driver, .featuresOK])
            #expect(front.status == [.acknowledge, .driver], "\(bad)")
        }
        for good in [version1, version1 | 0b11, version1 | 1 | 1 << 40] {
            front.writeStatus([])
            front.writeStatus([.acknowledge, .driver])
            front.acceptFeatures(good)
            front.writeStatus([.acknowledge, .driver, .featuresOK])
            #expect(front.status == [.acknowledge, .driver, .featuresOK], "\(good)")
        }
        try service.expectEcho(front, guest)
    }

    @Test("reads and writes the configuration [VU-091] [VU-092]")
    func config() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let front = try service.connect(guest)
        #expect(front.readConfig(offset: 0, count: 8) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(front.readConfig(offset: 6, count: 4) == [7, 8, 0, 0])
        #expect(front.readConfig(offset: 250, count: 10) == Array(repeating: 0, count: 10))
        // As QEMU writes: read-only bytes too.
        front.writeConfig(offset: 0, bytes: [9, 9, 9, 9, 10, 11, 12, 13, 14])
        #expect(front.readConfig(offset: 0, count: 9) == [1, 2, 3, 4, 10, 11, 12, 13, 0])
        #expect(front.failure == nil)
    }

    @Test("tells of a configuration that changed, once [VU-093]")
    func configChange() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let front = try service.connect(guest)
        let driver = try DeviceDriver(
            front, machine: guest.machine, wanted: 0, required: 0, queueCount: 2)
        #expect(try driver.echo([0, 1]) == [0, 1])
        while front.interrupt.take() {}
        try service.device { $0.changeConfig() }
        #expect(front.interrupt.wait(timeoutMillis: 10_000))
        #expect(front.readConfig(offset: 0, count: 1) == [2])
        // What a request after it brings is an interrupt of its queue.
        #expect(try driver.echo([0, 1]) == [0, 1])
    }

    @Test("shows memory in a region of the guest, and takes it away [VU-101] [VU-103] [VU-104]")
    func sharedMemory() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let front = try service.connect(guest)
        let region = try #require(front.sharedMemory(3))
        #expect(region.window == EchoDevice.window)
        #expect(front.sharedMemory(0) == nil)
        let driver = try DeviceDriver(
            front, machine: guest.machine, wanted: 0, required: 0, queueCount: 2)
        #expect(try driver.echo([EchoDevice.unmap]) == [1])
        #expect(try driver.echo([EchoDevice.map]) == [0])
        let view = try #require(region.view(offset: 0x1000, count: 4096))
        #expect(view.memory.bytes() == Array(repeating: 0xa5, count: 4096))
        #expect(view.access == .readWrite)
        // The same range again overlaps.
        #expect(try driver.echo([EchoDevice.map]) == [1])
        #expect(try driver.echo([EchoDevice.unmap]) == [0])
        #expect(region.mappingCount == 0)
        // A reset takes all away, on both sides.
        #expect(try driver.echo([EchoDevice.map]) == [0])
        driver.reset()
        #expect(region.mappingCount == 0)
        let again = try DeviceDriver(
            front, machine: guest.machine, wanted: 0, required: 0, queueCount: 2)
        #expect(try again.echo([EchoDevice.map]) == [0])
        #expect(region.mappingCount == 1)
    }

    @Test("cannot show memory to a front-end without the feature, and goes on")
    func noSharedMemory() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let front = try service.connect(guest, habits: .userModeLinux)
        let driver = try DeviceDriver(
            front, machine: guest.machine, wanted: 0, required: 0, queueCount: 2)
        #expect(try driver.echo([EchoDevice.map]) == [1])
        #expect(try driver.echo([EchoDevice.echo, 7]) == [0, 7])
    }

    @Test("drops a front-end whose memory file was cut short, and serves the next [VU-042]")
    func truncatedFile() throws {
        let service = try EchoService()
        let guest = try TestGuest()
        let front = try service.connect(guest)
        let driver = try DeviceDriver(
            front, machine: guest.machine, wanted: 0, required: 0, queueCount: 2)
        #expect(try driver.echo([0, 1]) == [0, 1])
        // Our own mapping of the file is not to be touched either from here on.
        try guest.file.memory.descriptor.resize(to: 0)
        front.notify(queue: 0)
        #expect(service.log.wait(for: 2).last == .disconnected(.memoryLost))
        #expect(front.status.contains(.needsReset))
        #expect(front.failure == .peerGone)
        let next = try TestGuest()
        try service.expectEcho(try service.connect(next), next)
    }

    @Test("says that it needs a reset when a ring breaks, and works after one [VQ-D-002]")
    func brokenRing() throws {
        let guest = try TestGuest()
        let service = try EchoService()
        let front = try service.connect(guest)
        front.writeStatus([.acknowledge, .driver])
        front.acceptFeatures(TransportFeatures.version1.rawValue)
        front.writeStatus([.acknowledge, .driver, .featuresOK])
        let page = try guest.machine.allocate(3 * 4096)
        let start = page.start.rawValue
        let layout = QueueLayout(
            size: 8, descriptorTable: page.start, availRing: GuestAddress(start + 4096),
            usedRing: GuestAddress(start + 8192))
        front.setQueue(0, layout: layout)
        front.writeStatus([.acknowledge, .driver, .featuresOK, .driverOK])
        #expect(!front.status.contains(.needsReset))
        // An available index that no driver may write.
        let index = try #require(guest.machine.range(of: page).slice(offset: 4098, count: 2))
        index.write([0xff, 0x7f])
        front.notify(queue: 0)
        #expect(front.interrupt.wait(timeoutMillis: 10_000))
        #expect(front.status.contains(.needsReset))
        try service.expectEcho(front, guest)
    }
}
