public import SystemPackage

/// A part of a file or memfd that is mapped into this process: what another process needs to map the
/// same bytes.
public final class MappedFile: Sendable {
    /// Its owner's, open while this object lives.
    public let descriptor: FileDescriptor
    /// Where the mapping begins in the file.
    public let offset: UInt64
    /// The mapping, in place while this object lives.
    public let range: MemoryRange
    private let owner: any AnyObject & Sendable

    /// - Parameter owner: what keeps the descriptor open and the range mapped.
    public init(
        _ descriptor: FileDescriptor, offset: UInt64, range: MemoryRange,
        owner: any AnyObject & Sendable
    ) {
        self.descriptor = descriptor
        self.offset = offset
        self.range = range
        self.owner = owner
    }

    public convenience init(_ memory: SharedMemory) {
        self.init(memory.descriptor, offset: 0, range: memory.range, owner: memory)
    }

    /// Where in the mapping `piece` begins, and how many of its bytes are there; nil when it begins
    /// elsewhere.
    public func overlap(with piece: MemoryRange) -> (offset: Int, count: Int)? {
        let start = unsafe piece.baseAddress - range.baseAddress
        guard start >= 0, start < range.sizeBytes else { return nil }
        return (start, min(piece.sizeBytes, range.sizeBytes - start))
    }
}

/// A stretch of a mapped file.
public struct FilePiece: Sendable {
    public let file: MappedFile
    /// From the beginning of the file's mapping.
    public let offset: Int
    public let count: Int

    public init(file: MappedFile, offset: Int, count: Int) {
        self.file = file
        self.offset = offset
        self.count = count
    }
}

/// Who can tell the files behind memory that he keeps mapped.
public protocol FileBacked: AnyObject, Sendable {
    /// The stretches that make up `range`, in order; nil when no file stands behind some of it.
    func pieces(of range: MemoryRange) -> [FilePiece]?
}
