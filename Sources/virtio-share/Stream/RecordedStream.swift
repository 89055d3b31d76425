import VirtioWire

/// A stream read into memory once and played as often as wanted: nothing is read while time is taken.
final class RecordedStream: CodedStream {
    let fourcc: V4L2.FourCC
    let codecName: String
    let unitBytesMax: Int
    let pictureMicros: Int64?
    let units: [CodedStreamUnit]
    private let repeats: Int
    private var position = 0

    /// Reads `stream` to its end.
    convenience init(_ stream: any CodedStream, repeats: Int) throws(StreamError) {
        var units: [CodedStreamUnit] = []
        while let unit = try stream.next() { units.append(unit) }
        self.init(stream, units: units, repeats: repeats)
    }

    private init(_ stream: any CodedStream, units: [CodedStreamUnit], repeats: Int) {
        fourcc = stream.fourcc
        codecName = stream.codecName
        unitBytesMax = units.map(\.bytes.count).max() ?? 1
        pictureMicros = stream.pictureMicros
        self.units = units
        self.repeats = repeats
    }

    /// The same units from the start.
    func rewound() -> RecordedStream { RecordedStream(self, units: units, repeats: repeats) }

    /// The units played a single time.
    func once() -> RecordedStream { RecordedStream(self, units: units, repeats: 1) }

    func next() throws(StreamError) -> CodedStreamUnit? {
        guard position < units.count * repeats else { return nil }
        let unit = units[position % units.count]
        let turn = Int64(position / units.count)
        position += 1
        // A day apart: times stay unique.
        return CodedStreamUnit(
            bytes: unit.bytes, timeMicros: unit.timeMicros + turn * 86_400_000_000)
    }
}
