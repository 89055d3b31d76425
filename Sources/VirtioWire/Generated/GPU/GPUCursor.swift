// Generated from Spec/gpu.md, "Cursor": `make generate` writes it anew.

extension VirtioGPU {
    /// Where a cursor is (`struct virtio_gpu_cursor_pos`).
    public struct CursorPos: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        public var scanoutID: UInt32
        /// In the coordinates of the scanout; negative as two's complement.
        public var x: UInt32
        /// In the coordinates of the scanout; negative as two's complement.
        public var y: UInt32

        public init(scanoutID: UInt32, x: UInt32, y: UInt32) {
            self.scanoutID = scanoutID
            self.x = x
            self.y = y
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            scanoutID = bytes.u32(at: offset)
            x = bytes.u32(at: offset + 4)
            y = bytes.u32(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: scanoutID)
            out.append(u32: x)
            out.append(u32: y)
            out.append(zeros: 4)
        }
    }

    /// Loads or moves a cursor (`VIRTIO_GPU_CMD_UPDATE_CURSOR`, `VIRTIO_GPU_CMD_MOVE_CURSOR`,
    /// `struct virtio_gpu_update_cursor`).
    public struct UpdateCursor: WireMessage {
        @inlinable public static var sizeBytes: Int { 56 }

        public var header: ControlHeader
        /// All that counts when a cursor is moved.
        public var pos: CursorPos
        /// 0 hides the cursor.
        public var resourceID: ResourceID
        public var hotX: UInt32
        public var hotY: UInt32

        public init(
            header: ControlHeader = ControlHeader(type: .updateCursor), pos: CursorPos,
            resourceID: ResourceID = ResourceID(0), hotX: UInt32 = 0, hotY: UInt32 = 0
        ) {
            self.header = header
            self.pos = pos
            self.resourceID = resourceID
            self.hotX = hotX
            self.hotY = hotY
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
            pos = CursorPos(guarded: bytes, at: offset + 24)
            resourceID = ResourceID(bytes.u32(at: offset + 40))
            hotX = bytes.u32(at: offset + 44)
            hotY = bytes.u32(at: offset + 48)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(pos)
            out.append(u32: resourceID.rawValue)
            out.append(u32: hotX)
            out.append(u32: hotY)
            out.append(zeros: 4)
        }
    }
}
