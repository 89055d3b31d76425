internal import HostBridge
internal import ResourceRegistry
internal import VirtioWire
internal import Virtqueue

/// A request that gets an error status: a positive Linux number on every host (5.22.6).
struct MediaFault: Error {
    let status: VirtioMedia.Status
    /// The payload goes back with the error: it says what was wrong. [MED-D-004]
    var hasPayload = false

    static let invalid = MediaFault(status: .einval)
    static let busy = MediaFault(status: .ebusy)
    /// No such ioctl here.
    static let notTTY = MediaFault(status: .enotty)
    static let noMemory = MediaFault(status: .enomem)
    static let inputOutput = MediaFault(status: .eio)
    static let notPermitted = MediaFault(status: .eacces)
    static let outOfRange = MediaFault(status: .erange)
    static let noBuffers = MediaFault(status: .enobufs)
    static let noSpace = MediaFault(status: .enospc)
}

extension RegistryError {
    /// One answer for every object that is not to be had. [ID-5]
    var fault: MediaFault { self == .outOfQuota ? .noMemory : .invalid }
}

extension SharedMemoryError {
    var fault: MediaFault {
        switch self {
        case .outOfRange, .overlap, .notMapped: .invalid
        case .unreachable: MediaFault(status: .enodev)
        case .tooMany, .system: .noMemory
        }
    }
}

extension DecoderError {
    /// Why a session cannot go on.
    var status: VirtioMedia.Status {
        switch self {
        case .unsupportedFormat: .eopnotsupp
        case .stalled: .etimedout
        case .badData, .interrupted, .failed: .eio
        }
    }
}
