// Every decoder against bytes that the C compiler made.

import Testing
import VirtioWire

@Suite("A vector")
struct VectorTests {
    @Test("says what the documents say: each field lies where it is", arguments: Vector.good)
    func documents(vector: Vector) throws {
        var starts = ["": (vector.type, 0)]
        var offset = try #require(Verdict.size(of: vector.type))
        for part in vector.parts {
            let size = try #require(Verdict.size(of: part.type))
            for index in 0..<part.count {
                let name = part.count == 1 ? part.field : "\(part.field)[\(index)]"
                starts[name] = (part.type, offset + index * size)
            }
            if part.type == "u8" { starts[part.field] = ("u8", offset) }
            offset += part.count * size
        }
        #expect(vector.bytes.count == offset)
        for expectation in vector.expected {
            let (prefix, path) = Self.split(expectation.path, among: starts)
            let (type, start) = try #require(starts[prefix])
            let place =
                path.isEmpty
                ? Place(offset: 0, sizeBytes: Self.size(of: expectation.value, type))
                : try #require(SpecIndex.place(of: path, in: type), "\(expectation.path)")
            let bytes = vector.bytes[start + place.offset..<start + place.offset + place.sizeBytes]
            #expect(
                Array(bytes) == expectation.value.bytes(sizeBytes: place.sizeBytes),
                "\(expectation.path)")
        }
    }

    private static func size(of value: Vector.Value, _ type: String) -> Int {
        if case .bytes(let bytes) = value { return bytes.count }
        return Verdict.size(of: type) ?? 0
    }

    /// The part that a path begins with, and the rest of it.
    private static func split(_ path: String, among starts: [String: (String, Int)]) -> (
        String, Substring
    ) {
        let prefix = starts.keys.filter { !$0.isEmpty && (path == $0 || path.hasPrefix($0 + ".")) }
            .max { $0.utf8.count < $1.utf8.count }
        guard let prefix else { return ("", path[...]) }
        return (prefix, path.dropFirst(prefix.utf8.count).drop { $0 == "." })
    }

    @Test("decodes to its fields and encodes to its bytes", arguments: Vector.messages)
    func fields(vector: Vector) throws {
        let type = try #require(Codecs.all[vector.type])
        let structure = try #require(SpecIndex.structs[vector.type])
        let own = Array(vector.bytes.prefix(type.sizeBytes))
        let message = try decode(type, vector.bytes)
        #expect(type.sizeBytes == structure.size)
        #expect(encoded(message) == own)
        for expectation in vector.expected {
            guard let place = SpecIndex.place(of: expectation.path[...], in: vector.type),
                let field = structure.candidates(for: expectation.path[...]).first
            else { continue }
            let value = expectation.value.bytes(sizeBytes: place.sizeBytes)
            if let constant = field.constant {
                #expect(expectation.value == .integer(Int128(constant)))
            } else if let member = field.swift, member.name != "timestampNanos" {
                // A handwritten type may keep a field in another shape.
                let kept = Member.bytes(of: message, name: member.name)
                #expect(kept != nil || structure.codec == "handwritten", "\(member.name)")
                let found = kept ?? Array(own[field.range])
                let start = place.offset - field.offset
                let padded = found + Array(repeating: 0, count: max(0, field.size - found.count))
                #expect(
                    Array(padded[start..<start + place.sizeBytes]) == value,
                    "\(expectation.path) is \(member.name)")
            }
        }
    }

    @Test("of a structure behind another one decodes as well", arguments: Vector.good)
    func parts(vector: Vector) throws {
        var offset = try #require(Verdict.size(of: vector.type))
        for part in vector.parts {
            let size = try #require(Verdict.size(of: part.type))
            for _ in 0..<part.count {
                let own = Array(vector.bytes[offset..<offset + size])
                if let type = Codecs.all[part.type] {
                    #expect(encoded(try decode(type, own)) == own)
                }
                offset += size
            }
        }
    }

    @Test("cut at any byte is truncated there", arguments: Vector.messages)
    func truncated(vector: Vector) throws {
        func check<M: WireMessage>(_ type: M.Type) {
            let buffer = buffer(Array(vector.bytes.prefix(type.sizeBytes)))
            for length in 0..<type.sizeBytes {
                let error = #expect(throws: WireError.self) {
                    try M(buffer.bytes.extracting(first: length))
                }
                if error != WireError(kind: .truncated, offset: length) {
                    Issue.record("cut at \(length): \(String(describing: error))")
                }
            }
        }
        let type = try #require(Codecs.all[vector.type])
        check(type)
    }

    @Test("with one byte more is the same message", arguments: Vector.messages)
    func excess(vector: Vector) throws {
        func check<M: WireMessage>(_ type: M.Type) throws {
            let own = Array(vector.bytes.prefix(type.sizeBytes))
            #expect(try decode(type, own + [0xa5]) == decode(type, own))
        }
        let type = try #require(Codecs.all[vector.type])
        try check(type)
    }

    @Test("that is good has nothing wrong with it", arguments: Vector.good)
    func good(vector: Vector) {
        #expect(Verdict.of(vector) == nil)
    }

    @Test("that is bad is refused for what is wrong with it", arguments: Vector.bad)
    func bad(vector: Vector) {
        #expect(Verdict.of(vector) == vector.error)
    }

    @Test(
        "of vhost-user with too few or too many descriptors is refused [VU-006]",
        arguments: Vector.good.filter { $0.descriptors != nil })
    func descriptors(vector: Vector) throws {
        let isReply = vector.role?.hasSuffix("reply") == true
        let entry = try #require(
            SpecIndex.current.documents.flatMap(\.messageTables).flatMap(\.values)
                .first { $0.name == vector.message })
        let allowed = isReply ? entry.replyDescriptors : entry.descriptors
        var other = vector
        for count in 0...allowed.max + 2 {
            other.descriptors = count
            let isGood = allowed.min <= count && count <= allowed.max
            #expect(Verdict.of(other) == (isGood ? nil : "descriptors"))
        }
    }
}

@Suite("The vectors")
struct VectorListTests {
    @Test("have a name each")
    func names() {
        #expect(Set(Vector.all.map(\.name)).count == Vector.all.count)
        #expect(Vector.good.count > 300 && Vector.bad.count > 300)
    }

    @Test("have a good and a bad one of every structure, and every structure its Swift type")
    func structures() {
        let good = Set(Vector.good.flatMap { [$0.type] + $0.parts.map(\.type) })
        let bad = Set(Vector.bad.flatMap { [$0.type] + $0.parts.map(\.type) })
        let names = SpecIndex.structs.keys.sorted()
        #expect(names.filter { !good.contains($0) } == [], "without a good vector")
        #expect(names.filter { !bad.contains($0) } == [], "without a bad vector")
        let typed = names.filter { SpecIndex.structs[$0]?.swift != nil }
        #expect(typed == Codecs.all.keys.sorted())
    }

    @Test("have a good and a bad one of every message")
    func messages() {
        let good = Set(Vector.good.map { "\($0.role ?? "") \($0.message ?? "")" })
        let bad = Set(Vector.bad.map { "\($0.role ?? "") \($0.message ?? "")" })
        let names = Self.allMessages()
        #expect(names.count > 150)
        #expect(names.filter { !good.contains($0) } == [], "without a good vector")
        #expect(names.filter { !bad.contains($0) } == [], "without a bad vector")
    }

    /// Every message of the documents, with its role.
    private static func allMessages() -> [String] {
        SpecIndex.current.documents.flatMap { document in
            let plain = document.structs.flatMap { structure in
                structure.messages.compactMap { message in
                    message.name.map { "\(message.role) \($0)" }
                }
            }
            let tables = document.messageTables.flatMap { table in
                let roles =
                    table.name == "vhost_user_backend_request"
                    ? ("back-end request", "back-end reply") : ("request", "reply")
                return table.values.flatMap { value in
                    ["\(roles.0) \(value.name)"]
                        + (value.answer == "always" ? ["\(roles.1) \(value.name)"] : [])
                }
            }
            // Payloads that a decoder never sees are not in the documents.
            let payloads = document.ioctlTables.flatMap(\.values).filter { value in
                guard let payload = value.payload, let decoder = value.decoder else { return false }
                return Verdict.size(of: payload.name) != nil
                    && ["needs", "may", "never"].contains(decoder)
            }
            return plain + tables + payloads.map { "ioctl \($0.name)" }
        }
    }
}
