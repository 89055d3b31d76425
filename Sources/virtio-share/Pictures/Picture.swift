// A still picture in memory.
//
// Invariant: `rgba` holds exactly width × height pixels, and neither side is zero or above `sideMax`.

struct Picture: Equatable, Sendable {
    /// Within this limit no byte count and no sum of weighted pixels overflows an Int.
    static let sideMax = 1 << 20

    let width: Int
    let height: Int

    /// Four bytes a pixel in the order red, green, blue, alpha; tight rows, row 0 on top.
    var rgba: [UInt8] {
        didSet { precondition(rgba.count == width * height * 4, "A picture keeps its size.") }
    }

    init(width: Int, height: Int, rgba: [UInt8]) {
        Self.checkSides(width, height)
        precondition(rgba.count == width * height * 4, "A picture has four bytes for each pixel.")
        self.width = width
        self.height = height
        self.rgba = rgba
    }

    init(width: Int, height: Int, filledWith colour: Colour) {
        Self.checkSides(width, height)
        self.width = width
        self.height = height
        self.rgba = [UInt8](repeating: 0, count: width * height * 4)
        fill(x: 0, y: 0, width: width, height: height, with: colour)
    }

    subscript(x: Int, y: Int) -> Colour {
        get {
            let at = offset(x, y)
            return Colour(
                red: rgba[at], green: rgba[at + 1], blue: rgba[at + 2], alpha: rgba[at + 3])
        }
        set {
            let at = offset(x, y)
            rgba[at] = newValue.red
            rgba[at + 1] = newValue.green
            rgba[at + 2] = newValue.blue
            rgba[at + 3] = newValue.alpha
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(0..<width ~= x && 0..<height ~= y, "A pixel lies inside its picture.")
        return (y * width + x) * 4
    }

    private static func checkSides(_ width: Int, _ height: Int) {
        precondition(1...sideMax ~= width, "A picture's width is 1…sideMax.")
        precondition(1...sideMax ~= height, "A picture's height is 1…sideMax.")
    }
}

// MARK: - Drawing

extension Picture {
    /// Fills a rectangle, which must lie inside the picture.
    mutating func fill(x: Int, y: Int, width: Int, height: Int, with colour: Colour) {
        for row in y..<y + height {
            for column in x..<x + width {
                self[column, row] = colour
            }
        }
    }

    /// Copies another picture, alpha and all, to a place where it fits whole.
    mutating func draw(_ other: Picture, x: Int, y: Int) {
        precondition(
            x >= 0 && y >= 0 && x + other.width <= width && y + other.height <= height,
            "A drawn picture fits into the one under it.")
        for row in 0..<other.height {
            let from = row * other.width * 4
            let to = offset(x, y + row)
            let bytes = other.width * 4
            rgba.replaceSubrange(to..<to + bytes, with: other.rgba[from..<from + bytes])
        }
    }
}

// MARK: - Scaling

extension Picture {
    /// A copy of this width in the same proportions, at least one pixel high.
    func scaled(toWidth newWidth: Int) -> Picture {
        Self.checkSides(newWidth, height)
        let newHeight = (height * newWidth + width / 2) / width
        return scaled(toWidth: newWidth, height: min(max(newHeight, 1), Self.sideMax))
    }

    /// A copy of this size, each pixel the average of the area it covers in the original.
    ///
    /// A box filter with exact integer weights: every original pixel counts equally, also where the
    /// sizes do not divide. The channels, alpha too, are averaged each on its own.
    func scaled(toWidth newWidth: Int, height newHeight: Int) -> Picture {
        Self.checkSides(newWidth, newHeight)
        let columns = PixelShare.shares(of: width, among: newWidth)
        let rows = PixelShare.shares(of: height, among: newHeight)
        var sums = [Int](repeating: 0, count: newWidth * newHeight * 4)
        for row in rows {
            for column in columns {
                let from = (row.source * width + column.source) * 4
                let to = (row.target * newWidth + column.target) * 4
                let weight = row.weight * column.weight
                sums[to] += Int(rgba[from]) * weight
                sums[to + 1] += Int(rgba[from + 1]) * weight
                sums[to + 2] += Int(rgba[from + 2]) * weight
                sums[to + 3] += Int(rgba[from + 3]) * weight
            }
        }
        let area = width * height
        let averages = sums.map { UInt8(($0 + area / 2) / area) }
        return Picture(width: newWidth, height: newHeight, rgba: averages)
    }
}
