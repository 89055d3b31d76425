// Mapped files that shrink under us. The kernel answers an access past a file's end with SIGBUS,
// which ends a process that has not asked for anything else; whoever gave us the file could so end
// every other guest's device too.

internal import CLinux
internal import Synchronization
public import SystemPackage

/// The process-wide answer to SIGBUS inside watched mappings.
public enum MemoryFaults {
    /// Installs the handler; once, at the start of a program that maps files of others. Faults
    /// elsewhere go to the handler that was there before, or end the process as they would have.
    /// A program that installs its own SIGBUS handler later passes on what is not its own.
    public static func install() throws(Errno) {
        let error = cl_faults_install()
        guard error == 0 else { throw Errno(rawValue: error) }
    }

    public static var isInstalled: Bool { cl_faults_installed() != 0 }
}

/// Whether one of the mappings that share this flag has lost its file.
@safe public final class FaultFlag: @unchecked Sendable {
    private let word: UnsafeMutablePointer<Atomic<UInt32>>
    /// Readable from the fault on, for an event loop. It stays so: nobody takes the signal.
    public let event: EventDescriptor

    public init() throws(Errno) {
        event = try EventDescriptor()
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic(0))
    }

    deinit { unsafe word.deallocate() }

    /// Once true, always true.
    public var isSet: Bool { unsafe word.pointee.load(ordering: .relaxed) != 0 }

    /// The flag itself, to be loaded atomically. Valid while this object lives.
    @unsafe public var address: UnsafeMutablePointer<UInt32> {
        // SAFETY: Atomic<UInt32> has the size and alignment of UInt32; the handler stores
        // atomically.
        unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: UInt32.self)
    }
}

/// Watches one mapping for as long as it lives; nothing when the handler is not installed.
public final class FaultWatch: Sendable {
    private let slot: CInt
    private let flag: FaultFlag

    /// - Parameter range: a whole mapping, page-aligned; it stays mapped while the watch lives.
    public init(_ range: MemoryRange, flag: FaultFlag) throws(Errno) {
        self.flag = flag
        guard MemoryFaults.isInstalled else {
            slot = -1
            return
        }
        // SAFETY: the flag lives as long as the watch.
        slot = unsafe cl_faults_watch(
            range.baseAddress, range.sizeBytes, flag.address, flag.event.descriptor.rawValue)
        guard slot >= 0 else { throw .noMemory }
    }

    deinit { cl_faults_unwatch(slot) }
}
