internal import HostBridge
internal import ResourceRegistry
internal import VirtioWire

/// What the device knows of a resource of the guest's, of whatever kind: they share one space of
/// ids.
final class GPUResource {
    enum Kind {
        /// 2D: pixels in host memory.
        case image(Image2D)
        /// The renderer's: a texture or a buffer.
        case rendered
        /// The renderer's, made from a context's object.
        case hostBlob(flags: VirtioGPU.BlobFlags, sizeBytes: UInt64)
        /// Guest memory is the resource.
        case guestBlob(sizeBytes: UInt64)
    }

    let id: ResourceID
    let kind: Kind
    /// Guest memory of what is not the renderer's.
    var backing: BackingList?
    /// The scatter list itself, of guest blobs: what an importer is told. [ID-3]
    var guestRanges: [GuestRange] = []
    /// Ranges of any backing: counted against a limit.
    var backingRanges = 0
    /// A 2D resource that the renderer has a copy of: contexts use it.
    var isMirrored = false
    /// Scanouts that show it, one bit each.
    var scanouts: UInt32 = 0
    var object: SharedObject?
    /// Where it is mapped in the host-visible region.
    var mappedAt: UInt64?
    /// Who may look at its host memory besides the guest's commands: importers and the region.
    var holders = 0
    /// Once the guest has unreferenced it and `holders` are left.
    var remains: Remains?

    /// Host memory that outlives its resource.
    enum Remains {
        case image(Image2D)
        case keeper(MemoryKeeper)
        /// It could be neither freed nor kept under another name: the id stays taken.
        case lingering
    }

    init(_ id: ResourceID, _ kind: Kind) {
        self.id = id
        self.kind = kind
    }

    var isRendered: Bool {
        switch kind {
        case .rendered, .hostBlob: true
        case .image, .guestBlob: false
        }
    }

    var isBlob: Bool {
        switch kind {
        case .hostBlob, .guestBlob: true
        case .image, .rendered: false
        }
    }
}
