import ArgumentParser
import Foundation
import Logging

enum LogLevel: String, ExpressibleByArgument, CaseIterable, Comparable {
    case error, info, debug

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    static func < (a: LogLevel, b: LogLevel) -> Bool { a.rank < b.rank }
}

/// One line for each thing that happens, on standard error.
struct ServeLog: Sendable {
    let level: LogLevel

    func error(_ text: String) { write(text, .error) }
    func info(_ text: String) { write(text, .info) }
    func debug(_ text: String) { write(text, .debug) }

    private func write(_ text: String, _ level: LogLevel) {
        guard level <= self.level else { return }
        Self.write("virtio-share: \(text)", to: .standardError)
    }

    /// A line on standard output, at once: a program waits for it.
    static func announce(_ line: String) { write(line, to: .standardOutput) }

    private static func write(_ line: String, to file: FileHandle) {
        try? file.write(contentsOf: Data((line + "\n").utf8))
    }
}

extension ServeLog {
    /// For a device, which tells what its guest does wrong.
    func logger(_ device: String) -> Logger {
        var logger = Logger(label: device) { ServeLogHandler(log: self, device: $0) }
        logger.logLevel = level == .debug ? .trace : level == .info ? .info : .warning
        return logger
    }
}

/// Lines of a device among those of the program.
private struct ServeLogHandler: LogHandler {
    let log: ServeLog
    let device: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(log: ServeLog, device: String) {
        self.log = log
        self.device = device
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(device): \(event.message)\(details)"
        switch event.level {
        case .trace, .debug: log.debug(line)
        case .info, .notice: log.info(line)
        case .warning, .error, .critical: log.error(line)
        }
    }
}
