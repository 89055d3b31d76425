import Testing

@testable import virtio_share

@Suite struct ContactSheetTests {
    /// The margin, the title line and the space below it.
    private static let gridTop = 16 + 18 + 14
    /// The space above the caption and the caption.
    private static let captionHeight = 7 + 18

    @Test func `A sheet is as wide as its columns and as high as its rows`() {
        var sheet = ContactSheet(columns: 3, tileWidth: 100, title: "geometry")
        for _ in 0..<7 {
            sheet.add(Picture(width: 200, height: 150, filledWith: .white), caption: "caption")
        }
        let picture = sheet.render()
        #expect(picture.width == 16 + 100 + 10 + 100 + 10 + 100 + 16)
        #expect(picture.height == Self.gridTop + 3 * (75 + Self.captionHeight) + 2 * 14 + 16)
    }

    @Test func `A thumbnail stands at its column and row`() {
        var sheet = ContactSheet(columns: 2, tileWidth: 100, title: "")
        let colours = (1...4).map { Colour(red: UInt8($0), green: 255, blue: 0) }
        for colour in colours {
            sheet.add(Picture(width: 400, height: 200, filledWith: colour), caption: "")
        }
        let picture = sheet.render()
        let below = Self.gridTop + 50 + Self.captionHeight + 14
        for (index, (x, y)) in [
            (16, Self.gridTop), (126, Self.gridTop), (16, below), (126, below),
        ].enumerated() {
            #expect(picture[x, y] == colours[index])
            #expect(picture[x + 99, y + 49] == colours[index])
            #expect(picture[x - 1, y] != colours[index])
            #expect(picture[x + 100, y] != colours[index])
            #expect(picture[x, y - 1] != colours[index])
            #expect(picture[x, y + 50] != colours[index])
        }
    }

    @Test func `A high picture is fitted into the tile and centred`() {
        var sheet = ContactSheet(columns: 1, tileWidth: 100, title: "")
        sheet.add(Picture(width: 320, height: 600, filledWith: .white), caption: "")
        let picture = sheet.render()
        #expect(picture.height == Self.gridTop + 75 + Self.captionHeight + 16)
        let whites = (0..<picture.width).filter { picture[$0, Self.gridTop + 50] == .white }
        #expect(whites == Array(16 + 30..<16 + 70))
    }

    @Test func `A small picture keeps its size`() {
        var sheet = ContactSheet(columns: 1, tileWidth: 100, title: "")
        sheet.add(Picture(width: 10, height: 4, filledWith: .white), caption: "")
        let picture = sheet.render()
        #expect(picture.height == Self.gridTop + 4 + Self.captionHeight + 16)
        let whites = (0..<picture.width).filter { picture[$0, Self.gridTop] == .white }
        #expect(whites == Array(16 + 45..<16 + 55))
    }

    @Test(arguments: [(1, 1_048_576), (1_048_576, 1), (1, 1)])
    func `A picture of any shape makes a sheet of a bounded size`(width: Int, height: Int) {
        var sheet = ContactSheet(columns: 1, tileWidth: 1, title: "any title")
        sheet.add(Picture(width: width, height: height, filledWith: .white), caption: "caption")
        let picture = sheet.render()
        #expect(picture.width == 33)
        #expect(picture.height == Self.gridTop + 1 + Self.captionHeight + 16)
    }

    @Test func `A sheet without pictures still has its title`() {
        let picture = ContactSheet(columns: 2, tileWidth: 100, title: "title").render()
        #expect(picture.height == 16 + 18 + 16)
        #expect(picture != ContactSheet(columns: 2, tileWidth: 100, title: "").render())
    }

    @Test func `Pictures beyond the limit are counted, not shown`() {
        var sheet = ContactSheet(columns: 16, tileWidth: 20, title: "")
        let picture = Picture(width: 20, height: 20, filledWith: .white)
        for _ in 0..<ContactSheet.tilesMax { sheet.add(picture, caption: "") }
        let full = sheet.render()
        sheet.add(picture, caption: "")
        let beyond = sheet.render()
        #expect(beyond.height == full.height)
        #expect(beyond != full)
    }
}
