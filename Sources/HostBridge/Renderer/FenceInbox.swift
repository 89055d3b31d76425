internal import CVirglRenderer
internal import LinuxSystem

/// Where virglrenderer's own thread leaves the fences it has retired, for the renderer's thread.
final class FenceInbox: Sendable {
    private let retired = Monitor<[UInt64]>([])
    private let wake: EventDescriptor

    init(wake: EventDescriptor) { self.wake = wake }

    func retire(_ fence: UInt64) {
        retired.withLock { $0.append(fence) }
        wake.signal()
    }

    func takeAll() -> [UInt64] {
        retired.withLock { fences in
            defer { fences.removeAll(keepingCapacity: true) }
            return fences
        }
    }
}

/// The callbacks struct, which the library keeps by pointer until cleanup.
@safe final class RendererCallbacks {
    let pointer: UnsafeMutablePointer<virgl_renderer_callbacks>

    init() {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: virgl_renderer_callbacks())
        unsafe pointer.pointee.version = 3
        unsafe pointer.pointee.write_fence = { _, _ in
            // Fences of the global timeline are not used: the ledger above keeps its own order.
        }
        unsafe pointer.pointee.write_context_fence = { cookie, _, _, fence in
            guard let cookie = unsafe cookie else { return }
            // SAFETY: the cookie is the inbox, which its renderer keeps until after cleanup.
            unsafe Unmanaged<FenceInbox>.fromOpaque(cookie).takeUnretainedValue().retire(fence)
        }
    }

    deinit { unsafe pointer.deallocate() }
}

/// An array of iovec as virglrenderer borrows it: it must stay where it is until detached.
@safe final class BackingList {
    let ranges: [MemoryRange]
    let pointer: UnsafeMutablePointer<iovec>
    let byteCount: UInt64
    var count: Int { ranges.count }

    init(_ ranges: [MemoryRange]) {
        self.ranges = ranges
        byteCount = ranges.reduce(0) { $0 + UInt64($1.sizeBytes) }
        // SAFETY: one iovec for each range, freed in deinit.
        unsafe pointer = .allocate(capacity: max(1, ranges.count))
        for (index, range) in ranges.enumerated() {
            unsafe (pointer + index).initialize(
                to: iovec(iov_base: range.baseAddress, iov_len: range.sizeBytes))
        }
    }

    deinit { unsafe pointer.deallocate() }
}
