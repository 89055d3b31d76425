// Memory that another process gave by a descriptor, mapped so that it can do us no harm.
// Invariant: an access to the range never ends this process, whatever the giver does to the file.

internal import CLinux
public import SystemPackage

/// The beginning of another process's memory file in this process, readable and writable.
///
/// The descriptor must be of memory: behind any other file may stand somebody who lets accesses wait
/// for ever. It may be cut short all the same; then zeros are in the mapping's place, and
/// ``isLost`` says so.
public final class ForeignMapping: Sendable {
    /// Open while this object lives.
    public var descriptor: FileDescriptor { file.descriptor }
    /// In place while this object lives.
    public let range: MemoryRange
    private let file: OwnedDescriptor
    private let flag: FaultFlag
    /// Goes before the mapping does.
    private let watch: FaultWatch?
    private let mapping: FileMapping

    /// - Parameters:
    ///   - sizeBytes: how much of the file; nil for all of it.
    ///   - sizeMax: more is refused.
    /// - Throws: `permissionDenied` for a file that is no memory or not to be written, `invalidArgument`
    ///   for a size that the file has not, `fileTooLarge`.
    public init(_ owned: consuming OwnedDescriptor, sizeBytes: UInt64? = nil, sizeMax: UInt64)
        throws(Errno)
    {
        var sealed: CInt = 0
        guard unsafe cl_is_memory_file(owned.descriptor.rawValue, &sealed) != 0,
            let fileBytes = try owned.descriptor.regularFileBytes()
        else { throw .permissionDenied }
        // Without either of them the giver could end this process.
        guard sealed != 0 || MemoryFaults.isInstalled else { throw .permissionDenied }
        let wanted = sizeBytes ?? fileBytes
        guard wanted > 0, wanted <= fileBytes else { throw .invalidArgument }
        guard wanted <= sizeMax, let size = Int(exactly: wanted) else { throw .fileTooLarge }
        mapping = try FileMapping(
            owned.descriptor, offset: 0, sizeBytes: size, protection: .readWrite)
        range = mapping.range
        flag = try FaultFlag()
        // A sealed file's pages can still not be had when memory is short.
        watch = MemoryFaults.isInstalled ? try FaultWatch(mapping.wholePages, flag: flag) : nil
        try owned.setCloseOnExec()
        file = owned
    }

    /// The file was cut short, or its memory could not be had: what is seen are zeros of our own.
    public var isLost: Bool { flag.isSet }
}

extension FileMapping {
    /// The pages that the mapping takes, past the last byte that was asked for too.
    var wholePages: MemoryRange {
        let page = 4096
        // SAFETY: the kernel maps whole pages.
        return unsafe MemoryRange(
            baseAddress: range.baseAddress, sizeBytes: (range.sizeBytes + page - 1) / page * page)
    }
}

/// Folders, as far as sockets lie in them.
public enum SocketFolder {
    /// Whether it is a folder of this process's user that nobody else reaches: whoever can connect to a
    /// socket in it has that user's rights anyway.
    public static func isPrivate(_ path: String) -> Bool {
        unsafe path.withCString { unsafe cl_is_private_folder($0) != 0 }
    }
}
