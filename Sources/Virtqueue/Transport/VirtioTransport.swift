public import LinuxSystem

/// A transport as a driver sees it: the registers of virtio 1.4, 2.1 to 2.6, whatever carries them.
public protocol VirtioTransport: AnyObject {
    var deviceID: UInt32 { get }
    /// What the device offers.
    var deviceFeatures: UInt64 { get }
    /// What the driver accepts; read by the device when FEATURES_OK is written.
    func acceptFeatures(_ features: UInt64)

    var status: DeviceStatus { get }
    /// Writes the status register. An empty status is a reset, which has ended when this returns.
    func writeStatus(_ status: DeviceStatus)

    /// Reads `count` configuration bytes; bytes past the end read as zero.
    func readConfig(offset: Int, count: Int) -> [UInt8]
    func writeConfig(offset: Int, bytes: [UInt8])
    /// Read before and after a configuration that is longer than one access; when the two differ,
    /// it changed in between. 0 for transports that have no such register.
    var configGeneration: UInt32 { get }

    /// The longest ring that queue `index` can have; 0 when there is no such queue.
    func queueSizeMax(_ index: Int) -> UInt16
    /// Tells where queue `index` lies; before DRIVER_OK.
    func setQueue(_ index: Int, layout: QueueLayout)
    /// Tells the device that queue `index` has new chains.
    func notify(queue index: Int)

    /// Signalled when a queue has chains back, or the configuration or the status changed.
    var interrupt: EventDescriptor { get }

    /// The shared memory region of that id (2.10); nil when the device has none.
    func sharedMemory(_ id: UInt8) -> LocalMemoryRegion?
}

extension VirtioTransport {
    public var configGeneration: UInt32 { 0 }
    public func sharedMemory(_ id: UInt8) -> LocalMemoryRegion? { nil }
}
