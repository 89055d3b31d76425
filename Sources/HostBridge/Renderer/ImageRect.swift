/// A rectangle of pixels, with sides and corner as a guest gives them.
public struct ImageRect: Equatable, Sendable {
    public var x, y, width, height: UInt32

    public init(x: UInt32 = 0, y: UInt32 = 0, width: UInt32, height: UInt32) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether it lies inside a picture of that size.
    public func fits(width: UInt32, height: UInt32) -> Bool {
        UInt64(x) + UInt64(self.width) <= UInt64(width)
            && UInt64(y) + UInt64(self.height) <= UInt64(height)
    }

    /// What both have; nil when that is nothing.
    public func intersection(_ other: ImageRect) -> ImageRect? {
        let left = max(x, other.x)
        let top = max(y, other.y)
        // Sums of two 32-bit numbers in 64 bits.
        let right = min(UInt64(x) + UInt64(width), UInt64(other.x) + UInt64(other.width))
        let bottom = min(UInt64(y) + UInt64(height), UInt64(other.y) + UInt64(other.height))
        guard UInt64(left) < right, UInt64(top) < bottom else { return nil }
        return ImageRect(
            x: left, y: top, width: UInt32(truncatingIfNeeded: right - UInt64(left)),
            height: UInt32(truncatingIfNeeded: bottom - UInt64(top)))
    }
}
