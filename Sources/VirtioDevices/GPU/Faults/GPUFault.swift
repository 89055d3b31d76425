internal import HostBridge
internal import ResourceRegistry
internal import VirtioWire
internal import Virtqueue

/// A request that gets one of the standard's error responses.
enum GPUFault: Error {
    /// Not a command of this device, or of a feature that was not negotiated.
    case notServed
    case wire(WireError)
    case memory(GuestMemoryError)
    case renderer(RendererError)
    case registry(RegistryError)
    case region(SharedMemoryError)
    case invalidParameter
    case invalidScanout
    case invalidResource
    /// The resource is not of the kind that the command is about, or not in the right state.
    case notPossible
    case tooLarge

    /// Any error code is allowed for any failure (5.7.6); these are the natural ones.
    var response: VirtioGPU.MessageType {
        switch self {
        case .notServed, .notPossible: .errUnspec
        case .wire, .memory, .invalidParameter: .errInvalidParameter
        case .invalidScanout: .errInvalidScanoutID
        case .invalidResource: .errInvalidResourceID
        case .tooLarge: .errOutOfMemory
        case .registry(let error):
            switch error {
            case .outOfQuota: .errOutOfMemory
            case .unknownObject, .unknownParticipant, .notMappable, .directionConflict, .revoked,
                .lost, .timedOut, .notExporter, .wouldMove, .needsCopy, .unsupported, .pinned,
                .moving, .moveFailed, .unknownFlags, .badLayout, .nameTaken:
                .errUnspec
            }
        case .region(let error):
            switch error {
            case .outOfRange, .overlap, .notMapped: .errInvalidParameter
            case .tooMany: .errOutOfMemory
            case .unreachable, .system: .errUnspec
            }
        case .renderer(let error):
            switch error {
            case .unknownContext: .errInvalidContextID
            case .unknownResource: .errInvalidResourceID
            case .badID, .badParameter: .errInvalidParameter
            case .outOfMemory: .errOutOfMemory
            case .unavailable, .inUse, .contextDead, .notPossible, .rejected: .errUnspec
            }
        }
    }
}
