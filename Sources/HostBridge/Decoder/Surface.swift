public import LinuxSystem
public import ResourceRegistry

/// A CAPTURE buffer while the decoder has it: from QBUF until the codec has let go.
///
/// A buffer that is queued again is a new surface, even over the same object.
public final class Surface: Sendable {
    public enum Target: Sendable {
        /// A device's object: decoded into in place. The attachment keeps it mapped.
        case object(Attachment)
        /// The same, an object for each plane.
        case objects([Attachment])
        /// Guest pages: written once, when a picture is finished.
        case pages([MemoryRange])
        /// The same, a list for each plane.
        case planePages([[MemoryRange]])
        /// Memory that the other side of a codec's process has lent: the owners keep it mapped.
        case lent([MemoryRange])
    }

    /// The V4L2 buffer index.
    public let index: UInt32
    public let target: Target
    /// The rights to write the objects, asked for when the buffer was queued. [SYNC-1]
    private let leases: [Lease]
    /// Why pictures are copied into it and not decoded there; nil when they are decoded there.
    let copyReason: CopyReason?
    /// Where the visible samples go, when its planes do not lie as the queue's format says.
    let ownPlanes: [PictureFormat.Plane]?
    /// Keeps guest pages mapped.
    private let owners: [any AnyObject & Sendable]

    /// - Parameters:
    ///   - copyReason: given when the codec is not to be let at the objects.
    ///   - ownPlanes: where an object's planes lie when they lie otherwise: it is copied into.
    ///   - owners: what keeps guest pages where they are.
    public init(
        index: UInt32, target: Target, leases: [Lease], copyReason: CopyReason? = nil,
        ownPlanes: [PictureFormat.Plane]? = nil, owners: [any AnyObject & Sendable] = []
    ) {
        self.index = index
        self.target = target
        self.leases = leases
        self.ownPlanes = ownPlanes
        self.owners = owners
        switch target {
        case .object, .objects:
            self.copyReason = copyReason ?? (ownPlanes == nil ? nil : .bufferLayout)
        case .pages, .planePages: self.copyReason = .guestPages
        case .lent: self.copyReason = nil
        }
    }

    public convenience init(index: UInt32, target: Target, lease: Lease?) {
        self.init(index: index, target: target, leases: lease.map { [$0] } ?? [])
    }

    /// The objects' bytes, a range for each buffer of the picture; nil for what no codec is let at.
    public var memories: [MemoryRange]? {
        guard copyReason == nil else { return nil }
        switch target {
        case .object(let attachment): return [attachment.memory]
        case .objects(let attachments): return attachments.map(\.memory)
        case .lent(let memories): return memories
        case .pages, .planePages: return nil
        }
    }

    /// The bytes of a picture in one buffer; nil for what no codec is let at.
    public var memory: MemoryRange? {
        guard let memories, memories.count == 1 else { return nil }
        return memories[0]
    }

    var isGranted: Bool { leases.allSatisfy(\.isGranted) }
    func endLeases() { for lease in leases { lease.end() } }
    func downgradeToRead() { for lease in leases { lease.downgradeToRead() } }

    /// Whether an exporter has taken one of its objects back.
    var isRevoked: Bool {
        switch target {
        case .object(let attachment): attachment.isRevoked
        case .objects(let attachments): attachments.contains(where: \.isRevoked)
        case .pages, .planePages, .lent: false
        }
    }

    /// The files that its objects' bytes are, for another process to map; nil when one has none.
    var files: [FileRange]? {
        let attachments: [Attachment]
        switch target {
        case .object(let attachment): attachments = [attachment]
        case .objects(let several): attachments = several
        case .pages, .planePages, .lent: return nil
        }
        let files = attachments.compactMap(\.file)
        return files.count == attachments.count ? files : nil
    }

    /// What its memory is known by.
    var objects: [SharedObject] {
        switch target {
        case .object(let attachment): [attachment.object]
        case .objects(let several): several.map(\.object)
        case .pages, .planePages, .lent: []
        }
    }

    /// The pieces to copy a finished picture into, for each of its buffers.
    var pieces: [[MemoryRange]] {
        switch target {
        case .object(let attachment): [[attachment.memory]]
        case .objects(let attachments): attachments.map { [$0.memory] }
        case .pages(let pieces): [pieces]
        case .planePages(let planes): planes
        case .lent(let memories): memories.map { [$0] }
        }
    }
}
