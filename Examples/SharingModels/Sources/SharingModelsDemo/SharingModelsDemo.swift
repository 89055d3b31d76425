// Five discussions about sharing buffers, played by small devices.

import LinuxSystem
import ResourceRegistry
import SharingModels
import VirtioWire

@main struct SharingModelsDemo {
    static func main() throws {
        try privateDisplay()
        try cpuAccess()
        try decoderIntoGPUBuffer()
        try staticAndDynamic()
        try compositor()
    }

    private static var soon: UInt64 { MonotonicClock.nowNanos + 1_000_000_000 }

    private static func title(_ text: String) { print("\n== \(text)") }

    /// A domain that tells what happens in it.
    private static func domain() throws -> (ResourceRegistry, Subscription) {
        let registry = ResourceRegistry()
        let subscription = try registry.subscribe { event in
            guard let object = event.object else { return }
            print("   \(event.participant): \(event.kind), \(object), \(event.bytes) bytes")
        }
        return (registry, subscription)
    }

    private static func privateDisplay() throws {
        title("A display that reaches its own memory only")
        let (registry, subscription) = try domain()
        let display = try PrivateDisplay("display", in: registry)
        let gpu = try ModelGPU("gpu", in: registry)
        let frame = try display.makeFramebuffer(width: 64, height: 4)
        let layout = PixelLayout(
            format: PixelFormat(PrivateDisplay.fourcc), width: 64, height: 4,
            planes: [.init(offsetBytes: 0, strideBytes: 256, rows: 4)])
        let (picture, _) = try gpu.allocate(sizeBytes: 1024, in: .sharedMemory, layout: layout)
        print("the GPU's picture:", try display.show(picture.uuid, framebuffer: frame))
        print("its own framebuffer:", try display.show(frame.uuid, framebuffer: frame))
        withExtendedLifetime(subscription) {}
    }

    private static func cpuAccess() throws {
        title("A CPU reads what a GPU holds: the exporter maps, or refuses")
        let (registry, subscription) = try domain()
        let gpu = try ModelGPU("gpu", in: registry)
        let reader = registry.join(name: "reader")
        let (object, buffer) = try gpu.allocate(sizeBytes: 4096, in: .deviceMemory)
        buffer.memory.range.fill(42)
        let access = try registry.beginCPUAccess(
            object.uuid, by: reader, direction: .read, untilNanos: soon)
        print("the first byte is", access.memory.bytes()[0])
        access.end()
        let secret = try registry.export(
            ObjectDescription(sizeBytes: 4096, backing: .deviceMemory), by: gpu.participant)
        do throws(RegistryError) {
            _ = try registry.beginCPUAccess(
                secret.uuid, by: reader, direction: .read, untilNanos: soon)
        } catch { print("an object without a CPU view:", error) }
        withExtendedLifetime(subscription) {}
    }

    private static func decoderIntoGPUBuffer() throws {
        title("A decoder renders into a GPU's buffer, and into guest pages, by UUID")
        let (registry, subscription) = try domain()
        let gpu = try ModelGPU("gpu", in: registry)
        let decoder = try ModelDecoder("decoder", in: registry)
        let agreement = registry.agreeOnLayout(
            width: 100, height: 18, formats: [PixelFormat(.yuv420), PixelFormat(.nv12)],
            allocator: gpu.participant, devices: [decoder.participant])
        guard case .agreed(let layout, let size, let placement) = agreement else { return }
        print("agreed: \(layout.format), \(size) bytes in \(placement)")
        let (object, buffer) = try gpu.allocate(
            sizeBytes: Int(size), in: .sharedMemory, layout: layout)
        try decoder.decode(into: object.uuid, colour: 16, untilNanos: soon)
        print("the GPU sees byte", buffer.memory.range.bytes()[0])
        let guest = try GuestPages("guest", in: registry)
        try decoder.decode(into: guest.object.uuid, colour: 17, untilNanos: soon)
        print("the scatter list still says", guest.ranges.map { "\($0.start)" })
        print(registry.report(.text))
        withExtendedLifetime(subscription) {}
    }

    private static func staticAndDynamic() throws {
        title("A static and a dynamic importer side by side")
        let (registry, subscription) = try domain()
        let gpu = try ModelGPU("gpu", in: registry)
        let still = try ModelGPU("static", in: registry, isDynamic: false)
        let supple = try ModelGPU("dynamic", in: registry)
        let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .sharedMemory)
        let dynamic = try registry.import(
            object.uuid, by: supple.participant, directions: .read,
            willMove: { print("dynamic: hears willMove") })
        var pin: Import? = try registry.import(
            object.uuid, by: still.participant, directions: [.read, .write])
        do throws(RegistryError) {
            try registry.move(object, to: .deviceMemory, by: gpu.participant, untilNanos: soon)
        } catch { print("with the static one attached:", error) }
        withExtendedLifetime(pin) {}
        pin = nil
        try registry.move(object, to: .deviceMemory, by: gpu.participant, untilNanos: soon)
        print("without it: moved")
        withExtendedLifetime((subscription, dynamic)) {}
    }

    private static func compositor() throws {
        title("A compositor tries three devices without side effects")
        let (registry, subscription) = try domain()
        let primary = try ModelGPU("primary", in: registry)
        let card = try ModelGPU("card", driver: "card", in: registry)
        let second = try ModelGPU("second card", driver: "card", in: registry)
        let client = try ModelGPU("client", in: registry)
        let compositor = Compositor(
            in: registry,
            devices: [primary, card, second].map(\.participant))
        for gpu in [card, client] {
            let (object, _) = try gpu.allocate(sizeBytes: 4096, in: .deviceMemory)
            let choice = try compositor.take(object.uuid, untilNanos: soon)
            print("a buffer of \(gpu.participant.name):", choice.answers.map(\.word.rawValue))
            print("   taken by \(choice.device.name)")
        }
        withExtendedLifetime(subscription) {}
    }
}
