// Streams that are known to crash or hang virglrenderer, and random ones like them: the device's
// process lives, and serves the next.

import Foundation
import LinuxSystem
import Testing
import VirtioWire

@testable import HostBridge

@Suite("Hostile streams in a worker", .serialized)
struct HostileStreamTests {
    private static let context = ContextID(1)
    private static let texture = ResourceID(2)
    private static let buffer = ResourceID(3)

    private static func prepare(_ renderer: IsolatedRenderer, _ guest: Guest) throws {
        try renderer.createContext(context, capset: .virgl2, name: "hostile")
        if !renderer.exists(texture) {
            try renderer.createResource(texture, .texture(64, 64))
            try renderer.attachBacking(texture, guest.list([(0, 65536)]))
            try renderer.createResource(
                buffer,
                ResourceShape(
                    target: 0, format: 64, bind: 16, width: 4096, height: 1))
            try renderer.attachBacking(buffer, guest.list([(65536, 4096)]))
        }
        try renderer.attach(texture, to: context)
        try renderer.attach(buffer, to: context)
    }

    /// Whether a context of the renderer draws what it should.
    private func expectServing(_ renderer: IsolatedRenderer, _ guest: Guest) throws {
        let other = ContextID(7)
        let target = ResourceID(8)
        try renderer.createContext(other, capset: .virgl2, name: "")
        try renderer.createResource(target, .texture(4, 4))
        try renderer.attachBacking(target, guest.list([(100_000, 64)]))
        try renderer.attach(target, to: other)
        var words = Stream.clear(target.rawValue, [1, 0, 0, 1])
        try renderer.submit(&words, to: other)
        _ = try renderer.transfer(
            target, context: other, Transfer(box: TexelBox(width: 4, height: 4)), .fromHost)
        #expect(
            try guest.bytes(100_000, 64).bytes()
                == Array(repeating: [255, 0, 0, 255], count: 16).flatMap { $0 })
        try renderer.unref(target)
        try renderer.destroyContext(other)
    }

    /// A shader's CREATE_OBJECT; `promised` is how many bytes of text it says there are.
    private static func shader(_ handle: UInt32, _ type: UInt32, _ text: String, promised: Int?)
        -> [UInt32]
    {
        var bytes = Array(text.utf8) + [0]
        let count = bytes.count
        while bytes.count % 4 != 0 { bytes.append(0) }
        let words = stride(from: 0, to: bytes.count, by: 4).map { at in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
        }
        return [
            UInt32(5 + words.count) << 16 | 0x0401, handle, type, UInt32(promised ?? count), 300, 0,
        ] + words
    }

    private static let fragment = """
        FRAG
        PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
        DCL OUT[0], COLOR
        IMM[0] FLT32 { 0.0, 1.0, 0.0, 1.0}
        0: MOV OUT[0], IMM[0]
        1: END
        """
    private static let vertex = """
        VERT
        DCL IN[0]
        DCL OUT[0], POSITION
        0: MOV OUT[0], IN[0]
        1: END
        """

    private static let draw: [UInt32] = [
        0x000c_0008, 0, 4, 5, 0, 1, 0, 0, 0, 0, 0, 3, 0,
    ]

    /// A whole draw, which every command of takes part in: what is mutated.
    private static let scene: [UInt32] =
        Stream.clear(texture.rawValue, [0, 0, 0, 1])
        + shader(10, 0, vertex, promised: nil) + [0x0002_001f, 10, 0]
        + shader(11, 1, fragment, promised: nil) + [0x0002_001f, 11, 1]
        + [0x0005_0501, 12, 0, 0, 0, 31] + [0x0001_0502, 12]
        + [0x0003_0006, 16, 0, buffer.rawValue]
        + [0x000b_0101, 13, 0, 0, 0x7800_0000, 0, 0, 0, 0, 0, 0, 0] + [0x0001_0102, 13]
        + [0x0005_0301, 14, 0, 0, 0, 0] + [0x0001_0302, 14]
        + [0x0009_0201, 15, 0x6000_0002, 0x3f80_0000, 0, 0, 0x3f80_0000, 0, 0, 0]
        + [0x0001_0202, 15]
        + [
            0x0007_0004, 0, Float(32).bitPattern, Float(32).bitPattern, Float(0.5).bitPattern,
            Float(32).bitPattern, Float(32).bitPattern, Float(0.5).bitPattern,
        ]
        + draw + [0x000d_002b, texture.rawValue, 0, 0, 256, 0, 0, 0, 0, 64, 64, 1, 0, 2]

    /// Those of the known list that are streams. Numbers are the list's.
    static let known: [(name: String, words: [UInt32])] = [
        (
            "1: a transfer whose stride times rows leaves 32 bits",
            [0x000d_002b, 2, 0, 0, 0x1000_0000, 0, 0, 0, 0, 64, 17, 1, 0, 1]
        ),
        ("2: level -1", [0x000d_002b, 2, .max, 0, 256, 0, 0, 0, 0, 1, 1, 1, 0, 1]),
        ("3: z negative", [0x000d_002b, 2, 0, 0, 256, 0, 0, 0, 0x8000_0000, 1, 1, 1, 0, 1]),
        ("4: read at z negative", [0x000d_002b, 2, 0, 0, 256, 0, 0, 0, .max, 1, 1, 1, 0, 2]),
        ("6: a box of no width", [0x000d_002b, 2, 0, 0, 256, 0, 0, 0, 0, 0, 8, 1, 0, 2]),
        ("9: GET_MEMORY_INFO without backing", [0x0001_0032, 2]),
        (
            "10: a shader that is not whole, bound, and a draw",
            shader(20, 0, "VERT", promised: 4000) + [0x0002_001f, 20, 0]
                + shader(21, 1, fragment, promised: nil) + draw
        ),
        (
            "11: BLIT to a depth of 2^26",
            [
                0x0015_0013, 0xff, 0, 0, 2, 0, 67, 0, 0, 0, 64, 64, 0x0400_0000, 2, 0, 67, 0, 0, 0,
                64, 64, 1,
            ]
        ),
        (
            "12: a draw of 2^28 instances",
            scene.dropLast(27) + [0x000c_0008, 0, 4, 5, 0, 1 << 28, 0, 0, 0, 0, 0, 3, 0]
        ),
        (
            "12: a draw of 2^29 vertices",
            scene.dropLast(27) + [0x000c_0008, 0, 1 << 29, 5, 0, 1, 0, 0, 0, 0, 0, 3, 0]
        ),
        (
            "13: a mapped buffer of no width",
            [0x000b_0030, 0, 64, 8, 0, 1, 1, 1, 0, 0, 6, 1]
        ),
        (
            "16: sixteen buffers of 2 GiB",
            (0..<16).flatMap { Stream.createBuffer(100 + $0, 0x8000_0000) }
        ),
        ("a command behind the last", [0x0000_003e]),
        ("a length behind the end", [0x00ff_0001, 1, 2]),
    ]

    @Test("that are known to crash the library harm nobody but their context, one by one")
    func knownStreams() throws {
        var options = RendererWorkerOptions.test
        options.stallNanos = 3_000_000_000
        try IsolatedRenderer.run(options) { renderer, wake in
            let guest = try Guest()
            for stream in Self.known {
                // By the rules, which refuse most.
                try Self.prepare(renderer, guest)
                var words = stream.words
                let work = try? renderer.startStream(&words, on: Self.context, fenced: true)
                if case .running(let number)? = work { _ = try renderer.wait(for: number, wake) }
                try? renderer.destroyContext(Self.context)
                try expectServing(renderer, guest)
            }
        }
    }

    @Test("past the rules crash the worker at worst: the device's process serves on, one by one")
    func pastTheRules() throws {
        var options = RendererWorkerOptions.test
        options.stallNanos = 1_000_000_000
        try IsolatedRenderer.run(options) { renderer, wake in
            let guest = try Guest()
            // The last but two takes all the machine's memory: limits are against that, not a crash.
            for stream in Self.known where !stream.name.hasPrefix("16") {
                try Self.prepare(renderer, guest)
                try submitRaw(stream.words, renderer, wake)
                try? renderer.destroyContext(Self.context)
                try expectServing(renderer, guest)
            }
            print("known streams past the rules:", renderer.workerGeneration - 1, "workers died")
        }
    }

    /// Sends a stream that no rule has seen; waits for its fence, or the worker's end.
    private func submitRaw(
        _ stream: [UInt32], _ renderer: IsolatedRenderer, _ wake: EventDescriptor
    ) throws {
        var words = stream
        let number = renderer.takeNumber()
        renderer.open[number] = Self.context
        _ = renderer.library.submit(&words, to: Self.context, number: number, fenced: true)
        _ = try renderer.wait(for: number, wake)
    }

    @Test("of random mutations leave the device's process serving, with its memory flat")
    func mutated() throws {
        let count = Int(ProcessInfo.processInfo.environment["VIRTIO_SHARE_STREAMS"] ?? "") ?? 60
        var options = RendererWorkerOptions.test
        options.stallNanos = 2_000_000_000
        options.deathsMax = .max
        try IsolatedRenderer.run(options) { renderer, wake in
            let guest = try Guest()
            var random = SystemRandom(seed: 1)
            var (refused, failed) = (0, 0)
            for index in 0..<count {
                if (try? renderer.requireContext(Self.context)) == nil
                    || renderer.isDead(Self.context)
                {
                    try? renderer.destroyContext(Self.context)
                    try Self.prepare(renderer, guest)
                }
                var words = Self.scene
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let at = Int.random(in: words.indices, using: &random)
                    words[at] = Self.mutated(words[at], &random)
                }
                do {
                    // Every second one past the rules.
                    if index % 2 == 0 {
                        try submitRaw(words, renderer, wake)
                    } else if case .running(let number) = try renderer.startStream(
                        &words, on: Self.context, fenced: true)
                    {
                        if try renderer.wait(for: number, wake).error != nil { failed += 1 }
                    }
                } catch is RendererError { refused += 1 }
                // Every stream begins anew.
                try? renderer.destroyContext(Self.context)
                if index % 25 == 0 { try expectServing(renderer, guest) }
            }
            try expectServing(renderer, guest)
            print(
                "\(count) mutated streams: \(refused) refused, \(failed) failed,",
                "\(renderer.workerGeneration - 1) workers died")
            for id in [Self.texture, Self.buffer] { try renderer.unref(id) }
            #expect(renderer.bytesInUse == 0)
        }
    }

    private static func mutated(_ word: UInt32, _ random: inout SystemRandom) -> UInt32 {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: word ^ 1 << UInt32.random(in: 0..<32, using: &random)
        case 1: UInt32.random(in: 0...(.max), using: &random)
        case 2: UInt32.random(in: 0..<64, using: &random)
        case 3: word &+ 1
        case 4: word &- 1
        default:
            [0, .max, 0x8000_0000, 0x7fff_ffff, 1 << 16, 1 << 24].randomElement(
                using: &random) ?? 0
        }
    }
}

/// SplitMix64: the same numbers on every run.
struct SystemRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
