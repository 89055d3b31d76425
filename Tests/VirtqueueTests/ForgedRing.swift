// A ring of either kind in a guest's memory, with a device on it and a forge for its driver.

import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

struct ForgedRing {
    static let data: UInt64 = 0x8_0000
    /// Where indirect tables go.
    static let table = GuestAddress(0x9_0000)
    let memory: GuestMemory
    let layout: QueueLayout
    let forge: RingForge
    let features: TransportFeatures

    init(size: UInt16, features: TransportFeatures) throws {
        let shared = try SharedMemory(name: "forged", sizeBytes: 0x10_0000)
        memory = try GuestMemory([GuestRegion(start: GuestAddress(0), memory: shared)])
        layout = QueueLayout(
            size: size, descriptorTable: GuestAddress(0x1000), availRing: GuestAddress(0x4_0000),
            usedRing: GuestAddress(0x6_0000))
        forge = RingForge(layout, memory: memory)
        self.features = features
    }

    var isPacked: Bool { features.contains(.ringPacked) }

    func device(position: QueuePosition? = nil) throws -> DeviceQueue {
        try DeviceQueue(layout, memory: memory, features: features, position: position)
    }

    func driver(tables: IndirectTables? = nil) throws -> DriverQueue {
        try DriverQueue(layout, memory: memory, features: features, tables: tables)
    }

    /// One descriptor as a driver means it, whatever the ring.
    struct Desc {
        var addr: UInt64 = ForgedRing.data
        var len: UInt32 = 8
        var next = false
        var write = false
        var indirect = false
    }

    /// Makes a chain of descriptors available in a fresh ring: slots 0 and up, buffer id 7.
    func offer(_ descs: [Desc]) {
        for (index, desc) in descs.enumerated().reversed() {
            if isPacked {
                var flags = PackedRing.DescriptorFlags.available(wrap: true)
                if desc.next { flags.insert(.next) }
                if desc.write { flags.insert(.write) }
                if desc.indirect { flags.insert(.indirect) }
                forge.set(
                    PackedRing.Descriptor(
                        addr: GuestAddress(desc.addr), len: desc.len, id: 7, flags: flags),
                    at: index)
            } else {
                var flags = SplitRing.DescriptorFlags()
                if desc.next { flags.insert(.next) }
                if desc.write { flags.insert(.write) }
                if desc.indirect { flags.insert(.indirect) }
                forge.set(
                    SplitRing.Descriptor(
                        addr: GuestAddress(desc.addr), len: desc.len, flags: flags,
                        next: UInt16(index + 1)), at: index)
            }
        }
        if !isPacked {
            forge.set(availHead: 0, at: 0)
            forge.set(availIndex: 1)
        }
    }

    /// What the device gave back first: its id and length; nil when nothing.
    var firstUsed: (id: UInt32, len: UInt32)? {
        if isPacked {
            let descriptor = forge.descriptor(0)
            guard descriptor.flags.contains([.avail, .used]) else { return nil }
            return (
                UInt32(descriptor.id), descriptor.flags.contains(.write) ? descriptor.len : 0
            )
        }
        guard forge.usedIndex == 1 else { return nil }
        return (forge.used(0).id, forge.used(0).len)
    }

    /// An entry of the table, in the ring's own form.
    func setEntry(_ index: Int, _ desc: Desc, next: UInt16 = 0) {
        if isPacked {
            forge.set(
                PackedRing.Descriptor(
                    addr: GuestAddress(desc.addr), len: desc.len, id: next,
                    flags: desc.write ? [.write] : []), at: index, of: Self.table)
        } else {
            var flags = SplitRing.DescriptorFlags()
            if desc.next { flags.insert(.next) }
            if desc.write { flags.insert(.write) }
            if desc.indirect { flags.insert(.indirect) }
            forge.set(
                SplitRing.Descriptor(
                    addr: GuestAddress(desc.addr), len: desc.len, flags: flags, next: next),
                at: index, of: Self.table)
        }
    }
}
