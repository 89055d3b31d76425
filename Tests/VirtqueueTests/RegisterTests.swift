// Status, features, reset and generation, which all devices have in common (virtio 1.4, 2.1 to 2.5).

import Testing
import Virtqueue

@Suite("A device's registers")
struct RegisterTests {
    private func registers(upTo status: DeviceStatus, accepts: Bool = true) -> DeviceRegisters {
        var registers = DeviceRegisters()
        var written: DeviceStatus = []
        for bit in [DeviceStatus.acknowledge, .driver, .featuresOK, .driverOK]
        where status.contains(bit) {
            written.insert(bit)
            if registers.write(status: written, isAcceptable: { _ in accepts }) == .start {
                registers.finishStart()
            }
        }
        return registers
    }

    @Test("start the device once, and only behind FEATURES_OK [VQ-D-001]")
    func start() {
        var registers = registers(upTo: [.acknowledge, .driver])
        #expect(!registers.isRunning)
        let all: DeviceStatus = [.acknowledge, .driver, .featuresOK, .driverOK]
        #expect(
            registers.write(status: all.subtracting(.featuresOK), isAcceptable: { _ in true })
                == .nothing)
        #expect(registers.write(status: all, isAcceptable: { _ in true }) == .start)
        registers.finishStart()
        #expect(registers.isRunning)
        // DRIVER_OK twice.
        #expect(registers.write(status: all, isAcceptable: { _ in true }) == .nothing)
    }

    @Test("set NEEDS_RESET once and stop running [VQ-D-002]")
    func needsReset() {
        var registers = registers(upTo: [.acknowledge, .driver, .featuresOK, .driverOK])
        let isNew = registers.needReset()
        let isNewAgain = registers.needReset()
        #expect(isNew)
        #expect(!isNewAgain)
        #expect(!registers.isRunning)
        #expect(registers.status.contains(.needsReset))
    }

    @Test("do not let FEATURES_OK stick for features that do not work [VQ-D-004]")
    func refused() {
        let registers = registers(upTo: [.acknowledge, .driver, .featuresOK], accepts: false)
        #expect(!registers.status.contains(.featuresOK))
    }

    @Test("take the same features again after a reset, and none behind FEATURES_OK [VQ-D-006]")
    func renegotiation() {
        var registers = registers(upTo: [.acknowledge, .driver])
        registers.accept(features: 5)
        #expect(
            registers.write(
                status: [.acknowledge, .driver, .featuresOK], isAcceptable: { $0 == 5 })
                == .nothing)
        registers.accept(features: 7)
        #expect(registers.accepted == 5)
        #expect(registers.write(status: [], isAcceptable: { _ in true }) == .reset)
        registers.finishReset(isClean: true)
        #expect(registers.status.isEmpty)
        #expect(registers.accepted == 0)
        registers.accept(features: 5)
        _ = registers.write(
            status: [.acknowledge, .driver, .featuresOK], isAcceptable: { $0 == 5 })
        #expect(registers.status.contains(.featuresOK))
    }

    @Test("refuse to go backwards, and keep NEEDS_RESET after a reset that failed [VQ-D-007]")
    func backwards() {
        var registers = registers(upTo: [.acknowledge, .driver, .featuresOK, .driverOK])
        let before = registers.status
        #expect(
            registers.write(status: .acknowledge, isAcceptable: { _ in true }) == .nothing)
        #expect(registers.status == before)
        registers.finishReset(isClean: false)
        #expect(registers.status == .needsReset)
        #expect(!registers.isRunning)
    }

    @Test("let configuration be read at any time, zeros past its end [VQ-D-008]")
    func config() {
        var registers = DeviceRegisters()
        #expect(registers.read(config: [1, 2], offset: 1, count: 3) == [2, 0, 0])
        #expect(registers.read(config: [1, 2], offset: .max, count: 2) == [0, 0])
        #expect(registers.read(config: [1, 2], offset: -1, count: 2) == [0, 1])
        #expect(!registers.takesConfig)
    }

    @Test("change the generation when a configuration that was read has changed [VQ-D-025]")
    func generation() {
        var registers = DeviceRegisters()
        let first = registers.readGeneration(config: [1])
        _ = registers.read(config: [1], offset: 0, count: 1)
        #expect(registers.readGeneration(config: [1]) == first)
        // 256 changes that nobody reads are one.
        #expect(registers.readGeneration(config: [9]) == first + 1)
        _ = registers.read(config: [8], offset: 0, count: 1)
        #expect(registers.readGeneration(config: [8]) == first + 2)
    }

    @Test("do not know SUSPEND, which is not offered [VQ-D-030] [VQ-D-031]")
    func suspend() {
        var registers = registers(upTo: [.acknowledge, .driver])
        _ = registers.write(
            status: DeviceStatus(rawValue: 1 | 2 | 16), isAcceptable: { _ in true })
        #expect(registers.status == [.acknowledge, .driver])
    }
}
