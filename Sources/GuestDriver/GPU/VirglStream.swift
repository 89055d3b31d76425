// virgl command streams as a guest's driver writes them (virgl_protocol.h): words of 32 bits, a
// header of command, object type and length before each command's arguments.

/// A command stream under construction.
public struct VirglStream: Sendable {
    public private(set) var words: [UInt32] = []

    public init() {}

    /// The stream as SUBMIT_3D carries it.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.count * 4)
        for word in words { withLittleEndianBytes(of: word) { bytes.append($0) } }
        return bytes
    }

    private func withLittleEndianBytes(of word: UInt32, _ body: (UInt8) -> Void) {
        for shift in [0, 8, 16, 24] as [UInt32] { body(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    public enum ObjectType: UInt32, Sendable {
        case none = 0
        case blend = 1
        case rasterizer = 2
        case depthStencilAlpha = 3
        case shader = 4
        case vertexElements = 5
        case samplerView = 6
        case samplerState = 7
        case surface = 8
    }

    public enum Command: UInt32, Sendable {
        case createObject = 1
        case bindObject = 2
        case setViewport = 4
        case setFramebuffer = 5
        case setVertexBuffers = 6
        case clear = 7
        case draw = 8
        case inlineWrite = 9
        case setSamplerViews = 10
        case bindSamplerStates = 18
        case bindShader = 31
        case copyTransfer3D = 45
        case pipeResourceCreate = 48
    }

    public mutating func append(_ command: Command, _ arguments: [UInt32]) {
        append(command, .none, arguments)
    }

    public mutating func append(_ command: Command, _ type: ObjectType, _ arguments: [UInt32]) {
        precondition(arguments.count <= 0xffff, "a command's length has 16 bits")
        words.append(command.rawValue | type.rawValue << 8 | UInt32(arguments.count) << 16)
        words += arguments
    }

    /// Appends words as they are: tests write broken streams with it.
    public mutating func append(raw words: [UInt32]) { self.words += words }

    // MARK: Commands with a shape of their own

    /// A buffer that the CPU can see while the GPU uses it; CREATE_BLOB finds it by `blobID`.
    public mutating func createMappableBuffer(sizeBytes: UInt32, blobID: UInt32) {
        append(
            .pipeResourceCreate,
            [
                VirglTarget.buffer, VirglFormat.r8, VirglBind.samplerView, sizeBytes, 1, 1, 1, 0, 0,
                VirglResourceFlag.mapPersistent | VirglResourceFlag.mapCoherent, blobID,
            ])
    }

    /// A shader in TGSI text, zero-terminated and padded to whole words.
    public mutating func createShader(_ handle: UInt32, stage: ShaderStage, text: String) {
        let bytes = Array(text.utf8) + [0]
        var padded = bytes
        while padded.count % 4 != 0 { padded.append(0) }
        let tokensMax: UInt32 = 300
        var arguments: [UInt32] = [handle, stage.rawValue, UInt32(bytes.count), tokensMax, 0]
        for at in Swift.stride(from: 0, to: padded.count, by: 4) {
            arguments.append(
                UInt32(padded[at]) | UInt32(padded[at + 1]) << 8 | UInt32(padded[at + 2]) << 16
                    | UInt32(padded[at + 3]) << 24)
        }
        append(.createObject, .shader, arguments)
        append(.bindShader, [handle, stage.rawValue])
    }

    public enum ShaderStage: UInt32, Sendable {
        case vertex = 0
        case fragment = 1
    }

    /// Four vertices as a triangle strip.
    public mutating func drawQuad() {
        let triangleStrip: UInt32 = 5
        append(.draw, [0, 4, triangleStrip, 0, 1, 0, 0, 0, 0, 0, 3, 0])
    }

    /// Overwrites the front of a buffer resource.
    public mutating func write(_ floats: [Float], toBuffer resource: UInt32) {
        let size = UInt32(floats.count * 4)
        append(
            .inlineWrite,
            [resource, 0, 0, 0, 0, 0, 0, 0, size, 1, 1] + floats.map(\.bitPattern))
    }

    /// Copies from the backing of `source` into a texture.
    public mutating func copyTransfer(
        to texture: UInt32, width: UInt32, height: UInt32, from source: UInt32, offset: UInt32,
        stride: UInt32
    ) {
        let synchronized: UInt32 = 1
        append(
            .copyTransfer3D,
            [texture, 0, 0, stride, 0, 0, 0, 0, width, height, 1, source, offset, synchronized])
    }
}

/// virgl's (Gallium's) texture targets.
public enum VirglTarget {
    public static let buffer: UInt32 = 0
    public static let texture2D: UInt32 = 2
}

/// virgl's formats, as far as pictures need them.
public enum VirglFormat {
    public static let r32g32b32a32Float: UInt32 = 31
    public static let r16: UInt32 = 48
    public static let r16g16: UInt32 = 49
    public static let r8: UInt32 = 64
    public static let r8g8: UInt32 = 65
    public static let r8g8b8a8: UInt32 = 67
}

public enum VirglBind {
    public static let renderTarget: UInt32 = 1 << 1
    public static let samplerView: UInt32 = 1 << 3
    public static let vertexBuffer: UInt32 = 1 << 4
}

public enum VirglResourceFlag {
    public static let mapPersistent: UInt32 = 1 << 1
    public static let mapCoherent: UInt32 = 1 << 2
}
