// Why an input is nothing that can be inspected: one sentence each.

/// What is wrong with an input before any message is read.
public enum InputError: Error, Equatable, Sendable {
    case noSuchFile(String)
    case isFolder(String)
    case unreadable(String)
    case unwritable(String)
    case tooLarge(String)
    case tooManyPackets
    case empty(String)
    /// The text holds comments or nothing, and no byte.
    case noBytes(String)
    case oddDigits(line: Int, column: Int, digits: String)
    case notHex(line: Int, column: Int, text: String)
    case dumpWithGap(line: Int)
    case damagedCapture(offset: Int, String)
    case otherLinkType(UInt32)
    case otherDissector(packet: Int, String)
    case unknownStructure(String)
    case ambiguous([String])
    case unrecognized
}

extension InputError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchFile(let path): "There is no file \(path)."
        case .isFolder(let path): "\(path) is a folder."
        case .unreadable(let path): "\(path) cannot be read."
        case .unwritable(let path): "\(path) cannot be written."
        case .tooLarge(let path):
            "\(path) has more than \(InspectionLimits.inputSizeMax >> 20) MiB, the most that is inspected."
        case .tooManyPackets:
            "The input has more than \(InspectionLimits.packetsMax) messages, the most that are inspected."
        case .empty(let path): "\(path) is empty."
        case .noBytes(let path): "\(path) has text but no hexadecimal digits."
        case .oddDigits(let line, let column, let digits):
            "Line \(line), column \(column): '\(digits)' has an odd number of hexadecimal digits."
        case .notHex(let line, let column, let text):
            "Line \(line), column \(column): '\(text)' is neither hexadecimal digits nor a comment."
        case .dumpWithGap(let line):
            "Line \(line): '*' stands for lines that were left out: dump with hexdump -v."
        case .damagedCapture(let offset, let what):
            "The capture is damaged at byte \(offset): \(what)."
        case .otherLinkType(let type):
            "The capture's link type is \(type); only 252, exported PDUs, can be read."
        case .otherDissector(let packet, let name):
            "Packet \(packet) of the capture is for the dissector '\(name)', which is not one of ours."
        case .unknownStructure(let name): "No document defines a struct \(name)."
        case .ambiguous(let names):
            "The bytes could be \(names.joined(separator: " or ")): say --protocol."
        case .unrecognized: "The bytes do not tell what they are: say --protocol or --struct."
        }
    }
}
