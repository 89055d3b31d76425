// What a guest does wrong, told to whoever runs the device.
// Invariant: a guest writes no more than so many lines in a stretch of time, whatever it sends.

internal import LinuxSystem
internal import Logging
internal import VirtioWire

/// Writes lines until the stretch's are used up, counts the rest, and tells their number first when
/// the next stretch begins.
struct FaultLog {
    private let logger: Logger
    private let linesMax: Int
    private let stretchNanos: UInt64
    private var lines = 0
    private var untold: UInt64 = 0
    private var stretchEndNanos: UInt64 = 0

    init(_ logger: Logger, linesMax: Int, stretchNanos: UInt64 = 10_000_000_000) {
        self.logger = logger
        self.linesMax = linesMax
        self.stretchNanos = stretchNanos
    }

    mutating func report(
        _ fault: GPUFault, of command: VirtioGPU.ControlHeader,
        nowNanos: UInt64 = MonotonicClock.nowNanos
    ) {
        if nowNanos >= stretchEndNanos {
            (lines, stretchEndNanos) = (0, nowNanos &+ stretchNanos)
        }
        guard lines < linesMax else {
            untold &+= 1
            return
        }
        lines += 1
        if untold > 0 {
            logger.notice("guest faults not told", metadata: ["count": "\(untold)"])
            untold = 0
        }
        logger.notice(
            "guest fault",
            metadata: [
                "command": "\(command.type)", "answer": "\(fault.response)", "fault": "\(fault)",
                "context": "\(command.ctxID.rawValue)",
            ])
    }
}
