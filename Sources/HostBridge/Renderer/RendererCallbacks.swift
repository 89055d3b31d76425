internal import CVirglRenderer

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
