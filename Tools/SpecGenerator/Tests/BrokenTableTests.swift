// Each way in which a table can be wrong, and the place that the error names.

import SpecTables
import Testing

/// A document with one struct, one enum and one set of flags that hold together.
private let sound = """
    # A protocol

    ## Messages

    What a message is.

    `enum kinds` (u32) is `P.Kind`. Codes of commands.

    | value | name | Swift | meaning |
    |---:|---|---|---|
    | 1 | `KIND_A` | `a` | |
    | 2 | `KIND_B` | `b` | |

    What is true of it.

    `flags TRAITS` (u8) is `P.Traits`.

    | value | name | Swift | meaning |
    |---:|---|---|---|
    | 1 << 0 | `TRAIT_X` | `x` | |
    | 1 << 1 | `TRAIT_Y` | `y` | |

    A message.

    `struct message` (16 bytes) is `P.Message`. Command `1`. Needs `TRAIT_X`. Answers `2`.

    | offset | size | field | type | Swift | meaning |
    |---:|---:|---|---|---|---|
    | 0 | 4 | `kind` | enum kinds | `kind: Kind` | |
    | 4 | 1 | `traits` | flags TRAITS | `traits: Traits = []` | |
    | 5 | 3 | `padding` | u8[3] | — | |
    | 8 | 4 | `count` | u32 | `count: UInt32` | |
    | 12 | 4 | `value` | u32 | `value: UInt32` | |
    | 16 | 4 × count | `words` | u32[count] | — | |
    """

/// One mistake: what to replace by what, and what is said of it where.
private struct Mistake: CustomTestStringConvertible, Sendable {
    let old: String
    let new: String
    let line: Int
    let message: String
    var testDescription: String { message }

    init(_ old: String, _ new: String, _ line: Int, _ message: String) {
        (self.old, self.new, self.line, self.message) = (old, new, line, message)
    }

    static let layouts = [
        Mistake("| 8 | 4 | `count`", "| 9 | 4 | `count`", 32, "a gap from 8 to 9, before 'count'"),
        Mistake(
            "| 8 | 4 | `count`", "| 7 | 4 | `count`", 32,
            "fields overlap: 'count' begins at 7, before 8; in a union each row begins 'When …:'"),
        Mistake("| 8 | 4 | `count`", "| 2 | 4 | `count`", 32, "offsets descend: 'count' at 2"),
        Mistake("(16 bytes)", "(20 bytes)", 25, "the fields end at 16, the struct at 20"),
        Mistake("(16 bytes)", "(16)", 25, "a struct's size reads: (32 bytes)"),
        Mistake(
            "| 8 | 4 | `count`", "| 8 | 0 | `count`", 32,
            "'0' is no size: a number, `16 × field`, or rest"),
        Mistake("| 8 | 4 | `count`", "| x | 4 | `count`", 32, "'x' is no offset"),
        Mistake(
            "| 12 | 4 | `value` | u32", "| 12 | 4 | `value` | u64", 33,
            "the type has 8 bytes, the row 4"),
        Mistake("`value` | u32", "`value` | f32", 33, "'f32' is no type"),
        Mistake("`value` | u32", "`value` | enum unknown", 33, "no document defines 'unknown'"),
        Mistake("flags TRAITS |", "enum TRAITS |", 30, "no document defines 'TRAITS'"),
        Mistake("`value` | u32", "`count` | u32", 33, "field 'count' stands twice"),
        Mistake("`value: UInt32`", "`count: UInt32`", 33, "member 'count' stands twice"),
        Mistake(
            "`value: UInt32`", "`value`", 33,
            "a Swift member reads `name: Type` or `name: Type = default`; none is —"),
        Mistake("`value: UInt32`", "`value: UInt64`", 33, "'u32' is UInt32 in Swift, not UInt64"),
        Mistake("`value: UInt32`", "`value: [UInt32]`", 33, "'[UInt32]' is for an array"),
        Mistake(
            "u8[3] | — |", "u8[3] | `padding: UInt8` |", 31,
            "an array of numbers is a member of type [T]"),
        Mistake("`kind: Kind`", "`= .c`", 29, "'.c' is no value of 'kinds'"),
        Mistake(
            "| `value: UInt32` | |", "| `value: UInt32` | |  |", 33, "7 cells where 6 are needed"),
        Mistake(
            "| 16 | 4 × count", "| 12 | 4 × count", 34,
            "an array that trails begins at the struct's size, 16"),
        Mistake(
            "| 16 | 4 × count", "| 16 | 8 × count", 34, "an element has 4 bytes, the row says 8"),
        Mistake(
            "4 × count | `words` | u32[count]", "4 × total | `words` | u32[total]", 34,
            "'total' is no integer field of this struct"),
        Mistake(
            "4 × count | `words` | u32[count]", "4 × padding | `words` | u32[padding]", 34,
            "'padding' is no integer field of this struct"),
        Mistake("u32[count]", "u32[kind]", 34, "the size counts 'count', the type 'kind'"),
        Mistake(
            "u32[count] | —", "u32[count] | `words: [UInt32]`", 34,
            "a trailing array is no Swift member: —"),
        Mistake(
            "`value: UInt32` | |", "`value: UInt32` | When none = 1: it. |", 33,
            "the condition names 'none', which is no field here"),
    ]

    static let values = [
        Mistake("| 2 | `KIND_B`", "| 1 | `KIND_B`", 12, "1 stands at line 11 too"),
        Mistake("`KIND_B` | `b`", "`KIND_A` | `b`", 12, "'KIND_A' stands twice"),
        Mistake("`KIND_B` | `b`", "`KIND_B` | `a`", 12, "the Swift name 'a' stands twice"),
        Mistake("| 2 | `KIND_B`", "| two | `KIND_B`", 12, "'two' is no number"),
        Mistake("| 2 | `KIND_B`", "| 0x100000000 | `KIND_B`", 12, "0x100000000 does not fit u32"),
        Mistake("| 2 | `KIND_B`", "| 2 | `KIND B`", 12, "'KIND B' is no name"),
        Mistake("`KIND_B` | `b`", "`KIND_B` | `B`", 12, "'B' is no Swift name; none is —"),
        Mistake("| 1 << 1 |", "| 1 << 8 |", 21, "1 << 8 does not fit u8"),
        Mistake("| 1 << 1 |", "| 1 |", 21, "1 stands at line 20 too"),
        Mistake("(u8)", "(u7)", 16, "'u7' is none of u8, u16, u32, u64"),
    ]

    static let definitions = [
        Mistake("is `P.Message`. ", ". ", 25, "a struct without a Swift type is 'Layout only.'"),
        Mistake(
            "Command `1`.", "Layout only.", 25,
            "'Layout only.' is said of a struct without a Swift type"),
        Mistake("Answers `2`.", "Answers `2`", 25, "a definition line ends in a full stop"),
        Mistake(
            "Answers `2`.", "Answers nothing.", 25, "'Answers nothing' names nothing in backticks"),
        Mistake("Answers `2`.", "Answers `9`.", 25, "no enum here has '9'"),
        Mistake("Needs `TRAIT_X`", "Needs `TRAIT_Z`", 25, "no flags table has 'TRAIT_Z'"),
        Mistake(
            "Needs `TRAIT_X`", "Wants `TRAIT_X`", 25,
            "no sentence of a definition begins like 'Wants `TRAIT_X`'"),
        Mistake("Command `1`", "Command `3`", 25, "no enum names Command 0x3"),
        Mistake("Command `1`", "Command `one`", 25, "'one' is no message code"),
        Mistake(
            "Command `1`", "Command `1`, descriptors `many`", 25, "descriptors read: `1` or `0...8`"
        ),
        Mistake("Command `1`", "Request `1`", 25, "no enum says 'Codes of requests.'"),
        Mistake("Codes of commands", "Codes of words", 7, "'words' is no role of messages"),
        Mistake("A message.\n", "", 24, "a paragraph above has to say what this is"),
        Mistake(
            "| field | type |", "| type | field |", 25,
            "the table below has to have the columns offset, size, field, type, Swift, meaning"),
        Mistake(
            "`enum kinds` (u32) is `P.Kind`. Codes of commands.\n", "Kinds.\n", 9,
            "a table of this shape needs a definition line above it"),
        Mistake(
            "`flags TRAITS` (u8)", "`enum kinds` (u8)", 16, "'kinds' is defined at Spec/p.md:7"),
        Mistake("is `P.Traits`", "is `P.Kind`", 16, "'P.Kind' is defined at Spec/p.md:7"),
    ]
}

@Suite("A broken table")
struct BrokenTableTests {
    private func errors(_ text: String) -> [SpecError] {
        do throws(SpecErrors) {
            _ = try Generator(documents: [("Spec/p.md", text)])
            return []
        } catch { return error.errors }
    }

    private func check(_ mistake: Mistake) throws {
        try #require(sound.contains(mistake.old))
        let found = errors(sound.replacing(mistake.old, with: mistake.new, maxReplacements: 1))
        let expected = SpecError(path: "Spec/p.md", line: mistake.line, message: mistake.message)
        #expect(found.contains(expected), "\(found)")
    }

    @Test("is not one that holds together") func noError() { #expect(errors(sound) == []) }

    @Test("of a layout is named with file and line", arguments: Mistake.layouts)
    fileprivate func layouts(mistake: Mistake) throws { try check(mistake) }

    @Test("of numbers is named with file and line", arguments: Mistake.values)
    fileprivate func values(mistake: Mistake) throws { try check(mistake) }

    @Test("or its definition line is named with file and line", arguments: Mistake.definitions)
    fileprivate func definitions(mistake: Mistake) throws { try check(mistake) }

    @Test("does not hide the others: all errors come at once, in reading order")
    func all() {
        let text = sound.replacing("| 2 | `KIND_B`", with: "| 1 | `KIND_B`")
            .replacing("(16 bytes)", with: "(20 bytes)")
        let found = errors(text)
        #expect(found.map(\.line) == found.map(\.line).sorted())
        #expect(found.contains { $0.description == "Spec/p.md:12: 1 stands at line 11 too" })
        #expect(
            found.contains {
                $0.description == "Spec/p.md:25: the fields end at 16, the struct at 20"
            })
    }

    @Test("that ends before its definition's table begins says which table is missing")
    func noTable() {
        let text = "What it is.\n\n`struct s` (4 bytes) is `P.S`.\n\nProse.\n"
        #expect(
            errors(text).map(\.description) == [
                "Spec/p.md:3: a table has to follow: | offset | size | field | type | Swift | meaning |"
            ])
    }

    @Test("of messages names payloads, gates and answers that are none")
    func messages() {
        let row = "| 1 | `REQ` | `req` | struct s | 0...8 | — | 0 | never | — | A-1 | |"
        let table = """
            A header.

            `struct s` (4 bytes) is `P.S`.

            | offset | size | field | type | Swift | meaning |
            |---:|---:|---|---|---|---|
            | 0 | 4 | `n` | u32 | `n: UInt32` | |

            What is asked.

            `messages reqs` (u32) is `P.Req`. Header `struct s`. Roles request, reply.

            | value | name | Swift | payload | descriptors | reply | reply descriptors | answer | gate | clauses | meaning |
            |---:|---|---|---|---:|---|---:|---|---|---|---|

            """
        #expect(errors(table + row) == [])
        for (old, new, message) in [
            ("struct s", "struct t", "no document defines 't'"),
            ("0...8", "8...0", "descriptors read: 1 or 0...8"),
            ("never", "maybe", "'maybe' is none of always, never, ack"),
            ("never | —", "never | `F`", "no flags table has 'F'"),
            ("— | 0 | never", "u64 | 0 | never", "a request that is never answered has no reply"),
        ] {
            let found = errors(table + row.replacing(old, with: new))
            #expect(found == [SpecError(path: "Spec/p.md", line: 15, message: message)])
        }
    }
}
