// A process that this one starts and shares memory with.

internal import CLinux
internal import Glibc
package import SystemPackage

/// A socket that keeps messages apart and carries descriptors.
package final class PacketSocket: Sendable {
    package let descriptor: FileDescriptor

    package init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }

    package static func pair() throws(Errno) -> (PacketSocket, PacketSocket) {
        var ends: [Int32] = [-1, -1]
        let status = unsafe ends.withUnsafeMutableBufferPointer { ends in
            unsafe cl_packet_pair(ends.baseAddress)
        }
        guard status == 0 else { throw Errno.current }
        return (
            PacketSocket(FileDescriptor(rawValue: ends[0])),
            PacketSocket(FileDescriptor(rawValue: ends[1]))
        )
    }

    /// Does not wait: `resourceTemporarilyUnavailable` when the other end is slow.
    package func send(_ bytes: [UInt8], _ descriptors: [FileDescriptor]) throws(Errno) {
        let numbers = descriptors.map(\.rawValue)
        let status = unsafe numbers.withUnsafeBufferPointer { numbers in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe cl_packet_send(
                    descriptor.rawValue, bytes.baseAddress, bytes.count, numbers.baseAddress,
                    Int32(numbers.count))
            }
        }
        guard status == 0 else { throw Errno.current }
    }

    /// Waits for a message; empty at the other side's end.
    package func receive(bytesMax: Int = 256) throws(Errno) -> ([UInt8], [FileDescriptor]) {
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var numbers: [Int32] = [-1, -1, -1, -1]
        var count: Int32 = 0
        let got = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe numbers.withUnsafeMutableBufferPointer { numbers in
                unsafe cl_packet_receive(
                    descriptor.rawValue, bytes.baseAddress, bytes.count, numbers.baseAddress,
                    &count)
            }
        }
        guard got >= 0 else { throw Errno.current }
        return (
            Array(bytes.prefix(got)),
            numbers.prefix(Int(count)).map { FileDescriptor(rawValue: $0) }
        )
    }

    /// Whether the other end is gone.
    package var hasEnded: Bool { cl_worker_has_ended(descriptor.rawValue) != 0 }
}

/// A process that this one has started, or has had started. Somebody has to ``reap()`` it.
package final class ChildProcess: Sendable {
    package let id: Int32
    /// Readable when it has ended.
    package let end: FileDescriptor
    /// Who has started it, and under which number; nil for this process itself.
    private let launched: (by: ProcessLauncher, number: UInt32)?

    /// Starts a program with `socket` as its descriptor 3, and no other but the standard three.
    package init(_ program: ChildProgram, socket: FileDescriptor) throws(Errno) {
        var end: Int32 = -1
        let id = unsafe program.withCStrings { path, arguments, environment in
            unsafe cl_worker_spawn(path, arguments, environment, socket.rawValue, &end)
        }
        guard id > 0 else { throw Errno.current }
        self.id = id
        self.end = FileDescriptor(rawValue: end)
        launched = nil
    }

    /// Has the launcher start its program.
    package init(by launcher: ProcessLauncher, socket: FileDescriptor) throws(Errno) {
        let started = try launcher.start(socket: socket)
        id = started.id
        end = started.end
        launched = (launcher, started.number)
    }

    /// By the launcher where there is one, which starts its own program; otherwise by this process.
    package convenience init(
        _ program: @autoclosure () -> ChildProgram, by launcher: ProcessLauncher?,
        socket: FileDescriptor
    ) throws(Errno) {
        if let launcher {
            try self.init(by: launcher, socket: socket)
        } else {
            try self.init(program(), socket: socket)
        }
    }

    deinit { try? end.close() }

    package func kill() {
        guard let launched else { return cl_worker_kill(end.rawValue) }
        launched.by.kill(launched.number)
    }

    /// Waits until it has ended, once.
    package func reap() {
        guard launched == nil else {
            // Its launcher reaps it; this one knows that it has ended.
            while !end.waitUntilReadable(timeoutMillis: -1) {}
            return
        }
        var status: Int32 = 0
        unsafe cl_worker_reap(id, &status)
    }

    /// Limits its address space.
    package func limitMemory(_ bytes: UInt64) throws(Errno) {
        if let launched { return try launched.by.limitMemory(launched.number, bytes) }
        guard cl_worker_limit_memory(id, bytes) == 0 else { throw Errno.current }
    }
}

/// What a child does for itself.
package enum ChildSelf {
    /// To be called first: from here on it ends with the thread that has started it.
    package static func begin() throws(Errno) {
        guard cl_worker_begin() == 0 else { throw Errno.current }
    }

    /// Gives up everything but what a renderer needs. [cl_sandbox_enter]
    package static func enterSandbox() throws(Errno) {
        let error = cl_sandbox_enter()
        guard error == 0 else { throw Errno(rawValue: error) }
    }

    /// Gives up everything but what a codec needs. [cl_sandbox_enter_codec]
    package static func enterCodecSandbox() throws(Errno) {
        let error = cl_sandbox_enter_codec()
        guard error == 0 else { throw Errno(rawValue: error) }
    }

    /// Limits its address space, for good.
    package static func limitMemory(_ bytes: UInt64) throws(Errno) {
        let error = cl_limit_own_memory(bytes)
        guard error == 0 else { throw Errno(rawValue: error) }
    }

    /// Ends this process at once.
    package static func end(_ status: Int32) -> Never { _exit(status) }

    /// Waits for the eventfd; false when the other end of the socket is gone.
    package static func wait(for event: FileDescriptor, or socket: FileDescriptor) -> Bool {
        cl_worker_wait(event.rawValue, socket.rawValue) & 2 == 0
    }
}

/// Pages of a file, or zeros, in the place of pages that somebody else has mapped.
package enum PlacedMemory {
    /// - Precondition: whole pages, which nobody touches meanwhile.
    package static func put(_ file: FileDescriptor, over range: MemoryRange) -> Bool {
        unsafe cl_map_in_place(range.baseAddress, range.sizeBytes, file.rawValue) == 0
    }

    package static func putZeros(over range: MemoryRange) -> Bool {
        unsafe cl_map_zeros_in_place(range.baseAddress, range.sizeBytes) == 0
    }
}

extension SharedMemory {
    /// Nobody can change its size any more.
    package func seal() throws(Errno) {
        guard cl_memfd_seal(descriptor.rawValue) == 0 else { throw Errno.current }
    }
}

extension EventDescriptor {
    /// One that another process has made and given to this one.
    package static func signal(_ descriptor: FileDescriptor) {
        var one: UInt64 = 1
        _ = try? unsafe withUnsafeBytes(of: &one) { unsafe try descriptor.write($0) }
    }

    package static func take(_ descriptor: FileDescriptor) {
        var count: UInt64 = 0
        _ = try? unsafe withUnsafeMutableBytes(of: &count) { unsafe try descriptor.read(into: $0) }
    }
}
