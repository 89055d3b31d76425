// Generated from Spec/vhost-user-gpu.md, "Pixels": `make generate` writes it anew.

extension VhostUserGPU {
    /// A display's size (`struct vhost_user_gpu_scanout`).
    public struct Scanout: WireMessage {
        @inlinable public static var sizeBytes: Int { 12 }

        public var scanoutID: UInt32
        public var width: UInt32
        public var height: UInt32

        public init(scanoutID: UInt32, width: UInt32, height: UInt32) {
            self.scanoutID = scanoutID
            self.width = width
            self.height = height
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
            width = bytes.u32(at: offset + 4)
            height = bytes.u32(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: scanoutID)
            out.append(u32: width)
            out.append(u32: height)
        }
    }

    /// A rectangle of a scanout (`struct vhost_user_gpu_update`).
    public struct Update: WireMessage {
        @inlinable public static var sizeBytes: Int { 20 }

        public var scanoutID: UInt32
        public var x: UInt32
        public var y: UInt32
        public var width: UInt32
        public var height: UInt32

        public init(scanoutID: UInt32, x: UInt32, y: UInt32, width: UInt32, height: UInt32) {
            self.scanoutID = scanoutID
            self.x = x
            self.y = y
            self.width = width
            self.height = height
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
            width = bytes.u32(at: offset + 12)
            height = bytes.u32(at: offset + 16)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: scanoutID)
            out.append(u32: x)
            out.append(u32: y)
            out.append(u32: width)
            out.append(u32: height)
        }
    }
}
