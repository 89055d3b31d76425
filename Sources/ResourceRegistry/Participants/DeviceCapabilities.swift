/// What a device can do with memory, told when it joins and not found out by failing. [CAP-1]
public struct DeviceCapabilities: Equatable, Sendable {
    /// What the devices of one kind call themselves; they may be given the resource itself instead
    /// of a description of its memory. nil for a device that has no such kin. [CAP-3]
    public var driver: String?
    /// Where its own objects may live.
    public var exports: BackingKinds
    /// Where an object may live that it uses without a copy. A device that reaches its own memory
    /// only has none. [CAP-4]
    public var imports: BackingKinds
    /// What it can read and write; empty for a device that does not look at pixels.
    public var formats: [PixelFormat] = []
    public var alignment = LayoutAlignment()
    /// Whether it needs an object in one piece.
    public var needsContiguous = false
    /// Whether it hears `willMove` and gives its mapping back; otherwise it pins what it imports.
    public var isDynamic = false
    /// Where it can move an object of its own to and still use it: a move that leaves the exporter
    /// without its object cannot be said here. [CAP-8]
    public var migratesTo: BackingKinds = []
    /// Whether it can tell where an object of its own is. One that cannot counts as would-move.
    public var tellsPlacement = true
    /// Whether it takes part in transfers between device memories. [CAP-6]
    public var isPeerToPeer = false
    /// Whether it takes copies of what it cannot import, in its own layout.
    public var takesCopies = false

    public init(exports: BackingKinds, imports: BackingKinds, driver: String? = nil) {
        self.exports = exports
        self.imports = imports
        self.driver = driver
    }

    /// A device whose work is done by this process's CPU: it reaches all that has a CPU view.
    public static let cpu = DeviceCapabilities(
        exports: [.cpuVisible, .deviceMemory], imports: .cpuVisible)

    /// Nothing to ask before an object with a CPU view is attached.
    var isUnrestricted: Bool {
        imports.isSuperset(of: .cpuVisible) && formats.isEmpty && !needsContiguous
            && alignment == LayoutAlignment()
    }
}

/// Numbers that a layout's numbers must be multiples of.
public struct LayoutAlignment: Equatable, Sendable {
    public var offsetBytes: UInt64 = 1
    public var strideBytes: UInt64 = 1
    public var sizeBytes: UInt64 = 1
    /// A decoder writes whole blocks of rows.
    public var rows: UInt64 = 1

    /// A device that asks for more is not to be had: it would make every object huge.
    public static let max: UInt64 = 1 << 20

    public init(
        offsetBytes: UInt64 = 1, strideBytes: UInt64 = 1, sizeBytes: UInt64 = 1, rows: UInt64 = 1
    ) {
        self.offsetBytes = offsetBytes
        self.strideBytes = strideBytes
        self.sizeBytes = sizeBytes
        self.rows = rows
    }

    var isValid: Bool {
        [offsetBytes, strideBytes, sizeBytes, rows].allSatisfy { (1...Self.max).contains($0) }
    }

    /// The least alignment that serves both; nil past ``max``.
    func joined(with other: LayoutAlignment) -> LayoutAlignment? {
        func multiple(_ a: UInt64, _ b: UInt64) -> UInt64? {
            var (x, y) = (a, b)
            while y != 0 { (x, y) = (y, x % y) }
            // Both are at most 2^20: the product fits.
            let least = a / x * b
            return least <= Self.max ? least : nil
        }
        guard let offset = multiple(offsetBytes, other.offsetBytes),
            let stride = multiple(strideBytes, other.strideBytes),
            let size = multiple(sizeBytes, other.sizeBytes), let rows = multiple(rows, other.rows)
        else { return nil }
        return LayoutAlignment(
            offsetBytes: offset, strideBytes: stride, sizeBytes: size, rows: rows)
    }

    func allows(_ layout: PixelLayout, sizeBytes size: UInt64) -> Bool {
        // Rows are counted on the first plane: the others have fewer, by their format.
        size % sizeBytes == 0 && (layout.planes.first?.rows ?? 0) % rows == 0
            && layout.planes.allSatisfy {
                $0.offsetBytes % offsetBytes == 0 && $0.strideBytes % strideBytes == 0
            }
    }
}
