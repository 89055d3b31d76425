// A process beside this one that starts programs for it. Made before a program gives up starting any;
// from then on it can have more of the one that the launcher was made for, and nothing else.

internal import CLinux
package import SystemPackage

/// Ends with this object, and what it has started with it. Any thread may use it.
package final class ProcessLauncher: Sendable {
    private let socket: FileDescriptor
    private let process: Int32
    /// Questions with an answer go one at a time.
    private let turn = Lock()

    /// To be called while there is one thread, or with care: what is forked is a copy of this process
    /// that runs C alone.
    package init(_ program: ChildProgram) throws(Errno) {
        var process: Int32 = -1
        let socket = unsafe program.withCStrings { path, arguments, environment in
            unsafe cl_launcher_start(path, arguments, environment, &process)
        }
        guard socket >= 0 else { throw Errno.current }
        self.socket = FileDescriptor(rawValue: socket)
        self.process = process
    }

    deinit {
        try? socket.close()
        var status: Int32 = 0
        unsafe cl_worker_reap(process, &status)
    }

    func start(socket theirs: FileDescriptor) throws(Errno) -> (
        id: Int32, number: UInt32, end: FileDescriptor
    ) {
        turn.lock()
        defer { turn.unlock() }
        var (number, end): (UInt32, Int32) = (0, -1)
        let id = unsafe cl_launcher_spawn(socket.rawValue, theirs.rawValue, &number, &end)
        guard id > 0 else { throw Errno.current }
        return (id, number, FileDescriptor(rawValue: end))
    }

    func kill(_ number: UInt32) { cl_launcher_kill(socket.rawValue, number) }

    func limitMemory(_ number: UInt32, _ bytes: UInt64) throws(Errno) {
        turn.lock()
        defer { turn.unlock() }
        guard cl_launcher_limit_memory(socket.rawValue, number, bytes) == 0 else {
            throw Errno.current
        }
    }
}
