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
    public private(set) var status: DeviceStatus = []
    private var accepted: UInt64 = 0
    private var layouts: [QueueLayout?]

    public init(device: Device, memory: GuestMemory, interrupt: EventDescriptor) {
        self.device = device
        self.memory = memory
        self.interrupt = interrupt
        layouts = Array(repeating: nil, count: device.queueSizesMax.count)
    }

    public var features: UInt64 { device.features | TransportFeatures.version1.rawValue }

    /// Taken only while features are negotiated.
    public func accept(features: UInt64) {
        guard !status.contains(.featuresOK) else { return }
        accepted = features
    }

    public func queueSizeMax(_ index: Int) -> UInt16 {
        device.queueSizesMax.indices.contains(index) ? device.queueSizesMax[index] : 0
    }

    /// Taken only before DRIVER_OK.
    public func setQueue(_ index: Int, layout: QueueLayout) {
        guard layouts.indices.contains(index), !status.contains(.driverOK) else { return }
        layouts[index] = layout
    }

    /// Writes the status register (2.1): a driver adds bits, or resets with none.
    public func write(status new: DeviceStatus) {
        guard !new.isEmpty else { return reset() }
        guard new.isSuperset(of: status.subtracting(.needsReset)) else { return }
        var next = status.union(new.subtracting([.featuresOK, .driverOK, .needsReset]))
        if new.contains(.featuresOK), status.contains(.featuresOK) || isAcceptable(accepted) {
            next.insert(.featuresOK)
        }
        // A device that needs a reset does not start, also when the reset has failed. [LIFE-2]
        let starts =
            new.contains(.driverOK) && next.contains(.featuresOK)
            && status.isDisjoint(with: [.driverOK, .needsReset])
        if new.contains(.driverOK), status.contains(.driverOK) { next.insert(.driverOK) }
        status = next
        if starts { start() }
    }

    private func isAcceptable(_ features: UInt64) -> Bool {
        let version1 = TransportFeatures.version1.rawValue
        return features & ~self.features == 0 && features & version1 != 0
            && device.accepts(features: features & ~version1)
    }

    private func start() {
        var queues: [DeviceQueue?] = []
        for (index, layout) in layouts.enumerated() {
            guard let layout else {
                queues.append(nil)
                continue
            }
            guard layout.size <= queueSizeMax(index),
                let queue = try? DeviceQueue(layout, memory: memory)
            else { return fail() }
            queues.append(queue)
        }
        status.insert(.driverOK)
        device.start(features: accepted, queues: queues, interrupt: interrupt)
        // Buffers may lie in the queues already.
        for index in queues.indices where queues[index] != nil { serve(queue: index) }
    }

    private func reset() {
        let isClean = device.reset()
        status = isClean ? [] : .needsReset
        accepted = 0
        layouts = Array(repeating: nil, count: layouts.count)
    }

    /// The device needs a reset (2.1.1).
    private func fail() {
        guard !status.contains(.needsReset) else { return }
        status.insert(.needsReset)
        interrupt.signal()
    }

    public func serve(queue index: Int) {
        guard status.contains(.driverOK), !status.contains(.needsReset),
            layouts.indices.contains(index), layouts[index] != nil
        else { return }
        do throws(QueueError) { try device.serve(queue: index) } catch { fail() }
    }

    public func serveHost() {
        do throws(QueueError) { try device.serveHost() } catch { fail() }
    }

    public func readConfig(offset: Int, count: Int) -> [UInt8] {
        let bytes = device.config
        return (0..<max(0, count)).map { index in
            let (at, overflow) = offset.addingReportingOverflow(index)
            return !overflow && bytes.indices.contains(at) ? bytes[at] : 0
        }
    }

    public func writeConfig(offset: Int, bytes: [UInt8]) {
        guard status.contains(.driverOK) || status.contains(.featuresOK) else { return }
        device.writeConfig(offset: offset, bytes: bytes)
    }
}
