// Messages of one size from somebody who is not trusted: they are taken without their descriptors.

internal import CLinux
package import SystemPackage

extension PacketSocket {
    /// Waits for a message of exactly `bytes.count` bytes, and overwrites those; false when none has
    /// come in time (-1 waits).
    ///
    /// - Throws: `noChildProcess` at the other side's end, `badMessage` for a message of another size
    ///   or one with descriptors, of which none is taken.
    package func take(_ bytes: inout [UInt8], timeoutMillis: Int32) throws(Errno) -> Bool {
        let got = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe cl_packet_take(
                descriptor.rawValue, bytes.baseAddress, bytes.count, timeoutMillis)
        }
        if got == bytes.count { return true }
        guard got < 0 else { throw got == 0 ? .noChildProcess : .badMessage }
        let error = Errno.current
        guard error == .resourceTemporarilyUnavailable else { throw error }
        return false
    }

    /// Sends a message without descriptors; waits for room.
    package func put(_ bytes: [UInt8]) throws(Errno) {
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe cl_packet_put(descriptor.rawValue, bytes.baseAddress, bytes.count)
        }
        guard status == 0 else { throw Errno.current }
    }
}
