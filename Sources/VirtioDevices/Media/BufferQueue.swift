internal import ResourceRegistry
internal import VirtioWire

/// What one queue has been given.
struct BufferQueue {
    struct Buffer {
        /// The device's: from QBUF until its event is in the driver's hands.
        var isQueued = false
        /// Each plane's length, since the buffer was made.
        let planeBytes: [UInt32]
        /// The memory of an MMAP buffer.
        let planes: [DevicePlane]
        /// What an object buffer was last queued with, plane by plane.
        var attachments: [Attachment] = []
    }

    var memory: V4L2.Memory = .sharedPages
    var buffers: [Buffer] = []
    var isStreaming = false
    /// STREAMOFF waits for the codec.
    var isStopping = false
    var sequence: UInt32 = 0

    mutating func dequeueAll() {
        for index in buffers.indices { buffers[index].isQueued = false }
    }

    /// Ends the holds on objects that their exporters have taken back, those of queued buffers
    /// aside.
    mutating func forgetRevoked() {
        for index in buffers.indices where buffers[index].attachments.contains(where: \.isRevoked) {
            buffers[index].attachments.removeAll()
        }
    }
}

extension BufferQueue {
    mutating func forgetAttachments() {
        for index in buffers.indices { buffers[index].attachments.removeAll() }
    }
}
