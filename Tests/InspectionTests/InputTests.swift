// Inputs that are no hexadecimal text: files, pipes, captures, and what is none of them.

import Foundation
import SystemPackage
import Testing

@testable import Inspection

@Suite("An input")
struct InputTests {
    /// VIRTIO_GPU_CMD_RESOURCE_UNREF of resource 7.
    private static let unref: [UInt8] =
        [2, 1, 0, 0] + [UInt8](repeating: 0, count: 20) + [7, 0, 0, 0, 0, 0, 0, 0]

    private static func temporary(_ bytes: [UInt8]) throws -> String {
        let path = NSTemporaryDirectory() + "inspection." + UUID().uuidString
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("that is no file, a folder or empty is named")
    func badFiles() throws {
        #expect(throws: InputError.noSuchFile("/nowhere/at/all")) {
            try InputFile.read("/nowhere/at/all")
        }
        #expect(throws: InputError.isFolder("/tmp")) { try InputFile.read("/tmp") }
        let path = try Self.temporary([])
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: InputError.empty(path)) { try InputFile.read(path) }
    }

    @Test("without an end is given up at the limit")
    func endless() {
        #expect(throws: InputError.tooLarge("/dev/zero")) { try InputFile.read("/dev/zero") }
        #expect(InputError.tooLarge("x").description.contains("64 MiB"))
    }

    @Test("of as many messages as fit is given up at the limit")
    func tooManyPackets() {
        let line = Array("vector a\n".utf8)
        let text = [[UInt8]](repeating: line, count: InspectionLimits.packetsMax + 1)
        #expect(throws: InputError.tooManyPackets) { try InspectionInput(Array(text.joined())) }
    }

    @Test("of binary bytes is taken as it is")
    func binary() throws {
        let input = try InspectionInput(Self.unref)
        #expect(input.packets == [Packet(bytes: Self.unref)])
        // Text by force: as bytes that happen to be letters.
        let text = try InspectionInput(Array("00 11".utf8), format: .binary)
        #expect(text.packets.map(\.bytes) == [Array("00 11".utf8)])
    }

    @Test("of zeros or noise tells nothing: a protocol is asked for")
    func unrecognized() throws {
        let inspector = Inspector()
        for bytes in [[UInt8](repeating: 0, count: 1 << 20), [1, 2, 3], Array(0...255)] {
            #expect(throws: InputError.unrecognized) {
                try inspector.recognize(Packet(bytes: bytes))
            }
        }
    }

    @Test("tells what it is where the bytes do", arguments: ["virtio_gpu", "vhost_user"])
    func recognized(file: String) throws {
        let inspector = Inspector()
        var recognized = 0
        for vector in try SampleVectors.read(file) {
            guard let kind = vector.kind, kind != .vhostUserBackEnd else { continue }
            // Some headers alone are those of two protocols.
            guard let found = try? inspector.recognize(Packet(bytes: vector.bytes)) else {
                continue
            }
            #expect(found == kind, "\(vector.id)")
            recognized += 1
        }
        #expect(recognized > 30)
    }

    // MARK: Captures

    @Test("written as a capture is read back, packet by packet")
    func capture() throws {
        for file in SampleVectors.good {
            let packets = try SampleVectors.read(file).map(\.packet).filter { $0.kind != nil }
            guard !packets.isEmpty else { continue }
            var writer = CaptureWriter()
            for packet in packets {
                writer.append(packet, kind: try #require(packet.kind))
            }
            let read = try InspectionInput(writer.bytes)
            #expect(read.isLabelled)
            let known = read.packets.filter { $0.label?.hasPrefix("not in the input") != true }
            #expect(known.map(\.bytes) == packets.map(\.bytes))
            #expect(known.map(\.kind) == packets.map(\.kind))
            #expect(known.map(\.label) == packets.map(\.label))
            // Responses find their requests: as valid as with the request told.
            var inspector = Inspector()
            for packet in read.packets {
                let reports = try inspector.reports(packet)
                #expect(reports.allSatisfy { $0.isValid }, "\(packet.label ?? "")")
            }
        }
    }

    /// A record of classic pcap, or a whole file with one.
    private func pcap(linkType: UInt8, bigEndian: Bool) -> [UInt8] {
        let tags: [UInt8] = [0, 12, 0, 12] + Array("virtio_gpu\0\0".utf8) + [0, 0, 0, 0]
        let data = tags + Self.unref
        let word = { (value: UInt32) -> [UInt8] in
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return bigEndian ? bytes.reversed() : bytes
        }
        let version: [UInt8] = bigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0]
        return word(0xa1b2_c3d4) + version + word(0) + word(0) + word(65535)
            + word(UInt32(linkType)) + word(0) + word(0) + word(UInt32(data.count))
            + word(UInt32(data.count)) + data
    }

    @Test("of classic pcap is read in both byte orders", arguments: [false, true])
    func classic(bigEndian: Bool) throws {
        let input = try InspectionInput(pcap(linkType: 252, bigEndian: bigEndian))
        #expect(input.packets.map(\.bytes) == [Self.unref])
        #expect(input.packets.map(\.kind) == [.gpu])
        #expect(throws: InputError.otherLinkType(1)) {
            try InspectionInput(pcap(linkType: 1, bigEndian: bigEndian))
        }
    }

    @Test("of a capture that is cut anywhere is an error or fewer packets, never a trap")
    func cutCaptures() throws {
        var writer = CaptureWriter()
        let label = Packet(bytes: Self.unref, label: "a label")
        writer.append(label, kind: .gpu)
        writer.append(label, kind: .gpu)
        for whole in [writer.bytes, pcap(linkType: 252, bigEndian: false)] {
            let packets = try InspectionInput(whole).packets.count
            for count in 4..<whole.count {
                let cut = try? InspectionInput(Array(whole.prefix(count)))
                #expect((cut?.packets.count ?? 0) < packets, "\(count)")
            }
            for index in whole.indices {
                var damaged = whole
                damaged[index] ^= 0xff
                _ = try? InspectionInput(damaged, format: .capture)
            }
        }
    }

    @Test("of a capture for another dissector is refused by the packet's number")
    func otherDissector() throws {
        var bytes = pcap(linkType: 252, bigEndian: false)
        let name = try #require(bytes.firstRange(of: Array("virtio_gpu".utf8)))
        bytes.replaceSubrange(name, with: Array("virtio_sau".utf8))
        #expect(throws: InputError.otherDissector(packet: 1, "virtio_sau")) {
            try InspectionInput(bytes)
        }
    }

    @Test("error is one sentence")
    func sentences() {
        let errors: [InputError] = [
            .tooManyPackets, .noSuchFile("a"), .isFolder("a"), .unreadable("a"), .unwritable("a"),
            .tooLarge("a"),
            .empty("a"), .noBytes("a"), .oddDigits(line: 1, column: 2, digits: "a"),
            .notHex(line: 1, column: 2, text: "a"), .dumpWithGap(line: 3),
            .damagedCapture(offset: 4, "it ends"), .otherLinkType(1),
            .otherDissector(packet: 1, "a"), .unknownStructure("a"), .ambiguous(["a", "b"]),
            .unrecognized,
        ]
        for error in errors {
            #expect(error.description.hasSuffix("."))
            #expect(!error.description.contains("\n"))
        }
    }
}
