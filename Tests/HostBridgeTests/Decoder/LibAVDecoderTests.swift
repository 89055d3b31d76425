// libavcodec in our buffers against libavcodec in its own: every picture of every clip.

#if LibAV
    import Testing
    import VirtioWire

    @testable import HostBridge

    @Suite("libavcodec decodes")
    struct LibAVDecoderTests {
        private static let clips: [Clip] = [
            Clip(file: "demo.mp4"), Clip(file: "h264-full-range-709.mp4"),
            Clip(file: "h264-601.mp4"), Clip(file: "h264-untagged.mp4"),
            Clip(file: "h264-crop.mp4"), Clip(file: "h264-refs16.mp4"),
            Clip(file: "h264-annexb.h264"), Clip(file: "h264-damaged.h264"),
            Clip(file: "h264-10bit.mp4", copies: [.otherLayout: 24]),
            Clip(file: "h264-resolution-change.h264", copies: [.noBuffer: 3]),
            Clip(file: "hevc.mp4"), Clip(file: "hevc-10bit.mkv", copies: [.otherLayout: 24]),
            Clip(file: "vp8.webm"), Clip(file: "vp9.webm"), Clip(file: "vp9.ivf"),
            Clip(file: "vp9-show-existing.webm"), Clip(file: "vp9-odd.webm"),
            Clip(file: "av1.mkv", copies: [.noDirectRendering: 24]),
            Clip(file: "av1-10bit.mkv", copies: [.otherLayout: 24]),
            Clip(file: "mpeg2.mpg"), Clip(file: "mjpeg.avi"),
        ]

        @Test("every clip into shared objects as into its own memory", arguments: clips)
        func direct(clip: Clip) throws {
            let (fourcc, units) = try clip.units()
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.consumed == units.map(\.token))
            #expect(run.statistics.copiedPictures == clip.copies)
            #expect(run.statistics.pictures == UInt64(run.digests.count))
        }

        @Test("every clip into guest pages, by one copy of each picture", arguments: clips)
        func copied(clip: Clip) throws {
            let (fourcc, units) = try clip.units()
            let run = try ClipRun(fourcc, memory: .pages)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.statistics.copiedPictures == [.guestPages: UInt64(run.digests.count)])
        }
    }
#endif
