/// A shader whose text has come in part. Drawing meanwhile crashes virglrenderer (also 1.3), so
/// nothing but the rest of the text may follow.
struct PendingShader: Equatable {
    let handle: UInt32
    let totalBytes: UInt64
    var givenBytes: UInt64

    /// What a CREATE_OBJECT of a shader leaves pending after `pending`: nil when the text is whole.
    static func after(_ words: ArraySlice<UInt32>, _ pending: PendingShader?)
        throws(RendererError) -> PendingShader?
    {
        let word = { (index: Int) in words[words.startIndex + index] }
        let fixedWords = 5
        guard words.count >= fixedWords else { throw .badParameter }
        let isContinuation = word(2) >> 31 != 0
        // Stream output: four strides, two words for each output.
        let outputs = UInt64(word(4))
        let header = UInt64(fixedWords) + (outputs > 0 ? 4 + 2 * outputs : 0)
        guard header <= UInt64(words.count) else { throw .badParameter }
        let given = (UInt64(words.count) - header) * 4
        let length = UInt64(word(2) & 0x7fff_ffff)
        guard isContinuation else {
            guard pending == nil else { throw .badParameter }
            let isWhole = length <= given
            return isWhole
                ? nil : PendingShader(handle: word(0), totalBytes: length, givenBytes: given)
        }
        guard var rest = pending, rest.handle == word(0), rest.givenBytes == length else {
            throw .badParameter
        }
        rest.givenBytes += given
        return rest.givenBytes >= rest.totalBytes ? nil : rest
    }
}
