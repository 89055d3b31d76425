// Every clause of Spec/sharing.md has a test that names it.

import SystemPackage
import Testing

@Suite("The list of untested clauses")
struct ClauseListTests {
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

    @Test("is empty, and no test names a clause that does not exist")
    func complete() throws {
        let folder = FilePath(#filePath).removingLastComponent()
        let root = folder.removingLastComponent().removingLastComponent()
        let document = try text(root.appending("Spec/sharing.md"))
        let clauses = Set(document.matches(of: /\*\*([A-Z]+-[0-9]+)\*\*/).map { String($0.1) })
        #expect(clauses.count > 35)
        var tested: Set<String> = []
        for name in [
            "AttachmentTests", "CapabilityTests", "DeathTests", "IdentityTests",
            "InterleavingTests",
            "LeaseTests", "LifetimeTests", "MappingTests", "OrderingTests", "StressTests",
        ] {
            let source = try text(folder.appending(name + ".swift"))
            for line in source.split(separator: "\n") where line.contains("\"") {
                tested.formUnion(
                    line.matches(of: /\[((?:ID|CAP|MOVE|ATT|CPU|SYNC|LIFE|QUOTA|OBS)-[0-9]+)\]/)
                        .map { String($0.1) })
            }
        }
        #expect(clauses.subtracting(tested).sorted() == [])
        #expect(tested.subtracting(clauses).sorted() == [])
    }
}
