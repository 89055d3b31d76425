package import Foundation

/// docs/conformance/mutants.md: wrong devices, and the case that tells of each.
package enum MutantList {
    package static let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/conformance/mutants.md")

    /// The lines of a section's table.
    package static func rows(of section: String) throws -> [String] {
        let text = try String(contentsOf: url, encoding: .utf8)
        guard
            let part = text.components(separatedBy: "\n## ").first(where: { $0.hasPrefix(section) })
        else { return [] }
        return part.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| device") }
    }
}
