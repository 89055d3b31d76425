// A socket beside the served ones, on which a program is told what is going on.
// Invariant: who connects here waits for his answer; nobody waits for him longer than a second.

import Foundation
import LinuxSystem
import SystemPackage

/// Answers `virtio-share status` until it goes.
final class StatusServer {
    /// Where the status of what is served at `path` is to be had.
    static func path(beside path: String) -> String { path + ".status" }

    private let listener: UnixListener
    private let end: EventDescriptor
    private let thread: WorkerThread
    static let patienceMillis: Int32 = 1000

    init(path: String, report: @escaping @Sendable () -> ServingReport) throws(Errno) {
        let listener = try UnixListener(path: path)
        let end = try EventDescriptor()
        let loop = try EventLoop()
        try loop.add(listener.descriptor, token: 0)
        try loop.add(end.descriptor, token: 1)
        thread = try WorkerThread(name: "status") {
            Signals.blockBrokenPipe()
            while let tokens = try? loop.wait(), !tokens.contains(1) {
                guard let owned = try? listener.accept(), let socket = try? UnixSocket(owned)
                else { continue }
                Self.answer(socket, report)
            }
        }
        self.listener = listener
        self.end = end
    }

    deinit {
        end.signal()
        thread.join()
    }

    func removeSocket() { listener.removePath() }

    private static func answer(
        _ socket: borrowing UnixSocket, _ report: () -> ServingReport
    ) {
        guard let wish = StatusSocket.readLine(socket, patienceMillis: patienceMillis) else {
            return
        }
        let text = wish == "json" ? report().json : report().text
        StatusSocket.write(Array((text + "\n").utf8), to: socket, patienceMillis: patienceMillis)
    }
}

/// Bytes on a status socket.
enum StatusSocket {
    private static let lineMax = 16

    static func readLine(_ socket: borrowing UnixSocket, patienceMillis: Int32) -> String? {
        var line: [UInt8] = []
        while line.last != 10 {
            guard line.count < lineMax, let more = read(socket, patienceMillis: patienceMillis),
                !more.isEmpty
            else { return nil }
            line += more
        }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    /// What has come; empty at the end, nil when nothing comes in time.
    static func read(_ socket: borrowing UnixSocket, patienceMillis: Int32) -> [UInt8]? {
        guard socket.waitUntilReadable(timeoutMillis: patienceMillis) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16384)
        var descriptors = DescriptorList()
        let received = unsafe bytes.withUnsafeMutableBytes { free in
            // SAFETY: `receive` writes the bytes that it counts.
            try? unsafe socket.receive(into: free, &descriptors)
        }
        guard case .bytes(let count) = received else { return [] }
        return Array(bytes.prefix(count))
    }

    static func write(
        _ bytes: [UInt8], to socket: borrowing UnixSocket, patienceMillis: Int32
    ) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                // SAFETY: the bytes are read during the call only.
                (try? unsafe socket.send(UnsafeRawBufferPointer(rebasing: all[sent...]))) ?? -1
            }
            guard count >= 0 else { return }
            sent += count
            guard count > 0 || socket.waitUntilWritable(timeoutMillis: patienceMillis) else {
                return
            }
        }
    }
}
