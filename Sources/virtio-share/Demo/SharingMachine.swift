// A guest with its two devices, in one process: what the commands of this program play on.

import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import VhostUser
import VirtioDevices
import VirtioWire
import Virtqueue

/// Where a guest finds its two devices when they are other programs'.
struct DeviceSockets: Equatable {
    var gpu: String
    var media: String
}

/// One domain: a registry, a GPU and a media device on threads of their own, and the guest's drivers.
///
/// The drivers reach the devices through virtqueues only.
final class SharingMachine {
    let registry = ResourceRegistry()
    let machine: GuestMachine
    let gpu: GPUDriver
    let media: MediaDriver
    /// What back-ends behind sockets say that they export.
    let objects = SharedObjectTable()
    private let count: () -> Counters
    /// Whether the devices are in this process, and so can be asked what they did.
    let countsDevices: Bool

    /// - Parameter rendering: where the GPU's renderer runs.
    init(
        decoders: [DecoderDescription], rendering: GPUConfiguration.Rendering = .virgl,
        guestMemoryBytes: Int = 512 << 20
    ) throws {
        machine = try GuestMachine(memoryBytes: guestMemoryBytes)
        let registry = self.registry
        var configuration = GPUConfiguration()
        configuration.rendering = rendering
        let gpuTransport = try InProcessTransport(
            name: "virtio-gpu", memory: machine.memory, queueCount: 2,
            make: { [configuration] in
                try GPUDevice(configuration: configuration, domain: registry)
            }, close: { $0.close() })
        let mediaTransport = try InProcessTransport(
            name: "virtio-media", memory: machine.memory, queueCount: 2,
            make: {
                try MediaDevice(
                    configuration: MediaConfiguration(decoders: decoders), domain: registry)
            })
        countsDevices = true
        count = {
            let (uploaded, gpuNanos) = gpuTransport.onDeviceThread {
                ($0.device.uploadedBytes, $0.device.commandNanos)
            }
            let (decoded, mediaNanos) = mediaTransport.onDeviceThread {
                ($0.device.statistics, $0.device.handlerNanos)
            }
            return Counters(
                decoded: decoded, uploadedBytes: uploaded, handlerNanos: gpuNanos + mediaNanos,
                sharedBytes: registry.counters.exportedBytes)
        }
        gpu = try GPUDriver(gpuTransport, machine: machine)
        media = try MediaDriver(mediaTransport, machine: machine)
    }

    /// A guest whose devices are behind vhost-user sockets.
    init(
        _ sockets: DeviceSockets, habits: FrontEndHabits = .all, guestMemoryBytes: Int = 512 << 20
    ) throws {
        let memory = try SharedMemory(name: "guest memory", sizeBytes: guestMemoryBytes)
        let start = GuestAddress(Self.memoryStart)
        machine = GuestMachine(
            memory: try GuestMemory([GuestRegion(start: start, memory: memory)]),
            usable: Self.memoryStart..<(Self.memoryStart + UInt64(guestMemoryBytes)))
        let files = [GuestMemoryFile(start: start, memory: memory)]
        countsDevices = false
        count = { Counters() }
        gpu = try GPUDriver(
            VhostUserFrontEnd(
                path: sockets.gpu, deviceID: VirtioGPU.deviceID, memory: files, habits: habits,
                objects: objects),
            machine: machine)
        media = try MediaDriver(
            VhostUserFrontEnd(
                path: sockets.media, deviceID: VirtioMedia.deviceID, memory: files, habits: habits,
                objects: objects), machine: machine)
    }

    private static let memoryStart: UInt64 = 0x1_0000

    /// What both devices have done so far.
    struct Counters {
        var decoded = DecodeStatistics()
        /// Bytes that the GPU device copied into textures.
        var uploadedBytes: UInt64 = 0
        /// In the devices' handlers of commands that do no work of their own.
        var handlerNanos: UInt64 = 0
        /// Bytes of the objects that were exported.
        var sharedBytes: UInt64 = 0
        /// From chains added to used elements seen, all requests together.
        var roundTripNanos: UInt64 = 0
    }

    /// Of devices in other processes only what the drivers saw.
    var counters: Counters {
        var counters = count()
        counters.roundTripNanos = gpu.device.roundTripNanos + media.device.roundTripNanos
        return counters
    }
}
