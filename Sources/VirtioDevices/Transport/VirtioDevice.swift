// What a device model is to a transport. Transport-free: queues, configuration bytes and one
// descriptor to wait on. One thread owns a device and makes every call.

public import LinuxSystem
public import SystemPackage
public import Virtqueue

/// A device model: virtio 1.4, 5.
public protocol VirtioDevice: AnyObject, SendableMetatype {
    static var deviceID: UInt32 { get }
    /// Bits 0 to 23: what the device type offers here.
    var features: UInt64 { get }
    /// Whether the device works with exactly these of its bits.
    func accepts(features: UInt64) -> Bool
    /// The longest ring of each queue, in the order of queue indices.
    var queueSizesMax: [UInt16] { get }
    /// The configuration space as it is now.
    var config: [UInt8] { get }
    /// The driver wrote these bytes; what is read-only is ignored.
    func writeConfig(offset: Int, bytes: [UInt8])

    /// The shared memory regions that the device type has (2.10).
    var sharedMemoryWindows: [SharedMemoryWindow] { get }
    /// The regions that the transport has; called once, before the first `start`. Without a region
    /// a device does not offer what needs it.
    func attach(sharedMemory regions: [any SharedMemoryRegion])

    /// Who finds objects that this device's domain does not have; called once, before the first
    /// `start`.
    func attach(foreign objects: any ForeignObjects)

    /// Readable when the device has work that no queue told it of: then ``serveHost()``.
    var hostEvent: FileDescriptor { get }
    /// The driver is ready. Called again, with the queues as they are then, when a transport starts
    /// or stops single queues: those that are in both keep what they have in flight. A queue tells
    /// of the chains that it gave back; `interrupt` is for a configuration that has changed.
    func start(features: UInt64, queues: [DeviceQueue?], interrupt: EventDescriptor)
    /// Serves what a queue holds. Throws when the queue is broken.
    func serve(queue index: Int) throws(QueueError)
    func serveHost() throws(QueueError)
    /// Back to the state before `start`; nothing touches the old queues afterwards. False when
    /// something could not be stopped in time: the device then stays out of service.
    func reset() -> Bool
}

extension VirtioDevice {
    public var sharedMemoryWindows: [SharedMemoryWindow] { [] }
    public func attach(sharedMemory regions: [any SharedMemoryRegion]) {}
    public func attach(foreign objects: any ForeignObjects) {}
}
