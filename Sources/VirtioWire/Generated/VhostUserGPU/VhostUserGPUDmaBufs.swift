// Generated from Spec/vhost-user-gpu.md, "dma-bufs": `make generate` writes it anew.

extension VhostUserGPU {
    /// A dma-buf, and the part of it that a scanout shows (`struct vhost_user_gpu_dmabuf_scanout`).
    public struct DMABufScanout: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        public var scanoutID: UInt32
        /// Of the part that is shown.
        public var x: UInt32
        public var y: UInt32
        public var width: UInt32
        public var height: UInt32
        /// Of the whole buffer.
        public var fdWidth: UInt32
        public var fdHeight: UInt32
        /// Bytes from a row to the next.
        public var fdStride: UInt32
        public var fdFlags: DMABufFlags
        /// The format's name, `DRM_FORMAT_…`.
        public var fdDRMFourCC: Int32

        public init(
            scanoutID: UInt32, x: UInt32, y: UInt32, width: UInt32, height: UInt32, fdWidth: UInt32,
            fdHeight: UInt32, fdStride: UInt32, fdFlags: DMABufFlags = [], fdDRMFourCC: Int32
        ) {
            self.scanoutID = scanoutID
            self.x = x
            self.y = y
            self.width = width
            self.height = height
            self.fdWidth = fdWidth
            self.fdHeight = fdHeight
            self.fdStride = fdStride
            self.fdFlags = fdFlags
            self.fdDRMFourCC = fdDRMFourCC
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
            fdWidth = bytes.u32(at: offset + 20)
            fdHeight = bytes.u32(at: offset + 24)
            fdStride = bytes.u32(at: offset + 28)
            fdFlags = DMABufFlags(rawValue: bytes.u32(at: offset + 32))
            fdDRMFourCC = bytes.i32(at: offset + 36)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: scanoutID)
            out.append(u32: x)
            out.append(u32: y)
            out.append(u32: width)
            out.append(u32: height)
            out.append(u32: fdWidth)
            out.append(u32: fdHeight)
            out.append(u32: fdStride)
            out.append(u32: fdFlags.rawValue)
            out.append(i32: fdDRMFourCC)
        }
    }

    /// How a dma-buf is laid out (`VHOST_USER_GPU_DMABUF_…`).
    public struct DMABufFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The first row in memory is the top one.
        @inlinable public static var y0Top: Self { Self(rawValue: 1 << 0) }
    }

    /// A dma-buf with its modifier (`struct vhost_user_gpu_dmabuf_scanout2`).
    public struct DMABufScanout2: WireMessage {
        @inlinable public static var sizeBytes: Int { 48 }

        public var dmabufScanout: DMABufScanout
        /// `DRM_FORMAT_MOD_…`.
        public var modifier: UInt64

        public init(dmabufScanout: DMABufScanout, modifier: UInt64) {
            self.dmabufScanout = dmabufScanout
            self.modifier = modifier
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            dmabufScanout = DMABufScanout(guarded: bytes, at: offset)
            modifier = bytes.u64(at: offset + 40)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(dmabufScanout)
            out.append(u64: modifier)
        }
    }
}
