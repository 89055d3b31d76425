// What a GPU device asks of a renderer of 3D: contexts, resources by the guest's ids, command
// streams and fences. virglrenderer is one; tests have a small one of their own.

public import LinuxSystem
public import VirtioWire

public enum TransferDirection: Sendable { case toHost, fromHost }

/// A hold on the memory of a resource whose id is free again.
public struct MemoryKeeper: Hashable, Sendable {
    public let number: UInt32
    public let bytes: UInt64

    public init(number: UInt32, bytes: UInt64) {
        self.number = number
        self.bytes = bytes
    }
}

/// A renderer for one guest. Every call belongs on the thread that made it.
///
/// The device asks for ids that it knows to be free or taken; a renderer checks them all the same.
public protocol Renderer3D: AnyObject {
    /// What contexts can speak, in the order of capset indices.
    var capsets: [VirtioGPU.CapsetID] { get }
    func capsetLimits(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32)
    /// Appends the capset's bytes.
    func fillCapset(_ id: VirtioGPU.CapsetID, version: UInt32, into buffer: inout WireBuffer)
        throws(RendererError)

    func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String)
        throws(RendererError)
    /// Ends a context. Its resources stay; its open fences count as retired from now on.
    func destroyContext(_ id: ContextID) throws(RendererError)
    func attach(_ resource: ResourceID, to context: ContextID) throws(RendererError)
    func detach(_ resource: ResourceID, from context: ContextID) throws(RendererError)
    /// Throws `unknownContext` where there is no such context.
    func requireContext(_ id: ContextID) throws(RendererError)
    /// What a context's command streams can reach.
    func attachedResources(of id: ContextID) -> Set<ResourceID>

    func createResource(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError)
    /// Makes an object that the context's stream has created a resource. `memory` is
    /// ``VirtioGPU/BlobMem/host3D`` or ``VirtioGPU/BlobMem/host3DGuest``.
    func createBlob(
        _ id: ResourceID, memory: VirtioGPU.BlobMem, context: ContextID, blobID: UInt64,
        flags: VirtioGPU.BlobFlags, sizeBytes: UInt64
    ) throws(RendererError)
    /// nil for an id that it does not know.
    func shape(of id: ResourceID) -> ResourceShape?
    /// The CPU's view of a blob that is mapped, until `unref`; nil for what has none.
    func memory(of id: ResourceID) -> MemoryRange?
    func unref(_ id: ResourceID) throws(RendererError)
    /// Drops a resource's id at once and keeps its memory until ``release(_:)``. [LIFE-1]
    func unrefKeepingMemory(_ id: ResourceID) throws(RendererError) -> MemoryKeeper
    func release(_ keeper: MemoryKeeper)

    func attachBacking(_ id: ResourceID, _ backing: BackingList) throws(RendererError)
    func detachBacking(_ id: ResourceID) throws(RendererError)
    /// Copies between a resource and its backing; done when this returns. Returns the bytes moved.
    func transfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> UInt64
    /// Copies a rectangle of a texture's first level into `memory`, or from there: rows of
    /// `strideBytes`, in the order of transfers.
    func copy(
        _ id: ResourceID, _ rect: ImageRect, _ memory: MemoryRange, strideBytes: UInt32,
        _ direction: TransferDirection
    ) throws(RendererError)

    /// Runs a command stream.
    func submit(_ words: inout [UInt32], to id: ContextID) throws(RendererError)
    /// Throws when no further fence would be given: asked before work that must end with one.
    func requireFenceRoom() throws(RendererError)
    /// A fence behind everything submitted to the context so far.
    func createFence(on id: ContextID) throws(RendererError) -> UInt64
    /// Appends the fences retired since the last call, in order.
    func takeRetiredFences(into fences: inout [UInt64])

    /// Bytes copied into textures so far.
    var uploadedBytes: UInt64 { get }
    /// Contexts, resources and mappings are gone when this returns.
    func close()
}
