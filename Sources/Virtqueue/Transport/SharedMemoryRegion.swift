// Shared memory regions (virtio 1.4, 2.10): windows into which a device maps memory of the host for
// its driver. Which part of a window shows what is the device's to say; how the guest comes to see
// it is the transport's.

public import LinuxSystem
public import SystemPackage

/// One region that a device type has.
public struct SharedMemoryWindow: Equatable, Sendable {
    /// `shmid`.
    public let id: UInt8
    /// Whole pages.
    public let sizeBytes: UInt64

    public init(id: UInt8, sizeBytes: UInt64) {
        self.id = id
        self.sizeBytes = sizeBytes
    }
}

/// What is shown in a part of a region.
public enum SharedMemorySource: Sendable {
    /// A file or memfd from `offset`, whole pages. The descriptor is its owner's, and needed during
    /// the call only.
    case file(FileDescriptor, offset: UInt64)
    /// Bytes of this process that no descriptor stands for. A driver of another process cannot be
    /// shown them: `unreachable`. The owner keeps them where they are until they are unmapped and
    /// nobody of this process looks at them.
    case memory(MemoryRange, owner: any AnyObject & Sendable)
}

public enum SharedMemoryAccess: Sendable { case read, readWrite }

public enum SharedMemoryError: Error, Equatable, Sendable {
    /// No whole pages, or not inside the region.
    case outOfRange
    /// Some of the range shows something already.
    case overlap
    /// No mapping begins there.
    case notMapped
    /// This transport cannot show such memory to its driver.
    case unreachable
    /// There are too many mappings.
    case tooMany
    case system(Errno)
}

/// The device's side of one region. Called on the device's thread.
public protocol SharedMemoryRegion: AnyObject, Sendable {
    var window: SharedMemoryWindow { get }

    /// Shows `sizeBytes` of `source` at `offset`; every CPU of the guest sees them when this returns.
    func map(
        _ source: SharedMemorySource, at offset: UInt64, sizeBytes: UInt64,
        access: SharedMemoryAccess
    ) throws(SharedMemoryError)

    /// Takes away the whole mapping that begins at `offset`; the guest sees nothing of it when this
    /// returns.
    func unmap(at offset: UInt64) throws(SharedMemoryError)

    /// What a reset does.
    func unmapAll()
}

extension SharedMemoryWindow {
    /// Every offset and size in a region is a multiple of it.
    public static let pageBytes: UInt64 = 4096

    /// `sizeBytes` in whole pages; nil past the end of all numbers.
    public static func wholePages(_ sizeBytes: UInt64) -> UInt64? {
        let (sum, overflow) = sizeBytes.addingReportingOverflow(pageBytes - 1)
        return overflow ? nil : sum & ~(pageBytes - 1)
    }

    /// Whether the range is not empty, of whole pages, and inside the region.
    public func holds(offset: UInt64, sizeBytes count: UInt64) -> Bool {
        count > 0 && offset % Self.pageBytes == 0 && count % Self.pageBytes == 0
            && offset <= sizeBytes && count <= sizeBytes - offset
    }
}
