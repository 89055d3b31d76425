import Testing

@testable import virtio_share

@Suite struct PixelFontTests {
    private static let printable = (UInt8(0x20)...0x7e).map { Character(UnicodeScalar($0)) }

    private static func drawn(_ text: String) -> Picture {
        var picture = Picture(
            width: max(1, PixelFont.width(of: text)), height: PixelFont.lineHeight,
            filledWith: .black)
        picture.draw(text, x: 0, y: 0, in: .white)
        return picture
    }

    @Test func `Every glyph but the space shows something`() {
        for character in Self.printable {
            #expect(PixelFont.pixels(of: character).isEmpty == (character == " "), "\(character)")
        }
    }

    @Test func `No two glyphs look alike`() {
        var pictures: [Character: Picture] = [:]
        for character in Self.printable + ["é"] {
            let picture = Self.drawn(String(character))
            let twin = pictures.first { $0.value == picture }?.key
            #expect(twin == nil, "\(character)")
            pictures[character] = picture
        }
    }

    @Test func `Whatever is no printable ASCII shows as a box`() {
        for character: Character in ["é", "\t", "\r\n", "\u{7f}", "🖥️"] {
            #expect(Self.drawn(String(character)) == Self.drawn("\u{7f}"))
        }
    }

    @Test func `A text is as wide as its last pixel`() {
        let picture = Self.drawn("HH")
        #expect(picture.width == 22)
        #expect(picture[0, 0] == .white)
        #expect(picture[21, 0] == .white)
    }

    @Test(arguments: [
        ("abcdef", 70, "abcdef"), ("abcdef", 69, "abc.."), ("abcdef", 22, ".."),
        ("abcdef", 10, "."), ("abcdef", 9, ""), ("", 0, ""),
    ])
    func `A text too long is cut with two dots`(text: String, widthMax: Int, cut: String) {
        #expect(PixelFont.cut(text, toWidth: widthMax) == cut)
        #expect(PixelFont.width(of: cut) <= widthMax)
    }
}
