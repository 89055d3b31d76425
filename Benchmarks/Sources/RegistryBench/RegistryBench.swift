// The registry beside GLib's hash table under one mutex, in one run.

import LinuxSystem
import ResourceRegistry
import VirtioWire

@main struct RegistryBench {
    static func main() throws {
        print("millions of operations a second; medians of \(Race.rounds) rounds, in turns")
        print(row(["objects", "operation", "threads", "registry", "GLib", "ratio", "of rounds"]))
        let asked = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        for count in asked.isEmpty ? [1, 1000, 100_000, 1_000_000] : asked {
            let scene = try Scene(count)
            let jobs = CommandLine.arguments.dropFirst().filter { Int($0) == nil }
            if jobs.isEmpty || jobs.contains("lookups") { try scene.lookups() }
            if jobs.isEmpty || jobs.contains("publishing") { try scene.publishing() }
            if jobs.isEmpty || jobs.contains("holds") { try scene.holds() }
            if count > 1 {
                print(
                    row([
                        "\(count)", "bytes an object", "", figure(scene.ourBytes),
                        figure(scene.theirBytes), "", "",
                    ]))
            }
        }
    }

    static func row(_ cells: [String]) -> String {
        zip(cells, [9, 22, 8, 10, 10, 7, 12]).map { cell, width in
            String(repeating: " ", count: max(0, width - cell.count)) + cell
        }.joined()
    }

    static func figure(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100)." + (rest < 10 ? "0" : "") + "\(rest)"
    }
}
