// Random numbers as good as the kernel's, at a tenth of the cost: the key stream of ChaCha20
// (RFC 8439) under a key of the kernel's. Each piece of the stream ends with the key of the next,
// which is taken out of the piece first: what was given out cannot be computed from what is left
// in memory. The kernel's own source and its vDSO work so; the key is the kernel's again after
// some pieces.

/// A source of random words. It is its owner's to guard: one thread at a time.
public struct RandomStream: Sendable {
    /// Four blocks at a time, a lane each.
    typealias Lanes = SIMD4<UInt32>

    private static let wordCount = 32
    private static let keyWordCount = 4
    /// Pieces under keys that come from one of the kernel's.
    static let piecesPerKey = 256

    private var key = InlineArray<8, UInt32>(repeating: 0)
    private var pieces = RandomStream.piecesPerKey
    private var words = InlineArray<32, UInt64>(repeating: 0)
    private var next = wordCount

    public init() {}

    /// Two words that nobody has seen.
    public mutating func twoWords() -> (UInt64, UInt64) {
        if next == Self.wordCount { refill() }
        let result = (words[next], words[next + 1])
        // What was given out is not kept.
        words[next] = 0
        words[next + 1] = 0
        next += 2
        return result
    }

    private mutating func refill() {
        if pieces == Self.piecesPerKey {
            for index in 0..<2 {
                let (a, b) = RandomSource.twoWords()
                for (place, word) in [a, a >> 32, b, b >> 32].enumerated() {
                    key[index * 4 + place] = UInt32(truncatingIfNeeded: word)
                }
            }
            pieces = 0
        }
        pieces += 1
        words = Self.blocks(key: key)
        for index in 0..<Self.keyWordCount {
            key[2 * index] = UInt32(truncatingIfNeeded: words[index])
            key[2 * index + 1] = UInt32(truncatingIfNeeded: words[index] >> 32)
            words[index] = 0
        }
        next = Self.keyWordCount
    }

    /// Blocks 0 to 3 of the key stream, with a nonce of nothing: a key makes one piece only.
    static func blocks(key: InlineArray<8, UInt32>) -> InlineArray<32, UInt64> {
        var start = InlineArray<16, Lanes>(repeating: Lanes(repeating: 0))
        // "expand 32-byte k"
        start[0] = Lanes(repeating: 0x6170_7865)
        start[1] = Lanes(repeating: 0x3320_646e)
        start[2] = Lanes(repeating: 0x7962_2d32)
        start[3] = Lanes(repeating: 0x6b20_6574)
        for index in 0..<8 { start[4 + index] = Lanes(repeating: key[index]) }
        start[12] = Lanes(0, 1, 2, 3)
        var state = start
        for _ in 0..<10 {
            quarterRound(&state, 0, 4, 8, 12)
            quarterRound(&state, 1, 5, 9, 13)
            quarterRound(&state, 2, 6, 10, 14)
            quarterRound(&state, 3, 7, 11, 15)
            quarterRound(&state, 0, 5, 10, 15)
            quarterRound(&state, 1, 6, 11, 12)
            quarterRound(&state, 2, 7, 8, 13)
            quarterRound(&state, 3, 4, 9, 14)
        }
        var words = InlineArray<32, UInt64>(repeating: 0)
        for pair in 0..<8 {
            let low = state[2 * pair] &+ start[2 * pair]
            let high = state[2 * pair + 1] &+ start[2 * pair + 1]
            for block in 0..<4 {
                words[block * 8 + pair] = UInt64(low[block]) | UInt64(high[block]) << 32
            }
        }
        return words
    }

    @inline(__always) private static func quarterRound(
        _ s: inout InlineArray<16, Lanes>, _ a: Int, _ b: Int, _ c: Int, _ d: Int
    ) {
        s[a] &+= s[b]
        s[d] = rotate(s[d] ^ s[a], 16)
        s[c] &+= s[d]
        s[b] = rotate(s[b] ^ s[c], 12)
        s[a] &+= s[b]
        s[d] = rotate(s[d] ^ s[a], 8)
        s[c] &+= s[d]
        s[b] = rotate(s[b] ^ s[c], 7)
    }

    @inline(__always) private static func rotate(_ lanes: Lanes, _ count: UInt32) -> Lanes {
        (lanes &<< count) | (lanes &>> (32 - count))
    }
}
