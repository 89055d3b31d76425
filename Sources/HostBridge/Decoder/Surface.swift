public import LinuxSystem
public import ResourceRegistry

/// A CAPTURE buffer while the decoder has it: from QBUF until the codec has let go.
///
/// A buffer that is queued again is a new surface, even over the same object.
public final class Surface: Sendable {
    public enum Target: Sendable {
        /// Another device's object: decoded into in place. The attachment keeps it mapped.
        case object(Attachment)
        /// Guest pages: written once, when a picture is finished.
        case pages([MemoryRange])
    }

    /// The V4L2 buffer index.
    public let index: UInt32
    public let target: Target
    /// The right to write the object, asked for when the buffer was queued. [SYNC-1]
    let lease: Lease?

    public init(index: UInt32, target: Target, lease: Lease?) {
        self.index = index
        self.target = target
        self.lease = lease
    }

    /// The object's bytes; nil for guest pages, which no codec is let at.
    public var memory: MemoryRange? {
        switch target {
        case .object(let attachment): attachment.memory
        case .pages: nil
        }
    }

    var isGranted: Bool { lease?.isGranted ?? true }

    /// The pieces to copy a finished picture into.
    var pieces: [MemoryRange] {
        switch target {
        case .object(let attachment): [attachment.memory]
        case .pages(let pieces): pieces
        }
    }
}
