// What a GPU device asks of a renderer of 3D: contexts, resources by the guest's ids, command
// streams and fences. virglrenderer is one; tests have a small one of their own.

public import LinuxSystem
public import SystemPackage
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

/// How far work has come that was asked for.
public enum StartedWork: Equatable, Sendable {
    case done
    /// Run without an error; this fence is behind it.
    case fenced(UInt64)
    /// On its way: whether it succeeds will be told under this number, once the fence that was asked
    /// for has passed too.
    case running(UInt64)
}

/// Work that was started and has come to its end.
public struct EndedWork: Equatable, Sendable {
    public let number: UInt64
    /// Why it failed; nil for what was done.
    public let error: RendererError?

    public init(number: UInt64, error: RendererError? = nil) {
        self.number = number
        self.error = error
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

    // A renderer that works beside the device's thread does not make it wait. One that has no such
    // work need not know of these.

    /// Runs a command stream without waiting for its end; with `fenced`, puts a fence behind it. The
    /// numbers come out of ``takeEnded(into:)``.
    func startStream(_ words: inout [UInt32], on id: ContextID, fenced: Bool)
        throws(RendererError) -> StartedWork
    /// As ``transfer(_:context:_:_:)``, without waiting for its end.
    func startTransfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> StartedWork
    /// Appends the work that has ended since the last call, fences included, in order.
    func takeEnded(into ended: inout [EndedWork])
    /// Appends resources whose memory has ceased to be the renderer's since the last call: it died,
    /// and they had no descriptor. Who uses them is to be told. [LIFE-7]
    func takeLost(into lost: inout [ResourceID])
    /// The file behind ``memory(of:)``, whose first byte is the memory's; nil where there is none.
    func file(of id: ResourceID) -> FileDescriptor?

    /// How often it has died, and lost its contexts by that, since it was made.
    var deaths: UInt64 { get }
    /// Bytes copied into textures so far.
    var uploadedBytes: UInt64 { get }
    /// Contexts, resources and mappings are gone when this returns, and it serves the next guest;
    /// false for a renderer that has to be closed, and another one made, for that.
    func renew() -> Bool
    /// Contexts, resources and mappings are gone when this returns.
    func close()
}

extension Renderer3D {
    public func startStream(_ words: inout [UInt32], on id: ContextID, fenced: Bool)
        throws(RendererError) -> StartedWork
    {
        if fenced { try requireFenceRoom() }
        try submit(&words, to: id)
        return fenced ? .fenced(try createFence(on: id)) : .done
    }

    public func startTransfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> StartedWork {
        _ = try self.transfer(id, context: context, transfer, direction)
        return .done
    }

    public func takeEnded(into ended: inout [EndedWork]) {
        var fences: [UInt64] = []
        takeRetiredFences(into: &fences)
        for fence in fences { ended.append(EndedWork(number: fence)) }
    }

    public func takeLost(into lost: inout [ResourceID]) {}

    public var deaths: UInt64 { 0 }

    public func renew() -> Bool { false }

    public func file(of id: ResourceID) -> FileDescriptor? { nil }
}
