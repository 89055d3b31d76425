// The demo as the command line runs it: pictures on disk, and a report that counts.

import Foundation
import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire

@testable import virtio_share

extension WithRenderer {
    @Suite("The demo")
    struct DemoRuns {
        private static let names = (0..<5).map { String(format: "frame-%04d.", $0) }

        /// Runs the demo in a folder of its own; the report and the names of what it wrote.
        private func run(
            _ choice: StreamChoice, path: SamplingPath, framesMax: Int = 300,
            before: (String) throws -> Void = { _ in }
        ) throws -> (report: DemoReport, files: [String]) {
            let path0 = NSTemporaryDirectory() + "demo." + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: path0) }
            let folder = try OutputFolder(path0)
            try before(path0)
            let report = try Demo(
                choice: choice, folder: folder, path: path, framesMax: framesMax, threadCount: 1,
                progress: Progress(isQuiet: true)
            ).run()
            return (report, try FileManager.default.contentsOfDirectory(atPath: path0).sorted())
        }

        @Test(
            "writes every picture and a contact sheet, and reports 0, 1 or 2 copies",
            arguments: zip(SamplingPath.allCases, [0.0, 1, 2]))
        func report(path: SamplingPath, copies: Double) throws {
            let (report, files) = try run(
                .simulated(width: 64, height: 48, count: 5), path: path)
            let suffix = PictureFile.fileExtension
            #expect(files == ["contact-sheet." + suffix] + Self.names.map { $0 + suffix })
            #expect(report.frames == 5)
            #expect(report.width == 64 && report.height == 48)
            #expect(report.damagedFrames == 0)
            #expect(report.maxChannelError <= 2)
            #expect(report.copiesPerFrame == copies)
            #expect(report.bytesCopiedPerFrame == copies * 64 * 48 * 3 / 2)
            #expect(report.sharing == (path != .pages))
            #expect(report.path == path.rawValue)
            #expect(report.uuids.isEmpty == (path == .pages))
            #expect(Set(report.uuids).count == report.uuids.count)
            #expect(report.uuids.allSatisfy { ResourceUUID($0)?.version == 4 })
            #expect(report.copiesByDecoder == (path == .pages ? ["guestPages": 5] : [:]))
            let read = try JSONDecoder().decode(DemoReport.self, from: Data(report.json().utf8))
            #expect(read == report)
            #expect(
                report.table().contains(copies == 0 ? "0, 0 bytes" : "bytes, decoder to sampler"))
        }

        @Test("stops after as many frames as it is told, and removes those of a longer run")
        func frameLimit() throws {
            let (report, files) = try run(
                .simulated(width: 16, height: 16, count: 50), path: .buffer, framesMax: 2
            ) { folder in
                for number in 0..<5 {
                    let name = Self.names[number] + PictureFile.fileExtension
                    try Data().write(to: URL(fileURLWithPath: folder + "/" + name))
                }
                try Data().write(to: URL(fileURLWithPath: folder + "/mine.txt"))
            }
            #expect(report.frames == 2)
            let suffix = PictureFile.fileExtension
            #expect(
                files
                    == ["contact-sheet." + suffix, Self.names[0] + suffix, Self.names[1] + suffix]
                    + ["mine.txt"])
        }

        @Test("of a stream without a picture ends with one sentence, and writes none")
        func nothing() throws {
            #expect(throws: PlayerError.nothingDecoded) {
                try run(ListedStream.choice([]), path: .buffer)
            }
            #expect(
                PlayerError.nothingDecoded.description
                    == "No picture of the stream could be decoded.")
        }
    }
}
