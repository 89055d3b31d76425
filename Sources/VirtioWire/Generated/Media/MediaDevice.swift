// Generated from Spec/media.md, "The device": `make generate` writes it anew.

extension VirtioMedia {
    /// The virtio device ID (`VIRTIO_ID_MEDIA`).
    @inlinable public static var deviceID: UInt32 { 48 }
    /// The queue of commands (`VIRTIO_MEDIA_COMMANDQ`).
    @inlinable public static var commandQueue: Int { 0 }
    /// The queue of events (`VIRTIO_MEDIA_EVENTQ`).
    @inlinable public static var eventQueue: Int { 1 }
    /// The shared memory region of MMAP buffers (`VIRTIO_MEDIA_SHM_MMAP`).
    @inlinable public static var mmapRegion: UInt8 { 0 }
}
