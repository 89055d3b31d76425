public import SystemPackage
public import VirtioWire

/// A stretch of guest memory.
public struct GuestRange: Equatable, Sendable {
    public var start: GuestAddress
    public var sizeBytes: UInt64

    public init(start: GuestAddress, sizeBytes: UInt64) {
        self.start = start
        self.sizeBytes = sizeBytes
    }
}

/// A part of what a descriptor stands for. The descriptor is its owner's: nobody here closes it.
public struct FileRange: Equatable, Sendable {
    public var descriptor: FileDescriptor
    public var offset: UInt64
    public var sizeBytes: UInt64

    public init(descriptor: FileDescriptor, offset: UInt64, sizeBytes: UInt64) {
        self.descriptor = descriptor
        self.offset = offset
        self.sizeBytes = sizeBytes
    }
}

/// Where an object's bytes live.
public enum Backing: Equatable, Sendable {
    /// A scatter list. It holds guest addresses, whoever exported the object: a UUID is no address,
    /// and there is no way to make one of the other. [ID-2] [ID-3]
    case guestPages([GuestRange])
    case hostMemory
    case sharedMemory(FileRange)
    case dmaBuf(FileRange)
    case deviceMemory

    public var kind: BackingKinds {
        switch self {
        case .guestPages: .guestPages
        case .hostMemory: .hostMemory
        case .sharedMemory: .sharedMemory
        case .dmaBuf: .dmaBuf
        case .deviceMemory: .deviceMemory
        }
    }
}
