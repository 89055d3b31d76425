// Every clause of Spec/virtqueue.md and every field that a hostile driver can write has a test that
// names it, or a reason why it cannot have one.

import Glibc
import SystemPackage
import Testing

@Suite("The clauses of the rings")
struct ClauseListTests {
    /// Clauses of registers that another program has.
    private static let elsewhere: [String: String] = [
        "VQ-D-026": "PCI's registers of a queue: this project has no PCI transport",
        "VQ-D-028": "PCI's 64-bit registers: this project has no PCI transport",
        "VQ-D-029": "PCI's interrupt status: this project has no PCI transport",
    ]

    private static var root: FilePath {
        FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent()
    }

    private func text(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = try unsafe chunk.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<got]
        }
    }

    /// All Swift files below a folder.
    private func sources(_ folder: FilePath) -> [FilePath] {
        // SAFETY: the entries are read before the next call; the stream is closed once.
        guard let stream = unsafe opendir(folder.string) else { return [] }
        defer { unsafe closedir(stream) }
        var found: [FilePath] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            let path = folder.appending(name)
            if name.hasSuffix(".swift") { found.append(path) } else { found += sources(path) }
        }
        return found
    }

    /// The titles of tests, and the ids of conformance cases.
    private func titles() throws -> [String] {
        var titles: [String] = []
        for folder in ["VirtqueueTests", "VirtioDevicesTests", "ConformanceTests"] {
            for path in sources(Self.root.appending("Tests").appending(folder)) {
                let text = try text(path)
                titles += text.matches(of: /@Test\(\s*"([^"]*)"/).map { String($0.1) }
            }
        }
        for path in sources(Self.root.appending("Sources/Conformance/Queue")) {
            titles += try text(path).matches(of: /id: "([^"]*)"/).map { "[\($0.1)]" }
        }
        return titles
    }

    @Test("each have a test that names them, or a reason, and no test names another")
    func clauses() throws {
        let document = try text(Self.root.appending("Spec/virtqueue.md"))
        let clauses = Set(document.matches(of: /\| (VQ-[DO]-[0-9]+) \|/).map { String($0.1) })
        #expect(clauses.count >= 39)
        let tested = Set(
            try titles().flatMap { title in
                title.matches(of: /(VQ-[DO]-[0-9]+)\]/).map { String($0.1) }
            })
        #expect(clauses.subtracting(tested).sorted() == Self.elsewhere.keys.sorted())
        #expect(tested.subtracting(clauses).sorted() == [])
    }

    @Test("leave no field of a hostile driver without a test that begins with its name")
    func hostileFields() throws {
        let document = try text(Self.root.appending("Spec/virtqueue.md"))
        let table = try #require(
            document.split(separator: "## ").first {
                $0.hasPrefix("What a hostile driver can do")
            })
        let fields = Set(
            table.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
                .compactMap { row -> String? in
                    row.split(separator: "|").first.map { Self.trimmed(String($0)) }
                })
        #expect(fields.count >= 20)
        let titles = try titles()
        for field in fields.sorted() {
            #expect(titles.contains { $0.hasPrefix(field + ": ") }, "\(field)")
        }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
