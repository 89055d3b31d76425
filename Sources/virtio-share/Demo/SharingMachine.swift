// A guest with its two devices, in one process: what the commands of this program play on.

import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import VirtioDevices
import Virtqueue

/// One domain: a registry, a GPU and a media device on threads of their own, and the guest's drivers.
///
/// The drivers reach the devices through virtqueues only.
final class SharingMachine {
    let registry = ResourceRegistry()
    let machine: GuestMachine
    let gpu: GPUDriver
    let media: MediaDriver
    private let gpuTransport: InProcessTransport<GPUDevice>
    private let mediaTransport: InProcessTransport<MediaDevice>

    /// - Parameter rendering: where the GPU's renderer runs.
    init(
        decoders: [DecoderDescription], rendering: GPUConfiguration.Rendering = .virgl,
        guestMemoryBytes: Int = 512 << 20
    ) throws {
        machine = try GuestMachine(memoryBytes: guestMemoryBytes)
        let registry = self.registry
        var configuration = GPUConfiguration()
        configuration.rendering = rendering
        gpuTransport = try InProcessTransport(
            name: "virtio-gpu", memory: machine.memory, queueCount: 2,
            make: { [configuration] in
                try GPUDevice(configuration: configuration, domain: registry)
            }, close: { $0.close() })
        mediaTransport = try InProcessTransport(
            name: "virtio-media", memory: machine.memory, queueCount: 2,
            make: {
                try MediaDevice(
                    configuration: MediaConfiguration(decoders: decoders), domain: registry)
            })
        gpu = try GPUDriver(gpuTransport, machine: machine)
        media = try MediaDriver(mediaTransport, machine: machine)
    }

    /// What both devices have done so far.
    struct Counters {
        var decoded = DecodeStatistics()
        /// Bytes that the GPU device copied into textures.
        var uploadedBytes: UInt64 = 0
        /// In the devices' handlers of commands that do no work of their own.
        var handlerNanos: UInt64 = 0
        /// From chains added to used elements seen, all requests together.
        var roundTripNanos: UInt64 = 0
    }

    var counters: Counters {
        let (uploaded, gpuNanos) = gpuTransport.onDeviceThread {
            ($0.device.uploadedBytes, $0.device.commandNanos)
        }
        let (decoded, mediaNanos) = mediaTransport.onDeviceThread {
            ($0.device.statistics, $0.device.handlerNanos)
        }
        return Counters(
            decoded: decoded, uploadedBytes: uploaded, handlerNanos: gpuNanos + mediaNanos,
            roundTripNanos: gpu.device.roundTripNanos + media.device.roundTripNanos)
    }
}
