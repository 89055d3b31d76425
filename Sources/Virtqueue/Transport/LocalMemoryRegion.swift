// A shared memory region whose driver runs in this process: there is no guest address space to put
// mappings into, so the region is a table of them, and the driver looks them up by their offset.

public import LinuxSystem
internal import SystemPackage

/// Both sides of a region between a device and a driver of one process.
public final class LocalMemoryRegion: SharedMemoryRegion {
    public let window: SharedMemoryWindow
    private let mappings = Monitor<[UInt64: Entry]>([:])
    private let mappingsMax: Int

    private struct Entry {
        let view: SharedMemoryView
        let sizeBytes: UInt64
    }

    /// - Parameter mappingsMax: a process has some 65,530 mappings for all its purposes.
    public init(_ window: SharedMemoryWindow, mappingsMax: Int = 4096) {
        self.window = window
        self.mappingsMax = mappingsMax
    }

    // MARK: The device's side

    public func map(
        _ source: SharedMemorySource, at offset: UInt64, sizeBytes: UInt64,
        access: SharedMemoryAccess
    ) throws(SharedMemoryError) {
        guard window.holds(offset: offset, sizeBytes: sizeBytes), let size = Int(exactly: sizeBytes)
        else { throw .outOfRange }
        try mappings.withLock { mappings throws(SharedMemoryError) in
            guard mappings.count < mappingsMax else { throw .tooMany }
            guard
                !mappings.contains(where: { start, entry in
                    start < offset + sizeBytes && offset < start + entry.sizeBytes
                })
            else { throw .overlap }
            mappings[offset] = Entry(
                view: try Self.view(of: source, size, access), sizeBytes: sizeBytes)
        }
    }

    private static func view(
        of source: SharedMemorySource, _ sizeBytes: Int, _ access: SharedMemoryAccess
    ) throws(SharedMemoryError) -> SharedMemoryView {
        switch source {
        case .file(let descriptor, let offset):
            guard let offset = Int(exactly: offset),
                offset % Int(SharedMemoryWindow.pageBytes) == 0
            else { throw .outOfRange }
            do throws(Errno) {
                let mapping = try FileMapping(
                    descriptor, offset: offset, sizeBytes: sizeBytes,
                    protection: access == .read ? .read : .readWrite)
                return SharedMemoryView(memory: mapping.range, access: access, owner: mapping)
            } catch { throw .system(error) }
        case .memory(let memory, let owner):
            // Of a part of a page at the end the driver sees what there is.
            guard memory.sizeBytes > 0, memory.sizeBytes <= sizeBytes else { throw .outOfRange }
            return SharedMemoryView(memory: memory, access: access, owner: owner)
        }
    }

    public func unmap(at offset: UInt64) throws(SharedMemoryError) {
        let entry = mappings.withLock { $0.removeValue(forKey: offset) }
        guard entry != nil else { throw .notMapped }
    }

    public func unmapAll() {
        // What mappings free is freed without the lock.
        let gone = mappings.withLock { mappings in
            defer { mappings.removeAll() }
            return mappings
        }
        withExtendedLifetime(gone) {}
    }

    public var mappingCount: Int { mappings.withLock { $0.count } }

    // MARK: The driver's side

    /// `count` bytes from `offset`, when one mapping holds them all.
    public func view(offset: UInt64, count: Int) -> SharedMemoryView? {
        mappings.withLock { mappings in
            for (start, entry) in mappings where start <= offset {
                guard let skip = Int(exactly: offset - start),
                    let part = entry.view.memory.slice(offset: skip, count: count)
                else { continue }
                return SharedMemoryView(
                    memory: part, access: entry.view.access, owner: entry.view.owner)
            }
            return nil
        }
    }
}

/// Bytes that a driver sees in a region. They stay where they are while this object lives, also
/// when the device has unmapped them.
public struct SharedMemoryView: Sendable {
    public let memory: MemoryRange
    /// Writing to what is for reading only ends the process, as it would a guest's.
    public let access: SharedMemoryAccess
    let owner: any AnyObject & Sendable
}
