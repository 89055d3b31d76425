// Generated from Spec/vhost-user.md, "Shared memory regions": `make generate` writes it anew.

extension VhostUser {
    /// The device's shared memory regions (`struct vhost_user_shmem_config`).
    public struct ShmemConfig: WireMessage {
        @inlinable public static var sizeBytes: Int { 2056 }

        /// How many sizes are not 0.
        public var nregions: UInt32
        /// The size of each region, by its id.
        public var memorySizes: [UInt64]

        /// Fills `memorySizes` up with zeros.
        public init(nregions: UInt32, memorySizes: [UInt64]) {
            self.nregions = nregions
            self.memorySizes = memorySizes.padded(to: 256, with: 0)
        }

        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        init(guarded bytes: RawSpan, at offset: Int) {
            nregions = bytes.u32(at: offset)
            memorySizes = (0..<256).map { bytes.u64(at: offset + 8 + $0 * 8) }
        }

        public func encode(to out: inout WireBuffer) {
            precondition(memorySizes.count == 256, "all elements are on the wire")
            out.append(u32: nregions)
            out.append(zeros: 4)
            for element in memorySizes { out.append(u64: element) }
        }
    }

    /// A mapping in a shared memory region (`struct vhost_user_mmap`).
    public struct MMap: WireMessage {
        @inlinable public static var sizeBytes: Int { 40 }

        /// The region.
        public var shmid: UInt8
        /// Where the bytes begin in the descriptor.
        public var fdOffset: UInt64
        /// Where the guest finds them in the region.
        public var shmOffset: UInt64
        public var length: UInt64
        public var flags: MMapFlags

        public init(
            shmid: UInt8, fdOffset: UInt64, shmOffset: UInt64, length: UInt64, flags: MMapFlags
        ) {
            self.shmid = shmid
            self.fdOffset = fdOffset
            self.shmOffset = shmOffset
            self.length = length
            self.flags = flags
        }

        @inlinable @inline(__always)
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable @inline(__always)
        init(guarded bytes: RawSpan, at offset: Int) {
            shmid = bytes.u8(at: offset)
            fdOffset = bytes.u64(at: offset + 8)
            shmOffset = bytes.u64(at: offset + 16)
            length = bytes.u64(at: offset + 24)
            flags = MMapFlags(rawValue: bytes.u64(at: offset + 32))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u8: shmid)
            out.append(zeros: 7)
            out.append(u64: fdOffset)
            out.append(u64: shmOffset)
            out.append(u64: length)
            out.append(u64: flags.rawValue)
        }
    }

    /// How memory is shown to a guest (`VHOST_USER_FLAG_MAP_…`).
    public struct MMapFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// The guest may write; without it, only read.
        @inlinable public static var readWrite: Self { Self(rawValue: 1 << 0) }
    }
}
