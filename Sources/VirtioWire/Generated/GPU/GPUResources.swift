// Generated from Spec/gpu.md, "Resources": `make generate` writes it anew.

extension VirtioGPU {
    /// Destroys a resource of any kind, with its backing, its UUID and its mapping
    /// (`VIRTIO_GPU_CMD_RESOURCE_UNREF`, `struct virtio_gpu_resource_unref`).
    public struct ResourceUnref: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .resourceUnref), resourceID: ResourceID
        ) {
            self.header = header
            self.resourceID = resourceID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// One piece of guest memory, of any alignment and length (`struct virtio_gpu_mem_entry`).
    public struct MemEntry: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        public var addr: GuestAddress
        public var length: UInt32

        public init(addr: GuestAddress, length: UInt32) {
            self.addr = addr
            self.length = length
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            addr = GuestAddress(bytes.u64(at: offset))
            length = bytes.u32(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: addr.rawValue)
            out.append(u32: length)
            out.append(zeros: 4)
        }
    }

    /// Gives a resource guest pages: the entries one after the other, for all later transfers
    /// (`VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING`, `struct virtio_gpu_resource_attach_backing`).
    public struct ResourceAttachBacking: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var resourceID: ResourceID
        /// How many `MemEntry` follow.
        public var nrEntries: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .resourceAttachBacking),
            resourceID: ResourceID, nrEntries: UInt32
        ) {
            self.header = header
            self.resourceID = resourceID
            self.nrEntries = nrEntries
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
            nrEntries = bytes.u32(at: offset + 28)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(u32: nrEntries)
        }
    }

    /// Takes the guest pages back (`VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING`,
    /// `struct virtio_gpu_resource_detach_backing`).
    public struct ResourceDetachBacking: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .resourceDetachBacking),
            resourceID: ResourceID
        ) {
            self.header = header
            self.resourceID = resourceID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// Makes a resource an exported object, which another device imports by the name it gets
    /// (`VIRTIO_GPU_CMD_RESOURCE_ASSIGN_UUID`, `struct virtio_gpu_resource_assign_uuid`).
    public struct ResourceAssignUUID: WireMessage {
        @inlinable public static var sizeBytes: Int { 32 }

        public var header: ControlHeader
        public var resourceID: ResourceID

        public init(
            header: ControlHeader = ControlHeader(type: .resourceAssignUUID), resourceID: ResourceID
        ) {
            self.header = header
            self.resourceID = resourceID
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            header = ControlHeader(guarded: bytes, at: offset)
            resourceID = ResourceID(bytes.u32(at: offset + 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: resourceID.rawValue)
            out.append(zeros: 4)
        }
    }

    /// The exported object's name (`VIRTIO_GPU_RESP_OK_RESOURCE_UUID`,
    /// `struct virtio_gpu_resp_resource_uuid`).
    public struct RespResourceUUID: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        public var header: ControlHeader
        public var uuid: ResourceUUID

        public init(
            header: ControlHeader = ControlHeader(type: .okResourceUUID), uuid: ResourceUUID
        ) {
            self.header = header
            self.uuid = uuid
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            header = ControlHeader(guarded: bytes, at: offset)
            uuid = try ResourceUUID(bytes.extracting(droppingFirst: offset + 24))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(uuid)
        }
    }
}
