// Generated from Spec/vhost-user-gpu.md, "The cursor": `make generate` writes it anew.

extension VhostUserGPU {
    /// Where the cursor is (`struct vhost_user_gpu_cursor_pos`).
    public struct CursorPos: WireMessage {
        @inlinable public static var sizeBytes: Int { 12 }

        public var scanoutID: UInt32
        public var x: UInt32
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
        }
    }

    /// A cursor's picture, its hot spot and where it is (`struct vhost_user_gpu_cursor_update`).
    public struct CursorUpdate: WireMessage {
        @inlinable public static var sizeBytes: Int { 16404 }

        public var pos: CursorPos
        public var hotX: UInt32
        public var hotY: UInt32
        /// The pixels, row by row.
        public var cursor: [UInt32]

        /// Fills `cursor` up with zeros.
        public init(pos: CursorPos, hotX: UInt32, hotY: UInt32, cursor: [UInt32]) {
            self.pos = pos
            self.hotX = hotX
            self.hotY = hotY
            self.cursor = cursor.padded(to: 4096, with: 0)
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            pos = CursorPos(guarded: bytes, at: offset)
            hotX = bytes.u32(at: offset + 12)
            hotY = bytes.u32(at: offset + 16)
            cursor = (0..<4096).map { bytes.u32(at: offset + 20 + $0 * 4) }
        }

        public func encode(to out: inout WireBuffer) {
            precondition(cursor.count == 4096, "all elements are on the wire")
            out.append(pos)
            out.append(u32: hotX)
            out.append(u32: hotY)
            for element in cursor { out.append(u32: element) }
        }
    }
}
