internal import Synchronization

/// What a domain holds and has seen. `exportedBytes - freedBytes == aliveBytes`, always.
public struct RegistryCounters: Equatable, Sendable {
    public var objects = 0
    public var attachments = 0
    public var leases = 0
    public var aliveBytes: UInt64 = 0
    /// Bytes that devices hold without having exported them.
    public var chargedBytes: UInt64 = 0
    public var exportedBytes: UInt64 = 0
    public var freedBytes: UInt64 = 0
    public var exports: UInt64 = 0
    public var attaches: UInt64 = 0
    public var refusedLookups: UInt64 = 0
    public var revocations: UInt64 = 0
    public var probes: UInt64 = 0
    public var moves: UInt64 = 0
    public var movedBytes: UInt64 = 0
    public var copies: UInt64 = 0
    public var copiedBytes: UInt64 = 0

    public init() {}
}

extension Shard.Sums {
    static func += (sum: inout Shard.Sums, more: Shard.Sums) {
        sum.objects += more.objects
        sum.exports &+= more.exports
        sum.exportedBytes &+= more.exportedBytes
        sum.freedBytes &+= more.freedBytes
        sum.attaches &+= more.attaches
        sum.revocations &+= more.revocations
    }
}

extension RegistryCounters {
    init(_ sums: Shard.Sums, _ core: DomainCore) {
        objects = sums.objects
        exports = sums.exports
        exportedBytes = sums.exportedBytes
        freedBytes = sums.freedBytes
        aliveBytes = exportedBytes &- freedBytes
        attaches = sums.attaches
        revocations = sums.revocations
        attachments =
            core.account.attachments.load(ordering: .relaxed)
            - core.statistics.references.load(ordering: .relaxed)
        leases = core.account.leases.load(ordering: .relaxed)
        chargedBytes = core.statistics.chargedBytes.load(ordering: .relaxed)
        refusedLookups = core.statistics.refusedLookups.load(ordering: .relaxed)
        probes = core.statistics.probes.load(ordering: .relaxed)
        moves = core.statistics.moves.load(ordering: .relaxed)
        movedBytes = core.statistics.movedBytes.load(ordering: .relaxed)
        copies = core.statistics.copies.load(ordering: .relaxed)
        copiedBytes = core.statistics.copiedBytes.load(ordering: .relaxed)
    }
}
