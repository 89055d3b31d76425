internal import CLinux
public import SystemPackage

/// Signals, as far as a program that serves sockets is concerned.
public enum Signals {
    /// Lets writes of the calling thread to pipes without a reader fail instead of ending the
    /// process.
    public static func blockBrokenPipe() { cl_block_sigpipe() }

    /// A descriptor that becomes readable when the process is asked to end (SIGTERM, SIGINT).
    /// Called before any thread is started: later ones inherit that the signals are blocked.
    public static func termination() throws(Errno) -> OwnedDescriptor {
        let fd = cl_termination_descriptor()
        guard fd >= 0 else { throw Errno.current }
        return OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
    }
}

extension FileDescriptor {
    /// Waits until the descriptor is readable or at its end; false after the time-out.
    public func waitUntilReadable(timeoutMillis: Int32 = -1) -> Bool {
        cl_wait_readable(rawValue, timeoutMillis) > 0
    }
}
