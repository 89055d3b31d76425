// What this process holds of memfds with a name that only one test uses.

import Glibc
import SystemPackage

enum ProcessCounts {
    /// Mappings of memfds called `name`.
    static func mappings(named name: String) throws -> Int {
        let file = try FileDescriptor.open(FilePath("/proc/self/maps"), .readOnly)
        defer { try? file.close() }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = try unsafe chunk.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
            if got == 0 { break }
            text += chunk[..<got]
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
            .count { $0.contains("memfd:\(name) ") }
    }

    /// Descriptors of memfds called `name`.
    static func descriptors(named name: String) -> Int {
        (0..<4096).count { number in
            var target = [UInt8](repeating: 0, count: 256)
            let length = unsafe target.withUnsafeMutableBytes { bytes -> Int in
                guard let start = bytes.baseAddress else { return 0 }
                return unsafe readlink(
                    "/proc/self/fd/\(number)", start.assumingMemoryBound(to: CChar.self),
                    bytes.count)
            }
            guard length > 0 else { return false }
            return String(decoding: target[..<length], as: UTF8.self).hasPrefix(
                "/memfd:\(name) ")
        }
    }
}
