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
            Clip(file: "h264-annexb.h264"), Clip(file: "h264-damaged.h264", isDamaged: true),
            Clip(file: "h264-10bit.mp4", copies: [.otherLayout: 24]),
            Clip(file: "h264-resolution-change.h264"),
            Clip(file: "hevc.mp4"), Clip(file: "hevc-10bit.mkv", copies: [.otherLayout: 24]),
            Clip(file: "vp8.webm"), Clip(file: "vp9.webm"), Clip(file: "vp9.ivf"),
            Clip(file: "vp9-show-existing.webm"), Clip(file: "vp9-odd.webm"),
            Clip(file: "av1.mkv", copies: [.noDirectRendering: 24]),
            Clip(file: "av1-10bit.mkv", copies: [.otherLayout: 24]),
            Clip(file: "mpeg2.mpg"), Clip(file: "mjpeg.avi"),
            Clip(file: "h264-interlaced.mp4"), Clip(file: "mpeg2-interlaced.mpg"),
        ]

        @Test(
            "pictures of two fields, and says which comes first",
            arguments: [
                ("h264-interlaced.mp4", .interlacedBT), ("mpeg2-interlaced.mpg", .interlacedBT),
                ("mpeg2.mpg", .none),
            ] as [(String, V4L2.Field)])
        func fields(file: String, field: V4L2.Field) throws {
            let (fourcc, units) = try Clip(file: file).units()
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(units))
            #expect(run.fields.count == 24)
            #expect(run.fields.allSatisfy { $0 == field })
        }

        @Test("every picture of an MPEG-2 stream that changes its size: none is lost at the change")
        func sizeOfMPEG2() throws {
            let clip = Clip(file: "mpeg2-resolution-change.m2v")
            let (fourcc, units) = try clip.units()
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(units))
            #expect(run.layouts.count == 2)
            let reference = try clip.referenceDigests()
            #expect(reference.indices.filter { !run.digests.contains(reference[$0]) } == [])
            #expect(run.digests == reference)
        }

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

        private static let eightBit = clips.filter { $0.copies[.otherLayout] == nil }

        @Test("every 8-bit clip into three objects, a plane each", arguments: eightBit)
        func planes(clip: Clip) throws {
            let (fourcc, units) = try clip.units()
            let run = try ClipRun(fourcc, memory: .planes)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.statistics.copiedPictures == clip.copies)
        }

        @Test(
            "as NV12 by one copy of each picture, in one object or two",
            arguments: eightBit.filter { $0.file != "demo.mp4" }, [V4L2.FourCC.nv12, .nv12M])
        func interleaved(clip: Clip, format: V4L2.FourCC) throws {
            let (fourcc, units) = try clip.units()
            let run = try ClipRun(fourcc, memory: .objects, as: format)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            let reason =
                clip.copies[.noDirectRendering] == nil ? CopyReason.otherLayout : .noDirectRendering
            #expect(run.statistics.copiedPictures == [reason: UInt64(run.digests.count)])
        }

        @Test("with two threads, in the same order", arguments: clips.filter { !$0.isDamaged })
        func twoThreads(clip: Clip) throws {
            let (fourcc, units) = try clip.units()
            let run = try ClipRun(fourcc, memory: .objects, threadCount: 2)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.consumed == units.map(\.token))
        }

        @Test("16 reference frames with no more buffers than it said it needs")
        func manyReferences() throws {
            let clip = Clip(file: "h264-refs16.mp4")
            let (fourcc, units) = try clip.units()
            let run = try ClipRun(fourcc, memory: .objects, extraBuffers: 1)
            #expect(try run.play(units))
            #expect(run.digests == (try clip.referenceDigests()))
            #expect(run.statistics.copiedBytes == 0)
        }

        @Test("a new resolution after all pictures of the old one, which LAST ends")
        func resolutionChange() throws {
            let clip = Clip(file: "h264-resolution-change.h264")
            let (fourcc, units) = try clip.units()
            for memory in [ClipRun.Memory.objects, .pages] {
                let run = try ClipRun(fourcc, memory: memory)
                #expect(try run.play(units))
                #expect(
                    run.layouts.map(\.visible) == [
                        PixelRect(width: 320, height: 240), PixelRect(width: 176, height: 144),
                    ])
                // The run stops CAPTURE at SOURCE_CHANGE or gets LAST: both end the old buffers.
                #expect(run.lasts == [24] || run.lasts == [12, 24])
            }
        }

        @Test(
            "a picture's visible part and its colours",
            arguments: [
                ("h264-crop.mp4", PixelRect(width: 182, height: 98), .bt709, false),
                ("h264-full-range-709.mp4", PixelRect(width: 176, height: 144), .bt709, true),
                ("h264-601.mp4", PixelRect(width: 176, height: 144), .bt601, false),
                ("h264-untagged.mp4", PixelRect(width: 176, height: 144), .bt601, false),
                ("vp9-odd.webm", PixelRect(width: 171, height: 97), .bt709, false),
                ("mjpeg.avi", PixelRect(width: 176, height: 144), .bt601, true),
                ("demo.mp4", PixelRect(width: 1280, height: 720), .bt709, false),
            ] as [(String, PixelRect, ColourDescription.Matrix, Bool)])
        func layouts(
            file: String, visible: PixelRect, matrix: ColourDescription.Matrix, isFullRange: Bool
        ) throws {
            let (fourcc, units) = try Clip(file: file).units()
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(Array(units.prefix(10))))
            #expect(run.layouts.map(\.visible) == [visible])
            #expect(
                run.layouts.map(\.colour)
                    == [ColourDescription(matrix: matrix, isFullRange: isFullRange)])
        }

        @Test(
            "10-bit pictures as P010",
            arguments: ["h264-10bit.mp4", "hevc-10bit.mkv", "av1-10bit.mkv"])
        func tenBit(file: String) throws {
            let (fourcc, units) = try Clip(file: file).units()
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(units))
            #expect(run.layouts.map(\.fourcc) == [.p010])
            // Out of a worker come the pictures that its codec keeps to itself by one copy more.
            let copies = CodecPrograms.isIsolated && file == "av1-10bit.mkv" ? 2 : 1
            #expect(run.statistics.copiedBytes == UInt64(copies * 24 * 176 * 144 * 3))
        }

        @Test("a damaged stream to its end, and flags what it knows to be damaged")
        func damaged() throws {
            let (fourcc, units) = try Clip(file: "h264-damaged.h264").units()
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(units))
            #expect(run.digests.count == 24)
            #expect(run.damaged == 2)
            #expect(run.statistics.damagedPictures == 2)
        }

        @Test("no 4:4:4: the session says so")
        func refused() throws {
            let (fourcc, units) = try Clip(file: "h264-444.mp4").units()
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(units))
            #expect(run.failure == .unsupportedFormat)
            #expect(run.digests == [])
        }
    }
#endif
