// Looking at rings before sleeping: when it pays, and that nothing is overlooked by it.

import GuestDriver
import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@testable import VhostUser

@Suite("A device's thread that looks at its rings before it sleeps")
struct RingSpinningTests {
    /// Longer than any of these tests lasts, so that every kick is a quick one.
    private static let long: Int32 = 600_000_000

    @Test("does so after a quick kick, and no more once it was in vain")
    func pays() {
        var spinning = RingSpinning(micros: Self.long)
        spinning.served()
        #expect(!spinning.pays)
        spinning.kicked()
        #expect(spinning.pays)
        spinning.gaveUp()
        #expect(!spinning.pays)
    }

    @Test("is put off for twice as many kicks each time that it was in vain, up to a limit")
    func putOff() {
        var spinning = RingSpinning(micros: Self.long)
        spinning.served()
        spinning.kicked()
        for time in 0..<14 {
            spinning.gaveUp()
            var kicks = 0
            while !spinning.pays {
                spinning.kicked()
                kicks += 1
            }
            #expect(kicks == min(1 << time, 1024))
        }
        // What was found counts for it again.
        for _ in 0..<10 { spinning.found() }
        spinning.gaveUp()
        spinning.kicked()
        #expect(spinning.pays)
    }

    @Test("never does where the limit is 0, nor after a slow kick")
    func never() {
        var off = RingSpinning(micros: 0)
        off.served()
        off.kicked()
        #expect(!off.pays)
        // Nothing was served yet, so that the first kick is as slow as the machine is old.
        var first = RingSpinning(micros: 1)
        first.kicked()
        #expect(!first.pays)
    }

    @Test(
        "serves all that comes meanwhile, whatever the rings, and messages too",
        arguments: [[], .eventIndex, .ringPacked, [.ringPacked, .eventIndex]]
            as [TransportFeatures])
    func service(_ rings: TransportFeatures) throws {
        let guest = try TestGuest()
        var limits = BackEndLimits()
        limits.spinMicros = 10_000
        let service = try EchoService(limits: limits)
        let front = try service.connect(guest)
        let driver = try DeviceDriver(
            front, machine: guest.machine, wanted: 0b11, required: 0, queueCount: 2, rings: rings)
        for round in 0..<200 {
            let bytes = [EchoDevice.echo, UInt8(round)]
            #expect(try driver.echo(bytes, queue: round % 2) == bytes)
            if round % 50 == 0 { #expect(front.readConfig(offset: 0, count: 1).count == 1) }
        }
        driver.reset()
        #expect(front.failure == nil)
    }
}
