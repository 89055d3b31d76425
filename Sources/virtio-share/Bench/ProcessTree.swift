import Foundation

/// A process and those that it has started, as the kernel tells of them.
struct ProcessTree {
    let root: Int32
    /// The root's own, which live.
    let children: [Int32]
    let grandchildren: [Int32]

    var count: Int { 1 + children.count + grandchildren.count }

    init(root: Int32) throws {
        var parents: [Int32: Int32] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            // Some end meanwhile.
            guard let id = Int32(name), let state = Self.field("State:", of: id),
                !state.hasPrefix("Z")
            else { continue }
            parents[id] = Self.field("PPid:", of: id).flatMap { Int32($0) }
        }
        let children = parents.filter { $0.value == root }.keys.sorted()
        self.root = root
        self.children = children
        grandchildren = parents.filter { children.contains($0.value) }.keys.sorted()
    }

    static func residentKiB(of id: Int32) -> UInt64 {
        field("VmRSS:", of: id)?.split(separator: " ").first.flatMap { UInt64($0) } ?? 0
    }

    static func descriptorCount(of id: Int32) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count) ?? 0
    }

    private static func field(_ name: String, of id: Int32) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.dropFirst(name.count).trimmingCharacters(in: .whitespaces)
    }
}
