// Tells what an input is, and takes the packets out of it.

/// The packets of an input.
public struct InspectionInput: Sendable {
    /// How an input is written.
    public enum Format: String, CaseIterable, Sendable {
        case automatic = "auto"
        case hex, binary, vectors, capture
    }

    public private(set) var packets: [Packet] = []
    /// Whether the packets say themselves what they are.
    public private(set) var isLabelled = false

    /// Reads `bytes`, which `name` calls in errors.
    public init(
        _ bytes: [UInt8], name: String = "The input", format: Format = .automatic
    ) throws(InputError) {
        guard !bytes.isEmpty else { throw .empty(name) }
        switch format == .automatic ? Self.format(of: bytes) : format {
        case .capture:
            guard Capture.isOne(bytes) else {
                throw .damagedCapture(offset: 0, "it begins like no capture")
            }
            packets = try Capture(bytes).packets
            isLabelled = true
        case .binary, .automatic:
            packets = [Packet(bytes: bytes)]
        case .vectors:
            let file = try VectorFile(bytes)
            packets = file.vectors.map(\.packet)
            isLabelled = true
        case .hex:
            var hex = HexText()
            var number = 0
            for line in TextLines(bytes) {
                number += 1
                try hex.append(line, line: number)
            }
            guard !hex.bytes.isEmpty else { throw .noBytes(name) }
            packets = [Packet(bytes: hex.bytes)]
        }
    }

    /// Text is hexadecimal or vectors; what no text editor would write is binary.
    static func format(of bytes: [UInt8]) -> Format {
        if Capture.isOne(bytes) { return .capture }
        let isText = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (0x09...0x0d).contains($0) }
        guard isText, String(validating: bytes, as: UTF8.self) != nil else { return .binary }
        return VectorFile.isOne(bytes) ? .vectors : .hex
    }
}
