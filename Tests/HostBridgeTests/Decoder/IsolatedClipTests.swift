// libavcodec in a worker process against ffmpeg: every picture of every clip, and where it lies.

#if LibAV
    import LinuxSystem
    import Testing
    import VirtioWire

    @testable import HostBridge

    @Suite("libavcodec in a process of its own")
    struct IsolatedClipTests {
        private static let clips: [Clip] = [
            Clip(file: "demo.mp4"), Clip(file: "h264-crop.mp4"), Clip(file: "h264-refs16.mp4"),
            Clip(file: "h264-annexb.h264"), Clip(file: "h264-damaged.h264", isDamaged: true),
            Clip(file: "h264-10bit.mp4", copies: [.otherLayout: 24]),
            Clip(file: "h264-resolution-change.h264"), Clip(file: "hevc.mp4"),
            Clip(file: "hevc-10bit.mkv", copies: [.otherLayout: 24]), Clip(file: "vp8.webm"),
            Clip(file: "vp9.webm"), Clip(file: "vp9-show-existing.webm"),
            Clip(file: "vp9-odd.webm"), Clip(file: "av1.mkv", copies: [.noDirectRendering: 24]),
            Clip(file: "av1-10bit.mkv", copies: [.otherLayout: 24]), Clip(file: "mpeg2.mpg"),
            Clip(file: "mjpeg.avi"), Clip(file: "h264-interlaced.mp4"),
            Clip(file: "mpeg2-interlaced.mpg"),
        ]

        private func run(
            _ fourcc: V4L2.FourCC, _ memory: ClipRun.Memory, threadCount: Int = 1
        ) throws -> ClipRun {
            try ClipRun(
                fourcc, memory: memory, threadCount: threadCount,
                codecs: .isolated(CodecPrograms.worker))
        }

        @Test(
            "decodes every clip into shared objects, in place where it would here", arguments: clips
        )
        func direct(clip: Clip) throws {
            let (fourcc, units) = try clip.units()
            let run = try run(fourcc, .objects)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.consumed == units.map(\.token))
            #expect(run.statistics.copiedPictures == clip.copies)
            #expect((run.statistics.copiedBytes == 0) == clip.copies.isEmpty)
        }

        @Test(
            "decodes with two threads, in the same order",
            arguments: clips.filter { !$0.isDamaged })
        func twoThreads(clip: Clip) throws {
            let (fourcc, units) = try clip.units()
            let run = try run(fourcc, .objects, threadCount: 2)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.consumed == units.map(\.token))
        }

        @Test(
            "decodes into guest pages and into objects without a descriptor by one copy each",
            arguments: clips.filter { $0.copies.isEmpty },
            [
                (ClipRun.Memory.pages, CopyReason.guestPages),
                (ClipRun.Memory.fileless, CopyReason.otherProcess),
            ])
        func copied(clip: Clip, memory: (ClipRun.Memory, CopyReason)) throws {
            let (fourcc, units) = try clip.units()
            let run = try run(fourcc, memory.0)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.statistics.copiedPictures == [memory.1: UInt64(run.digests.count)])
            #expect(run.statistics.copiedBytes == run.statistics.pictureBytes)
        }

        @Test("decodes into three objects, a plane each", arguments: ["vp9-odd.webm", "hevc.mp4"])
        func planes(file: String) throws {
            let clip = Clip(file: file)
            let (fourcc, units) = try clip.units()
            let run = try run(fourcc, .planes)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.statistics.copiedPictures == [:])
        }

        @Test("refuses what no format can carry with the cause", arguments: [1, 2])
        func refused(threadCount: Int) throws {
            let (fourcc, units) = try Clip(file: "h264-444.mp4").units()
            let run = try run(fourcc, .objects, threadCount: threadCount)
            #expect(try run.play(units))
            #expect(run.failure == .unsupportedFormat)
        }

        @Test(
            "gives nothing after a seek that it held back before",
            arguments: ["h264-refs16.mp4", "hevc.mp4", "vp9.webm", "av1.mkv"], [1, 2])
        func seek(file: String, threadCount: Int) throws {
            let (fourcc, units) = try Clip(file: file).units()
            let reference = try Clip(file: file).referenceDigests()
            let run = try run(fourcc, .objects, threadCount: threadCount)
            #expect(try run.playThenSeek(Array(units.prefix(7))))
            let before = run.digests.count
            let again = units.map { CodedUnit(bytes: $0.bytes, token: $0.token + 100) }
            #expect(try run.play(again))
            #expect(Array(run.digests.dropFirst(before)) == reference)
        }
    }
#endif
