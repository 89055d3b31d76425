// A small bitmap font for captions: printable ASCII, five pixels by seven, drawn twice as large.
//
// Invariant: the drawing below is the font. Six bands of sixteen glyphs, 0x20 to 0x7f in order.

enum PixelFont {
    static let glyphWidth = 5
    static let glyphHeight = 7
    static let scale = 2

    /// From the left of one character to the left of the next.
    static let advance = (glyphWidth + 1) * scale
    /// From the top of the capitals to the bottom of the descenders.
    static let lineHeight = (glyphHeight + descent) * scale

    /// How far below the base line the glyphs of `lowered` reach, before scaling.
    private static let descent = 2
    private static let lowered: Set<Character> = ["g", "p", "q", "y", ",", ";", "_"]

    /// Sets the scaled width of a text, without space after its last character.
    static func width(of text: String) -> Int {
        max(0, text.count * advance - scale)
    }

    /// The text itself where it fits, else as much of it as fits with ".." after it.
    static func cut(_ text: String, toWidth widthMax: Int) -> String {
        guard width(of: text) > widthMax else { return text }
        let room = max(0, (widthMax + scale) / advance)
        return String(text.prefix(max(0, room - 2)) + "..".prefix(room))
    }

    /// The pixels, before scaling, that a character sets in its cell of 5 × 9.
    ///
    /// Whatever is no printable ASCII shows as the box that stands at 0x7f.
    static func pixels(of character: Character) -> [(x: Int, y: Int)] {
        let code = character.asciiValue.map(Int.init) ?? 0x7f
        let index = (0x20..<0x7f ~= code ? code : 0x7f) - 0x20
        let left = index % 16 * (glyphWidth + 1)
        let top = index / 16 * (glyphHeight + 1)
        let shift = lowered.contains(character) ? descent : 0
        var pixels: [(x: Int, y: Int)] = []
        for y in 0..<glyphHeight {
            for x in 0..<glyphWidth where rows[top + y][left + x] == UInt8(ascii: "#") {
                pixels.append((x, y + shift))
            }
        }
        return pixels
    }

    private static let rows = drawing.split(separator: "\n", omittingEmptySubsequences: false)
        .map { Array($0.utf8) }
}

extension Picture {
    /// Draws one line of text with its upper left corner at (x, y); it must fit.
    mutating func draw(_ text: String, x: Int, y: Int, in colour: Colour) {
        let scale = PixelFont.scale
        for (index, character) in text.enumerated() {
            for pixel in PixelFont.pixels(of: character) {
                fill(
                    x: x + index * PixelFont.advance + pixel.x * scale, y: y + pixel.y * scale,
                    width: scale, height: scale, with: colour)
            }
        }
    }
}

private let drawing = """
    ..... ..#.. .#.#. .#.#. ..#.. ##..# .##.. ..#.. ...#. .#... ..... ..... ..... ..... ..... ....#
    ..... ..#.. .#.#. .#.#. .#### ##..# #..#. ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... ..... ....#
    ..... ..#.. .#.#. ##### #.#.. ...#. #.#.. .#... .#... ...#. #.#.# ..#.. ..... ..... ..... ...#.
    ..... ..#.. ..... .#.#. .###. ..#.. .#... ..... .#... ...#. .###. ##### .##.. .###. ..... ..#..
    ..... ..#.. ..... ##### ..#.# .#... #.#.# ..... .#... ...#. #.#.# ..#.. .##.. ..... ..... .#...
    ..... ..... ..... .#.#. ####. #..## #..#. ..... ..#.. ..#.. ..#.. ..#.. ..#.. ..... .##.. #....
    ..... ..#.. ..... .#.#. ..#.. #..## .##.# ..... ...#. .#... ..... ..... .#... ..... .##.. #....

    .###. ..#.. .###. .###. ...#. ##### ..##. ##### .###. .###. ..... .##.. ...#. ..... .#... .###.
    #...# .##.. #...# #...# ..##. #.... .#... ....# #...# #...# ..... .##.. ..#.. ..... ..#.. #...#
    #..## ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...# .##.. ..... .#... ##### ...#. ....#
    #.#.# ..#.. ...#. ..##. #..#. ....# ####. ...#. .###. .#### .##.. .##.. #.... ..... ....# ...#.
    ##..# ..#.. ..#.. ....# ##### ....# #...# ..#.. #...# ....# ..... .##.. .#... ##### ...#. ..#..
    #...# ..#.. .#... #...# ...#. #...# #...# ..#.. #...# ...#. .##.. ..#.. ..#.. ..... ..#.. .....
    .###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .##.. .##.. .#... ...#. ..... .#... ..#..

    .###. ..#.. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #.... #...# #...# .###.
    #...# .#.#. #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #.... ##.## ##..# #...#
    #.### #...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #.... #.#.# ##..# #...#
    #.#.# #...# ####. #.... #...# ####. ####. #.### ##### ..#.. ...#. ##... #.... #.#.# #.#.# #...#
    #.### ##### #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #.... #...# #..## #...#
    #.... #...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #.... #...# #..## #...#
    .#### #...# ####. .###. ####. ##### #.... .#### #...# .###. .##.. #...# ##### #...# #...# .###.

    ####. .###. ####. .#### ##### #...# #...# #...# #...# #...# ##### .###. #.... .###. ..#.. .....
    #...# #...# #...# #.... ..#.. #...# #...# #...# #...# #...# ....# .#... #.... ...#. .#.#. .....
    #...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. .#... .#... ...#. #...# .....
    ####. #...# ####. .###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#.. .#... ..#.. ...#. ..... .....
    #.... #.#.# #.#.. ....# ..#.. #...# .#.#. #.#.# .#.#. ..#.. .#... .#... ...#. ...#. ..... .....
    #.... #..#. #..#. ....# ..#.. #...# .#.#. ##.## #...# ..#.. #.... .#... ....# ...#. ..... #####
    #.... .##.# #...# ####. ..#.. .###. ..#.. #...# #...# ..#.. ##### .###. ....# .###. ..... .....

    .#... ..... #.... ..... ....# ..... ..##. .#### #.... ..#.. ...#. #.... .##.. ..... ..... .....
    ..#.. ..... #.... ..... ....# ..... .#..# #...# #.... ..... ..... #.... ..#.. ..... ..... .....
    ..... .###. ####. .###. .#### .###. .#... #...# #.##. .##.. ..##. #..#. ..#.. ##.#. #.##. .###.
    ..... ....# #...# #...# #...# #...# ###.. #...# ##..# ..#.. ...#. #.#.. ..#.. #.#.# ##..# #...#
    ..... .#### #...# #.... #...# ##### .#... .#### #...# ..#.. ...#. ##... ..#.. #.#.# #...# #...#
    ..... #...# #...# #...# #...# #.... .#... ....# #...# ..#.. #..#. #.#.. ..#.. #.#.# #...# #...#
    ..... .#### ####. .###. .#### .#### .#... .###. #...# .###. .##.. #..#. .###. #.#.# #...# .###.

    ####. .#### ..... ..... .#... ..... ..... ..... ..... #...# ..... ..##. ..#.. .##.. ..... #####
    #...# #...# ..... ..... .#... ..... ..... ..... ..... #...# ..... ..#.. ..#.. ..#.. ..... #...#
    #...# #...# #.##. .#### ####. #...# #...# #...# #...# #...# ##### ..#.. ..#.. ..#.. .#... #...#
    #...# #...# ##..# #.... .#... #...# #...# #...# .#.#. #...# ...#. .#... ..#.. ...#. #.#.# #...#
    ####. .#### #.... .###. .#... #...# #...# #.#.# ..#.. .#### ..#.. ..#.. ..#.. ..#.. ...#. #...#
    #.... ....# #.... ....# .#..# #..## .#.#. #.#.# .#.#. ....# .#... ..#.. ..#.. ..#.. ..... #...#
    #.... ....# #.... ####. ..##. .##.# ..#.. .#.#. #...# .###. ##### ..##. ..#.. .##.. ..... #####
    """
