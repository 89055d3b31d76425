// Two sides do the same job in turns, so that what else the machine does meets both.

import LinuxSystem

struct Race {
    typealias Body = @Sendable (Int) -> Void
    static let rounds = 21

    let objects: Int
    let threads: Int
    /// Of each thread, in a round.
    let operations: Int

    /// Millions a second of `operations` on each thread.
    private func rate(_ body: @escaping Body) throws -> Double {
        let start = MonotonicClock.nowNanos
        if threads == 1 {
            body(0)
        } else {
            let workers = try (0..<threads).map { index in
                try WorkerThread(name: "bench") { body(index) }
            }
            for worker in workers { worker.join() }
        }
        let nanos = MonotonicClock.nowNanos - start
        return Double(operations * threads) * 1000 / Double(nanos)
    }

    private static func at(_ part: Double, of values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[Int(Double(sorted.count - 1) * part)]
    }

    /// Prints a row: the median of each side, of the ratio, and the middle half of the ratios.
    func run(_ name: String, mine: @escaping Body, glib: Body? = nil) throws {
        var (ours, theirs, ratios): ([Double], [Double], [Double]) = ([], [], [])
        for round in 0..<Self.rounds {
            if let glib, round % 2 == 1 { theirs.append(try rate(glib)) }
            ours.append(try rate(mine))
            if let glib, round % 2 == 0 { theirs.append(try rate(glib)) }
            if let their = theirs.last { ratios.append(ours[round] / their) }
        }
        let middle = { RegistryBench.figure(Self.at(0.5, of: $0)) }
        print(
            RegistryBench.row([
                "\(objects)", name, "\(threads)", middle(ours), glib == nil ? "-" : middle(theirs),
                glib == nil ? "-" : middle(ratios),
                glib == nil
                    ? "-"
                    : "\(RegistryBench.figure(Self.at(0.25, of: ratios)))-"
                        + RegistryBench.figure(Self.at(0.75, of: ratios)),
            ]))
    }
}
