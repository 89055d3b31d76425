// A third renderer: contexts and buffers without any drawing, whose fences pass when a test says so.

import HostBridge
import LinuxSystem
import VirtioWire

final class ScriptedRenderer: Renderer3D {
    private let wake: EventDescriptor
    private let budget: MemoryBudget
    private var contexts: [ContextID: Set<ResourceID>] = [:]
    private var memories: [ResourceID: HostMemory] = [:]
    private var shapes: [ResourceID: ResourceShape] = [:]
    private var kept: [UInt32: HostMemory] = [:]
    private var nextFence: UInt64 = 1
    private var openFences: [UInt64: ContextID] = [:]
    private var retired: [UInt64] = []
    /// Every stream that was run.
    private(set) var streams: [[UInt32]] = []
    private(set) var uploadedBytes: UInt64 = 0

    init(_ limits: RendererLimits, _ wake: EventDescriptor, _ budget: MemoryBudget) {
        self.wake = wake
        self.budget = budget
    }

    /// Lets fences pass.
    func pass(_ fences: [UInt64]) {
        for fence in fences where openFences.removeValue(forKey: fence) != nil {
            retired.append(fence)
        }
        wake.signal()
    }

    let capsets: [VirtioGPU.CapsetID] = [.virgl2]
    func capsetLimits(_ id: VirtioGPU.CapsetID) -> (maxVersion: UInt32, maxSize: UInt32) { (1, 8) }
    func fillCapset(_ id: VirtioGPU.CapsetID, version: UInt32, into buffer: inout WireBuffer)
        throws(RendererError)
    {
        guard id == .virgl2, version <= 1 else { throw .badParameter }
        buffer.append(u64: 0x0102_0304_0506_0708)
    }

    func requireContext(_ id: ContextID) throws(RendererError) {
        guard contexts[id] != nil else { throw .unknownContext }
    }

    func createContext(_ id: ContextID, capset: VirtioGPU.CapsetID, name: String)
        throws(RendererError)
    {
        guard contexts.updateValue([], forKey: id) == nil else { throw .badID }
    }

    func destroyContext(_ id: ContextID) throws(RendererError) {
        guard contexts.removeValue(forKey: id) != nil else { throw .unknownContext }
        pass(openFences.filter { $0.value == id }.keys.sorted())
    }

    func attach(_ resource: ResourceID, to context: ContextID) throws(RendererError) {
        try requireContext(context)
        contexts[context]?.insert(resource)
    }

    func detach(_ resource: ResourceID, from context: ContextID) throws(RendererError) {
        try requireContext(context)
        contexts[context]?.remove(resource)
    }

    func attachedResources(of id: ContextID) -> Set<ResourceID> { contexts[id] ?? [] }

    func createResource(_ id: ResourceID, _ shape: ResourceShape) throws(RendererError) {
        throw .rejected
    }

    /// Every blob id is there.
    func createBlob(
        _ id: ResourceID, memory: VirtioGPU.BlobMem, context: ContextID, blobID: UInt64,
        flags: VirtioGPU.BlobFlags, sizeBytes: UInt64
    ) throws(RendererError) {
        try requireContext(context)
        try budget.take(sizeBytes)
        memories[id] = HostMemory(sizeBytes: Int(sizeBytes))
        shapes[id] = ResourceShape(
            target: TextureTarget.buffer, format: 64, bind: 0, width: UInt32(sizeBytes), height: 1)
    }

    func shape(of id: ResourceID) -> ResourceShape? { shapes[id] }
    func memory(of id: ResourceID) -> MemoryRange? { memories[id]?.range }

    func unref(_ id: ResourceID) throws(RendererError) {
        guard let memory = memories.removeValue(forKey: id) else { throw .unknownResource }
        memory.range.fill(0xdd)
        budget.giveBack(UInt64(memory.sizeBytes))
    }

    func unrefKeepingMemory(_ id: ResourceID) throws(RendererError) -> MemoryKeeper {
        guard let memory = memories.removeValue(forKey: id) else { throw .unknownResource }
        kept[id.rawValue] = memory
        return MemoryKeeper(number: id.rawValue, bytes: UInt64(memory.sizeBytes))
    }

    func release(_ keeper: MemoryKeeper) {
        guard let memory = kept.removeValue(forKey: keeper.number) else { return }
        memory.range.fill(0xdd)
        budget.giveBack(keeper.bytes)
    }

    func attachBacking(_ id: ResourceID, _ backing: BackingList) throws(RendererError) {
        throw .notPossible
    }
    func detachBacking(_ id: ResourceID) throws(RendererError) { throw .notPossible }

    func transfer(
        _ id: ResourceID, context: ContextID, _ transfer: Transfer, _ direction: TransferDirection
    ) throws(RendererError) -> UInt64 { throw .notPossible }

    func copy(
        _ id: ResourceID, _ rect: ImageRect, _ memory: MemoryRange, strideBytes: UInt32,
        _ direction: TransferDirection
    ) throws(RendererError) { throw .notPossible }

    func submit(_ words: inout [UInt32], to id: ContextID) throws(RendererError) {
        try requireContext(id)
        guard words.first != 62 else { throw .rejected }
        streams.append(words)
    }

    func requireFenceRoom() throws(RendererError) {}

    func createFence(on id: ContextID) throws(RendererError) -> UInt64 {
        try requireContext(id)
        defer { nextFence += 1 }
        openFences[nextFence] = id
        return nextFence
    }

    func takeRetiredFences(into fences: inout [UInt64]) {
        fences += retired
        retired.removeAll()
    }

    func close() {
        for memory in memories.values { budget.giveBack(UInt64(memory.sizeBytes)) }
        for memory in kept.values { budget.giveBack(UInt64(memory.sizeBytes)) }
        memories.removeAll()
        kept.removeAll()
    }
}
