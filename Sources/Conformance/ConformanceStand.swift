public import GuestDriver
public import LinuxSystem
public import Virtqueue

/// Where a runner gets what cases are put to. Cases for which there is no factory are left out.
public struct ConformanceStand {
    /// Makes a device that nobody has used, and the guest for it.
    public typealias DeviceFactory = () throws -> (any VirtioTransport, GuestMachine)

    /// Asked when a case has ended: what became of its device, if it is gone.
    public typealias LossOfDevice = () -> String?

    /// What a factory throws when there is no device to be had for a case; the run goes on.
    public struct DeviceUnavailable: Error {
        public let reason: String
        public init(_ reason: String) { self.reason = reason }
    }

    /// A GPU and a media device in one guest's memory.
    public struct Guest {
        public let gpu: any VirtioTransport
        public let media: any VirtioTransport
        public let machine: GuestMachine

        public init(
            gpu: any VirtioTransport, media: any VirtioTransport, machine: GuestMachine
        ) {
            self.gpu = gpu
            self.media = media
            self.machine = machine
        }
    }

    /// Which device sockets lead to; they do not tell.
    public var socketDeviceID: UInt32 = 0
    public var makeDevice: DeviceFactory?
    /// A connection to a back-end; the one before has been closed.
    public var connect: (() throws -> OwnedDescriptor)?
    /// A guest with two devices that nobody has used.
    public var makeGuest: ((GuestPlace) throws -> Guest)?

    /// Which guest of a case.
    public enum GuestPlace: Sendable {
        /// The case's own; those of the case before are gone.
        case first
        /// One beside the first, with devices of its own.
        case other
    }

    public var lossOfDevice: LossOfDevice = { nil }
    /// The same for cases that speak on the socket themselves: they may end connections.
    public var lossOfBackEnd: LossOfDevice = { nil }

    public init() {}
}
