public import LinuxSystem

/// The addresses that an attachment yields, for one direction.
public struct Mapping: Equatable, Sendable {
    public enum Address: Equatable, Sendable {
        /// Bytes of this process.
        case memory(MemoryRange)
        /// Means something to the exporter only: the bytes are in another process, or in a device.
        case token(UInt64)
    }

    public let direction: Direction
    public let address: Address

    public var memory: MemoryRange? {
        if case .memory(let range) = address { range } else { nil }
    }
}

/// From the importing device's side. [ATT-2]
public enum Direction: Sendable, CaseIterable {
    case read, write, readWrite

    func allows(_ access: Lease.Access) -> Bool {
        switch (self, access) {
        case (.readWrite, _), (.read, .read), (.write, .write): true
        // A decoder reads back the reference frames that it wrote.
        case (.write, .read): true
        case (.read, .write): false
        }
    }

    var access: Lease.Access { self == .read ? .read : .write }
}

/// The directions that an attachment is made for, each with a mapping of its own.
public struct Directions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let read = Directions(rawValue: 1)
    public static let write = Directions(rawValue: 2)
    public static let readWrite = Directions(rawValue: 4)
    static let all: Directions = [.read, .write, .readWrite]

    public init(_ direction: Direction) {
        switch direction {
        case .read: self = .read
        case .write: self = .write
        case .readWrite: self = .readWrite
        }
    }

    func allows(_ access: Lease.Access) -> Bool {
        Direction.allCases.contains { contains(Directions($0)) && $0.allows(access) }
    }

    /// The mapping that serves `direction`: its own, or the one for both. nil: not asked for.
    func serving(_ direction: Direction) -> Direction? {
        if contains(Directions(direction)) { return direction }
        return contains(.readWrite) ? .readWrite : nil
    }

    /// The widest direction, for callers that deal in one.
    var widest: Direction {
        if contains(.readWrite) || isSuperset(of: [.read, .write]) { return .readWrite }
        return contains(.write) ? .write : .read
    }
}
