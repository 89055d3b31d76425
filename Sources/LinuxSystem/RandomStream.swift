// Random numbers as good as the kernel's, at a tenth of the cost: the key stream of ChaCha20
// (RFC 8439) under a key of the kernel's. Each piece of the stream ends with the key of the next,
// which is taken out of the piece first: what was given out cannot be computed from what is left
// in memory. The kernel's own source and its vDSO work so; the key is the kernel's again after
// some pieces.

internal import CLinux

/// A source of random words. It is its owner's to guard: one thread at a time.
public struct RandomStream: Sendable {
    @usableFromInline static let wordCount = 32
    private static let keyWordCount = 4
    /// Pieces under keys that come from one of the kernel's.
    static let piecesPerKey = 256

    private var key = [8 of UInt32](repeating: 0)
    private var pieces = RandomStream.piecesPerKey
    @usableFromInline var words = [32 of UInt64](repeating: 0)
    @usableFromInline var next = wordCount

    public init() {}

    /// Two words that nobody has seen.
    @inlinable @inline(__always) public mutating func twoWords() -> (UInt64, UInt64) {
        if next == Self.wordCount { refill() }
        let result = (words[next], words[next + 1])
        // What was given out is not kept.
        words[next] = 0
        words[next + 1] = 0
        next += 2
        return result
    }

    @usableFromInline mutating func refill() {
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
    public static func blocks(key: [8 of UInt32]) -> [32 of UInt64] {
        var words = [32 of UInt64](repeating: 0)
        var key = key
        // SAFETY: the pointers cover the arrays for the length of the call.
        unsafe withUnsafeMutableBytes(of: &words) { words in
            unsafe withUnsafeMutableBytes(of: &key) { key in
                unsafe cl_chacha20_blocks(
                    key.baseAddress?.assumingMemoryBound(to: UInt32.self),
                    words.baseAddress?.assumingMemoryBound(to: UInt64.self))
            }
        }
        return words
    }
}
