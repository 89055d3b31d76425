// Status, features, queues and configuration of one device: the part that is the same for all of
// them (virtio 1.4, 2.1 to 2.6, 3.1). A transport turns its registers or messages into these calls.

public import LinuxSystem
public import Virtqueue

/// Runs a device's life by what the driver writes. Owned by the device's thread.
public final class DeviceHost<Device: VirtioDevice> {
    public let device: Device
    public let memory: GuestMemory
    /// Signalled for chains given back and for changes of status or configuration.
    public let interrupt: EventDescriptor
    public var status: DeviceStatus { registers.status }
    private var registers = DeviceRegisters()
    private var layouts: [QueueLayout?]
    private var positions: [QueuePosition?]
    private let sharedMemory: [any SharedMemoryRegion]
    private var hasStoppedForLoss = false

    /// - Parameter sharedMemory: the regions that the transport has, of those the device type has.
    public init(
        device: Device, memory: GuestMemory, interrupt: EventDescriptor,
        sharedMemory: [any SharedMemoryRegion] = []
    ) {
        self.device = device
        self.sharedMemory = sharedMemory
        device.attach(sharedMemory: sharedMemory)
        self.memory = memory
        self.interrupt = interrupt
        layouts = Array(repeating: nil, count: device.queueSizesMax.count)
        positions = Array(repeating: nil, count: device.queueSizesMax.count)
    }

    /// What the device and its queues offer.
    public var features: UInt64 {
        device.features | Self.ownFeatures.rawValue
    }

    private static var ownFeatures: TransportFeatures { [.version1, .rings] }

    /// Taken only while features are negotiated.
    public func accept(features: UInt64) { registers.accept(features: features) }

    public func queueSizeMax(_ index: Int) -> UInt16 {
        device.queueSizesMax.indices.contains(index) ? device.queueSizesMax[index] : 0
    }

    /// Taken only before DRIVER_OK.
    ///
    /// - Parameter position: where to go on in a ring that was served before; nil for a fresh one.
    public func setQueue(_ index: Int, layout: QueueLayout, position: QueuePosition? = nil) {
        guard layouts.indices.contains(index), !status.contains(.driverOK) else { return }
        layouts[index] = layout
        positions[index] = position
    }

    /// Writes the status register (2.1): a driver adds bits, or resets with none.
    public func write(status new: DeviceStatus) {
        switch registers.write(status: new, isAcceptable: isAcceptable) {
        case .nothing: break
        case .reset: reset()
        case .start: start()
        }
    }

    private func isAcceptable(_ features: UInt64) -> Bool {
        features & ~self.features == 0 && features & TransportFeatures.version1.rawValue != 0
            && device.accepts(features: features & ~Self.ownFeatures.rawValue)
    }

    private func start() {
        guard !memory.hasLostFile else { return fail() }
        var queues: [DeviceQueue?] = []
        for (index, layout) in layouts.enumerated() {
            guard let layout else {
                queues.append(nil)
                continue
            }
            guard layout.size <= queueSizeMax(index),
                let queue = try? DeviceQueue(
                    layout, memory: memory,
                    features: TransportFeatures(rawValue: registers.accepted),
                    position: positions[index])
            else { return fail() }
            queue.interrupt = interrupt
            queues.append(queue)
        }
        registers.finishStart()
        device.start(
            features: registers.accepted & ~TransportFeatures.rings.rawValue, queues: queues,
            interrupt: interrupt)
        // Buffers may lie in the queues already.
        for index in queues.indices where queues[index] != nil { serve(queue: index) }
    }

    private func reset() {
        registers.finishReset(isClean: device.reset())
        // Whatever the device has forgotten: the next driver sees nothing of the last one's.
        for region in sharedMemory { region.unmapAll() }
        layouts = Array(repeating: nil, count: layouts.count)
        positions = Array(repeating: nil, count: layouts.count)
    }

    /// The device needs a reset (2.1.1).
    private func fail() {
        if registers.needReset() { interrupt.signal() }
    }

    public func serve(queue index: Int) {
        guard registers.isRunning,
            layouts.indices.contains(index), layouts[index] != nil
        else { return }
        do throws(QueueError) { try device.serve(queue: index) } catch { fail() }
        stopIfMemoryIsLost()
    }

    public func serveHost() {
        do throws(QueueError) { try device.serveHost() } catch { fail() }
        stopIfMemoryIsLost()
    }

    /// Stops the device for good when a file of its guest's memory was cut short: it needs a reset,
    /// has nothing in flight, touches no queue, and does not start again. A transport calls it when
    /// ``GuestMemory/lostFile`` becomes readable, and drops the connection that gave the file.
    public func stopIfMemoryIsLost() {
        guard memory.hasLostFile, !hasStoppedForLoss else { return }
        hasStoppedForLoss = true
        // What could not be stopped now is waited for again by the driver's reset.
        _ = device.reset()
        fail()
    }

    /// Bytes past the end read as zero.
    public func readConfig(offset: Int, count: Int) -> [UInt8] {
        registers.read(config: device.config, offset: offset, count: count)
    }

    /// Changes when the driver has read a configuration that has changed since its last read.
    public func readConfigGeneration() -> UInt32 {
        registers.readGeneration(config: device.config)
    }

    public func writeConfig(offset: Int, bytes: [UInt8]) {
        guard registers.takesConfig else { return }
        device.writeConfig(offset: offset, bytes: bytes)
    }
}
