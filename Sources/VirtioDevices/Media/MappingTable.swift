// Which part of shared memory region 0 shows which plane (5.22.6.1). Mappings are the device's, not a
// session's: they outlive buffers and sessions. [MED-D-009]

internal import LinuxSystem
internal import ResourceRegistry
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

struct MappingTable {
    private struct Entry {
        let offset: UInt64
        let sizeBytes: UInt64
        let chargedBytes: UInt64
        /// The plane, as long as it belongs to a buffer.
        weak var plane: DevicePlane?
    }

    /// Sorted by offset, apart from each other.
    private var entries: [Entry] = []
    private let region: any SharedMemoryRegion
    private let countMax: Int

    init(_ region: any SharedMemoryRegion, countMax: Int) {
        self.region = region
        self.countMax = countMax
    }

    /// Shows the plane; where in the region.
    mutating func map(
        _ plane: DevicePlane, access: SharedMemoryAccess, registry: ResourceRegistry,
        participant: Participant
    ) throws(MediaFault) -> UInt64 {
        guard entries.count < countMax,
            let size = SharedMemoryWindow.wholePages(UInt64(plane.sizeBytes)),
            let (index, offset) = gap(of: size)
        else { throw .noMemory }
        // What is mapped stays, whatever becomes of the buffer.
        do throws(RegistryError) { try registry.charge(size, to: participant) } catch {
            throw error.fault
        }
        do throws(SharedMemoryError) {
            try region.map(
                .file(plane.memory.descriptor, offset: 0), at: offset, sizeBytes: size,
                access: access)
        } catch {
            registry.refund(size, to: participant)
            throw error.fault
        }
        plane.mappings += 1
        entries.insert(
            Entry(offset: offset, sizeBytes: size, chargedBytes: size, plane: plane), at: index)
        return offset
    }

    /// The first gap that is long enough.
    private func gap(of size: UInt64) -> (index: Int, offset: UInt64)? {
        var free: UInt64 = 0
        for (index, entry) in entries.enumerated() {
            if entry.offset - free >= size { return (index, free) }
            free = entry.offset + entry.sizeBytes
        }
        return region.window.sizeBytes - free >= size ? (entries.count, free) : nil
    }

    mutating func unmap(
        at offset: UInt64, registry: ResourceRegistry, participant: Participant
    ) throws(MediaFault) {
        guard let index = entries.firstIndex(where: { $0.offset == offset }) else { throw .invalid }
        do throws(SharedMemoryError) { try region.unmap(at: offset) } catch { throw error.fault }
        let entry = entries.remove(at: index)
        entry.plane?.mappings -= 1
        registry.refund(entry.chargedBytes, to: participant)
    }

    mutating func unmapAll(registry: ResourceRegistry, participant: Participant) {
        region.unmapAll()
        for entry in entries {
            entry.plane?.mappings -= 1
            registry.refund(entry.chargedBytes, to: participant)
        }
        entries.removeAll()
    }
}
