public import LinuxSystem
public import SystemPackage
public import VirtioWire
public import Virtqueue

/// Why a driver could not do something.
public enum DriverError: Error, Equatable, Sendable {
    /// The device refused the features or its queues (FEATURES_OK or DRIVER_OK did not stick).
    case setUpFailed
    /// The device lacks a feature that the driver cannot do without.
    case featureMissing
    /// Guest memory is used up.
    case outOfGuestMemory
    case queue(DriverQueueError)
    /// No answer within the driver's patience.
    case timedOut
    /// The device says that it needs a reset.
    case needsReset
    /// An answer that is shorter or of another type than the standard has it.
    case badResponse
    /// One of the GPU's error responses.
    case gpu(VirtioGPU.MessageType)
    /// An error status of the media device.
    case media(VirtioMedia.Status)
    /// The session ended with an error event.
    case sessionFailed(VirtioMedia.Status)
}

extension DriverError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .setUpFailed: "The device did not start."
        case .featureMissing: "The device lacks a feature that the driver needs."
        case .outOfGuestMemory: "The guest's memory is used up."
        case .queue(let error): "The virtqueue failed: \(error)."
        case .timedOut: "The device did not answer in time."
        case .needsReset: "The device needs a reset."
        case .badResponse: "The device's answer is not what the standard has."
        case .gpu(let type): "The GPU answered \(type)."
        case .media(let status): "The media device answered \(status)."
        case .sessionFailed(let status): "The media session ended with \(status)."
        }
    }
}

/// A stretch of guest memory that its owner may use; given back by ``GuestMachine/free(_:)``.
public struct GuestBlock: Hashable, Sendable {
    public let start: GuestAddress
    public let sizeBytes: Int

    public var segment: GuestSegment { GuestSegment(start: start, count: UInt32(sizeBytes)) }
}

/// The guest's memory and who has what of it. Owned by the guest's one thread.
public final class GuestMachine {
    public let memory: GuestMemory
    /// Free stretches of pages, sorted by address.
    private var free: [Range<UInt64>]

    public static let pageBytes: UInt64 = 4096
    private static let base: UInt64 = 0x1_0000

    /// A simulated guest with memory of its own: a memfd at guest-physical address 0x10000 and up.
    public init(memoryBytes: Int = 256 << 20) throws(Errno) {
        let backing = try SharedMemory(name: "guest memory", sizeBytes: memoryBytes)
        let region = GuestRegion(start: GuestAddress(Self.base), memory: backing)
        guard let memory = try? GuestMemory([region]) else { throw .invalidArgument }
        self.memory = memory
        free = [Self.base..<(Self.base + UInt64(memoryBytes))]
    }

    /// A guest in memory that somebody else, a VMM, has made and shares with the devices.
    ///
    /// - Parameter usable: guest-physical addresses that are the drivers' to allocate from; what
    ///   lies outside is never touched.
    /// - Precondition: `usable` consists of whole pages that one region of `memory` holds.
    public init(memory: GuestMemory, usable: Range<UInt64>) {
        precondition(
            usable.lowerBound % Self.pageBytes == 0 && usable.upperBound % Self.pageBytes == 0,
            "drivers allocate whole pages")
        let start = GuestAddress(usable.lowerBound)
        precondition(
            (try? memory.range(start, count: usable.upperBound - usable.lowerBound)) != nil,
            "usable memory lies in one region")
        self.memory = memory
        free = usable.isEmpty ? [] : [usable]
    }

    /// Whole pages, zeroed.
    public func allocate(_ sizeBytes: Int) throws(DriverError) -> GuestBlock {
        let size = (UInt64(max(1, sizeBytes)) + Self.pageBytes - 1) & ~(Self.pageBytes - 1)
        guard let index = free.firstIndex(where: { $0.upperBound - $0.lowerBound >= size }) else {
            throw .outOfGuestMemory
        }
        let start = free[index].lowerBound
        free[index] = (start + size)..<free[index].upperBound
        if free[index].isEmpty { free.remove(at: index) }
        let block = GuestBlock(start: GuestAddress(start), sizeBytes: Int(size))
        range(of: block).fill(0)
        return block
    }

    public func free(_ block: GuestBlock) {
        let range = block.start.rawValue..<(block.start.rawValue + UInt64(block.sizeBytes))
        let index = free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count
        free.insert(range, at: index)
        // Join with the neighbours.
        if index + 1 < free.count, free[index].upperBound == free[index + 1].lowerBound {
            free[index] = free[index].lowerBound..<free[index + 1].upperBound
            free.remove(at: index + 1)
        }
        if index > 0, free[index - 1].upperBound == free[index].lowerBound {
            free[index - 1] = free[index - 1].lowerBound..<free[index].upperBound
            free.remove(at: index)
        }
    }

    /// The block's bytes as the guest's own CPU sees them.
    public func range(of block: GuestBlock) -> MemoryRange {
        guard let range = try? memory.range(block.start, count: UInt64(block.sizeBytes)) else {
            preconditionFailure("a block lies in the machine's own memory")
        }
        return range
    }
}
