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
        var records = extracting(droppingFirst: offset).records(sizeBytes: M.sizeBytes)
        while messages.count < count, let record = records.next() {
            messages.append(try M(record))
        }
        precondition(messages.count == count, "the caller has guarded the array")
        return messages
    }
}
