import Conformance
import GuestDriver
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire

extension WithRenderer {
    @Suite("Conformance of the GPU")
    struct ConformanceOfGPU {
        private func run(
            _ cases: [ConformanceCase], _ rendering: GPUConfiguration.Rendering = .virgl
        ) throws -> [ConformanceResult] {
            var configuration = GPUConfiguration()
            configuration.displays = Array(
                repeating: DisplayMode(width: 640, height: 480), count: 3)
            configuration.rendering = rendering
            let make = { [configuration] in
                let machine = try GuestMachine(memoryBytes: 256 << 20)
                let transport = try InProcessTransport(
                    name: "virtio-gpu", memory: machine.memory, queueCount: 2,
                    make: {
                        try GPUDevice(configuration: configuration, domain: ResourceRegistry())
                    }, close: { $0.close() })
                return (transport, machine)
            }
            // One device for all of them: each case begins with a reset, which is tried as well.
            let (transport, machine) = try make()
            let runner = ConformanceRunner(cases: cases) { (transport, machine) }
            return try runner.run()
        }

        @Test("Our GPU passes every clause, strictly")
        func clauses() throws {
            let results = try run(.gpu)
            #expect(results.count == [ConformanceCase].gpu.count)
            for result in results { #expect(result.verdict == .pass, "\(result)") }
        }

        @Test(
            "Our GPU passes every case of virgl's own tests, and survives what has crashed others")
        func virgl() throws {
            let results = try run(.virgl)
            #expect(results.count == [ConformanceCase].virgl.count)
            #expect(results.count >= 170)
            for result in results { #expect(result.verdict == .pass, "\(result)") }
        }

        @Test("Without a renderer of 3D it passes those that are not about 3D")
        func passes2D() throws {
            var passed = 0
            for result in try run(.gpu + .virgl, .none) {
                switch result.verdict {
                case .pass: passed += 1
                case .unimplemented(let feature):
                    #expect(
                        [
                            "capsets", "VIRTIO_GPU_F_VIRGL", "VIRTIO_GPU_F_CONTEXT_INIT",
                            "the host-visible region",
                        ].contains(feature), "\(result)")
                case .fail, .nonStrict, .informational: Issue.record("\(result)")
                }
            }
            #expect(passed >= 40)
        }

        /// Statements that no exchange on the queues can show: about the driver, about PCI or MMIO
        /// registers, about what only the user sees, or about a second device. Those about the user
        /// and the second device have tests of their own. May only shrink.
        private static let elsewhere: Set<String> = [
            // Wording that is about the driver, or a permission.
            "GPU-D-001", "GPU-D-002", "GPU-D-005", "GPU-R-002", "GPU-R-003", "GPU-R-005",
            "GPU-R-006", "GPU-R-007", "GPU-R-013", "GPU-R-020", "GPU-R-025",
            // PCI, VGA and MMIO.
            "GPU-D-016", "GPU-D-019", "GPU-D-020", "GPU-I-037", "GPU-I-041",
            // A display that changes, and another device: GPUDisplayTests, GPUPathTests.
            "GPU-I-007", "GPU-I-026", "GPU-I-038",
            // Told by another case: GPU-I-005 asks past the last capset, GPU-D-003 for the regions.
            "GPU-R-012", "GPU-I-040",
        ]

        @Test("Every clause of the GPU has a case, or stands in the list of those that cannot")
        func complete() {
            let cases = Set(
                [ConformanceCase].gpu.map { String($0.id.split(separator: "/").last ?? "") })
            var clauses: Set<String> = []
            for (letter, count) in [("D", 20), ("R", 25), ("I", 41)] {
                for number in 1...count {
                    let digits = String(number)
                    clauses.insert(
                        "GPU-\(letter)-" + String(repeating: "0", count: 3 - digits.count) + digits)
                }
            }
            #expect(clauses.count == 86)
            #expect(cases.isDisjoint(with: Self.elsewhere))
            #expect(clauses.subtracting(cases).sorted() == Self.elsewhere.sorted())
        }
    }
}
