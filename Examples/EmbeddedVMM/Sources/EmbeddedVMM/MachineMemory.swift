// The guest's memory, made by the VMM. A VMM with a hypervisor gives the same mapping to it.

import Glibc
import LinuxSystem
import VirtioWire
import Virtqueue

/// A mapping of the VMM's that stands for guest-physical addresses.
@safe final class MachineMemory: @unchecked Sendable {
    static let start: UInt64 = 0x4000_0000
    private let base: UnsafeMutableRawPointer
    private let sizeBytes: Int

    init(sizeBytes: Int) throws {
        // SAFETY: a new mapping at an address of the kernel's choice; unmapped in deinit only.
        let address = unsafe mmap(
            nil, sizeBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw VMMError.noMemory
        }
        unsafe base = address
        self.sizeBytes = sizeBytes
    }

    deinit { unsafe munmap(base, sizeBytes) }

    /// Guest-physical addresses of all of it.
    var addresses: Range<UInt64> { Self.start..<(Self.start + UInt64(sizeBytes)) }

    /// What devices and drivers take: it keeps the mapping alive.
    func guestMemory() throws -> GuestMemory {
        // SAFETY: the mapping is sizeBytes long and lives as long as its owner, this object.
        let range = unsafe MemoryRange(baseAddress: base, sizeBytes: sizeBytes)
        return try GuestMemory([
            GuestRegion(start: GuestAddress(Self.start), memory: range, owner: self)
        ])
    }
}
