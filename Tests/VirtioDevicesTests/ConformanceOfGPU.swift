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
            #expect(results.count == 8)
            for result in results { #expect(result.verdict == .pass, "\(result)") }
        }
    }
}
