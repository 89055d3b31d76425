// What is told of a guest's faults, and how often.

import LinuxSystem
import Logging
import Testing
import VirtioWire

@testable import VirtioDevices

/// Keeps the lines that are logged.
final class LogRecorder: Sendable {
    let lines = Monitor<[String]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self.lines) } }

    private struct Handler: LogHandler {
        let lines: Monitor<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(lines: Monitor<[String]>) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let words = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted()
            lines.update { $0.append(([event.message.description] + words).joined(separator: " ")) }
        }
    }

    var all: [String] { lines.withLock { $0 } }
}

@Suite("The log of a guest's faults")
struct FaultLogTests {
    private let command = VirtioGPU.ControlHeader(type: .setScanout, ctxID: ContextID(3))

    @Test("tells the command, the answer and why")
    func line() {
        let recorder = LogRecorder()
        var log = FaultLog(recorder.logger, linesMax: 5)
        log.report(.invalidScanout, of: command, nowNanos: 0)
        #expect(
            recorder.all == [
                "guest fault answer=VIRTIO_GPU_RESP_ERR_INVALID_SCANOUT_ID "
                    + "command=VIRTIO_GPU_CMD_SET_SCANOUT context=3 fault=invalidScanout"
            ])
    }

    @Test("has so many lines in a stretch of time, and tells how many more there were")
    func rate() {
        let recorder = LogRecorder()
        var log = FaultLog(recorder.logger, linesMax: 3, stretchNanos: 1000)
        for now in 0..<UInt64(100) { log.report(.tooLarge, of: command, nowNanos: now) }
        #expect(recorder.all.count == 3)
        log.report(.tooLarge, of: command, nowNanos: 999)
        #expect(recorder.all.count == 3)
        log.report(.tooLarge, of: command, nowNanos: 1000)
        #expect(recorder.all.count == 5)
        #expect(recorder.all[3] == "guest faults not told count=98")
        log.report(.tooLarge, of: command, nowNanos: 1001)
        #expect(recorder.all.count == 6)
    }

    @Test("is written by the device, ten lines at the most for a thousand faults")
    func device() throws {
        let recorder = LogRecorder()
        var configuration = GPUConfiguration()
        configuration.logger = recorder.logger
        try GPUMachine.run2D(configuration) { machine in
            _ = try machine.create2D(1, width: 4, height: 4)
            #expect(recorder.all.isEmpty)
            for _ in 0..<1000 { _ = try machine.unref(77) }
        }
        #expect((10...30).contains(recorder.all.count))
        #expect(recorder.all.first?.contains("VIRTIO_GPU_CMD_RESOURCE_UNREF") == true)
    }
}
