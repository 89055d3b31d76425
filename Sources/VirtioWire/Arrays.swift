// Arrays whose length on the wire is fixed.

extension Array {
    /// The elements, then as many of `filler` as make `length`.
    func padded(to length: Int, with filler: Element) -> Self {
        precondition(count <= length, "more elements than the wire has room for")
        return self + Self(repeating: filler, count: length - count)
    }
}

extension RawSpan {
    /// `count` messages one after the other, the first one at `offset`.
    func array<M: WireMessage>(at offset: Int, count: Int) throws(WireError) -> [M] {
        var messages: [M] = []
        messages.reserveCapacity(count)
        for index in 0..<count {
            messages.append(try M(extracting(droppingFirst: offset + index * M.sizeBytes)))
        }
        return messages
    }
}
