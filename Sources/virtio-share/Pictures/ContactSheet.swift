// Many pictures at a glance: a title, and a grid of thumbnails with a caption under each.
//
// Invariant: only thumbnails are kept, at most `tilesMax` of them.

struct ContactSheet: Sendable {
    static let columnsMax = 16
    static let tileWidthMax = 1024
    /// Pictures added after this many are counted, not shown.
    static let tilesMax = 512

    /// Distances in pixels.
    static let margin = 16
    static let columnGap = 10
    static let rowGap = 14
    static let titleGap = 14
    static let captionGap = 7

    private static let background = Colour(red: 20, green: 22, blue: 27)
    private static let plate = Colour(red: 32, green: 35, blue: 42)
    private static let outline = Colour(red: 62, green: 67, blue: 78)
    private static let titleColour = Colour(red: 240, green: 242, blue: 246)
    private static let captionColour = Colour(red: 176, green: 182, blue: 194)

    private struct Tile {
        let thumbnail: Picture
        let caption: String
    }

    private let columns: Int
    private let tileWidth: Int
    private let title: String
    private var tileHeightMax: Int { max(1, tileWidth * 3 / 4) }
    private var tiles: [Tile] = []
    private var addedCount = 0

    init(columns: Int = 4, tileWidth: Int = 320, title: String) {
        precondition(1...Self.columnsMax ~= columns, "A sheet has 1…columnsMax columns.")
        precondition(1...Self.tileWidthMax ~= tileWidth, "A tile's width is 1…tileWidthMax.")
        self.columns = columns
        self.tileWidth = tileWidth
        self.title = title
    }

    /// Takes a thumbnail of the picture, as wide as the tile but at most three quarters of that high.
    mutating func add(_ picture: Picture, caption: String) {
        addedCount += 1
        guard tiles.count < Self.tilesMax else { return }
        tiles.append(Tile(thumbnail: thumbnail(of: picture), caption: caption))
    }

    /// Draws the sheet: always `columns` tiles wide, each row as high as its highest thumbnail.
    func render() -> Picture {
        let rows = stride(from: 0, to: tiles.count, by: columns).map { start in
            tiles[start..<min(start + columns, tiles.count)]
        }
        let width = 2 * Self.margin + columns * tileWidth + (columns - 1) * Self.columnGap
        var height = 2 * Self.margin + PixelFont.lineHeight
        for (index, row) in rows.enumerated() {
            height += index == 0 ? Self.titleGap : Self.rowGap
            height += plateHeight(row) + Self.captionGap + PixelFont.lineHeight
        }

        var sheet = Picture(width: width, height: height, filledWith: Self.background)
        drawTitle(on: &sheet)
        var y = Self.margin + PixelFont.lineHeight + Self.titleGap
        for row in rows {
            draw(row, y: y, on: &sheet)
            y += plateHeight(row) + Self.captionGap + PixelFont.lineHeight + Self.rowGap
        }
        return sheet
    }

    private func thumbnail(of picture: Picture) -> Picture {
        // Small pictures stay sharp in their own size.
        guard picture.width > tileWidth || picture.height > tileHeightMax else { return picture }
        let widthAtFullHeight = picture.width * tileHeightMax / picture.height
        if widthAtFullHeight <= tileWidth {
            return picture.scaled(toWidth: max(1, widthAtFullHeight), height: tileHeightMax)
        }
        let height = picture.height * tileWidth / picture.width
        return picture.scaled(toWidth: tileWidth, height: max(1, height))
    }

    private func plateHeight(_ row: ArraySlice<Tile>) -> Int {
        row.map(\.thumbnail.height).max() ?? 0
    }

    private func drawTitle(on sheet: inout Picture) {
        let total = addedCount == 1 ? "1 picture" : "\(addedCount) pictures"
        let count = tiles.count < addedCount ? "\(tiles.count) of \(total)" : total
        let right = sheet.width - Self.margin
        let countX = right - PixelFont.width(of: count)
        // A sheet too narrow for both shows the title.
        let hasCount = countX > sheet.width / 2
        let titleRight = hasCount ? countX - 2 * PixelFont.advance : right
        sheet.draw(
            PixelFont.cut(title, toWidth: titleRight - Self.margin),
            x: Self.margin, y: Self.margin, in: Self.titleColour)
        if hasCount {
            sheet.draw(count, x: countX, y: Self.margin, in: Self.captionColour)
        }
    }

    private func draw(_ row: ArraySlice<Tile>, y: Int, on sheet: inout Picture) {
        let height = plateHeight(row)
        for (column, tile) in row.enumerated() {
            let x = Self.margin + column * (tileWidth + Self.columnGap)
            sheet.fill(
                x: x - 1, y: y - 1, width: tileWidth + 2, height: height + 2, with: Self.outline)
            sheet.fill(x: x, y: y, width: tileWidth, height: height, with: Self.plate)
            sheet.draw(
                tile.thumbnail,
                x: x + (tileWidth - tile.thumbnail.width) / 2,
                y: y + (height - tile.thumbnail.height) / 2)
            sheet.draw(
                PixelFont.cut(tile.caption, toWidth: tileWidth),
                x: x, y: y + height + Self.captionGap, in: Self.captionColour)
        }
    }
}
