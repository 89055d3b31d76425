// What is wrong with a document, and where.

/// An error in a document: printed as `path:line: message`.
public struct SpecError: Error, Equatable, Sendable, CustomStringConvertible {
    public var path: String
    public var line: Int
    public var message: String

    public init(path: String, line: Int, message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    public var description: String { "\(path):\(line): \(message)" }
}

/// All errors of all documents, in reading order.
public struct SpecErrors: Error, Equatable, Sendable, CustomStringConvertible {
    public var errors: [SpecError]
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
