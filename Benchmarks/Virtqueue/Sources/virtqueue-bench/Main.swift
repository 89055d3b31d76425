import CBaseline
import Glibc
import LinuxSystem
import Virtqueue

@main
enum Main {
    static let ratioMax = 2.0

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "threads" {
            try threads(chains: arguments.dropFirst().first.flatMap { UInt64($0) } ?? 10_000_000)
        } else {
            try chains()
        }
    }

    private static func chains() throws {
        let kinds: [(String, TransportFeatures)] = [
            ("split", []), ("packed", [.ringPacked]), ("split indirect", [.indirectDesc]),
            ("packed indirect", [.ringPacked, .indirectDesc]),
        ]
        var isGood = true
        for (name, features) in kinds {
            let result = try ChainBench(features).run()
            print(
                "\(name): \(rounded(result.swiftNanos)) ns per chain, "
                    + "C \(rounded(result.cNanos)) ns, ratio \(rounded(result.ratio)), "
                    + "\(result.allocations) allocations")
            if result.ratio > ratioMax || result.allocations > 0 { isGood = false }
        }
        if !isGood { exit(1) }
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    private static func threads(chains: UInt64) throws {
        let kinds: [(String, TransportFeatures)] = [
            ("split", [.eventIndex]), ("packed", [.eventIndex, .ringPacked]),
        ]
        for (name, features) in kinds {
            let start = MonotonicClock.nowNanos
            let outcome = try TwoThreads.run(chains: chains, size: 256, features: features)
            let seconds = Double(MonotonicClock.nowNanos - start) / 1e9
            print(
                "\(name): \(outcome.chains) chains in \(rounded(seconds)) s, "
                    + "\(outcome.notifications) notifications, \(outcome.interrupts) interrupts")
        }
    }
}
