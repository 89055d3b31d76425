// One stream behind another in a session of each codec: what changes is told, and no picture of
// either is lost.

#if LibAV
    import LinuxSystem
    import Testing
    import VirtioWire

    @testable import HostBridge

    @Suite("libavcodec goes from one stream to the next")
    struct LibAVChangeTests {
        /// Two clips of one codec whose pictures need other buffers.
        private static let pairs: [(String, String)] = [
            ("h264-crop.mp4", "h264-annexb.h264"), ("h264-annexb.h264", "h264-10bit.mp4"),
            ("hevc.mp4", "hevc-10bit.mkv"), ("hevc-10bit.mkv", "hevc.mp4"),
            ("vp9-odd.webm", "vp9.webm"), ("vp9.webm", "vp9-odd.webm"),
            ("av1.mkv", "av1-10bit.mkv"),
        ]

        private func units(_ first: String, _ second: String) throws -> (V4L2.FourCC, [CodedUnit]) {
            let (fourcc, before) = try Clip(file: first).units()
            let (_, after) = try Clip(file: second).units()
            let units = (before + after).enumerated().map {
                CodedUnit(bytes: $0.element.bytes, token: Int64($0.offset))
            }
            return (fourcc, units)
        }

        @Test("of another size or depth, without losing a picture", arguments: pairs)
        func changes(first: String, second: String) throws {
            let (fourcc, units) = try units(first, second)
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(units))
            let digests =
                try Clip(file: first).referenceDigests() + Clip(file: second).referenceDigests()
            #expect(run.digests.count == digests.count)
            #expect(zip(run.digests, digests).allSatisfy { $0 == $1 })
            #expect(run.layouts.count == 2)
            #expect(run.layouts.first?.holds(try #require(run.layouts.last)) == false)
            #expect(run.consumed == units.map(\.token))
        }

        @Test(
            "behind a mark of the end: LAST stands between them, and the next waits to be resumed")
        func endMark() throws {
            let (fourcc, units) = try Clip(file: "h264-annexb.h264").units()
            let last = try #require(units.last)
            let marked =
                units.dropLast() + [
                    CodedUnit(bytes: last.bytes + [0, 0, 1, 0x0b], token: last.token)
                ]
            let again = units.map { CodedUnit(bytes: $0.bytes, token: $0.token + 100) }
            let run = try ClipRun(fourcc, memory: .objects)
            #expect(try run.play(Array(marked) + again))
            let digests = try Clip(file: "h264-annexb.h264").referenceDigests()
            #expect(run.digests == digests + digests)
            #expect(run.lasts == [24, 48])
            #expect(run.ends == [24])
        }

        @Test(
            "behind a seek: nothing that the codec held back comes out among the new pictures",
            arguments: [
                "h264-annexb.h264", "h264-refs16.mp4", "hevc.mp4", "vp8.webm", "vp9.webm",
                "av1.mkv",
                "mpeg2.mpg", "mjpeg.avi", "h264-interlaced.mp4",
            ])
        func seek(file: String) throws {
            let (fourcc, units) = try Clip(file: file).units()
            let reference = try Clip(file: file).referenceDigests()
            for threadCount in 1...2 {
                let run = try ClipRun(fourcc, memory: .objects, threadCount: threadCount)
                #expect(try run.playThenSeek(Array(units.prefix(7))))
                let before = run.digests
                #expect(reference.starts(with: before))
                let again = units.map { CodedUnit(bytes: $0.bytes, token: $0.token + 100) }
                #expect(try run.play(again))
                #expect(Array(run.digests.dropFirst(before.count)) == reference)
                #expect(run.consumed == again.map(\.token))
            }
        }

        /// A key frame whose header is changed to tell of sides that nobody has memory for.
        private static let bombs: [(String, @Sendable (inout [UInt8]) -> Void)] = [
            ("vp8.webm", { $0.replaceSubrange(6..<10, with: [0xff, 0x3f, 0xff, 0x3f]) }),
            (
                "mjpeg.avi",
                { bytes in
                    // SOF0: length, precision, height, width.
                    let frame = bytes.indices.dropLast(9).first {
                        bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0
                    }
                    guard let frame else { return }
                    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xf0, 0xff, 0xf0])
                }
            ),
        ]

        @Test("that claims a giant picture: it is refused before memory for it is asked for")
        func bombs() throws {
            for (file, change) in Self.bombs {
                let (fourcc, units) = try Clip(file: file).units()
                var bytes = try #require(units.first).bytes
                let before = bytes
                change(&bytes)
                #expect(bytes != before)
                let run = try ClipRun(fourcc, memory: .objects)
                #expect(try run.play([CodedUnit(bytes: bytes, token: 0)]))
                #expect(run.layouts == [], "\(file)")
                #expect(run.digests == [], "\(file)")
            }
        }
    }
#endif
