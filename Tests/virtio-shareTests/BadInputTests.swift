// What the command line says to inputs that it can make nothing of: one sentence each.

import ArgumentParser
import Foundation
import Testing

@testable import virtio_share

@Suite("A bad input")
struct BadInputTests {
    private static let clips = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Clips")

    #if LibAV
        @Test("file that is not there is named")
        func noSuchFile() {
            let path = "/nowhere/at/all.mp4"
            #expect(throws: StreamError.noSuchFile(path)) {
                try StreamChoice.open(path, threadCount: 1)
            }
            #expect(StreamError.noSuchFile(path).description == "There is no file \(path).")
        }

        @Test("file that is no video is named", arguments: ["not-a-video.txt", ""])
        func notAVideo(file: String) {
            let path = Self.clips.appendingPathComponent(file).path
            #expect(throws: StreamError.notAVideo(path)) {
                try StreamChoice.open(path, threadCount: 1)
            }
            #expect(
                StreamError.notAVideo(path).description
                    == "\(path) is not a video that libavformat knows.")
        }

        @Test("file without a byte is no video")
        func emptyFile() throws {
            let folder = try TemporaryFolder()
            let path = folder.path + "/empty.mp4"
            try Data().write(to: URL(fileURLWithPath: path))
            #expect(throws: StreamError.notAVideo(path)) {
                try StreamChoice.open(path, threadCount: 1)
            }
        }

        @Test("file with sound alone is told from one that is no media")
        func noVideoStream() {
            let path = Self.clips.appendingPathComponent("audio-only.m4a").path
            #expect(throws: StreamError.noVideoStream(path)) {
                try StreamChoice.open(path, threadCount: 1)
            }
            #expect(StreamError.noVideoStream(path).description == "\(path) has no video stream.")
        }

        @Test("codec that the device does not have is named")
        func unknownCodec() throws {
            let folder = try TemporaryFolder()
            let path = folder.path + "/raw.y4m"
            var bytes = Data("YUV4MPEG2 W16 H16 F25:1 C420jpeg\nFRAME\n".utf8)
            bytes.append(Data(repeating: 128, count: 16 * 16 * 3 / 2))
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(throws: StreamError.unknownCodec("rawvideo", file: path)) {
                try StreamChoice.open(path, threadCount: 1)
            }
            #expect(
                StreamError.unknownCodec("rawvideo", file: path).description
                    == "\(path) holds rawvideo, which the media device cannot decode.")
        }

        @Test("clip cut short still plays what there is of it")
        func cutShort() throws {
            let folder = try TemporaryFolder()
            let whole = try Data(contentsOf: Self.clips.appendingPathComponent("vp9.webm"))
            for count in [whole.count / 2, whole.count - 1] {
                let path = folder.path + "/cut-\(count).webm"
                try whole.prefix(count).write(to: URL(fileURLWithPath: path))
                let choice = try StreamChoice.open(path, threadCount: 1)
                var units = 0
                while try choice.stream.next() != nil { units += 1 }
                #expect(units > 0)
            }
        }
    #else
        @Test("file needs libav, which this build has not")
        func notLinked() {
            #expect(throws: StreamError.notLinked("a.mp4")) {
                try StreamChoice.open("a.mp4", threadCount: 1)
            }
        }
    #endif

    @Test("file that cannot be read is named")
    func unreadable() {
        #expect(StreamError.unreadable("a").description == "a cannot be read.")
        #expect(
            StreamError.notLinked("a").description
                == "Reading a needs libavformat: build with the LibAV trait (make build).")
    }

    @Test("output folder that is a file, or cannot be made, is named")
    func outputFolder() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        #expect(throws: OutputFolder.Failure.notAFolder(file)) { try OutputFolder(file) }
        let below = file + "/below"
        #expect(throws: OutputFolder.Failure.notWritable(below)) { try OutputFolder(below) }
        let impossible = "/proc/virtio-share"
        #expect(throws: OutputFolder.Failure.notWritable(impossible)) {
            try OutputFolder(impossible)
        }
        #expect(OutputFolder.Failure.notAFolder("x").description == "x is not a folder.")
        #expect(
            OutputFolder.Failure.notWritable("x").description
                == "The folder x cannot be made or written.")
        let made = try OutputFolder(folder.path + "/one/two")
        #expect(made.frame(7).hasSuffix("/one/two/frame-0007." + PictureFile.fileExtension))
        #expect(try FileManager.default.contentsOfDirectory(atPath: made.path) == [])
    }

    @Test(
        "argument gets a sentence",
        arguments: [
            ["--output", "x", "--frames", "0"], ["--output", "x", "--frames", "-1"],
            ["--output", "x", "--frames", "many"], ["--output", "x", "--threads", "0"],
            ["--output", "x", "--threads", "17"], ["--output", "x", "--simulated", "a.mp4"],
            ["--output", "x", "--path", "copy"], [], ["--output", "x", "a.mp4", "b.mp4"],
            ["--output", "x", "--unknown"],
        ])
    func arguments(arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) { try DemoCommand.parse(arguments) }
        let message = DemoCommand.message(for: error)
        #expect(!message.isEmpty && !message.contains("\n"))
    }

    @Test("argument's sentence says what would be right")
    func sentences() {
        let message = { (arguments: [String]) -> String in
            do {
                _ = try DemoCommand.parse(arguments)
                return ""
            } catch { return DemoCommand.message(for: error) }
        }
        #expect(message(["--output", "x", "--frames", "0"]) == "--frames must be at least 1.")
        #expect(message(["--output", "x", "--threads", "17"]) == "--threads must be from 1 to 16.")
        #expect(
            message(["--output", "x", "--simulated", "a.mp4"]) == "--simulated plays no file.")
    }
}
