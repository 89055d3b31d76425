internal import VirtioWire

/// A request that gets an error status: a positive Linux number on every host (5.22.6).
struct MediaFault: Error {
    let status: VirtioMedia.Status

    static let invalid = MediaFault(status: .einval)
    static let busy = MediaFault(status: .ebusy)
    /// No such ioctl here.
    static let notTTY = MediaFault(status: .enotty)
    static let noMemory = MediaFault(status: .enomem)
    static let inputOutput = MediaFault(status: .eio)
    static let notYet = MediaFault(status: .eacces)
}
