import Testing

@testable import virtio_share

@Suite struct PictureTests {
    @Test func `A pixel is found at its column and row`() {
        var picture = Picture(width: 3, height: 2, filledWith: .black)
        let colour = Colour(red: 1, green: 2, blue: 3, alpha: 4)
        picture[2, 1] = colour
        #expect(picture[2, 1] == colour)
        #expect(Array(picture.rgba.suffix(4)) == [1, 2, 3, 4])
        #expect(picture[1, 1] == .black)
    }

    @Test func `A picture of no size is a fault of the caller`() async {
        await #expect(processExitsWith: .failure) {
            _ = Picture(width: 0, height: 1, rgba: [])
        }
    }

    @Test func `A picture with a byte too few is a fault of the caller`() async {
        await #expect(processExitsWith: .failure) {
            _ = Picture(width: 1, height: 1, rgba: [0, 0, 0])
        }
    }

    @Test(arguments: [1, 2, 3, 7, 10, 13, 29])
    func `A constant colour stays constant at every width`(newWidth: Int) {
        let colour = Colour(red: 200, green: 3, blue: 77, alpha: 129)
        let scaled = Picture(width: 13, height: 7, filledWith: colour).scaled(toWidth: newWidth)
        let height = max(1, (7 * newWidth + 6) / 13)
        #expect(scaled == Picture(width: newWidth, height: height, filledWith: colour))
    }

    @Test func `Scaling to the same size changes nothing`() {
        let picture = Picture.noise(width: 9, height: 5)
        #expect(picture.scaled(toWidth: 9) == picture)
    }

    @Test func `A pixel on the border of two gives each its share`() {
        let picture = Picture(
            width: 3, height: 1, rgba: [0, 0, 0, 255, 90, 90, 90, 255, 255, 255, 255, 255])
        let scaled = picture.scaled(toWidth: 2, height: 1)
        #expect(scaled.rgba == [30, 30, 30, 255, 200, 200, 200, 255])
    }

    @Test func `Every pixel of an odd size leaves its trace in the scaled picture`() {
        let black = Picture(width: 7, height: 5, filledWith: .black)
        for y in 0..<5 {
            for x in 0..<7 {
                var picture = black
                picture[x, y] = .white
                let scaled = picture.scaled(toWidth: 3)
                #expect(scaled != Picture(width: 3, height: 2, filledWith: .black), "(\(x), \(y))")
            }
        }
    }

    @Test(arguments: [(7, 3), (5, 2), (3, 7), (1280, 319), (1, 1)])
    func `Every pixel weighs the same`(sourceCount: Int, targetCount: Int) {
        var given = [Int](repeating: 0, count: sourceCount)
        var taken = [Int](repeating: 0, count: targetCount)
        for share in PixelShare.shares(of: sourceCount, among: targetCount) {
            given[share.source] += share.weight
            taken[share.target] += share.weight
        }
        #expect(given.allSatisfy { $0 == targetCount })
        #expect(taken.allSatisfy { $0 == sourceCount })
    }

    @Test func `A very flat picture keeps one row`() {
        #expect(Picture(width: 1000, height: 1, filledWith: .white).scaled(toWidth: 10).height == 1)
    }
}
