// The display socket of a GPU, byte by byte.

import HostBridge
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire

@testable import VhostUser
@testable import VirtioDevices

@Suite("A display socket")
struct DisplayTests {
    /// The front-end's end of it.
    private final class Viewer: Sendable {
        private let end: OwnedDescriptor

        init(_ channel: DisplayChannel) throws {
            var other: OwnedDescriptor?
            try channel.connect(try UnixSocket.pair(with: &other))
            end = try present(other.take())
        }

        /// Reads so many bytes, waiting, bounded, for them.
        func read(_ count: Int) throws -> [UInt8] {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count < count {
                try #require(end.descriptor.waitUntilReadable(timeoutMillis: 10_000))
                let wanted = min(chunk.count, count - bytes.count)
                let got = try unsafe chunk.withUnsafeMutableBytes {
                    try unsafe end.descriptor.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
                }
                try #require(got > 0)
                bytes += chunk.prefix(got)
            }
            return bytes
        }

        func write(_ bytes: [UInt8]) throws { try end.descriptor.writeAll(bytes) }

        var isQuiet: Bool { !end.descriptor.waitUntilReadable(timeoutMillis: 0) }
    }

    private func words(_ values: UInt32...) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    private func frame(
        _ memory: SharedMemory, _ format: VirtioGPU.Format, x: UInt32 = 0, y: UInt32 = 0,
        width: UInt32, height: UInt32, stride: Int
    ) -> DisplayFrame {
        DisplayFrame(
            scanout: 0, width: 640, height: 480, format: format,
            damage: ImageRect(x: x, y: y, width: width, height: height), pixels: memory.range,
            strideBytes: stride)
    }

    @Test("hears of scanouts, and of those that are on when it comes")
    func scanouts() throws {
        let channel = DisplayChannel()
        // Nobody looks on.
        channel.setScanout(1, size: (width: 5, height: 6))
        channel.setScanout(0, size: (width: 640, height: 480))
        let viewer = try Viewer(channel)
        #expect(try viewer.read(48) == words(7, 0, 12, 0, 640, 480) + words(7, 0, 12, 1, 5, 6))
        channel.setScanout(1, size: nil)
        #expect(try viewer.read(24) == words(7, 0, 12, 1, 0, 0))
        #expect(viewer.isQuiet)
        channel.disconnect()
        let next = try Viewer(channel)
        #expect(next.isQuiet)
    }

    @Test(
        "gets pixels as its own words, row after row, whatever the guest's format",
        arguments: [
            (VirtioGPU.Format.b8g8r8x8Unorm, [0, 1, 2]), (.b8g8r8a8Unorm, [0, 1, 2]),
            (.x8r8g8b8Unorm, [3, 2, 1]), (.r8g8b8a8Unorm, [2, 1, 0]),
            (.x8b8g8r8Unorm, [1, 2, 3]),
        ])
    func pixels(format: VirtioGPU.Format, order: [Int]) throws {
        let channel = DisplayChannel()
        let viewer = try Viewer(channel)
        let memory = try SharedMemory(name: "display pixels", sizeBytes: 4096)
        memory.range.write((0..<200).map { UInt8($0) })
        channel.update(frame(memory, format, x: 7, y: 9, width: 3, height: 2, stride: 32))
        #expect(try viewer.read(32) == words(8, 0, 44, 0, 7, 9, 3, 2))
        let pixels = try viewer.read(24)
        for (index, start) in [0, 4, 8, 32, 36, 40].enumerated() {
            let shown = pixels[(4 * index)..<(4 * index + 3)]
            #expect(Array(shown) == order.map { UInt8(start + $0) })
        }
        #expect(viewer.isQuiet)
    }

    @Test("takes a picture that is larger than a socket holds")
    func large() throws {
        let channel = DisplayChannel(patienceMillis: 20_000)
        let viewer = try Viewer(channel)
        let bytes = 1024 * 512 * 4
        let memory = try SharedMemory(name: "display large", sizeBytes: bytes)
        memory.range.fill(0x5a)
        let got = Monitor<[UInt8]?>(nil)
        let reader = try WorkerThread(name: "viewer") {
            let read = try? viewer.read(32 + bytes)
            got.update { $0 = read ?? [] }
        }
        channel.update(frame(memory, .b8g8r8x8Unorm, width: 1024, height: 512, stride: 4096))
        reader.join()
        let read = try #require(got.withLock { $0 })
        #expect(read.count == 32 + bytes)
        #expect(read.dropFirst(32).allSatisfy { $0 == 0x5a })
    }

    @Test("shows the cursor, moves it and hides it")
    func cursor() throws {
        let channel = DisplayChannel()
        let viewer = try Viewer(channel)
        let image = CursorImage(
            format: .b8g8r8a8Unorm, pixels: Array(repeating: 9, count: 64 * 64 * 4), hotX: 1,
            hotY: 2)
        channel.setCursor(0, image, at: CursorPosition(x: -3, y: 4))
        #expect(
            try viewer.read(32) == words(6, 0, 16404, 0, UInt32(bitPattern: -3), 4, 1, 2))
        #expect(try viewer.read(16384) == Array(repeating: 9, count: 16384))
        channel.moveCursor(0, to: CursorPosition(x: 5, y: 6))
        #expect(try viewer.read(24) == words(4, 0, 12, 0, 5, 6))
        channel.setCursor(0, nil, at: CursorPosition(x: 0, y: 0))
        #expect(try viewer.read(24) == words(5, 0, 12, 0, 0, 0))
    }

    /// A display's answer to GET_DISPLAY_INFO: these modes, and the rest off.
    private func modes(_ rects: [(x: UInt32, y: UInt32, width: UInt32, height: UInt32)]) -> [UInt8]
    {
        var bytes = words(3, 4, 408)
        // A header that nobody reads.
        bytes += [UInt8](repeating: 0, count: 24)
        for index in 0..<16 {
            let rect = index < rects.count ? rects[index] : (x: 0, y: 0, width: 0, height: 0)
            bytes += words(
                rect.x, rect.y, rect.width, rect.height, index < rects.count ? 1 : 0, 0)
        }
        return bytes
    }

    @Test("is asked by GET_DISPLAY_INFO what its displays are [VUG-012]")
    func displayInfo() throws {
        let channel = DisplayChannel(answerMillis: 20_000)
        #expect(channel.displayModes() == nil)
        let viewer = try Viewer(channel)
        for rects in [[(0, 0, 1920, 1080)], [(0, 0, 800, 600), (800, 0, 1024, 768)]] {
            let rects = rects.map {
                (x: UInt32($0.0), y: UInt32($0.1), width: UInt32($0.2), height: UInt32($0.3))
            }
            // The answer lies ready: no thread is needed here.
            try viewer.write(modes(rects))
            let told = try #require(channel.displayModes())
            #expect(try viewer.read(12) == words(3, 0, 0))
            #expect(told.count == 16)
            for (index, mode) in told.enumerated() {
                guard index < rects.count else {
                    #expect(!mode.isEnabled)
                    continue
                }
                let rect = rects[index]
                let wanted = DisplayMode(
                    width: rect.width, height: rect.height, x: rect.x, y: rect.y, isEnabled: true)
                #expect(mode == wanted)
            }
        }
        #expect(viewer.isQuiet)
    }

    @Test("that does not answer GET_DISPLAY_INFO is asked no more, and still shown on [VUG-006]")
    func noDisplayInfo() throws {
        let channel = DisplayChannel(answerMillis: 1)
        let viewer = try Viewer(channel)
        #expect(channel.displayModes() == nil)
        #expect(channel.displayModes() == nil)
        channel.setScanout(0, size: (width: 5, height: 6))
        #expect(try viewer.read(36) == words(3, 0, 0) + words(7, 0, 12, 0, 5, 6))
        #expect(viewer.isQuiet)
    }

    @Test(
        "that answers GET_DISPLAY_INFO with something else is given up",
        arguments: [[3, 0, 408], [11, 4, 408], [3, 4, 407], [3, 4, 0], [3, 4, .max]] as [[UInt32]])
    func wrongDisplayInfo(header: [UInt32]) throws {
        let channel = DisplayChannel(answerMillis: 20_000)
        let viewer = try Viewer(channel)
        try viewer.write(
            header.flatMap { words($0) } + [UInt8](repeating: 0, count: 408))
        #expect(channel.displayModes() == nil)
        #expect(!channel.isConnected)
        #expect(try viewer.read(12) == words(3, 0, 0))
    }

    @Test("that answers GET_DISPLAY_INFO by half is given up")
    func halfDisplayInfo() throws {
        let channel = DisplayChannel(answerMillis: 1)
        let viewer = try Viewer(channel)
        try viewer.write(Array(modes([(0, 0, 64, 64)]).prefix(100)))
        #expect(channel.displayModes() == nil)
        #expect(!channel.isConnected)
        withExtendedLifetime(viewer) {}
    }

    @Test("is given up when it does not read, and can come back")
    func neverReads() throws {
        let channel = DisplayChannel(patienceMillis: 1)
        let silent = try Viewer(channel)
        channel.setScanout(0, size: (width: 640, height: 480))
        let memory = try SharedMemory(name: "display silent", sizeBytes: 1 << 20)
        for _ in 0..<3 {
            channel.update(frame(memory, .b8g8r8x8Unorm, width: 512, height: 512, stride: 2048))
        }
        let next = try Viewer(channel)
        #expect(try next.read(24) == words(7, 0, 12, 0, 640, 480))
        #expect(next.isQuiet)
        withExtendedLifetime(silent) {}
    }

    @Test("has room, in the end, for a whole picture that its back-end writes with one call")
    func oneCall() throws {
        var other: OwnedDescriptor?
        let receiver = try DisplayReceiver(try UnixSocket.pair(with: &other), modes: [])
        let end = try present(other.take())
        try end.descriptor.writeAll(words(7, 0, 12, 0, 1920, 1080))
        let pixels = [UInt8](repeating: 0x5a, count: 1920 * 1080 * 4)
        let update = words(8, 0, 20 + UInt32(pixels.count), 0, 0, 0, 1920, 1080) + pixels
        // QEMU's back-end does not write what is left of a message.
        #expect(
            try unsafe update.withUnsafeBytes { try unsafe end.descriptor.write($0) }
                == update.count)
        #expect(receiver.wait(forUpdate: 1, untilNanos: RawFrontEnd.deadline()))
        #expect(receiver.display.pictures[0]?.colour(x: 1919, y: 1079) == 0x5a5a5a)
    }
}
