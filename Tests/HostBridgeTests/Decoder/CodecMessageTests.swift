import Testing
import VirtioWire

@testable import HostBridge

@Suite("A message of a codec's worker")
struct CodecMessageTests {
    private static let format = PictureFormat(
        fourcc: .p010, alignedWidth: 1920, alignedHeight: 1088,
        visible: PixelRect(x: 2, y: 4, width: 1917, height: 1079),
        colour: ColourDescription(matrix: .bt2020, isFullRange: true))

    private static func full() throws -> CodecMessage {
        var message = CodecMessage(.wantSurface)
        message.value = 3
        message.number = 1 << 40
        message.token = -5
        message.surface = 77
        message.offset = 1 << 33
        message.size = 12
        message.memories = [4, 5, 6]
        message.count = 9
        message.layout = CodecLayout(try #require(format))
        return message
    }

    @Test("is of one size, and comes back as it was sent")
    func roundTrip() throws {
        let message = try Self.full()
        #expect(message.bytes.count == CodecMessage.sizeBytes)
        #expect(CodecMessage(message.bytes) == message)
        #expect(CodecMessage(message.bytes)?.layout.format == Self.format)
    }

    @Test("of any other size, or without a meaning, is none")
    func bad() throws {
        let bytes = try Self.full().bytes
        for count in 0..<bytes.count { #expect(CodecMessage(Array(bytes.prefix(count))) == nil) }
        #expect(CodecMessage(bytes + [0]) == nil)
        for kind: UInt8 in [0, 11, 63, 71, 255] {
            #expect(CodecMessage([kind] + bytes.dropFirst()) == nil)
        }
    }

    @Test("names no picture that is too large, empty, or does not lie inside itself")
    func layouts() throws {
        let good = CodecLayout(try #require(Self.format))
        let changes: [(Int, UInt32)] = [
            (0, V4L2.FourCC.nv12.rawValue), (0, 0), (1, 0), (1, 16385), (1, .max), (2, 16385),
            (2, .max), (3, 4), (3, .max), (4, 10), (4, .max), (5, 0), (5, .max), (6, 0),
            (6, .max), (7, 3), (8, 2),
        ]
        for (word, value) in changes {
            var bad = good
            bad.words[word] = value
            #expect(bad.format == nil, "word \(word) is \(value)")
        }
        var large = good
        large.words[1...6] = [16384, 16384, 0, 0, 1, 1]
        #expect(large.format == nil)
    }

    @Test("tells a layout of every height again", arguments: [V4L2.FourCC.yuv420, .p010])
    func heights(fourcc: V4L2.FourCC) throws {
        for height in 1...70 {
            let format = PictureFormat(
                fourcc: fourcc, alignedWidth: 37, alignedHeight: height,
                visible: PixelRect(width: 33, height: height),
                colour: ColourDescription(matrix: .bt601, isFullRange: false))
            #expect(CodecLayout(try #require(format)).format == format)
        }
    }

    @Test("that begins says what the worker is to be; cut short it says nothing")
    func hello() throws {
        var behaviour = SimulatedBehaviour()
        behaviour.latencyNanos = 1 << 40
        behaviour.failsAt = 0
        behaviour.resizes = [3: PixelRect(width: 5, height: 6)]
        behaviour.badUnits = [1, 2]
        let hello = CodecHello(
            fourcc: SimulatedUnit.fourcc, recipe: .simulated(behaviour), isUndelayed: true,
            addressSpaceBytes: 5 << 32)
        let bytes = try #require(hello.bytes)
        let read = try #require(CodecHello(bytes))
        #expect(read.fourcc == SimulatedUnit.fourcc)
        #expect(read.isUndelayed)
        #expect(read.addressSpaceBytes == 5 << 32)
        guard case .simulated(let told) = read.recipe else {
            return #expect(Bool(false), "a simulated decoder is told as one")
        }
        #expect(told.latencyNanos == 1 << 40)
        #expect(told.failsAt == 0)
        #expect(told.stallsAt == nil)
        #expect(told.resizes == behaviour.resizes)
        #expect(told.badUnits == [1, 2])
        for count in 0..<bytes.count { #expect(CodecHello(Array(bytes.prefix(count))) == nil) }
        behaviour.damagedUnits = Set(0..<100)
        #expect(
            CodecHello(
                fourcc: .h264, recipe: .simulated(behaviour), isUndelayed: false,
                addressSpaceBytes: 0
            ).bytes == nil)
    }
}
