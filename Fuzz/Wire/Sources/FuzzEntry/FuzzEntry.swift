// From libFuzzer's bytes to a buffer of the project's.

public import VirtioWire

public enum FuzzEntry {
    /// Runs `body` with a copy of the bytes, and answers as libFuzzer wants it.
    @unsafe
    public static func run(
        _ start: UnsafePointer<UInt8>, _ count: Int, _ body: (borrowing WireBuffer) -> Void
    ) -> CInt {
        var input = WireBuffer(capacity: count)
        // SAFETY: libFuzzer's bytes are readable for `count` during this call.
        unsafe input.append(from: start, count: count)
        body(input)
        return 0
    }
}
