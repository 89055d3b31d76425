// Every clip through the whole device, as a guest plays it, against ffmpeg's MD5 of every picture.

#if LibAV
    import CLibAV
    import Foundation
    import GuestDriver
    import HostBridge
    import LinuxSystem
    import ResourceRegistry
    import Testing
    import VirtioDevices
    import VirtioWire
    import Virtqueue

    @testable import virtio_share

    @Suite("The media device plays")
    struct MediaClipTests {
        private static let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Clips")

        /// A clip, and whether its pictures can be decoded in place.
        private static let clips: [(file: String, isDirect: Bool)] = [
            ("h264-annexb.h264", true), ("h264-crop.mp4", true), ("h264-refs16.mp4", true),
            ("h264-10bit.mp4", false), ("h264-interlaced.mp4", true), ("hevc.mp4", true),
            ("hevc-10bit.mkv", false), ("vp8.webm", true), ("vp9.webm", true),
            ("vp9-odd.webm", true), ("vp9-show-existing.webm", true), ("av1.mkv", false),
            ("av1-10bit.mkv", false), ("mpeg2.mpg", true), ("mpeg2-interlaced.mpg", true),
            ("mjpeg.avi", true), ("h264-resolution-change.h264", true),
        ]

        private func digests(of file: String) throws -> [String] {
            let stem = (file as NSString).deletingPathExtension
            let text = try String(
                contentsOf: Self.folder.appendingPathComponent(stem + ".framemd5"), encoding: .utf8)
            return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                $0.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) }
            }
        }

        /// What a guest sees of a clip.
        private struct Played {
            var digests: [String] = []
            var times: [Int64] = []
            var fed: Set<Int64> = []
            var sourceChanges = 0
            var hasMadeUpTimes = false
            var statistics = DecodeStatistics()
        }

        private func play(
            _ file: String, as fourcc: V4L2.FourCC? = nil, isIsolated: Bool = false
        ) throws -> Played {
            let stream = try LibAVStream(path: Self.folder.appendingPathComponent(file).path)
            let machine = try GuestMachine(memoryBytes: 32 << 20)
            let registry = ResourceRegistry()
            let transport = try InProcessTransport(
                name: "virtio-media", memory: machine.memory, queueCount: 2,
                make: {
                    var configuration = MediaConfiguration(
                        decoders: LibAV.decoders(threadCount: 1))
                    if isIsolated { configuration.codecs = .isolated(MediaMachine.worker) }
                    return try MediaDevice(configuration: configuration, domain: registry)
                })
            let media = try MediaDriver(transport, machine: machine)
            let decoder = try V4L2Decoder(
                media, codec: stream.fourcc, codedBytes: 1 << 18, codedMemory: .mmap)
            var played = Played()
            played.hasMadeUpTimes = stream.pictureMicros != nil
            try run(decoder, media, stream, fourcc, &played)
            try decoder.close()
            played.statistics = transport.onDeviceThread { $0.device.statistics }
            #expect(registry.counters.objects == 0)
            #expect(registry.counters.chargedBytes == 0)
            return played
        }

        private func run(
            _ decoder: V4L2Decoder, _ media: MediaDriver, _ stream: LibAVStream,
            _ fourcc: V4L2.FourCC?, _ played: inout Played
        ) throws {
            var planes: [MediaDriver.MappedPlane] = []
            var layout: VideoLayout?
            var pending: CodedStreamUnit?
            var (isAtEnd, isDraining) = (false, false)
            while true {
                while !isAtEnd, decoder.hasFreeCodedBuffer {
                    guard let unit = try pending ?? stream.next() else {
                        isAtEnd = true
                        break
                    }
                    pending = nil
                    played.fed.insert(unit.timeMicros)
                    let stamp = V4L2.Timeval(
                        sec: unit.timeMicros / 1_000_000, usec: unit.timeMicros % 1_000_000)
                    try #require(try decoder.feed(unit.bytes, timestamp: stamp))
                }
                if isAtEnd, !isDraining, decoder.isCaptureStreaming {
                    isDraining = try decoder.drain()
                }
                let event = try #require(try decoder.nextEvent(timeoutMillis: 20_000))
                switch event {
                case .sourceChange: played.sourceChanges += 1
                case .picture(let index, let stamp, _):
                    let layout = try #require(layout)
                    played.digests.append(
                        try digest(planes[Int(index)].view.memory, layout))
                    played.times.append(stamp.sec * 1_000_000 + stamp.usec)
                    try decoder.queueCapture(index)
                    continue
                case .endOfStream:
                    for plane in planes { try media.unmap(plane) }
                    return
                case .codedBufferFree, .last: break
                }
                // The first layout at once, another one when LAST has ended the old buffers.
                let isFirst = event == .sourceChange && !decoder.isCaptureStreaming
                let isNext = event == .last && played.sourceChanges > 1 && layout != nil
                guard isFirst || isNext else { continue }
                let wanted = try decoder.layout()
                guard wanted != layout else { continue }
                if decoder.isCaptureStreaming {
                    try decoder.stopCapture()
                    try decoder.requestCapture(0, memory: .mmap)
                    for plane in planes { try media.unmap(plane) }
                }
                if let fourcc { #expect(try decoder.setCaptureFormat(fourcc) == fourcc) }
                layout = try decoder.layout()
                let count = try decoder.minimumCaptureBuffers()
                #expect(try decoder.requestCapture(count, memory: .mmap).count == count)
                planes = try (0..<count).map { try decoder.mapCapture(UInt32($0)) }
                for index in 0..<count { try decoder.queueCapture(UInt32(index)) }
                try decoder.startCapture()
            }
        }

        /// Of the visible samples without gaps, planes apart, 10 bit as little-endian words.
        private func digest(_ memory: MemoryRange, _ layout: VideoLayout) throws -> String {
            var planes: [[UInt8]] = [[], [], []]
            for (number, plane) in layout.planes.enumerated() {
                let texels = layout.texels(of: plane)
                for row in texels.y..<(texels.y + texels.height) {
                    let bytes = try #require(
                        memory.slice(
                            offset: plane.offset + row * plane.stride + texels.x * plane.texelBytes,
                            count: texels.width * plane.texelBytes)
                    ).bytes()
                    let sample = layout.isTenBit ? 2 : 1
                    let isPair = number == 1 && layout.planes.count == 2
                    for at in stride(from: 0, to: bytes.count, by: sample) {
                        let target = isPair ? 1 + at / sample % 2 : number
                        guard layout.isTenBit else {
                            planes[target].append(bytes[at])
                            continue
                        }
                        let word = (UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8) >> 6
                        planes[target].append(UInt8(word & 0xff))
                        planes[target].append(UInt8(word >> 8))
                    }
                }
            }
            let all = planes[0] + planes[1] + planes[2]
            var digest = [UInt8](repeating: 0, count: 16)
            unsafe digest.withUnsafeMutableBufferPointer { target in
                unsafe all.withUnsafeBufferPointer { source in
                    // SAFETY: 16 bytes are written, and the whole array read.
                    unsafe av_md5_sum(target.baseAddress, source.baseAddress, source.count)
                }
            }
            return digest.map { String(format: "%02x", $0) }.joined()
        }

        @Test(
            "every picture of every clip, in order, with the time stamp that it was fed with",
            arguments: clips, [false, true])
        func pictures(clip: (file: String, isDirect: Bool), isIsolated: Bool) throws {
            let (file, isDirect) = clip
            let played = try play(file, isIsolated: isIsolated)
            let right = try digests(of: file)
            #expect(played.digests.count == right.count)
            #expect(zip(played.digests, right).allSatisfy { $0 == $1 })
            // Made-up times count units, which come in the order of decoding.
            if !played.hasMadeUpTimes { #expect(played.times == played.times.sorted()) }
            #expect(Set(played.times).count == played.times.count)
            #expect(Set(played.times).isSubset(of: played.fed))
            #expect(played.statistics.pictures == UInt64(played.digests.count))
            #expect(
                played.statistics.copiedPictures.values.reduce(0, +)
                    == (isDirect ? 0 : played.statistics.pictures))
        }

        @Test(
            "pictures in NV12 by one copy each",
            arguments: ["h264-crop.mp4", "vp9-odd.webm", "av1.mkv"], [false, true])
        func interleaved(file: String, isIsolated: Bool) throws {
            let played = try play(file, as: .nv12, isIsolated: isIsolated)
            #expect(played.digests == (try digests(of: file)))
            #expect(
                played.statistics.copiedPictures.values.reduce(0, +) == played.statistics.pictures)
        }
    }
#endif
