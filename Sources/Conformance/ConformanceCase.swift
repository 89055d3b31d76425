// One check of one clause, against whatever stands behind a transport.

/// A clause of the standard with the exchange that shows whether a device keeps it.
public struct ConformanceCase: Sendable {
    /// How much the standard asks.
    public enum Level: String, Sendable {
        case must = "MUST"
        case should = "SHOULD"
        /// The text fixes the behaviour without a keyword, or working drivers depend on it.
        case practice
    }

    /// Device, subject and clause: "gpu/fence/GPU-D-007". What a filter matches.
    public let id: String
    /// The clause in our words.
    public let clause: String
    public let level: Level
    /// The virtio device ID that the clause is about; nil when it binds every device.
    public let device: UInt32?
    /// Exchanges bytes with the device and judges them. What it throws is a failure: see
    /// ``ConformanceRunner``.
    public let run: Run

    /// What a case is put to.
    public enum Run: Sendable {
        /// One device, as its driver sees it.
        case device(@Sendable (inout ConformanceContext) throws -> Verdict)
        /// A back-end's socket, as a front-end sees it.
        case socket(@Sendable (inout SocketContext) throws -> Verdict)
        /// A GPU and a media device of one guest.
        case sharing(@Sendable (inout SharingContext) throws -> Verdict)
    }

    /// What the id begins with: "gpu", "media", "queue", "sharing", "vhost-user" or "hostile".
    public var area: String { id.split(separator: "/").first.map(String.init) ?? id }

    public init(
        id: String, clause: String, level: Level, device: UInt32?,
        run: @escaping @Sendable (inout ConformanceContext) throws -> Verdict
    ) {
        self.id = id
        self.clause = clause
        self.level = level
        self.device = device
        self.run = .device(run)
    }

    /// A case about the protocol of a back-end's socket.
    public init(
        id: String, clause: String, level: Level, device: UInt32?,
        run: @escaping @Sendable (inout SocketContext) throws -> Verdict
    ) {
        self.id = id
        self.clause = clause
        self.level = level
        self.device = device
        self.run = .socket(run)
    }

    /// A case about what a GPU and a media device share.
    public init(
        id: String, clause: String, level: Level,
        run: @escaping @Sendable (inout SharingContext) throws -> Verdict
    ) {
        self.id = id
        self.clause = clause
        self.level = level
        device = nil
        self.run = .sharing(run)
    }
}

extension [ConformanceCase] {
    /// Every case about one type of device, in the order in which they are best read.
    public static var all: [ConformanceCase] {
        gpu + virgl + media
    }

    /// The GPU's clauses.
    public static var gpu: [ConformanceCase] {
        GPUFenceCases.all + GPUEDIDCases.all + GPUCapsetCases.all + GPUUUIDCases.all
            + GPU2DCases.all + GPUConfigCases.all + GPUScanoutCases.all + GPUTransferCases.all
            + GPUBlobCases.all + GPUMapCases.all + GPUContextCases.all + GPUTimelineCases.all
            + GPUResponseCases.all
    }

    /// What virgl's own tests ask of a renderer, over the wire.
    public static var virgl: [ConformanceCase] {
        VirglContextCases.all + VirglResourceCases.all + VirglTransferCases.all
            + VirglStreamCases.all + VirglHostileCases.all
    }

    /// The media device's clauses.
    public static var media: [ConformanceCase] {
        MediaSessionCases.all + MediaIoctlCases.all + MediaPayloadCases.all + MediaMemoryCases.all
            + MediaEventCases.all
    }

    /// What hangs a device whose renderer runs in its own process: no part of ``all``.
    public static var isolated: [ConformanceCase] { VirglIsolatedCases.all }

    /// What binds every device: its rings, status and features. They want the device's queue for
    /// themselves, and one request that it answers at once.
    public static var queue: [ConformanceCase] {
        QueueFeatureCases.all + QueueLifeCases.all + QueueRingCases.all + QueueNoticeCases.all
    }

    /// The socket's own protocol, whatever device is behind it.
    public static var vhostUser: [ConformanceCase] {
        SocketMessageCases.all + SocketFeatureCases.all + SocketMemoryCases.all
            + SocketRingCases.all + SocketChannelCases.all
    }

    /// What a guest can see of the sharing model: a GPU and a media device together.
    public static var sharing: [ConformanceCase] { SharingCases.all }

    /// Every case that there is, `hostile` ones last.
    public static var every: [ConformanceCase] {
        queue + all + sharing + vhostUser + hostile
    }

    /// What no driver does, and no device may fall over.
    public static var hostile: [ConformanceCase] {
        HostileRingCases.all + HostileGPUCases.all + HostileMediaCases.all + HostileSocketCases.all
    }
}
