// One number for each of a framebuffer's four planes, in a shape that needs no allocation.

extension VirtioGPU {
    /// `__le32 strides[4]`, `__le32 offsets[4]`.
    public struct PlaneValues: WireMessage, ExpressibleByArrayLiteral {
        @inlinable public static var sizeBytes: Int { 16 }

        @usableFromInline var low: UInt64
        @usableFromInline var high: UInt64

        /// The numbers of the first planes, the others' 0; more than four are our bug.
        public init(arrayLiteral elements: UInt32...) { self.init(elements) }

        public init(_ elements: [UInt32]) {
            precondition(elements.count <= 4, "a framebuffer has four planes")
            (low, high) = (0, 0)
            for (plane, value) in elements.enumerated() { self[plane] = value }
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            low = bytes.u64(at: 0)
            high = bytes.u64(at: 8)
        }

        public func encode(to out: inout WireBuffer) {
            out.append(u64: low)
            out.append(u64: high)
        }

        @inlinable
        public subscript(plane: Int) -> UInt32 {
            get {
                precondition(plane >= 0 && plane < 4, "a framebuffer has four planes")
                let pair = plane < 2 ? low : high
                return UInt32(truncatingIfNeeded: pair >> (plane & 1 == 0 ? 0 : 32))
            }
            set {
                precondition(plane >= 0 && plane < 4, "a framebuffer has four planes")
                let shift: UInt64 = plane & 1 == 0 ? 0 : 32
                let kept = ~((0xffff_ffff as UInt64) << shift)
                if plane < 2 {
                    low = low & kept | UInt64(newValue) << shift
                } else {
                    high = high & kept | UInt64(newValue) << shift
                }
            }
        }
    }
}
