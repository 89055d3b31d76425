/// What another process needs to know to make a decoder.
package enum DecoderRecipe: Sendable {
    case libAV(threadCount: Int)
    case simulated(SimulatedBehaviour)

    /// The decoders that can be made so in this program.
    package var decoders: [DecoderDescription] {
        switch self {
        case .libAV(let threadCount):
            #if LibAV
                return LibAV.decoders(threadCount: threadCount)
            #else
                _ = threadCount
                return []
            #endif
        case .simulated(let behaviour): return [SimulatedDecoder.describe(behaviour)]
        }
    }
}
