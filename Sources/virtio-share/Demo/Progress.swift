import Foundation
import Glibc
import LinuxSystem

/// A line on standard error that tells how far the work is; nothing when that is no terminal.
struct Progress {
    private let isTerminal: Bool
    private let isQuiet: Bool
    private var lastNanos: UInt64 = 0
    private static let intervalNanos: UInt64 = 100_000_000

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    mutating func show(_ text: String) {
        guard isTerminal, !isQuiet else { return }
        let now = MonotonicClock.nowNanos
        guard now &- lastNanos >= Self.intervalNanos else { return }
        lastNanos = now
        write("\r\(text)\u{1b}[K")
    }

    func end() {
        if isTerminal, !isQuiet { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
