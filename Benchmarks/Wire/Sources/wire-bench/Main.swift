// Decoding beside a C loop that casts: nanoseconds for each message, both in one run.

import CBaseline
import Glibc
import VirtioWire

@main
enum Main {
    private static let messages = 10_000_000
    /// What lies in memory at once; read over and over.
    private static let tableCount = 10_000
    private static let rounds = 41
    private static let bulkRatioMax = 1.05
    private static let commandNanosMax = 20.0

    private struct Figures {
        var swiftNanos = Double.infinity
        var cNanos = Double.infinity
        var allocations: UInt64 = 0
        var ratio: Double { swiftNanos / cNanos }
    }

    static func main() throws(WireError) {
        let table = makeCommands()
        let entryTable = makeEntries()
        var isGood = true
        let transfers = try measure(
            { () throws(WireError) in try Decoding.transfers(table) },
            { unsafe baseline($0, baseline_transfers) }, table)
        let entries = try measure(
            { () throws(WireError) in try Decoding.entries(entryTable) },
            { unsafe baseline($0, baseline_entries) }, entryTable)
        for (name, figures) in [("56-byte commands", transfers), ("16-byte entries", entries)] {
            print(
                "\(name): \(rounded(figures.swiftNanos)) ns each, C \(rounded(figures.cNanos)) ns, "
                    + "ratio \(rounded(figures.ratio)), \(figures.allocations) allocations")
            if figures.ratio > bulkRatioMax || figures.allocations > 0 { isGood = false }
        }
        let commands = try measure(
            { () throws(WireError) in try Decoding.commands(table) },
            { unsafe baseline($0, baseline_transfers) }, table)
        print(
            "whole Commands: \(rounded(commands.swiftNanos)) ns each, "
                + "\(commands.allocations) allocations")
        if commands.swiftNanos > commandNanosMax || commands.allocations > 0 { isGood = false }
        if !isGood {
            print("more than \(bulkRatioMax) of C, \(commandNanosMax) ns, or an allocation")
            exit(1)
        }
    }

    private static func makeCommands() -> WireBuffer {
        var table = WireBuffer(capacity: tableCount * VirtioGPU.TransferToHost2D.sizeBytes)
        for index in 0..<UInt32(tableCount) {
            let header = VirtioGPU.ControlHeader(
                type: .transferToHost2D, flags: .fence, fenceID: UInt64(index))
            table.append(
                VirtioGPU.TransferToHost2D(
                    header: header, r: .init(x: index, y: 1, width: 64, height: 64),
                    offset: UInt64(index) << 20, resourceID: ResourceID(index)))
        }
        return table
    }

    private static func makeEntries() -> WireBuffer {
        var table = WireBuffer(capacity: tableCount * VirtioGPU.MemEntry.sizeBytes)
        for index in 0..<UInt64(tableCount) {
            table.append(VirtioGPU.MemEntry(addr: GuestAddress(index << 12), length: 4096))
        }
        return table
    }

    private static func baseline(
        _ table: borrowing WireBuffer, _ loop: (UnsafeRawPointer, Int) -> UInt64
    ) -> UInt64 {
        // SAFETY: a table holds `tableCount` messages of the loop's kind, and stays while it is borrowed.
        unsafe table.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe loop(base, tableCount)
        }
    }

    /// The best of some rounds, the two sides in turn.
    private static func measure(
        _ swift: () throws(WireError) -> UInt64, _ c: (borrowing WireBuffer) -> UInt64,
        _ table: borrowing WireBuffer
    ) throws(WireError) -> Figures {
        var figures = Figures()
        for _ in 0..<rounds {
            let before = baseline_allocations()
            var start = baseline_nanos()
            var sum: UInt64 = 0
            for _ in 0..<messages / tableCount { sum &+= try swift() }
            figures.swiftNanos = min(
                figures.swiftNanos, Double(baseline_nanos() - start) / Double(messages))
            figures.allocations = baseline_allocations() - before
            start = baseline_nanos()
            var other: UInt64 = 0
            for _ in 0..<messages / tableCount { other &+= c(table) }
            figures.cNanos = min(
                figures.cNanos, Double(baseline_nanos() - start) / Double(messages))
            precondition(sum == other, "both sides read the same numbers")
        }
        return figures
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
