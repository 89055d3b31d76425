// The first message to a codec's worker: what it is to be. The device's process says so, whom the
// worker trusts; a message that is cut short is still none.

package import VirtioWire

package struct CodecHello: Sendable {
    package let fourcc: V4L2.FourCC
    package let recipe: DecoderRecipe
    package let isUndelayed: Bool
    package let addressSpaceBytes: UInt64

    package init(
        fourcc: V4L2.FourCC, recipe: DecoderRecipe, isUndelayed: Bool, addressSpaceBytes: UInt64
    ) {
        self.fourcc = fourcc
        self.recipe = recipe
        self.isUndelayed = isUndelayed
        self.addressSpaceBytes = addressSpaceBytes
    }

    package static let sizeBytes = 512
    private static let mark: [UInt8] = Array("virtio-share codec 1".utf8)
    /// Entries of each list of a simulated behaviour.
    private static let listMax = 12

    private enum Kind: UInt32 {
        case libAV = 1
        case simulated
    }

    /// Nil for a behaviour that is too long to tell.
    package var bytes: [UInt8]? {
        var out = WireBuffer(capacity: Self.sizeBytes)
        out.append(contentsOf: Self.mark)
        out.append(u32: fourcc.rawValue)
        out.append(u32: isUndelayed ? 1 : 0)
        out.append(u64: addressSpaceBytes)
        switch recipe {
        case .libAV(let threadCount):
            out.append(u32: Kind.libAV.rawValue)
            out.append(u32: UInt32(clamping: threadCount))
        case .simulated(let behaviour):
            out.append(u32: Kind.simulated.rawValue)
            guard Self.append(behaviour, to: &out) else { return nil }
        }
        out.append(zeros: Self.sizeBytes - out.count)
        return out.array()
    }

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.sizeBytes, bytes.starts(with: Self.mark) else { return nil }
        var reader = Reader(bytes: bytes, at: Self.mark.count)
        fourcc = V4L2.FourCC(reader.word())
        isUndelayed = reader.word() != 0
        addressSpaceBytes = reader.long()
        switch Kind(rawValue: reader.word()) {
        case .libAV?: recipe = .libAV(threadCount: max(1, Int(reader.word())))
        case .simulated?:
            guard let behaviour = Self.behaviour(&reader) else { return nil }
            recipe = .simulated(behaviour)
        case nil: return nil
        }
    }

    // MARK: Simulated behaviours

    private static func append(_ behaviour: SimulatedBehaviour, to out: inout WireBuffer) -> Bool {
        let lists = [behaviour.damagedUnits.sorted(), behaviour.badUnits.sorted()]
        guard lists.allSatisfy({ $0.count <= listMax }), behaviour.resizes.count <= listMax else {
            return false
        }
        out.append(u64: behaviour.latencyNanos)
        out.append(u32: UInt32(clamping: behaviour.reordering))
        for number in [behaviour.failsAt, behaviour.stallsAt] {
            out.append(i32: number.map { Int32(clamping: $0) } ?? -1)
        }
        for list in lists {
            out.append(u32: UInt32(list.count))
            for number in list { out.append(u32: UInt32(clamping: number)) }
        }
        out.append(u32: UInt32(behaviour.resizes.count))
        for (number, size) in behaviour.resizes {
            for value in [number, size.width, size.height] {
                out.append(u32: UInt32(clamping: value))
            }
        }
        return true
    }

    private static func behaviour(_ reader: inout Reader) -> SimulatedBehaviour? {
        var behaviour = SimulatedBehaviour()
        behaviour.latencyNanos = reader.long()
        behaviour.reordering = Int(reader.word())
        behaviour.failsAt = reader.number()
        behaviour.stallsAt = reader.number()
        for list in [\SimulatedBehaviour.damagedUnits, \.badUnits] {
            let count = reader.word()
            guard count <= listMax else { return nil }
            for _ in 0..<count { behaviour[keyPath: list].insert(Int(reader.word())) }
        }
        let count = reader.word()
        guard count <= listMax else { return nil }
        for _ in 0..<count {
            let number = Int(reader.word())
            behaviour.resizes[number] = PixelRect(
                width: Int(reader.word()), height: Int(reader.word()))
        }
        return behaviour
    }

    /// Zeros behind the end.
    private struct Reader {
        let bytes: [UInt8]
        var at: Int

        mutating func word() -> UInt32 {
            var value: UInt32 = 0
            for index in 0..<4 where bytes.indices.contains(at + index) {
                value |= UInt32(bytes[at + index]) << (8 * UInt32(index))
            }
            at += 4
            return value
        }

        mutating func long() -> UInt64 {
            let low = word()
            return UInt64(low) | UInt64(word()) << 32
        }

        /// Nil for -1.
        mutating func number() -> Int? {
            let value = Int32(bitPattern: word())
            return value < 0 ? nil : Int(value)
        }
    }
}
