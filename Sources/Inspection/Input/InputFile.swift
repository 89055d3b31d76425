// Reads a file or standard input whole, up to a limit: never more memory than that.

import SystemPackage

/// Where an input's bytes come from.
public enum InputFile {
    /// The bytes of the file at `path`; `-` is standard input.
    public static func read(_ path: String) throws(InputError) -> [UInt8] {
        let name = path == "-" ? "Standard input" : path
        let file: FileDescriptor
        if path == "-" {
            file = .standardInput
        } else {
            do { file = try FileDescriptor.open(FilePath(path), .readOnly) } catch Errno
                .noSuchFileOrDirectory
            {
                throw .noSuchFile(path)
            } catch { throw .unreadable(path) }
        }
        defer { if path != "-" { try? file.close() } }
        return try read(file, name: name)
    }

    /// The bytes up to the end of a file that is open.
    static func read(_ file: FileDescriptor, name: String) throws(InputError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count: Int
            do {
                // SAFETY: the buffer is the array's own, for the length of the call.
                count = try unsafe chunk.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
            } catch Errno.isDirectory { throw .isFolder(name) } catch { throw .unreadable(name) }
            if count == 0 { break }
            guard bytes.count + count <= InspectionLimits.inputSizeMax else {
                throw .tooLarge(name)
            }
            bytes += chunk[..<count]
        }
        guard !bytes.isEmpty else { throw .empty(name) }
        return bytes
    }
}
