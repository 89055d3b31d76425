// What a bridge asks of virglrenderer once its rules have let a command through. Two have it: the
// library in this process (LocalVirgl), and one in a worker process (RemoteVirgl).

public import LinuxSystem
public import VirtioWire

/// What became of a call.
public enum LibraryAnswer: Sendable {
    case done
    /// The library said no to something that passed the rules.
    case refused
    /// It is under way: ``VirglLibrary/takeEnded(into:)`` will tell under the call's number.
    case later
}

/// Which memory a resource's transfers go to.
public enum LibraryBacking: Sendable {
    case none
    /// Its own mapping.
    case own
    /// The guest's.
    case guest
}

/// An object of a context that is made a resource.
public struct BlobRequest: Sendable {
    public let id: ResourceID
    public let context: ContextID
    public let blobID: UInt32
    public let flags: VirtioGPU.BlobFlags
    public let sizeBytes: UInt64
    /// Whether it is a buffer that the CPU is to see.
    public let isMapped: Bool
    /// What it showed before its library died.
    public let memory: BlobMemory?
}

/// A buffer's bytes as the CPU sees them.
public final class BlobMemory: Sendable {
    /// Where it is depends on who made it: until the resource goes, or as long as this object lives.
    public let range: MemoryRange
    /// The range as a backing of its own buffer.
    let backing: BackingList
    /// The memfd behind it; nil for memory of a library in this process.
    let shared: SharedMemory?

    init(_ range: MemoryRange, shared: SharedMemory? = nil) {
        self.range = range
        self.shared = shared
        backing = BackingList([range])
    }
}

/// A transfer that has passed the rules.
public struct LibraryTransfer: Sendable {
    public let id: ResourceID
    public let context: ContextID
    public let transfer: Transfer
    public let direction: TransferDirection
    /// The memory on the other side; nil for the resource's backing.
    public let list: BackingList?
    /// Which bytes of the list the transfer is about, where it has one range of this process's own.
    public let rows: BackingList.Rows?

    package init(
        id: ResourceID, context: ContextID, transfer: Transfer, direction: TransferDirection,
        list: BackingList?, rows: BackingList.Rows? = nil
    ) {
        self.id = id
        self.context = context
        self.transfer = transfer
        self.direction = direction
        self.list = list
        self.rows = rows
    }
}

/// virglrenderer's calls. Ids, sizes and boxes are the caller's to check; `number` is one that was
/// not used before.
public protocol VirglLibrary: AnyObject {
    /// Another one after each restart, which leaves no context and no resource.
    var generation: UInt64 { get }
    /// Whether all is lost until ``restart()``.
    var hasDied: Bool { get }
    /// False when there is no use in trying again.
    func restart() -> Bool
    /// As new, and another generation: what it had is gone when this returns. False for one that
    /// has to be made anew for that.
    func renew() -> Bool

    func capset(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32)
    /// Appends `maxSize` bytes.
    func fillCaps(_ id: VirtioGPU.CapsetID, version: UInt32, into buffer: inout WireBuffer)

    func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String) -> LibraryAnswer
    func destroyContext(_ id: ContextID)
    func attach(_ resource: ResourceID, to context: ContextID)
    func detach(_ resource: ResourceID, from context: ContextID)

    func createResource(_ id: ResourceID, _ shape: ResourceShape, number: UInt64) -> LibraryAnswer
    /// The memory of a mapped one counts when the answer is, or becomes, `done`.
    func createBlob(_ request: BlobRequest, number: UInt64)
        throws(RendererError) -> (LibraryAnswer, BlobMemory?)
    /// Frees what a context's stream has made and no resource has claimed. `handle` is a free id.
    func discard(blobID: UInt32, of context: ContextID, sizeBytes: UInt64, handle: ResourceID)
    /// The guest's memory is touched no more when it is done.
    func unref(_ id: ResourceID, _ backing: LibraryBacking, number: UInt64) -> LibraryAnswer
    func attachBacking(_ id: ResourceID, _ list: BackingList, number: UInt64)
        throws(RendererError) -> LibraryAnswer
    /// The guest's memory is touched no more when it is done.
    func detachBacking(_ id: ResourceID, number: UInt64) -> LibraryAnswer
    func transfer(_ transfer: LibraryTransfer, number: UInt64) throws(RendererError)
        -> LibraryAnswer
    /// Brings the bytes that a transfer has moved to where its list says, if they are elsewhere.
    func finish(_ transfer: LibraryTransfer)
    /// With `fenced`, what comes later comes when a fence behind the stream has passed.
    func submit(_ words: inout [UInt32], to context: ContextID, number: UInt64, fenced: Bool)
        -> LibraryAnswer
    /// Whether there will be a fence of this number.
    func createFence(on context: ContextID, number: UInt64) -> Bool

    /// Holds the memory of a resource that goes, under the number of a free context.
    func keepMemory(of id: ResourceID, under context: ContextID) -> Bool
    func releaseMemory(under context: ContextID)

    /// Appends what has come to its end, in order; a number may come twice.
    func takeEnded(into ended: inout [EndedWork])
    /// Returns when something may have ended, or the library has died.
    func waitForEnded()
    /// Contexts, resources and mappings are gone when this returns.
    func close()
}
