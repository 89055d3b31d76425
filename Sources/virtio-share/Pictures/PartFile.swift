// A file that is not there until it is whole.
//
// Invariant: the bytes stand under a temporary name, which goes away with this value unless
// `publish` has renamed it.

import Glibc

struct PartFile: ~Copyable {
    /// How many names to try; the second is needed once in two thousand million pictures.
    static let attemptsMax = 16

    private let finalPath: String
    private let partPath: String
    private var fd: Int32
    private var isPublished = false

    /// Creates ".name.XXXXXX.part" in the folder of `path`; a rename then crosses no file system.
    init(for path: String) throws(PictureError) {
        let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let folder = path[..<nameStart]
        let name = path[nameStart...]
        guard !name.isEmpty else { throw .open(code: EISDIR) }

        var code = EEXIST
        for _ in 0..<Self.attemptsMax where code == EEXIST || code == EINTR {
            let partPath = "\(folder).\(name).\(Self.randomLetters()).part"
            // SAFETY: open only reads the string it is lent.
            let fd = unsafe open(partPath, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
            if fd >= 0 {
                self.finalPath = path
                self.partPath = partPath
                self.fd = fd
                return
            }
            code = errno
        }
        throw .open(code: code)
    }

    deinit {
        if fd >= 0 { _ = close(fd) }
        // SAFETY: unlink only reads the string it is lent.
        if !isPublished { _ = unsafe unlink(partPath) }
    }

    func write(_ bytes: [UInt8]) throws(PictureError) {
        var written = 0
        while written < bytes.count {
            // SAFETY: the array lends its storage for the call; the slice ends where it ends.
            let count = unsafe bytes[written...].withUnsafeBytes { rest in
                unsafe Glibc.write(fd, rest.baseAddress, rest.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .write(code: count < 0 ? errno : EIO) }
            written += count
        }
    }

    /// Gives the file its final name, in place of whatever file or symbolic link had it.
    mutating func publish() throws(PictureError) {
        let closed = close(fd)
        fd = -1
        // Linux has closed the descriptor also when close reports EINTR.
        guard closed == 0 || errno == EINTR else { throw .write(code: errno) }
        // SAFETY: rename only reads the strings it is lent.
        guard unsafe rename(partPath, finalPath) == 0 else { throw .rename(code: errno) }
        isPublished = true
    }

    private static func randomLetters() -> String {
        String((0..<6).map { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement() ?? "a" })
    }
}
