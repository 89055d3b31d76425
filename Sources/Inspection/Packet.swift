// What an inspection reads: bytes, and what is known about them beside the bytes.

/// What a packet's bytes are, by the name of the dissector that reads them too.
public enum PacketKind: String, CaseIterable, Sendable {
    case gpu = "virtio_gpu"
    case mediaCommand = "virtio_media"
    case mediaResponse = "virtio_media_response"
    case mediaEvent = "virtio_media_event"
    case vhostUser = "vhost_user"
    case vhostUserBackEnd = "vhost_user_back_end"
    case vhostUserGPU = "vhost_user_gpu"

    /// The protocol whose document has the tables.
    var proto: String {
        switch self {
        case .gpu: "virtio_gpu"
        case .mediaCommand, .mediaResponse, .mediaEvent: "virtio_media"
        case .vhostUser, .vhostUserBackEnd: "vhost_user"
        case .vhostUserGPU: "vhost_user_gpu"
        }
    }
}

/// Bytes to be inspected.
public struct Packet: Equatable, Sendable {
    public var bytes: [UInt8]
    /// Nil: to be told from the bytes.
    public var kind: PacketKind?
    /// A structure, in place of a message.
    public var structure: String?
    /// What a media response answers: a command's name or an ioctl's.
    public var request: String?
    /// Whether a socket's message has to be a reply, or must not be one.
    public var isReply: Bool?
    /// File descriptors that came along, if anybody counted.
    public var descriptors: Int?
    public var label: String?
    /// Where the bytes stand in the input.
    public var offset: Int

    public init(
        bytes: [UInt8], kind: PacketKind? = nil, structure: String? = nil, request: String? = nil,
        isReply: Bool? = nil, descriptors: Int? = nil, label: String? = nil, offset: Int = 0
    ) {
        self.bytes = bytes
        self.kind = kind
        self.structure = structure
        self.request = request
        self.isReply = isReply
        self.descriptors = descriptors
        self.label = label
        self.offset = offset
    }
}
