// What the bridge itself knows of contexts and resources: virglrenderer's own tables are not asked,
// because they accept ids twice, forget what was never claimed and answer late.

internal import LinuxSystem
internal import VirtioWire

struct RendererContext {
    var isDead = false
    /// What PIPE_RESOURCE_CREATE made and no blob has claimed, by blob id.
    var unclaimed: [UInt32: UnclaimedBuffer] = [:]
    var attached: Set<ResourceID> = []
    var pendingShader: PendingShader?
}

struct UnclaimedBuffer {
    let shape: ResourceShape
    let chargedBytes: UInt64
}

struct RendererResource {
    let shape: ResourceShape
    /// Charged to the quota when it was made.
    let chargedBytes: UInt64
    /// The CPU's view, for mapped blobs.
    var mapping: MemoryRange?
    /// What the library has attached.
    var backing: BackingList?
    /// Guest memory beside host memory: the library is told of it with each transfer.
    var shadow: BackingList?
    var isShadowed = false
    var contexts: Set<ContextID> = []
}
