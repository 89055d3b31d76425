internal import CLinux
internal import Glibc
public import SystemPackage

/// A named thread that runs one body; the owner joins it.
///
/// Device threads and codec threads are real threads because the C libraries below us bind their
/// state to one (virglrenderer: every call from init to cleanup on the same thread).
@safe public final class WorkerThread: @unchecked Sendable {
    private let handle: OpaquePointer

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// - Parameter name: at most 15 bytes are kept, as the kernel does.
    public init(name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        var started: OpaquePointer?
        let context = unsafe Unmanaged.passRetained(Body(body))
        // SAFETY: the new thread takes over the one retain of `context`.
        let error = unsafe cl_thread_start(
            &started, name,
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            }, context.toOpaque())
        guard error == 0, let thread = unsafe started else {
            unsafe context.release()
            throw Errno(rawValue: error)
        }
        unsafe handle = thread
    }

    /// What tells the calling thread from all others that run.
    public static var current: UInt64 { UInt64(pthread_self()) }

    /// Waits for the body to end. Once only, and never from the thread itself.
    public func join() { unsafe cl_thread_join(handle) }
}
