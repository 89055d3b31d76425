// What is made of a table: Swift, Lua, C and JSON.

import Foundation
import SpecTables
import Testing

@Suite("A sound table")
struct OutputTests {
    private let text = """
        # Things

        C headers: `<linux/things.h>`.

        ## Things

        Kinds of things [T-1].

        `enum kinds` (u32) is `T.Kind`. Codes of commands. Described.

        | value | name | Swift | meaning |
        |---:|---|---|---|
        | 0x01 | `KIND_MAKE` | `make` | Makes one. |
        | 0x02 | `KIND_DEFAULT` | `default` | |

        What a thing begins with.

        `struct head` (8 bytes) is `T.Head`.

        | offset | size | field | type | Swift | meaning |
        |---:|---:|---|---|---|---|
        | 0 | 4 | `kind` | enum kinds | `kind: Kind` | |
        | 4 | 4 | — | u32 | — | |

        Makes a thing. More words, which stay in the document.

        `struct make` (24 bytes) is `T.Make`. Command `1`. Clauses T-1, T-2.

        | offset | size | field | type | Swift | meaning |
        |---:|---:|---|---|---|---|
        | 0 | 8 | `head` | struct head | `head: Head` | |
        | 8 | 4 | `a` | u32 | `a: UInt32 = 7` | When count = 1: one way to read it. |
        | 8 | 8 | `b` | u64 | — | When ANYTHING ELSE: another. |
        | 16 | 2 | `count` | u16 | `count: UInt16` | |
        | 18 | 6 | `name` | u8[6] | `name: String` | The thing's name. |
        | 24 | 4 × count | `more` | u32[count] | — | |

        Every command.

        `commands` are `T.Command`.
        """

    private func output(_ path: String) throws -> String {
        let generator = try Generator(documents: [("Spec/things.md", text)])
        return try #require(generator.outputs().first { $0.path == path }?.text)
    }

    @Test("makes a codec: one guard, constant offsets, zeros where nobody writes")
    func swift() throws {
        let swift = try output("Sources/VirtioWire/Generated/Things/ThingsThings.swift")
        for part in [
            "// Generated from Spec/things.md, \"Things\"",
            "    /// Kinds of things (`enum kinds`).\n    public struct Kind: WireNumber {",
            "@inlinable public static var `default`: Self { Self(0x02) }",
            "case .make: \"KIND_MAKE\"",
            "    /// Makes a thing (`KIND_MAKE`, `struct make`).\n",
            "init(head: Head = Head(kind: .make), a: UInt32 = 7, count: UInt16, name: String) {",
            "            try bytes.require(byteCount: Self.sizeBytes)\n            self.init(guarded: bytes, at: 0)\n",
            "        @inlinable @inline(__always)\n        init(guarded bytes: RawSpan, at offset: Int) {\n",
            "            head = Head(guarded: bytes, at: offset)\n",
            "            a = bytes.u32(at: offset + 8)\n            count = bytes.u16(at: offset + 16)\n",
            "            name = bytes.textToNUL(in: offset + 18..<offset + 24)\n",
            "            out.append(u32: a)\n            out.append(zeros: 4)\n            out.append(u16: count)\n",
            "            out.append(text: name, sizeBytes: 6)\n",
            "        /// One way to read it.\n        public var a: UInt32\n",
            "case .make: self = .make(try Make(bytes))",
            "default: self = .unknown(try Head(bytes))",
        ] { #expect(swift.contains(part), "\(part)") }
        #expect(swift.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test("makes an index that holds every figure")
    func index() throws {
        let json = try JSONSerialization.jsonObject(with: Data(try output("Spec/index.json").utf8))
        let root = try #require(json as? [String: Any])
        let document = try #require((root["documents"] as? [[String: Any]])?.first)
        let structs = try #require(document["structs"] as? [[String: Any]])
        let make = try #require(structs.last)
        #expect(make["name"] as? String == "make")
        #expect(make["size"] as? Int == 24)
        #expect(make["clauses"] as? [String] == ["T-1", "T-2"])
        let fields = try #require(make["fields"] as? [[String: Any]])
        #expect(fields.map { $0["offset"] as? Int } == [0, 8, 8, 16, 18])
        let condition = try #require(fields[1]["condition"] as? [String: Any])
        #expect(condition["field"] as? String == "count")
        #expect(condition["values"] as? [Int] == [1])
        let trailing = try #require((make["trailing"] as? [[String: Any]])?.first)
        #expect(trailing["countField"] as? String == "count")
        #expect(trailing["elementSize"] as? Int == 4)
        let clauses = try #require(document["clauses"] as? [[String: Any]])
        #expect(clauses.map { $0["id"] as? String } == ["T-1", "T-1", "T-2"])
    }

    @Test("makes rows that the C compiler compares, holes left out")
    func oracle() throws {
        let c = try output("Tests/CSpecOracle/SpecOracle.c")
        #expect(c.contains("#include <linux/things.h>\n"))
        #expect(c.contains("SIZE(\"Spec/things.md:18\", head, 8),\n"))
        #expect(c.contains("FIELD(\"Spec/things.md:34\", make, count, 16, 2),\n"))
        #expect(c.contains("NUMBER(\"Spec/things.md:13\", KIND_MAKE, 1u, KIND_MAKE),\n"))
        #expect(!c.contains("—"))
    }

    @Test("makes a dissector whose unions ask their field")
    func lua() throws {
        let lua = try output("Spec/dissector/things.lua")
        #expect(lua.contains("{ \"a\", 8, \"u32\", on = { \"count\", { [1] = true } } },"))
        #expect(lua.contains("{ \"b\", 8, \"u64\", otherwise = true },"))
        #expect(lua.contains("{ \"more\", 0, \"u32\", counted = \"count\", element = 4 },"))
        #expect(lua.contains("[0x1] = \"make\","))
    }

    @Test("is a definition only where a definition line is: other tables are prose")
    func prose() throws {
        let other =
            "# P\n\n| offset | what |\n|---|---|\n| 0 | x |\n\n`struct s` is mentioned here.\n"
        let generator = try Generator(documents: [("Spec/p.md", other)])
        #expect(generator.list() == [])
    }
}
