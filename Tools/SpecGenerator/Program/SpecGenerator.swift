// The command: reads Spec/*.md below the project's root, writes or compares what follows from it.

import Foundation
import SpecTables

@main
struct SpecGenerator {
    private enum Mode { case write, check, list }

    private static let usage = "usage: SpecGenerator [--check | --list] [--root DIR]"

    private var mode = Mode.write
    /// This file is four steps below the project's root.
    private var root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func main() {
        do {
            try SpecGenerator(CommandLine.arguments.dropFirst()).run()
        } catch {
            fail("\(error)")
        }
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }

    private init(_ arguments: ArraySlice<String>) {
        var arguments = arguments
        while let argument = arguments.popFirst() {
            switch argument {
            case "--check": mode = .check
            case "--list": mode = .list
            case "--root":
                guard let path = arguments.popFirst() else { Self.fail(Self.usage) }
                root = URL(filePath: path)
            default: Self.fail(Self.usage)
            }
        }
    }

    private func run() throws {
        let spec = root.appending(path: "Spec")
        let names = try FileManager.default.contentsOfDirectory(atPath: spec.path)
        let documents = try names.filter { $0.hasSuffix(".md") }.sorted().map { name in
            ("Spec/\(name)", try String(contentsOf: spec.appending(path: name), encoding: .utf8))
        }
        let generator = try Generator(documents: documents)
        let outputs = generator.outputs()
        switch mode {
        case .list: for line in generator.list() { print(line) }
        case .check:
            let stale = stalePaths(outputs)
            if !stale.isEmpty {
                let list = stale.joined(separator: "\n  ")
                Self.fail("stale, `make generate` writes them anew:\n  \(list)")
            }
        case .write: try write(outputs)
        }
    }

    private func text(at path: String) -> String? {
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private func write(_ outputs: [(path: String, text: String)]) throws {
        let files = FileManager.default
        let texts = Dictionary(uniqueKeysWithValues: outputs)
        for path in stalePaths(outputs) {
            let file = root.appending(path: path)
            if let text = texts[path] {
                try files.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
                print("wrote \(path)")
            } else {
                try files.removeItem(at: file)
                print("removed \(path)")
            }
        }
    }

    /// What differs from its text here, is missing, or is made by no document.
    private func stalePaths(_ outputs: [(path: String, text: String)]) -> [String] {
        var stale = outputs.filter { text(at: $0.path) != $0.text }.map(\.path)
        let known = Set(outputs.map(\.path))
        for folder in Generator.ownFolders {
            let names = try? FileManager.default.subpathsOfDirectory(
                atPath: root.appending(path: folder).path)
            let files = (names ?? []).filter { $0.hasSuffix(".swift") || $0.hasSuffix(".lua") }
            stale += files.map { "\(folder)/\($0)" }.filter { !known.contains($0) }
        }
        return stale
    }
}
