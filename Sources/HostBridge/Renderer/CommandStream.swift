// A guest's virgl command stream, walked over its headers before the library sees it.
// The shading language and the state machine stay opaque; what is looked at is what costs memory
// (PIPE_RESOURCE_CREATE), what moves bytes (the transfers) and what has crashed the library.

/// A virgl command's header: command, object type and length in words after it.
struct StreamHeader {
    let command: UInt8
    let isShader: Bool
    let lengthWords: Int

    init(_ word: UInt32) {
        command = UInt8(truncatingIfNeeded: word)
        isShader = UInt8(truncatingIfNeeded: word >> 8) == 4
        lengthWords = Int(word >> 16)
    }
}

/// The commands that the walk looks into; numbers of virgl_protocol.h.
enum StreamCommand {
    static let nop: UInt8 = 0
    static let createObject: UInt8 = 1
    static let setSubContext: UInt8 = 28
    static let createSubContext: UInt8 = 29
    static let drawVBO: UInt8 = 8
    static let resourceInlineWrite: UInt8 = 9
    static let blit: UInt8 = 16
    static let resourceCopyRegion: UInt8 = 17
    static let launchGrid: UInt8 = 37
    static let getMemoryInfo: UInt8 = 50
    static let transfer3D: UInt8 = 43
    static let copyTransfer3D: UInt8 = 45
    static let pipeResourceCreate: UInt8 = 48
    static let pipeResourceSetType: UInt8 = 49
    /// What Mesa may put between the parts of a long shader.
    static let allowedWhilePending: Set<UInt8> = [nop, setSubContext, createSubContext]
    /// virglrenderer 0.10.4 knows no command from here on.
    static let end: UInt8 = 62
}

/// What one command asks of the bridge.
enum StreamRequest: Equatable {
    /// A resource of the context's own, made into a blob later by its blob id.
    case create(ResourceShape, blobID: UInt32)
    /// Between a resource and its own backing.
    case transfer(resource: UInt32, Transfer, toHost: Bool)
    /// From the stream itself, `dataBytes` of it, to a resource.
    case inlineWrite(resource: UInt32, Transfer, dataBytes: UInt64)
    /// From the backing of `source` to `destination`.
    case copyTransfer(destination: UInt32, Transfer, source: UInt32)
}

package struct CommandStream {
    /// Vertices of one draw, all instances together: a software renderer takes seconds for more, and
    /// no other command comes in between.
    static let verticesMax: UInt64 = 1 << 24
    /// Instances of a draw whose vertices are counted by an earlier one.
    static let instancesMaxOfOutput: UInt64 = 16
    /// Texels along a side of what is blitted, layers included.
    static let blitSideMax: UInt32 = 1 << 14
    /// Invocations of one compute grid.
    static let invocationsMax: UInt64 = 1 << 24

    /// Calls `body` for each command that asks something of the bridge, in order. A stream that
    /// does not hold together is refused whole: the library would answer success and poison the
    /// context.
    ///
    /// - Parameter pending: the shader that the context's streams so far have left in part.
    static func walk(
        _ words: [UInt32], pending: inout PendingShader?,
        _ body: (StreamRequest) throws(RendererError) -> Void
    ) throws(RendererError) {
        var at = 0
        while at < words.count {
            let header = StreamHeader(words[at])
            guard header.command < StreamCommand.end,
                header.lengthWords <= words.count - at - 1
            else { throw .badParameter }
            let arguments = words[(at + 1)..<(at + 1 + header.lengthWords)]
            if header.command == StreamCommand.createObject, header.isShader {
                pending = try PendingShader.after(arguments, pending)
            } else if pending != nil {
                guard StreamCommand.allowedWhilePending.contains(header.command) else {
                    throw .badParameter
                }
            }
            if let request = try request(header.command, arguments) { try body(request) }
            at += 1 + header.lengthWords
        }
    }

    /// PIPE_RESOURCE_CREATE.
    package static func create(_ shape: ResourceShape, blobID: UInt32) -> [UInt32] {
        [
            UInt32(StreamCommand.pipeResourceCreate) | 11 << 16, shape.target, shape.format,
            shape.bind, shape.width, shape.height, shape.depth, shape.arraySize, shape.lastLevel,
            shape.sampleCount, shape.flags, blobID,
        ]
    }

    /// Makes buffers that the CPU is to see whole pages long, so that other pages can take the place
    /// of theirs. The stream holds together.
    static func roundMapped(_ words: inout [UInt32]) {
        var at = 0
        while at < words.count {
            let header = StreamHeader(words[at])
            if header.command == StreamCommand.pipeResourceCreate, header.lengthWords == 11,
                words.count - at > 11, words[at + 1] == TextureTarget.buffer,
                words[at + 10] & ResourceShape.mapPersistent != 0, words[at + 4] <= 1 << 31
            {
                words[at + 4] = (words[at + 4] + 4095) & ~4095
            }
            at += 1 + header.lengthWords
        }
    }

    private static func request(_ command: UInt8, _ words: ArraySlice<UInt32>)
        throws(RendererError) -> StreamRequest?
    {
        let word = { (index: Int) in words[words.startIndex + index] }
        switch command {
        case StreamCommand.pipeResourceCreate:
            guard words.count == 11 else { throw .badParameter }
            let shape = ResourceShape(
                target: word(0), format: word(1), bind: word(2), width: word(3), height: word(4),
                depth: word(5), arraySize: word(6), lastLevel: word(7), sampleCount: word(8),
                flags: word(9))
            return .create(shape, blobID: word(10))
        case StreamCommand.drawVBO:
            guard words.count >= 12, isBounded(draw: words) else { throw .badParameter }
            return nil
        case StreamCommand.blit:
            // Layers are copied one by one, whether the textures have them or not.
            guard words.count == 21, isBounded(words, sides: 9...11),
                isBounded(words, sides: 18...20)
            else { throw .badParameter }
            return nil
        case StreamCommand.resourceCopyRegion:
            guard words.count == 13, isBounded(words, sides: 10...12) else { throw .badParameter }
            return nil
        case StreamCommand.launchGrid:
            guard words.count >= 8, isBounded(grid: words) else { throw .badParameter }
            return nil
        case StreamCommand.resourceInlineWrite:
            guard words.count >= 12 else { throw .badParameter }
            return .inlineWrite(
                resource: word(0), transfer(words, offset: nil),
                dataBytes: UInt64(words.count - 11) * 4)
        case StreamCommand.transfer3D:
            guard words.count >= 13, word(12) == 1 || word(12) == 2 else { throw .badParameter }
            return .transfer(resource: word(0), transfer(words, offset: 11), toHost: word(12) == 1)
        case StreamCommand.copyTransfer3D:
            // Bit 0 only: bit 1 would read the texture back into the shared buffer.
            guard words.count == 14, word(13) <= 1 else { throw .badParameter }
            return .copyTransfer(
                destination: word(0), transfer(words, offset: 12), source: word(11))
        case StreamCommand.getMemoryInfo, StreamCommand.pipeResourceSetType:
            // The first reads a backing that need not exist, the second needs dma-buf.
            throw .badParameter
        default:
            return nil
        }
    }

    /// Counts of vertices and instances. A draw whose count the GPU itself reads from a buffer, or
    /// that is indirect, can be bounded by time only: by who runs the renderer.
    private static func isBounded(draw words: ArraySlice<UInt32>) -> Bool {
        let word = { (index: Int) in UInt64(words[words.startIndex + index]) }
        let (count, instances, countFromOutput) = (word(1), max(1, word(4)), word(11))
        guard countFromOutput == 0 else { return instances <= instancesMaxOfOutput }
        return count * instances <= verticesMax
    }

    /// Width, height and depth of a box, which may be turned around.
    private static func isBounded(_ words: ArraySlice<UInt32>, sides: ClosedRange<Int>) -> Bool {
        sides.allSatisfy { index in
            Int32(bitPattern: words[words.startIndex + index]).magnitude <= blitSideMax
        }
    }

    /// Invocations: three sides of a block, three of the grid.
    private static func isBounded(grid words: ArraySlice<UInt32>) -> Bool {
        var invocations: UInt64 = 1
        for index in 0..<6 {
            // Each product is at most 2^24 times 2^32.
            invocations *= max(1, UInt64(words[words.startIndex + index]))
            guard invocations <= invocationsMax else { return false }
        }
        return true
    }

    /// The eleven words that all transfer commands begin with: resource, level, usage, stride,
    /// layer stride, box; and the index of the word with the offset.
    private static func transfer(_ words: ArraySlice<UInt32>, offset: Int?) -> Transfer {
        let word = { (index: Int) in words[words.startIndex + index] }
        return Transfer(
            box: TexelBox(
                x: word(5), y: word(6), z: word(7), width: word(8), height: word(9),
                depth: word(10)),
            level: word(1), stride: word(3), layerStride: word(4),
            offset: UInt64(offset.map(word) ?? 0))
    }
}
