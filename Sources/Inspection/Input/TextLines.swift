// The lines of a text, one at a time: a text of nothing but line ends takes no memory for them.

struct TextLines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position: Int? = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next line, without its end.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let start = position else { return nil }
        let rest = bytes[start...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            position = nil
            return rest
        }
        position = end + 1
        return rest[..<end]
    }
}
