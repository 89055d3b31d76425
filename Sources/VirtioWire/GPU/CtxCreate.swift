// The one command with a text; virtio 1.4, 5.7.6 (controlq (3d)).
// Invariant: the text's bytes stay as they came, in place: a decoded command owns no memory.

extension VirtioGPU {
    /// Makes the header's context (`VIRTIO_GPU_CMD_CTX_CREATE`, `struct virtio_gpu_ctx_create`).
    public struct CtxCreate: WireMessage {
        @inlinable public static var sizeBytes: Int { 96 }

        public var header: ControlHeader
        /// The name's length as read: more than 64 is for the device to refuse.
        public let nlen: UInt32
        /// The low 8 bits are the capset's ID, 0 leaves the choice to the device.
        public var contextInit: UInt32
        @usableFromInline let name: DebugName

        /// Cuts `debugName` after the last character that ends within 64 bytes.
        public init(
            header: ControlHeader = ControlHeader(type: .ctxCreate), contextInit: UInt32 = 0,
            debugName: String = ""
        ) {
            let text = debugName.utf8Prefix(DebugName.sizeBytes)
            self.header = header
            self.contextInit = contextInit
            name = DebugName(text)
            nlen = UInt32(text.utf8.count)
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            header = try ControlHeader(bytes)
            nlen = bytes.u32(at: 24)
            contextInit = bytes.u32(at: 28)
            name = try DebugName(bytes.extracting(droppingFirst: 32))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(header)
            out.append(u32: nlen)
            out.append(u32: contextInit)
            out.append(name)
        }

        /// The first `nlen` bytes of `debug_name`, at most 64, where they are no UTF-8 mended.
        public var debugName: String {
            let bytes = name.bytes.prefix(Int(min(nlen, UInt32(DebugName.sizeBytes))))
            return String(String(decoding: bytes, as: UTF8.self).utf8Prefix(DebugName.sizeBytes))
        }
    }

    /// `debug_name[64]` of a context, eight bytes in each word.
    @usableFromInline
    struct DebugName: WireMessage {
        @inlinable static var sizeBytes: Int { 64 }

        @usableFromInline let first: (UInt64, UInt64, UInt64, UInt64)
        @usableFromInline let last: (UInt64, UInt64, UInt64, UInt64)

        init(_ text: Substring) {
            var words = [UInt64](repeating: 0, count: 8)
            for (index, byte) in text.utf8.enumerated() {
                words[index / 8] |= UInt64(byte) << (8 * (index % 8))
            }
            first = (words[0], words[1], words[2], words[3])
            last = (words[4], words[5], words[6], words[7])
        }

        @inlinable
        init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            first = (bytes.u64(at: 0), bytes.u64(at: 8), bytes.u64(at: 16), bytes.u64(at: 24))
            last = (bytes.u64(at: 32), bytes.u64(at: 40), bytes.u64(at: 48), bytes.u64(at: 56))
        }

        @usableFromInline
        func encode(to out: inout WireBuffer) {
            for word in words { out.append(u64: word) }
        }

        @usableFromInline
        static func == (a: Self, b: Self) -> Bool { a.first == b.first && a.last == b.last }

        var bytes: [UInt8] {
            words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        }

        private var words: [UInt64] {
            [first.0, first.1, first.2, first.3, last.0, last.1, last.2, last.3]
        }
    }
}
