internal import Glibc
public import SystemPackage

/// A part of a file or memfd in this process. It needs no open descriptor: the kernel keeps the
/// file as long as it is mapped.
@safe public final class FileMapping: @unchecked Sendable {
    public enum Protection: Sendable { case read, readWrite }

    private let base: UnsafeMutableRawPointer
    private let mappedBytes: Int
    /// The bytes that were asked for. Valid while this object lives.
    public let range: MemoryRange

    /// Maps `sizeBytes` from `offset`, which need not stand at a page's start.
    public init(
        _ descriptor: FileDescriptor, offset: Int, sizeBytes: Int, protection: Protection
    ) throws(Errno) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        guard offset >= 0, sizeBytes > 0, sizeBytes <= Int.max - page else {
            throw .invalidArgument
        }
        let lead = offset % page
        mappedBytes = sizeBytes + lead
        let bits = protection == .read ? PROT_READ : PROT_READ | PROT_WRITE
        // SAFETY: a fresh mapping at an address of the kernel's choice; unmapped in deinit only.
        let address = unsafe mmap(
            nil, mappedBytes, bits, MAP_SHARED, descriptor.rawValue, offset - lead)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw Errno.current
        }
        unsafe base = address
        // SAFETY: `lead + sizeBytes` bytes are mapped.
        range = unsafe MemoryRange(baseAddress: address + lead, sizeBytes: sizeBytes)
    }

    deinit { unsafe munmap(base, mappedBytes) }
}
