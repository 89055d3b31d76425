/// Why the renderer refused.
public enum RendererError: Error, Equatable, Sendable {
    /// virglrenderer could not start: no usable EGL on this machine.
    case unavailable
    /// virglrenderer has one namespace per process, and this process uses it already.
    case inUse
    case unknownContext
    case unknownResource
    /// The id is 0, in use, or its memory is still held by another device.
    case badID
    /// A size, format, box, flag or stream that the rules before the library do not let through.
    case badParameter
    /// A limit of this renderer, or the host's memory.
    case outOfMemory
    /// The context made an error earlier; virglrenderer serves it no more.
    case contextDead
    /// The resource cannot do this: no backing, no CPU view, already attached.
    case notPossible
    /// virglrenderer said no to something that passed the rules.
    case rejected
}

extension RendererError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable:
            "No usable EGL: install the packages libegl1, libegl-mesa0 and libgl1-mesa-dri."
        case .inUse: "This process has a renderer already; virglrenderer has one for a process."
        case .unknownContext: "There is no such context."
        case .unknownResource: "There is no such resource, or the context may not use it."
        case .badID: "The id is 0 or in use."
        case .badParameter: "A size, format, box or stream breaks the rules."
        case .outOfMemory: "A limit of the renderer is reached."
        case .contextDead: "The context failed earlier."
        case .notPossible: "The resource cannot do this."
        case .rejected: "virglrenderer refused."
        }
    }
}

/// Limits of one renderer, set when it is made.
public struct RendererLimits: Equatable, Sendable {
    public var contextsMax = 64
    public var resourcesMax = 16384
    /// All resources together, those that command streams create included.
    public var bytesMax: UInt64 = 2 << 30
    /// Texels along one side of a texture; at most 8192.
    public var textureSideMax: UInt32 = 8192
    /// Texels along one side of a 3D texture.
    public var textureDepthMax: UInt32 = 2048
    /// Layers of an array, faces of cubes counted.
    public var textureLayersMax: UInt32 = 2048
    /// Samples of a texel, where the host's GL has as many.
    public var textureSamplesMax: UInt32 = 4
    /// Pixels along one side of a 2D resource.
    public var imageSideMax: UInt32 = 16384
    /// Ranges of one resource's backing.
    public var backingRangesMax = 16384
    /// Ranges of all backings together.
    public var backingRangesTotalMax = 1 << 20
    /// Bytes of one command stream.
    public var streamBytesMax = 4 << 20
    /// Fences in flight.
    public var fencesMax = 4096

    public init() {}
}
