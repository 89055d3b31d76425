// What is started as a child: a program, its arguments and what it sees of its surroundings.

internal import Glibc
internal import SystemPackage

package struct ChildProgram: Sendable {
    package let path: String
    /// The program's name first.
    package let arguments: [String]
    package let environment: [String]

    package init(path: String, arguments: [String], environment: [String]) {
        self.path = path
        // What people see of it is a file's name.
        self.arguments = [path == Self.thisOne ? Self.thisProgram : path] + arguments
        self.environment = environment
    }

    /// The file that this process runs, whatever has become of its name.
    package static let thisOne = "/proc/self/exe"

    func withCStrings<R>(
        _ body: (
            UnsafePointer<CChar>, UnsafePointer<UnsafeMutablePointer<CChar>?>,
            UnsafePointer<UnsafeMutablePointer<CChar>?>
        ) -> R
    ) -> R {
        unsafe path.withCString { path in
            unsafe Self.withCStrings(arguments) { arguments in
                unsafe Self.withCStrings(environment) { environment in
                    unsafe body(path, arguments, environment)
                }
            }
        }
    }

    private static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in 0...strings.count { unsafe free(pointers[index]) } }
        return unsafe pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                preconditionFailure("a list of strings ends with nil")
            }
            return unsafe body(base)
        }
    }

    /// This program's own file.
    package static var thisProgram: String {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe bytes.baseAddress.map { unsafe readlink("/proc/self/exe", $0, bytes.count - 1) }
                ?? 0
        }
        return String(
            decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The variables of this process whose names begin with one of `prefixes`.
    package static func environment(_ prefixes: [String]) -> [String] {
        var kept: [String] = []
        // SAFETY: a list that ends with nil; a program that changes it meanwhile does so at its risk.
        var at = unsafe environ
        while let entry = unsafe at.pointee {
            let text = unsafe String(cString: entry)
            if prefixes.contains(where: { text.hasPrefix($0) }) { kept.append(text) }
            unsafe at += 1
        }
        return kept
    }
}
