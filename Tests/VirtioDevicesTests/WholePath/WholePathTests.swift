// From coded bytes to drawn pixels through both devices: the pixels, and the copies on the way.

import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire

@testable import virtio_share

extension WithRenderer {
    @Suite("The whole path draws")
    struct WholePath {
        /// Bytes of the visible samples of a YU12 picture.
        private static func samples(_ width: Int, _ height: Int) -> Int {
            width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2)
        }

        @Test(
            "the simulated stream without a copy, by one, or by two",
            arguments: SamplingPath.allCases,
            [[64, 48], [171, 97]])
        func simulated(path: SamplingPath, size: [Int]) throws {
            let system = try SharingMachine(decoders: [SimulatedDecoder.description])
            let (width, height) = (size[0], size[1])
            let choice = StreamChoice.simulated(
                width: UInt32(width), height: UInt32(height), count: 6)
            let shown = try Screening(system, choice, path: path)
            #expect(shown.frames == 6)
            #expect(shown.worst <= 2)
            let bytes = UInt64(6 * Self.samples(width, height))
            #expect(shown.sampleBytes == Int(bytes))
            #expect(shown.decoded.copiedBytes == (path == .pages ? bytes : 0))
            #expect(shown.uploadedBytes == (path == .buffer ? 0 : bytes))
            #expect(shown.decoded.copiedPictures == (path == .pages ? [.guestPages: 6] : [:]))
            #expect(shown.uuids.isEmpty == (path == .pages))
        }

        @Test("by one copy, and says why, where a codec's process cannot reach the buffers")
        func codecElsewhere() throws {
            let system = try SharingMachine(
                decoders: [SimulatedDecoder.description], codecs: .isolated(MediaMachine.worker))
            let shown = try Screening(
                system, .simulated(width: 64, height: 48, count: 6), path: .buffer)
            #expect(shown.frames == 6)
            #expect(shown.worst <= 2)
            #expect(shown.decoded.copiedPictures == [.otherProcess: 6])
            #expect(shown.decoded.copiedBytes == UInt64(6 * Self.samples(64, 48)))
        }

        @Test(
            "pictures of a new size, none of which is copied",
            arguments: [SamplingPath.buffer, .texture])
        func resolutionChange(path: SamplingPath) throws {
            let system = try SharingMachine(decoders: [SimulatedDecoder.description])
            let pictures: [(UInt32, UInt32)] =
                Array(repeating: (64, 48), count: 5) + Array(repeating: (96, 80), count: 5)
            let shown = try Screening(system, ListedStream.choice(pictures), path: path)
            #expect(shown.frames == 10)
            #expect(shown.worst <= 2)
            #expect(shown.sizes == ["64x48", "96x80"])
            #expect(shown.decoded.copiedPictures == [:])
            #expect(shown.decoded.copiedBytes == 0)
        }

        @Test("pictures of a new size that only the last units have, to the last one")
        func resolutionChangeAtTheEnd() throws {
            let system = try SharingMachine(decoders: [SimulatedDecoder.description])
            for late in 1...3 {
                let pictures: [(UInt32, UInt32)] =
                    Array(repeating: (64, 48), count: 5) + Array(repeating: (96, 80), count: late)
                let shown = try Screening(system, ListedStream.choice(pictures), path: .buffer)
                #expect(shown.frames == 5 + late)
                #expect(shown.worst <= 2)
            }
        }

        @Test("a size that changes with every picture, up and down")
        func manySizes() throws {
            let system = try SharingMachine(decoders: [SimulatedDecoder.description])
            let pictures: [(UInt32, UInt32)] = [
                (16, 16), (64, 48), (32, 32), (128, 96), (16, 16), (18, 20),
            ]
            let shown = try Screening(system, ListedStream.choice(pictures), path: .buffer)
            #expect(shown.frames == 6)
            #expect(shown.worst <= 2)
            #expect(shown.decoded.copiedPictures == [:])
            #expect(
                shown.sizes == ["16x16", "64x48", "32x32", "128x96", "16x16", "18x20"])
        }

        @Test(
            "several streams on one machine, one after the other, and leaves nothing behind [LIFE-5]"
        )
        func oneAfterTheOther() throws {
            let system = try SharingMachine(decoders: [SimulatedDecoder.description])
            for path in SamplingPath.allCases + [.buffer] {
                let shown = try Screening(
                    system, .simulated(width: 64, height: 48, count: 3), path: path)
                #expect(shown.worst <= 2)
                let counters = system.registry.counters
                #expect(counters.objects == 0)
                #expect(counters.attachments == 0)
                #expect(counters.leases == 0)
                #expect(counters.aliveBytes == 0)
                #expect(counters.exportedBytes == counters.freedBytes)
                #expect(system.rendererBytesInUse == 0)
            }
        }

        @Test("nothing of a stream whose samples it cannot carry, and says so in one sentence")
        func nothingDecoded() throws {
            let system = try SharingMachine(decoders: [SimulatedDecoder.description])
            let choice = ListedStream.choice([(0, 0), (0, 0)])
            #expect(throws: PlayerError.nothingDecoded) {
                try Screening(system, choice, path: .buffer)
            }
        }

        #if LibAV
            private static func decoders() -> [DecoderDescription] {
                StreamChoice.decoders(threadCount: 1)
            }

            @Test(
                "the shipped clip without a copy, by one, or by two",
                arguments: SamplingPath.allCases)
            func shippedClip(path: SamplingPath) throws {
                let system = try SharingMachine(decoders: Self.decoders())
                let choice = try StreamChoice.open(TestClip.shipped, threadCount: 1)
                let count = path == .buffer ? 12 : 5
                let shown = try Screening(system, choice, path: path, framesMax: count)
                #expect(shown.frames == count)
                #expect(shown.worst <= 2)
                let samples = Self.samples(1280, 720)
                #expect(shown.sampleBytes == count * samples)
                // The decoder runs ahead of what is drawn.
                #expect(shown.decoded.pictures >= count)
                #expect(
                    shown.decoded.copiedBytes
                        == (path == .pages ? shown.decoded.pictures * UInt64(samples) : 0))
                #expect(shown.uploadedBytes == (path == .buffer ? 0 : UInt64(count * samples)))
            }

            @Test(
                "what cannot be decoded in place by one copy, and says why",
                arguments: [
                    ("av1.mkv", [.noDirectRendering: 24], 38016 * 24),
                    ("h264-10bit.mp4", [.otherLayout: 24], 76032 * 24),
                    ("hevc-10bit.mkv", [.otherLayout: 24], 76032 * 24),
                    ("av1-10bit.mkv", [.otherLayout: 24], 76032 * 24),
                ] as [(String, [CopyReason: UInt64], UInt64)])
            func fallbacks(file: String, copies: [CopyReason: UInt64], bytes: UInt64) throws {
                let system = try SharingMachine(decoders: Self.decoders())
                let choice = try StreamChoice.open(TestClip.path(file), threadCount: 1)
                let shown = try Screening(system, choice, path: .buffer)
                #expect(shown.frames == 24)
                #expect(shown.worst <= 2)
                #expect(shown.decoded.copiedPictures == copies)
                #expect(shown.decoded.copiedBytes == bytes)
                #expect(shown.uploadedBytes == 0)
            }

            @Test(
                "10-bit pictures by textures and by pages too",
                arguments: [SamplingPath.texture, .pages])
            func tenBit(path: SamplingPath) throws {
                let system = try SharingMachine(decoders: Self.decoders())
                let choice = try StreamChoice.open(TestClip.path("hevc-10bit.mkv"), threadCount: 1)
                let shown = try Screening(system, choice, path: path, framesMax: 4)
                #expect(shown.worst <= 2)
                #expect(shown.uploadedBytes == 76032 * 4)
                #expect(shown.decoded.copiedBytes == 76032 * shown.decoded.pictures)
            }

            @Test(
                "every other clip without a copy",
                arguments: [
                    "h264-full-range-709.mp4", "h264-601.mp4", "h264-untagged.mp4",
                    "h264-crop.mp4", "hevc.mp4", "vp8.webm", "vp9.ivf", "vp9-odd.webm",
                    "mpeg2.mpg", "mjpeg.avi",
                ])
            func clips(file: String) throws {
                let system = try SharingMachine(decoders: Self.decoders())
                let choice = try StreamChoice.open(TestClip.path(file), threadCount: 1)
                let shown = try Screening(system, choice, path: .buffer, framesMax: 8)
                #expect(shown.frames == 8)
                #expect(shown.worst <= 2)
                #expect(shown.decoded.copiedBytes == 0)
                #expect(shown.uploadedBytes == 0)
            }

            @Test("a clip whose pictures change their size, without a copy")
            func sizeChangesInClip() throws {
                let system = try SharingMachine(decoders: Self.decoders())
                let choice = try StreamChoice.open(
                    TestClip.path("h264-resolution-change.h264"), threadCount: 1)
                let shown = try Screening(system, choice, path: .buffer)
                #expect(shown.frames == 24)
                #expect(shown.sizes.count > 1)
                #expect(shown.worst <= 2)
                #expect(shown.decoded.copiedBytes == 0)
                #expect(shown.uploadedBytes == 0)
            }

            @Test("no 4:4:4, and says so")
            func unsupported() throws {
                let system = try SharingMachine(decoders: Self.decoders())
                let choice = try StreamChoice.open(TestClip.path("h264-444.mp4"), threadCount: 1)
                #expect(throws: PlayerError.unsupportedSamples) {
                    try Screening(system, choice, path: .buffer)
                }
                let after = try Screening(
                    system, .simulated(width: 16, height: 16, count: 2), path: .buffer)
                #expect(after.worst <= 2)
            }
        #endif
    }
}
