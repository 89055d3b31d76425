// What people paste: digits in all the ways in which tools print them.

import Testing

@testable import Inspection

@Suite("Hexadecimal text")
struct HexTextTests {
    private func bytes(_ text: String) throws -> [UInt8] {
        try InspectionInput(Array(text.utf8)).packets.map(\.bytes).reduce([], +)
    }

    @Test(
        "is read with and without spaces, prefixes, separators and comments",
        arguments: [
            "02010000deadBEEF", "02 01 00 00 de ad be ef", "0201 0000\nDEAD beef\n",
            "0x02, 0x01, 0x00, 0x00, 0xde, 0xad, 0xbe, 0xef", "02:01:00:00:de:ad:be:ef",
            "\\x02 \\x01 \\x00\\x00", "# a comment\n0201 ; more\n0000 // and more\ndeadbeef # end",
            "{ 0x02, 0x01, 0x00, 0x00,\r\n  0xde, 0xad, 0xbe, 0xef };",
        ])
    func ways(text: String) throws {
        guard !text.contains("\\x00\\x00") else {
            // Two escapes without a gap are one word, of which the second escape is no digit.
            #expect(throws: InputError.notHex(line: 1, column: 11, text: "\\x00\\x00")) {
                try bytes(text)
            }
            return
        }
        #expect(try bytes(text) == [2, 1, 0, 0, 0xde, 0xad, 0xbe, 0xef])
    }

    @Test("of xxd is read without its offsets and its text")
    func xxd() throws {
        let text = """
            00000000: 0201 0000 6162 6364 6566 3031 3233 3435  ....abcdef012345
            00000010: 6162 63                                  abc
            """
        #expect(
            try bytes(text) == [2, 1, 0, 0] + Array("abcdef012345".utf8) + Array("abc".utf8))
    }

    @Test("of hexdump -C is read without its offsets and its text")
    func hexdump() throws {
        let text = """
            00000000  02 01 00 00 61 62 63 64  65 66 30 31 32 33 34 35  |....abcdef012345|
            00000010  61 62 63                                          |abc|
            00000013
            """
        #expect(
            try bytes(text) == [2, 1, 0, 0] + Array("abcdef012345".utf8) + Array("abc".utf8))
    }

    @Test("with a repeated byte is that byte as often")
    func repeated() throws {
        #expect(try bytes("07 00*5 01") == [7, 0, 0, 0, 0, 0, 1])
        #expect(throws: InputError.notHex(line: 1, column: 1, text: "00*999999999")) {
            try bytes("00*999999999")
        }
    }

    @Test("of a dump that leaves lines out is refused by its line")
    func gap() {
        let text =
            "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |...|\n*\n00000020\n"
        #expect(throws: InputError.dumpWithGap(line: 2)) { try bytes(text) }
    }

    @Test("with an odd number of digits is refused by its place")
    func odd() {
        #expect(throws: InputError.oddDigits(line: 2, column: 4, digits: "012")) {
            try bytes("00\n00 012\n")
        }
        #expect(throws: InputError.oddDigits(line: 1, column: 1, digits: "0x1")) {
            try bytes("0x1")
        }
    }

    @Test("with another letter is refused by its place")
    func otherLetters() {
        #expect(throws: InputError.notHex(line: 1, column: 4, text: "zz")) { try bytes("00 zz") }
        #expect(throws: InputError.notHex(line: 1, column: 1, text: "hello")) { try bytes("hello") }
    }

    @Test("without a byte is refused")
    func noBytes() {
        #expect(throws: InputError.noBytes("The input")) { try bytes("# only a comment\n\n") }
        #expect(throws: InputError.empty("The input")) { try bytes("") }
    }
}
