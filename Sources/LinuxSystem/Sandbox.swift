// What a process gives up once it has what it needs.

internal import CLinux
public import SystemPackage

/// Confinement of this process; nothing that was given up comes back.
public enum Sandbox {
    /// Leaves, of the file system, the system's folders for reading, /dev/dri, and the sockets in
    /// `folders`: for this thread and those that it starts from now on, so before all others.
    ///
    /// - Returns: false where the kernel has no Landlock.
    public static func restrictFiles(socketFolders folders: [String]) throws(Errno) -> Bool {
        let lines = folders.joined(separator: "\n")
        let result = unsafe lines.withCString { unsafe cl_sandbox_files($0) }
        guard result >= 0 else { throw Errno.current }
        return result == 0
    }

    /// Leaves the system calls that a device's process makes while it serves: no program is started,
    /// no file made, no socket opened, no other process touched. For all threads.
    ///
    /// - Parameter canConnect: Unix sockets can be connected.
    public static func restrictCalls(canConnect: Bool) throws(Errno) {
        guard cl_sandbox_calls(canConnect ? 1 : 0) == 0 else { throw Errno.current }
    }

    /// No core files, which would hold a guest's memory, and a bound on descriptors.
    public static func restrictResources(descriptorsMax: UInt) throws(Errno) {
        guard cl_sandbox_limits(descriptorsMax) == 0 else { throw Errno.current }
    }
}
