// A shared memory region whose guest is in another process: mappings are asked for there.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

/// The device's side of one region; it outlives connections. Used on the device's thread only.
final class ChannelMemoryRegion: SharedMemoryRegion, @unchecked Sendable {
    let window: SharedMemoryWindow
    /// Of the connection at hand, once it has one.
    var channel: BackEndChannel?
    private var sizes: [UInt64: UInt64] = [:]
    private static let mappingsMax = 4096

    init(_ window: SharedMemoryWindow) { self.window = window }

    func map(
        _ source: SharedMemorySource, at offset: UInt64, sizeBytes: UInt64,
        access: SharedMemoryAccess
    ) throws(SharedMemoryError) {
        guard window.holds(offset: offset, sizeBytes: sizeBytes) else { throw .outOfRange }
        guard !sizes.contains(where: { $0 < offset + sizeBytes && offset < $0 + $1 }) else {
            throw .overlap
        }
        guard sizes.count < Self.mappingsMax else { throw .tooMany }
        guard case .file(let file, let fileOffset) = source, let channel else {
            throw .unreachable
        }
        let message = VhostUser.MMap(
            shmid: window.id, fdOffset: fileOffset, shmOffset: offset, length: sizeBytes,
            flags: access == .readWrite ? .readWrite : [])
        do throws(VhostUserError) { try channel.ask(.shmemMap, message, file) } catch {
            throw fault(error)
        }
        sizes[offset] = sizeBytes
    }

    func unmap(at offset: UInt64) throws(SharedMemoryError) {
        guard let sizeBytes = sizes.removeValue(forKey: offset) else { throw .notMapped }
        guard let channel else { throw .unreachable }
        let message = VhostUser.MMap(
            shmid: window.id, fdOffset: 0, shmOffset: offset, length: sizeBytes, flags: [])
        do throws(VhostUserError) { try channel.ask(.shmemUnmap, message, nil) } catch {
            throw fault(error)
        }
    }

    /// The front-end takes all mappings away at a reset, by itself. [VU-104]
    func unmapAll() { sizes.removeAll() }

    private func fault(_ error: VhostUserError) -> SharedMemoryError {
        switch error {
        case .refused: return .unreachable
        case .system(let error): return .system(error)
        case .peerGone, .malformed, .timedOut, .memoryLost:
            // Out of step: nothing more can be asked on it.
            channel = nil
            return .system(.brokenPipe)
        }
    }
}
