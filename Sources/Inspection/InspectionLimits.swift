// The limits of an inspection. Whatever the input, memory stays within a few times `inputSizeMax`.

/// What an inspection takes and prints at most.
public enum InspectionLimits {
    /// Bytes of a file, a pipe or a capture: more than a whole 4K picture on the display socket.
    public static let inputSizeMax = 64 << 20
    /// Packets of a capture, vectors of a file.
    public static let packetsMax = 1 << 17
    /// Findings of a message; notes past it are dropped, errors never.
    public static let findingsMax = 32
    /// Planes behind a buffer. [MED-O-003]
    public static let planesMax = 8
    /// Regions of a memory table. [VU-040]
    public static let memoryRegionsMax = 8
    /// Bytes of a configuration space. [VU-090]
    public static let configSizeMax = 256
}

/// How much of an array a report holds; the rest is counted.
public struct Detail: Sendable {
    public var elementsMax: Int
    /// Bytes of one piece of data.
    public var dataSizeMax: Int

    /// For people.
    public static let overview = Detail(elementsMax: 64, dataSizeMax: 64)
    /// For programs: all that a message of ordinary size has.
    public static let whole = Detail(elementsMax: 1 << 14, dataSizeMax: 1 << 20)
}
