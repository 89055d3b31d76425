// 3D contexts; virtio 1.4, 5.7.6 (controlq (3d)).
// The layout of `struct virtio_gpu_ctx_resource` stands in Linux' header <linux/virtio_gpu.h> only.

extension VirtioGPU {
    /// Makes the header's context (`VIRTIO_GPU_CMD_CTX_CREATE`, `struct virtio_gpu_ctx_create`).
    public struct CtxCreate: WireMessage {
        public static let sizeBytes = 96
        private static let debugNameSizeBytes = 64

        public var header: ControlHeader
        /// The name's length as read: more than 64 is for the device to refuse.
        public let nlen: UInt32
        /// The low 8 bits are the capset's ID, 0 leaves the choice to the device.
        public var contextInit: UInt32
        /// The first `nlen` bytes of `debug_name`, at most 64.
        public let debugName: String

        /// Cuts `debugName` after the last character that ends within 64 bytes.
        public init(
            header: ControlHeader = ControlHeader(type: .ctxCreate), contextInit: UInt32 = 0,
            debugName: String = ""
        ) {
            self.header = header
            self.contextInit = contextInit
            self.debugName = String(debugName.utf8Prefix(Self.debugNameSizeBytes))
            nlen = UInt32(self.debugName.utf8.count)
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            nlen = bytes.u32(at: 24)
            contextInit = bytes.u32(at: 28)
            let length = Int(min(nlen, UInt32(Self.debugNameSizeBytes)))
            let text = bytes.text(in: 32..<32 + length)
            debugName = String(text.utf8Prefix(Self.debugNameSizeBytes))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: UInt32(debugName.utf8.count))
            out.append(u32: contextInit)
            out.append(text: debugName, sizeBytes: Self.debugNameSizeBytes)
        }
    }

    /// Lets the header's context use a resource, or no longer
    /// (`VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE`, `VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE`,
    /// `struct virtio_gpu_ctx_resource`).
    public struct CtxResource: WireMessage {
        public static let sizeBytes = 32

        public var header: ControlHeader
        public var resourceID: ResourceID

        public init(header: ControlHeader, resourceID: ResourceID) {
            self.header = header
            self.resourceID = resourceID
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            resourceID = ResourceID(bytes.u32(at: 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }
}
