// The guest's memory as the front-end gives it: regions that are checked against their files before
// they are mapped, and found again by all that names them.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

/// The regions of one connection. Owned by the device's thread.
final class SessionMemory {
    let guest: GuestMemory
    private var regions: [VhostUser.MemRegion] = []
    private let slotsMax: Int
    private static let pageBytes: UInt64 = 4096

    init(slotsMax: Int) throws(VhostUserError) {
        self.slotsMax = min(slotsMax, GuestMemory.regionsMax)
        guard let guest = try? GuestMemory([]) else { throw .refused }
        self.guest = guest
    }

    var count: Int { regions.count }
    var sizeBytes: UInt64 { regions.reduce(0) { $0 &+ $1.size } }

    /// Replaces all regions, or none. [VU-042]
    func replace(with table: [VhostUser.MemRegion], from channel: MessageChannel)
        throws(VhostUserError)
    {
        guard table.count <= slotsMax else { throw .refused }
        var mapped: [GuestRegion] = []
        for region in table {
            guard let file = channel.takeDescriptor() else { throw .refused }
            mapped.append(try Self.map(region, file))
        }
        // Tried where nobody looks first.
        guard (try? GuestMemory(mapped)) != nil else { throw .refused }
        for region in regions { _ = try? guest.remove(region.guestAddress) }
        regions = []
        for (region, memory) in zip(table, mapped) {
            guard (try? guest.add(memory)) != nil else { throw .refused }
            regions.append(region)
        }
    }

    /// [VU-044]
    func add(_ region: VhostUser.MemRegion, _ file: consuming OwnedDescriptor)
        throws(VhostUserError)
    {
        guard regions.count < slotsMax else { throw .refused }
        let memory = try Self.map(region, file)
        guard (try? guest.add(memory)) != nil else { throw .refused }
        regions.append(region)
    }

    /// [VU-045]
    func remove(_ region: VhostUser.MemRegion) throws(VhostUserError) {
        guard
            let index = regions.firstIndex(where: {
                $0.guestAddress == region.guestAddress && $0.userAddress == region.userAddress
                    && $0.size == region.size
            })
        else { throw .refused }
        guard (try? guest.remove(region.guestAddress)) != nil else { throw .refused }
        regions.remove(at: index)
    }

    /// Maps what the region says of its file, if the file has it. Overlaps are the table's to find.
    private static func map(
        _ region: VhostUser.MemRegion, _ file: consuming OwnedDescriptor
    ) throws(VhostUserError) -> GuestRegion {
        let (end, overflow) = region.mmapOffset.addingReportingOverflow(region.size)
        guard !overflow, region.size > 0, region.mmapOffset % pageBytes == 0,
            let offset = Int(exactly: region.mmapOffset), let size = Int(exactly: region.size),
            Int(exactly: end) != nil
        else { throw .refused }
        // A mapping past the file's end is a fault at the first touch.
        if let fileBytes = try? file.descriptor.regularFileBytes(), end > fileBytes {
            throw .refused
        }
        guard
            let mapping = try? FileMapping(
                file.descriptor, offset: offset, sizeBytes: size, protection: .readWrite)
        else { throw .refused }
        let open = OpenMapping(mapping, file)
        return GuestRegion(
            start: region.guestAddress, userStart: region.userAddress, memory: mapping.range,
            file: MappedFile(
                open.descriptor, offset: region.mmapOffset, range: mapping.range, owner: open),
            owner: open)
    }

    /// A region's file, open as long as its mapping: a renderer's worker maps it too.
    private final class OpenMapping: Sendable {
        private let mapping: FileMapping
        private let file: OwnedDescriptor
        var descriptor: FileDescriptor { file.descriptor }

        init(_ mapping: FileMapping, _ file: consuming OwnedDescriptor) {
            self.mapping = mapping
            self.file = file
        }
    }

    /// Where a ring lies, its parts named by the front-end's addresses. [VU-046]
    func layout(
        _ address: VhostUser.VringAddr, size: UInt32, _ features: TransportFeatures
    ) throws(VhostUserError) -> QueueLayout {
        guard let size = UInt16(exactly: size), size > 0, size <= QueueLayout.sizeMax else {
            throw .refused
        }
        let bytes = QueueLayout.areaSizesBytes(size: size, features: features)
        do throws(GuestMemoryError) {
            return QueueLayout(
                size: size,
                descriptorTable: try guest.guestAddress(
                    of: address.descriptor, count: UInt64(bytes.descriptors)),
                availRing: try guest.guestAddress(
                    of: address.available, count: UInt64(bytes.driver)),
                usedRing: try guest.guestAddress(of: address.used, count: UInt64(bytes.device)))
        } catch { throw .refused }
    }
}
