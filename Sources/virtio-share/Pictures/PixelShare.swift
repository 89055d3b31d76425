// How much of an original pixel falls into a scaled one, along one axis.
//
// Invariant: the weights of one source add up to the target count, those of one target to the
// source count.

struct PixelShare: Equatable, Sendable {
    let source: Int
    let target: Int
    let weight: Int

    /// Every overlap of `sourceCount` pixels with `targetCount` pixels laid over the same length.
    ///
    /// On a ruler of sourceCount × targetCount marks both kinds of pixel have whole lengths.
    static func shares(of sourceCount: Int, among targetCount: Int) -> [PixelShare] {
        var shares: [PixelShare] = []
        shares.reserveCapacity(sourceCount + targetCount)
        var mark = 0
        while mark < sourceCount * targetCount {
            let source = mark / targetCount
            let target = mark / sourceCount
            let next = min((source + 1) * targetCount, (target + 1) * sourceCount)
            shares.append(PixelShare(source: source, target: target, weight: next - mark))
            mark = next
        }
        return shares
    }
}
