// Generated from Spec/gpu.md, "Device": `make generate` writes it anew.

extension VirtioGPU {
    /// The virtio device ID (`VIRTIO_ID_GPU`).
    @inlinable public static var deviceID: UInt32 { 16 }
    /// The queue of all commands but the cursor's.
    @inlinable public static var controlQueue: Int { 0 }
    /// The queue of the cursor's commands, which wait for no other.
    @inlinable public static var cursorQueue: Int { 1 }
    /// The most scanouts, and the length of every display-info response
    /// (`VIRTIO_GPU_MAX_SCANOUTS`).
    @inlinable public static var maxScanouts: Int { 16 }
    /// The length of `edid` in `struct virtio_gpu_resp_edid`, whatever its `size` says.
    @inlinable public static var edidSizeBytes: Int { 1024 }
    /// A cursor image is as wide and as high as this.
    @inlinable public static var cursorSide: UInt32 { 64 }
    /// The display changed: bit 0 of `events_read` (`VIRTIO_GPU_EVENT_DISPLAY`).
    @inlinable public static var eventDisplay: UInt32 { 1 }
    /// Where the capset stands in a context's `context_init`
    /// (`VIRTIO_GPU_CONTEXT_INIT_CAPSET_ID_MASK`).
    @inlinable public static var contextInitCapsetIDMask: UInt32 { 0xff }
    /// Where the caching stands in `map_info` (`VIRTIO_GPU_MAP_CACHE_MASK`).
    @inlinable public static var mapCacheMask: UInt32 { 0xf }
    /// The first row of a 3D resource in memory is the top one
    /// (`VIRTIO_GPU_RESOURCE_FLAG_Y_0_TOP`).
    @inlinable public static var resourceFlagY0Top: UInt32 { 1 }
}
