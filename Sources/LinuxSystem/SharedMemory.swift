internal import CLinux
internal import Glibc
public import SystemPackage

/// A memfd and its mapping into this process: memory that another process, or a simulated guest,
/// may write at any time.
@safe public final class SharedMemory: @unchecked Sendable {
    public let descriptor: FileDescriptor
    public let sizeBytes: Int
    /// First byte of the mapping. Valid while this object lives.
    @unsafe public let baseAddress: UnsafeMutableRawPointer

    /// New zeroed memory of `sizeBytes`, rounded up to whole pages by the kernel.
    public init(name: String, sizeBytes: Int) throws(Errno) {
        guard sizeBytes > 0 else { throw .invalidArgument }
        let fd = unsafe name.withCString { unsafe cl_memfd_create($0) }
        guard fd >= 0 else { throw Errno.current }
        guard ftruncate(fd, sizeBytes) == 0 else {
            let error = Errno.current
            close(fd)
            throw error
        }
        // SAFETY: a fresh mapping at an address of the kernel's choice; unmapped in deinit only.
        let address = unsafe mmap(nil, sizeBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            let error = Errno.current
            close(fd)
            throw error
        }
        descriptor = FileDescriptor(rawValue: fd)
        self.sizeBytes = sizeBytes
        unsafe baseAddress = address
    }

    deinit {
        unsafe munmap(baseAddress, sizeBytes)
        try? descriptor.close()
    }
}

extension SharedMemory {
    /// The whole mapping. Valid while this object lives.
    public var range: MemoryRange {
        // SAFETY: the mapping is sizeBytes long.
        unsafe MemoryRange(baseAddress: baseAddress, sizeBytes: sizeBytes)
    }
}
