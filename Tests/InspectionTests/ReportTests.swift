// What a report says, in words.

import Foundation
import Testing

@testable import Inspection

@Suite("A report")
struct ReportTests {
    private func report(_ packet: Packet) throws -> MessageReport {
        var inspector = Inspector()
        return try #require(try inspector.reports(packet).first)
    }

    private func hex(_ text: String) throws -> [UInt8] {
        try InspectionInput(Array(text.utf8), format: .hex).packets.flatMap(\.bytes)
    }

    @Test("is a tree with names, offsets and clauses")
    func tree() throws {
        let bytes = try hex("0401 0000 01000000 0900000000000000 00000000 00000000")
        let flush = bytes + (try hex("00000000 00000000 80020000 e0010000 07000000 00000000"))
        let report = try report(Packet(bytes: flush, kind: .gpu))
        let lines = report.tree.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("VIRTIO_GPU_CMD_RESOURCE_FLUSH, 48 bytes  [GPU-"))
        #expect(lines.contains("   4    flags      VIRTIO_GPU_FLAG_FENCE (0x1)"))
        #expect(lines.contains("   8    fence_id   9"))
        #expect(lines.contains("  32    width      640"))
        #expect(lines.contains("  40  resource_id  7"))
        #expect(report.isValid && report.findings.isEmpty)
    }

    @Test("of bytes that end early says where, what was to come and by which clause")
    func cut() throws {
        let bytes = try hex("0201 0000 00000000 0000000000000000 00000000 00000000 0700")
        let report = try report(Packet(bytes: bytes, kind: .gpu))
        let error = try #require(report.firstError)
        #expect(error.offset == 26)
        #expect(
            error.text.hasPrefix(
                "resource_id of struct virtio_gpu_resource_unref needs 4 bytes at 24, the message "
                    + "ends after 26"))
        #expect(!error.clauses.isEmpty)
        #expect(report.tree.contains("invalid at byte 26: "))
    }

    @Test("of a count that lies says both numbers and reads no element")
    func lyingCount() throws {
        let bytes = try hex(
            "0601 0000 00000000 0000000000000000 00000000 00000000 07000000 ffffffff 00*16")
        let report = try report(Packet(bytes: bytes, kind: .gpu))
        #expect(
            report.firstError?.text
                == "nr_entries at 28 promises 4294967295 entries (68719476720 bytes), "
                + "16 bytes follow")
        #expect(report["entries"] == nil)
    }

    @Test("keeps values without a name, and notes them")
    func unknownValues() throws {
        let bytes = try hex(
            "0101 0000 00000000 0000000000000000 00000000 00000000 07000000 e7030000 00*8")
        let report = try report(Packet(bytes: bytes, kind: .gpu))
        #expect(report["format"]?.text == "0x3e7")
        #expect(report.isValid)
        #expect(report.findings.map(\.kind) == [.note])
        #expect(report.findings.map(\.offset) == [28])
    }

    @Test("notes reserved bytes that are not zero, and bytes behind the message")
    func reservedBytes() throws {
        let bytes = try hex(
            "0201 0000 00000000 0000000000000000 00000000 00000000 07000000 01000000 ff")
        let report = try report(Packet(bytes: bytes, kind: .gpu))
        #expect(report.isValid)
        #expect(report.findings.map(\.offset) == [28, 32])
    }

    @Test("of a message that nobody knows says so")
    func unknownMessage() throws {
        let bytes = try hex("9909 0000 00*20")
        let report = try report(Packet(bytes: bytes, kind: .gpu))
        #expect(report.firstError?.offset == 0)
        #expect(report.firstError?.text.hasPrefix("0x999 is no command") == true)
    }

    @Test("shows fourccs, UUIDs and addresses as such")
    func texts() throws {
        let uuid = try #require(try SampleVectors.vector("vhost_user/GET_SHARED_OBJECT"))
        let shared = try report(uuid.packet)
        #expect(
            shared["payload"]?["uuid"]?.text == "01020304-0506-0708-090a-0b0c0d0e0f10")
        let format = try hex("00*16 02000000 00000000 4e563132")
        let pix = try report(
            Packet(bytes: try hex("80020000 e0010000 4e563132 00*36"), structure: "v4l2_pix_format")
        )
        #expect(pix["pixelformat"]?.text.contains("'NV12'") == true)
        #expect(format.count == 28)
        let entry = try report(
            Packet(
                bytes: try hex("0010000000000080 00100000 00000000"),
                structure: "virtio_gpu_mem_entry"))
        #expect(entry["addr"]?.text == "0x8000000000001000")
        #expect(entry["length"]?.text == "4096")
    }

    @Test("of a media response needs the request, and finds it before the response")
    func mediaResponse() throws {
        let response = try #require(try SampleVectors.vector("virtio_media/G_FMT/response"))
        var alone = response.packet
        alone.request = nil
        let unknown = try report(alone)
        #expect(unknown.firstError?.offset == 8)
        #expect(unknown.firstError?.text.contains("depends on the request") == true)
        let command = try #require(try SampleVectors.vector("virtio_media/G_FMT"))
        var inspector = Inspector()
        _ = try inspector.reports(command.packet)
        let known = try #require(try inspector.reports(alone).first)
        #expect(known.isValid && known.title == "VIDIOC_G_FMT, response")
        // A failed one is its header alone.
        let failed = try report(
            Packet(bytes: try hex("16000000 00000000"), kind: .mediaResponse, request: "g_fmt"))
        #expect(failed.isValid && failed.title == "VIDIOC_G_FMT, response")
    }

    @Test(
        "of a buffer reads what follows it: planes, entries, UUIDs",
        arguments: [
            ("virtio_media/QBUF", 0)
        ])
    func followers(id: String, count: Int) throws {
        let vectors = try SampleVectors.read("virtio_media").filter { $0.id.hasPrefix(id + "/") }
        #expect(vectors.count >= 4)
        for vector in vectors {
            let report = try report(vector.packet)
            #expect(report.isValid, "\(vector.id): \(report.findings.map(\.line))")
            #expect(!report.findings.contains { $0.text.contains("behind") }, "\(vector.id)")
            // One byte less, and something that was promised is missing. [MED-O-003]
            var short = vector.packet
            short.bytes.removeLast()
            #expect(try self.report(short).isValid == false, "\(vector.id)")
        }
    }

    @Test("[VU-005] of a stream of messages follows them until a size is wrong")
    func stream() throws {
        let first = try #require(try SampleVectors.vector("vhost_user/SET_VRING_NUM"))
        let second = try #require(try SampleVectors.vector("vhost_user/SET_MEM_TABLE"))
        var inspector = Inspector()
        let both = Packet(bytes: first.bytes + second.bytes, kind: .vhostUser)
        let reports = try inspector.reports(both)
        #expect(reports.map(\.title) == ["VHOST_USER_SET_VRING_NUM", "VHOST_USER_SET_MEM_TABLE"])
        #expect(reports.map(\.offset) == [0, first.bytes.count])
        #expect(reports.allSatisfy { $0.isValid })
        var broken = both
        broken.bytes[8] = 7
        #expect(try inspector.reports(broken).count == 1)
    }

    private func problem(_ id: String, _ change: (inout Packet) -> Void) throws -> Finding? {
        var packet = try #require(try SampleVectors.vector(id)).packet
        change(&packet)
        return try report(packet).firstError
    }

    @Test("[VU-003] [VU-004] [VUG-004] of a socket's header checks version and flags")
    func socketFlags() throws {
        let version = try problem("vhost_user/SET_OWNER") { $0.bytes[4] = 2 }
        #expect(version?.offset == 4 && version?.clauses == ["VU-003"])
        let echo = try problem("vhost_user/GET_FEATURES/reply") { $0.bytes[4] = 0xd }
        #expect(echo?.offset == 4 && echo?.clauses == ["VU-004"])
        let request = try problem("vhost_user_gpu/CURSOR_POS") {
            $0.bytes[4] = 4
            $0.isReply = nil
        }
        #expect(request?.clauses == ["VUG-004"])
    }

    @Test("[VU-006] [VU-040] [VU-061] [VUG-040] counts descriptors where somebody counted them")
    func descriptors() throws {
        let surplus = try problem("vhost_user/SET_OWNER") { $0.descriptors = 1 }
        #expect(surplus?.text == "1 descriptors, expected 0" && surplus?.clauses == ["VU-006"])
        let table = try problem("vhost_user/SET_MEM_TABLE") { $0.descriptors = 1 }
        #expect(table?.clauses == ["VU-040"])
        let kick = try problem("vhost_user/SET_VRING_KICK") { $0.descriptors = 0 }
        #expect(kick?.clauses == ["VU-061"])
        let picture = try problem("vhost_user_gpu/DMABUF_SCANOUT") { $0.descriptors = 0 }
        #expect(picture?.clauses == ["VUG-040"])
        #expect(try problem("vhost_user/SET_MEM_TABLE") { $0.descriptors = nil } == nil)
    }

    @Test("[VUG-032] [VUG-042] [VU-090] of numbers that must agree says which do not")
    func agreement() throws {
        let update = try problem("vhost_user_gpu/UPDATE") { $0.bytes[12 + 12] ^= 1 }
        #expect(update?.offset == 8 && update?.clauses == ["VUG-032"])
        let config = try problem("vhost_user/GET_CONFIG") {
            $0.bytes[8...9] = [13, 1]
            $0.bytes[16...17] = [1, 1]
            $0.bytes += [UInt8](repeating: 0, count: 12 + 269 - $0.bytes.count)
        }
        #expect(config?.clauses == ["VU-090"])
    }

    @Test("is what the README shows")
    func readme() throws {
        let text = try String(
            contentsOf: SampleVectors.root.appendingPathComponent("README.md"), encoding: .utf8)
        let start = try #require(text.firstRange(of: "$ echo '"))
        let rest = text[start.upperBound...]
        let command = try #require(rest.firstRange(of: "' | virtio-share inspect\n"))
        let end = try #require(rest.firstRange(of: "\n$ echo $?"))
        let bytes = try hex(String(rest[..<command.lowerBound]))
        let packet = Packet(bytes: bytes)
        #expect(try Inspector().recognize(packet) == .gpu)
        #expect(try report(packet).tree == rest[command.upperBound..<end.lowerBound])
    }

    @Test("for programs is JSON with the same values")
    func json() throws {
        let vector = try #require(try SampleVectors.vector("virtio_gpu/RESOURCE_UNREF"))
        let data = try JSONEncoder().encode(try report(vector.packet))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["title"] as? String == "VIRTIO_GPU_CMD_RESOURCE_UNREF")
        #expect(object["protocol"] as? String == "virtio_gpu")
        #expect(object["valid"] as? Bool == true)
        let fields = try #require(object["fields"] as? [[String: Any]])
        #expect(fields.map { $0["name"] as? String } == ["hdr", "resource_id"])
        #expect(fields.last?["offset"] as? Int == 24)
    }
}
