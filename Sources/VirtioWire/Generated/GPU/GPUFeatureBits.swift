// Generated from Spec/gpu.md, "Feature bits": `make generate` writes it anew.

extension VirtioGPU {
    /// What a device offers (`VIRTIO_GPU_F_…`).
    public struct Features: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// 3D commands, and blobs with host memory.
        @inlinable public static var virgl: Self { Self(rawValue: 1 << 0) }
        /// GET_EDID.
        @inlinable public static var edid: Self { Self(rawValue: 1 << 1) }
        /// RESOURCE_ASSIGN_UUID.
        @inlinable public static var resourceUUID: Self { Self(rawValue: 1 << 2) }
        /// Blobs, and their mappings where there is a host-visible region.
        @inlinable public static var resourceBlob: Self { Self(rawValue: 1 << 3) }
        /// `context_init`, and timelines of a context; needs `virgl`.
        @inlinable public static var contextInit: Self { Self(rawValue: 1 << 4) }
        /// `blob_alignment` of the configuration holds; needs `resourceBlob`.
        @inlinable public static var blobAlignment: Self { Self(rawValue: 1 << 5) }
    }
}
