internal import VirtioWire

extension RegistrySnapshot {
    /// A table: one line for each object, and one of sums.
    public var text: String {
        var rows = [["object", "exporter", "bytes", "backing", "layout", "state", "age"]]
        rows[0] += ["holders", "leases"]
        for entry in objects {
            rows.append([
                entry.uuid.description, entry.exporter, String(entry.sizeBytes),
                entry.backing.description, entry.layout.map(Self.words) ?? "-",
                entry.state.rawValue, Self.age(entry.ageNanos),
                Self.list(entry.holders.map(\.words)), Self.list(entry.leases.map(\.words)),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = cells.joined(separator: "  ")
            return String(
                line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
        }
        let sums =
            "\(counters.objects) objects, \(counters.aliveBytes) bytes alive = "
            + "\(counters.exportedBytes) exported - \(counters.freedBytes) freed; "
            + "\(counters.attachments) attachments, \(counters.leases) leases"
        return (lines + [sums, ""]).joined(separator: "\n")
    }

    private static func words(_ layout: PixelLayout) -> String {
        "\(layout.format) \(layout.width)x\(layout.height)"
    }

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "-" : words.joined(separator: ", ")
    }

    private static func age(_ nanos: UInt64) -> String {
        let millis = nanos / 1_000_000
        return "\(millis / 1000).\(millis % 1000 / 100)s"
    }
}

extension RegistrySnapshot.Holder {
    fileprivate var words: String {
        switch kind {
        case .attachment: "\(name) (\(directions))"
        case .dynamicAttachment: "\(name) (\(directions), dynamic)"
        case .reference: "\(name) (resource)"
        case .cpu: "\(name) (cpu, \(directions))"
        }
    }
}

extension RegistrySnapshot.LeaseEntry {
    fileprivate var words: String {
        let access = isWrite ? "write" : "read"
        let state = waitsForFence ? "until fence" : isGranted ? "granted" : "waits"
        return "\(holder) \(access) \(state)"
    }
}
