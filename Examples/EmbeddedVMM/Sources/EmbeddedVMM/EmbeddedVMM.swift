// A VMM prototype in one process: its own memory, its own event loop, our devices.

import Glibc
import GuestDriver
import LinuxSystem
import ResourceRegistry
import VirtioDevices

enum VMMError: Error {
    case noMemory
    case poll(CInt)
    /// What the decoder told, nil when it told nothing.
    case unexpected(V4L2Decoder.Event?)
    case wrongPixels(largestError: Int)
}

@main
struct EmbeddedVMM {
    static func main() {
        do {
            try run()
            print("Success: the GPU has drawn what the decoder wrote, from memory they share.")
        } catch {
            print("The VMM failed: \(error)")
            exit(1)
        }
    }

    /// Runs the devices on this thread and the guest on another one, until the guest is done.
    private static func run() throws {
        let ram = try MachineMemory(sizeBytes: 64 << 20)
        let memory = try ram.guestMemory()
        let usable = ram.addresses
        // One registry for each guest: UUIDs mean nothing outside of it.
        let registry = ResourceRegistry()
        let loop = DeviceLoop()
        let gpuDevice = try GPUDevice(domain: registry)
        defer { gpuDevice.close() }
        gpuDevice.serveImporters = { [unowned loop] in loop.serveHosts() }
        let gpu = try loop.attach(gpuDevice, memory: memory)
        let media = try loop.attach(
            MediaDevice(configuration: MediaConfiguration(), domain: registry), memory: memory)
        defer { loop.powerOff() }

        let ended = try EventDescriptor()
        let outcome = Monitor<Result<Void, any Error>?>(nil)
        let guest = try WorkerThread(name: "guest") {
            let result = Result {
                try Guest(memory, usable: usable, gpu: gpu, media: media).run()
            }
            outcome.update { $0 = result }
            ended.signal()
        }
        var isDone = false
        loop.watch(ended.descriptor.rawValue) { isDone = true }
        try loop.run(until: { isDone })
        guest.join()
        try outcome.withLock { $0 }?.get()
    }
}
