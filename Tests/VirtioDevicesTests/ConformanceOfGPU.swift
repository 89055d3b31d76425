import Conformance
import GuestDriver
import ResourceRegistry
import Testing
import VirtioDevices

extension WithRenderer {
    @Suite("Conformance of the GPU")
    struct ConformanceOfGPU {
        @Test("Our GPU passes every case, strictly")
        func passes() throws {
            let runner = ConformanceRunner {
                let machine = try GuestMachine(memoryBytes: 16 << 20)
                let transport = try InProcessTransport(
                    name: "virtio-gpu", memory: machine.memory, queueCount: 2,
                    make: { try GPUDevice(domain: ResourceRegistry()) }, close: { $0.close() })
                return (transport, machine)
            }
            let results = try runner.run()
            #expect(results.count == 15)
            for result in results { #expect(result.verdict == .pass, "\(result)") }
        }

        @Test("Without a renderer of 3D it passes those that are not about 3D")
        func passes2D() throws {
            var configuration = GPUConfiguration()
            configuration.rendering = .none
            let runner = ConformanceRunner { [configuration] in
                let machine = try GuestMachine(memoryBytes: 16 << 20)
                let transport = try InProcessTransport(
                    name: "virtio-gpu", memory: machine.memory, queueCount: 2,
                    make: {
                        try GPUDevice(configuration: configuration, domain: ResourceRegistry())
                    }, close: { $0.close() })
                return (transport, machine)
            }
            for result in try runner.run() {
                let isAbout3D = result.id.hasPrefix("gpu/capset/")
                #expect(
                    result.verdict == (isAbout3D ? .unimplemented(feature: "capsets") : .pass),
                    "\(result)")
            }
        }
    }
}
