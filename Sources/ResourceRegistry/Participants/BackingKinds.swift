/// Kinds of memory that an object's bytes may live in, as a set.
public struct BackingKinds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The guest's own pages, by their guest addresses.
    public static let guestPages = BackingKinds(rawValue: 1)
    /// Memory of this process that no descriptor stands for, such as a buffer that a renderer maps.
    public static let hostMemory = BackingKinds(rawValue: 2)
    /// A memfd or file that any process can map.
    public static let sharedMemory = BackingKinds(rawValue: 4)
    /// A dma-buf of the host's kernel.
    public static let dmaBuf = BackingKinds(rawValue: 8)
    /// A device's private memory, without pages behind it and without a CPU view.
    public static let deviceMemory = BackingKinds(rawValue: 16)

    /// All that a CPU of this process can reach.
    public static let cpuVisible: BackingKinds = [.guestPages, .hostMemory, .sharedMemory, .dmaBuf]

    /// Whether the bytes outlive the process that made them: somebody's descriptor keeps them.
    var hasDescriptor: Bool { isSubset(of: [.sharedMemory, .dmaBuf]) }

    /// The kind that a mover takes of several: what most devices reach comes first.
    var preferred: BackingKinds? {
        let order: [BackingKinds] = [
            .sharedMemory, .dmaBuf, .hostMemory, .guestPages, .deviceMemory,
        ]
        return order.first { contains($0) }
    }

    static let names: [(BackingKinds, String)] = [
        (.guestPages, "guest-pages"), (.hostMemory, "host-memory"),
        (.sharedMemory, "shared-memory"), (.dmaBuf, "dma-buf"), (.deviceMemory, "device-memory"),
    ]
}

extension BackingKinds: CustomStringConvertible {
    public var description: String {
        let parts = Self.names.filter { contains($0.0) }.map(\.1)
        return parts.isEmpty ? "none" : parts.joined(separator: "+")
    }
}
