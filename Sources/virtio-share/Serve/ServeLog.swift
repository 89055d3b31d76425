import ArgumentParser
import Foundation

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
