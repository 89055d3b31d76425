/// A glob over case ids: `*` stands for any characters, `/` included, `?` for one.
public struct CaseFilter: Hashable, Sendable {
    public let pattern: String

    public init(_ pattern: String) { self.pattern = pattern }

    public static let everything = CaseFilter("*")

    public func matches(_ id: String) -> Bool {
        let (pattern, text) = (Array(pattern.utf8), Array(id.utf8))
        var (at, position) = (0, 0)
        // Where the last star stands, and how far it has been stretched.
        var star: (at: Int, position: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
            } else if at < pattern.count,
                pattern[at] == text[position] || pattern[at] == UInt8(ascii: "?")
            {
                (at, position) = (at + 1, position + 1)
            } else if let last = star {
                star = (last.at, last.position + 1)
                (at, position) = (last.at + 1, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
