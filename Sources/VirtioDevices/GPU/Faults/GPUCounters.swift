public import VirtioWire

/// How often each command has come, and how often it was answered with each error.
public struct GPUCounters: Equatable, Sendable {
    private var commands = [UInt64](repeating: 0, count: slots)
    private var errors = [UInt64](repeating: 0, count: slots * errorCodes)

    /// 14 codes of 2D, 10 of 3D, 2 of the cursor, and one for all that are none of them.
    private static let slots = 27
    private static let errorCodes = 6

    public init() {}

    private static func slot(_ type: VirtioGPU.MessageType) -> Int {
        switch type.rawValue {
        case 0x0100...0x010d: Int(type.rawValue - 0x0100)
        case 0x0200...0x0209: Int(type.rawValue - 0x0200) + 14
        case 0x0300...0x0301: Int(type.rawValue - 0x0300) + 24
        default: slots - 1
        }
    }

    private static func errorSlot(_ type: VirtioGPU.MessageType) -> Int {
        let first = VirtioGPU.MessageType.errUnspec.rawValue
        let code = type.rawValue &- first
        return code < UInt32(errorCodes) ? Int(code) : 0
    }

    mutating func count(_ type: VirtioGPU.MessageType, error: VirtioGPU.MessageType? = nil) {
        let slot = Self.slot(type)
        commands[slot] &+= 1
        if let error { errors[slot * Self.errorCodes + Self.errorSlot(error)] &+= 1 }
    }

    /// Commands of that type; all unknown ones count as one type.
    public func commands(_ type: VirtioGPU.MessageType) -> UInt64 { commands[Self.slot(type)] }

    /// Those that were answered with that error.
    public func errors(_ error: VirtioGPU.MessageType, of type: VirtioGPU.MessageType) -> UInt64 {
        errors[Self.slot(type) * Self.errorCodes + Self.errorSlot(error)]
    }

    public var commandsInAll: UInt64 { commands.reduce(0, &+) }
    public var errorsInAll: UInt64 { errors.reduce(0, &+) }
}
