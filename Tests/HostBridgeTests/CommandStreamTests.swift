// The walk over a guest's command stream: what it reports, and what it refuses whole.

import Testing

@testable import HostBridge

@Suite("A command stream")
struct CommandStreamTests {
    private func walk(_ words: [UInt32]) throws(RendererError) -> [StreamRequest] {
        var requests: [StreamRequest] = []
        var pending: PendingShader?
        try CommandStream.walk(words, pending: &pending) { request throws(RendererError) in
            requests.append(request)
        }
        return requests
    }

    /// PIPE_RESOURCE_CREATE of a mappable buffer of 0x8c0 bytes, blob id 1.
    private let create: [UInt32] = [0x000b_0030, 0, 0x40, 8, 0x8c0, 1, 1, 1, 0, 0, 6, 1]
    /// TRANSFER3D of 33 x 17 texels at (1, 2) to the host; each field has a number of its own.
    private let transfer: [UInt32] = [
        0x000d_002b, 0x14, 3, 0x99, 64, 2048, 1, 2, 0, 33, 17, 1, 13, 1,
    ]
    /// COPY_TRANSFER3D from resource 0x16 at byte 1088 to 0x1e.
    private let copy: [UInt32] = [
        0x000e_002d, 0x1e, 0, 0, 64, 0, 0, 0, 0, 17, 9, 1, 0x16, 1088, 1,
    ]
    /// CLEAR, which is none of the bridge's business.
    private let clear: [UInt32] = [0x0008_0007, 4, 0, 0x3f80_0000, 0, 0x3f80_0000, 0, 0, 0]

    @Test("of no words asks for nothing")
    func empty() throws {
        #expect(try walk([]) == [])
        #expect(try walk([0]) == [])
    }

    @Test("asks for what its commands cost, field by field, in order")
    func requests() throws {
        let requests = try walk(create + clear + transfer + copy)
        #expect(
            requests == [
                .create(
                    ResourceShape(
                        target: 0, format: 0x40, bind: 8, width: 0x8c0, height: 1, flags: 6),
                    blobID: 1),
                .transfer(
                    resource: 0x14,
                    Transfer(
                        box: TexelBox(x: 1, y: 2, width: 33, height: 17), level: 3, stride: 64,
                        layerStride: 2048, offset: 13),
                    toHost: true),
                .copyTransfer(
                    destination: 0x1e,
                    Transfer(box: TexelBox(width: 17, height: 9), stride: 64, offset: 1088),
                    source: 0x16),
            ])
    }

    @Test("keeps every field of PIPE_RESOURCE_CREATE apart")
    func createFields() throws {
        let words: [UInt32] = [0x000b_0030, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]
        #expect(
            try walk(words) == [
                .create(
                    ResourceShape(
                        target: 21, format: 22, bind: 23, width: 24, height: 25, depth: 26,
                        arraySize: 27, lastLevel: 28, sampleCount: 29, flags: 30),
                    blobID: 31)
            ])
    }

    @Test("skips a command's payload: a header in it is not one")
    func payload() throws {
        // NOP of 12 words that look like a PIPE_RESOURCE_CREATE.
        #expect(try walk([0x000c_0000] + create) == [])
        #expect(try walk([0x000c_0000] + create + create).count == 1)
    }

    @Test("ignores the object type of commands that have none")
    func objectType() throws {
        var words = create
        words[0] |= 0x3300
        #expect(try walk(words).count == 1)
    }

    @Test("cut at any word is refused, but where a command ends")
    func truncation() throws {
        let parts = [create, clear, transfer, copy]
        let words = parts.flatMap { $0 }
        var ends: Set = [0]
        for part in parts { ends.insert((ends.max() ?? 0) + part.count) }
        for count in 0...words.count {
            if ends.contains(count) {
                #expect(throws: Never.self) { try walk(Array(words.prefix(count))) }
            } else {
                #expect(throws: RendererError.badParameter, "\(count) words") {
                    try walk(Array(words.prefix(count)))
                }
            }
        }
    }

    @Test("with a length past its end is refused", arguments: [1, 2, 0x7fff, 0x8000, 0xffff])
    func length(words: UInt32) {
        #expect(throws: RendererError.badParameter) { try walk([words << 16]) }
        #expect(throws: RendererError.badParameter) { try walk([0, 0, words << 16 | 7]) }
    }

    @Test("with a command that the library does not know is refused", arguments: UInt32(62)...255)
    func unknownCommand(command: UInt32) {
        #expect(throws: RendererError.badParameter) { try walk([command]) }
        #expect(throws: RendererError.badParameter) { try walk([0, command]) }
    }

    @Test("with GET_MEMORY_INFO or PIPE_RESOURCE_SET_TYPE is refused", arguments: [50, 49])
    func refusedCommands(command: UInt32) {
        for length in UInt32(0)...20 {
            let words = [length << 16 | command] + Array(repeating: 0, count: Int(length))
            #expect(throws: RendererError.badParameter) { try walk(words) }
        }
    }

    @Test("takes PIPE_RESOURCE_CREATE of 11 words only")
    func createLength() {
        for length in UInt32(0)...20 where length != 11 {
            let words = [length << 16 | 48] + Array(repeating: 1, count: Int(length))
            #expect(throws: RendererError.badParameter) { try walk(words) }
        }
    }

    @Test("takes TRANSFER3D of 13 words or more, in one of two directions")
    func transferLength() throws {
        for length in UInt32(0)..<13 {
            let words = [length << 16 | 43] + Array(repeating: 1, count: Int(length))
            #expect(throws: RendererError.badParameter) { try walk(words) }
        }
        var longer = transfer
        longer[0] += 2 << 16
        #expect(try walk(longer + [7, 7]) == walk(transfer))
        for direction: UInt32 in [0, 3, 4, 0xffff_ffff] {
            var words = transfer
            words[13] = direction
            #expect(throws: RendererError.badParameter) { try walk(words) }
        }
        var fromHost = transfer
        fromHost[13] = 2
        guard case .transfer(_, _, toHost: false) = try walk(fromHost).first else {
            Issue.record("direction 2 is from the host")
            return
        }
    }

    @Test("takes COPY_TRANSFER3D of 14 words only, and never back into the buffer")
    func copyFlags() throws {
        for length in UInt32(0)...20 where length != 14 {
            let words = [length << 16 | 45] + Array(repeating: 0, count: Int(length))
            #expect(throws: RendererError.badParameter) { try walk(words) }
        }
        for flags: UInt32 in [2, 3, 4, 0x8000_0000, 0xffff_ffff] {
            var words = copy
            words[14] = flags
            #expect(throws: RendererError.badParameter) { try walk(words) }
        }
        var unsynchronized = copy
        unsynchronized[14] = 0
        #expect(try walk(unsynchronized).count == 1)
    }

    @Test("reports RESOURCE_INLINE_WRITE with the bytes that it carries itself")
    func inlineWrite() throws {
        let words: [UInt32] = [0x000e_0009, 0x15, 2, 0x99, 3, 4, 5, 6, 0, 7, 8, 1, 0xa, 0xb, 0xc]
        #expect(
            try walk(words) == [
                .inlineWrite(
                    resource: 0x15,
                    Transfer(
                        box: TexelBox(x: 5, y: 6, width: 7, height: 8), level: 2, stride: 3,
                        layerStride: 4),
                    dataBytes: 12)
            ])
        for length in UInt32(0)..<12 {
            let short = [length << 16 | 9] + Array(repeating: 1, count: Int(length))
            #expect(throws: RendererError.badParameter) { try walk(short) }
        }
    }

    @Test("stops at the first request that its reader refuses")
    func refusedByReader() {
        var count = 0
        var pending: PendingShader?
        #expect(throws: RendererError.outOfMemory) {
            try CommandStream.walk(create + create + create, pending: &pending) {
                _ throws(RendererError) in
                count += 1
                if count == 2 { throw .outOfMemory }
            }
        }
        #expect(count == 2)
    }

    @Test("of random words never reads past its end")
    func random() {
        var random = SeededGenerator(seed: 4)
        var refused = 0
        for _ in 0..<20_000 {
            let words = (0..<Int.random(in: 0...40, using: &random)).map { _ -> UInt32 in
                let length = UInt32.random(in: 0...16, using: &random)
                return length << 16 | UInt32.random(in: 0...70, using: &random)
            }
            if (try? walk(words)) == nil { refused += 1 }
        }
        #expect((1..<20_000).contains(refused))
    }

    @Test("may set a framebuffer without attachments, as Mesa's driver does before it draws")
    func framebufferWithoutAttachments() throws {
        // SET_FRAMEBUFFER_STATE_NO_ATTACH of 1280 x 720, no layers, no samples.
        #expect(try walk([0x0002_0026, 1280 | 720 << 16, 0]) == [])
    }

    @Test("refuses a compute grid of more than 2^24 invocations, and one that is cut short")
    func grids() throws {
        let grid = { (sides: [UInt32]) in [0x0008_0025] + sides + [0, 0] }
        #expect(try walk(grid([64, 1, 1, 256, 1024, 1])) == [])
        #expect(throws: RendererError.badParameter) {
            _ = try walk(grid([64, 1, 1, 256, 1024, 2]))
        }
        #expect(throws: RendererError.badParameter) {
            _ = try walk(grid([.max, .max, .max, .max, .max, .max]))
        }
        #expect(throws: RendererError.badParameter) {
            _ = try walk([0x0007_0025, 1, 1, 1, 1, 1, 1, 0])
        }
    }

    @Test("refuses a draw of more vertices than the library comes back from in time")
    func hugeDraw() {
        let draw = { (count: UInt32, instances: UInt32) -> [UInt32] in
            [12 << 16 | 8, 0, count, 5, 0, instances, 0, 0, 0, 0, 0, 3, 0]
        }
        #expect(throws: Never.self) { try walk(draw(4, 1)) }
        #expect(throws: Never.self) { try walk(draw(1 << 24, 1)) }
        for (count, instances) in [
            (1 << 24 + 1, 1), (4, 1 << 28), (.max, .max), (1 << 13, 1 << 12),
        ]
            as [(UInt32, UInt32)]
        {
            #expect(throws: RendererError.badParameter) { try walk(draw(count, instances)) }
        }
        #expect(throws: RendererError.badParameter) { try walk(Array(draw(4, 1).prefix(12))) }
    }
}
