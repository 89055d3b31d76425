import Conformance
import GuestDriver
import Testing
import VirtioWire
import Virtqueue

@Suite("The runner")
struct RunnerTests {
    private struct Odd: Error {}

    private static func test(
        _ id: String, device: UInt32 = VirtioGPU.deviceID,
        _ run: @escaping @Sendable (inout ConformanceContext) throws -> Verdict
    ) -> ConformanceCase {
        ConformanceCase(id: id, clause: "", level: .practice, device: device, run: run)
    }

    private static func verdict(
        _ run: @escaping @Sendable (inout ConformanceContext) throws -> Verdict
    ) throws -> Verdict? {
        try ConformanceRunner(cases: [test("a", run)], makeDevice: { try FakeGPU.make() })
            .run().first?.verdict
    }

    @Test("Whatever a case throws is a failure; what it returns is its verdict")
    func verdicts() throws {
        let finding = Finding(sent: "a", expected: "b", received: "c")
        #expect(try Self.verdict { _ in throw finding } == .fail(finding))
        #expect(try Self.verdict { _ in .informational("seen") } == .informational("seen"))
        #expect(
            try Self.verdict { _ in throw DriverError.setUpFailed }
                == .fail(
                    Finding(
                        sent: "nothing", expected: "FEATURES_OK, all queues and DRIVER_OK",
                        received: "a device that did not start")))
        #expect(
            try Self.verdict { _ in throw Odd() }
                == .fail(Finding(sent: "nothing", expected: "no error", received: "Odd()")))
    }

    @Test("Each case has a device of its own, reset when the case ends")
    func fresh() throws {
        var devices: [FakeDevice] = []
        let cases = ["a", "b"].map { id in Self.test(id) { _ in .pass } }
        let results = try ConformanceRunner(cases: cases) {
            let (transport, machine) = try FakeGPU.make()
            devices.append(try #require(transport as? FakeDevice))
            return (transport, machine)
        }.run()
        #expect(results.map(\.id) == ["a", "b"])
        #expect(devices.map(\.resets) == [1, 1])
    }

    @Test("Cases for other devices are left out, and no device is made for those after the first")
    func otherDevices() throws {
        var made = 0
        let results = try ConformanceRunner {
            made += 1
            return try FakeMedia.make()
        }.run()
        #expect(results.allSatisfy { $0.id.hasPrefix("media/") })
        #expect(made == results.count + 1)
    }

    @Test("What the factory throws ends the run")
    func factory() {
        let runner = ConformanceRunner(cases: [Self.test("a") { _ in .pass }]) { throw Odd() }
        #expect(throws: Odd.self) { try runner.run() }
    }

    @Test("Ids are unique, and name the device first")
    func ids() {
        let cases = [ConformanceCase].every
        #expect(Set(cases.map(\.id)).count == cases.count)
        for test in cases {
            let folders: Set =
                switch (test.run, test.device) {
                case (.socket, _): ["vhost-user"]
                case (.sharing, _): ["sharing"]
                case (.device, nil): ["queue"]
                case (.device, VirtioGPU.deviceID?): ["gpu"]
                case (.device, _): ["media"]
                }
            #expect(folders.union(["hostile"]).contains(test.area), "\(test.id)")
        }
    }

    @Test(
        "A filter is a glob over whole ids",
        arguments: [
            ("*", true), ("", false), ("gpu/fence/GPU-D-007", true), ("gpu/*", true),
            ("*GPU-D-???", true), ("gpu/*/GPU-D-007", true), ("*fence*", true), ("**7", true),
            ("media/*", false), ("gpu/fence/GPU-D-00", false), ("fence", false),
            ("gpu/fence/GPU-D-0077", false), ("gpu/fence/GPU-D-007?", false), ("*8", false),
        ])
    func filter(_ pattern: String, matches: Bool) {
        #expect(CaseFilter(pattern).matches("gpu/fence/GPU-D-007") == matches)
    }
}
