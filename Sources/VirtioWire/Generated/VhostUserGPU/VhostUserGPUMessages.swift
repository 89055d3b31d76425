// Generated from Spec/vhost-user-gpu.md, "Messages": `make generate` writes it anew.

extension VhostUserGPU {
    /// What every message of the display socket begins with (`struct vhost_user_gpu_hdr`).
    public struct Header: WireMessage {
        @inlinable public static var sizeBytes: Int { 12 }

        /// What is asked for, or what is answered.
        public var request: Request
        public var flags: HeaderFlags
        /// How many bytes of payload follow.
        public var size: UInt32

        public init(request: Request, flags: HeaderFlags = [], size: UInt32) {
            self.request = request
            self.flags = flags
            self.size = size
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            request = Request(bytes.u32(at: offset))
            flags = HeaderFlags(rawValue: bytes.u32(at: offset + 4))
            size = bytes.u32(at: offset + 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u32: request.rawValue)
            out.append(u32: flags.rawValue)
            out.append(u32: size)
        }
    }

    /// The flags of a header: neither a version nor NEED_REPLY is here
    /// (`VHOST_USER_GPU_MSG_FLAG_…`).
    public struct HeaderFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// This answers a request.
        @inlinable public static var reply: Self { Self(rawValue: 1 << 2) }
    }

    /// What a back-end asks of a display (`enum vhost_user_gpu_request`).
    public struct Request: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Which extensions the front-end knows.
        @inlinable public static var getProtocolFeatures: Self { Self(1) }
        /// Which of them the back-end uses.
        @inlinable public static var setProtocolFeatures: Self { Self(2) }
        /// The displays' preferred modes.
        @inlinable public static var getDisplayInfo: Self { Self(3) }
        /// Moves and shows the cursor.
        @inlinable public static var cursorPos: Self { Self(4) }
        /// Hides the cursor.
        @inlinable public static var cursorPosHide: Self { Self(5) }
        /// Gives the cursor a picture.
        @inlinable public static var cursorUpdate: Self { Self(6) }
        /// Sets a display's size.
        @inlinable public static var scanout: Self { Self(7) }
        /// Draws pixels.
        @inlinable public static var update: Self { Self(8) }
        /// Shows a dma-buf.
        @inlinable public static var dmabufScanout: Self { Self(9) }
        /// A part of it changed.
        @inlinable public static var dmabufUpdate: Self { Self(10) }
        /// A display's EDID.
        @inlinable public static var getEDID: Self { Self(11) }
        /// As DMABUF_SCANOUT, with a modifier.
        @inlinable public static var dmabufScanout2: Self { Self(12) }
    }
}

extension VhostUserGPU.Request: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .getProtocolFeatures: "VHOST_USER_GPU_GET_PROTOCOL_FEATURES"
        case .setProtocolFeatures: "VHOST_USER_GPU_SET_PROTOCOL_FEATURES"
        case .getDisplayInfo: "VHOST_USER_GPU_GET_DISPLAY_INFO"
        case .cursorPos: "VHOST_USER_GPU_CURSOR_POS"
        case .cursorPosHide: "VHOST_USER_GPU_CURSOR_POS_HIDE"
        case .cursorUpdate: "VHOST_USER_GPU_CURSOR_UPDATE"
        case .scanout: "VHOST_USER_GPU_SCANOUT"
        case .update: "VHOST_USER_GPU_UPDATE"
        case .dmabufScanout: "VHOST_USER_GPU_DMABUF_SCANOUT"
        case .dmabufUpdate: "VHOST_USER_GPU_DMABUF_UPDATE"
        case .getEDID: "VHOST_USER_GPU_GET_EDID"
        case .dmabufScanout2: "VHOST_USER_GPU_DMABUF_SCANOUT2"
        default: String(rawValue)
        }
    }
}
