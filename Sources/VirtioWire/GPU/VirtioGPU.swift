// The GPU device; virtio 1.4, 5.7. Its structures and numbers stand in Spec/gpu.md, from which
// Generated/GPU is made; here is what tables cannot say.

/// The structures and numbers of the GPU device, named as the standard names them.
public enum VirtioGPU {}

extension VirtioGPU.MessageType {
    /// Whether this is one of the error responses, those still to be defined included.
    @inlinable public var isError: Bool { rawValue >> 8 == 0x12 }
}
