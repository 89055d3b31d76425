// What a careful receiver says of a vector: nothing, or the error that a bad one announces.
// Headers of vhost-user are judged by the documents' tables of messages, the rest by the codecs.

import VirtioWire

struct Verdict {
    private let vector: Vector
    private var offset = 0

    /// Nil for a good message.
    static func of(_ vector: Vector) -> String? {
        var verdict = Verdict(vector: vector)
        do throws(Fault) {
            try verdict.judge()
            return nil
        } catch { return error.text }
    }

    private struct Fault: Error { var text: String }

    private init(vector: Vector) { self.vector = vector }

    private var truncated: Fault { Fault(text: "truncated at \(vector.bytes.count)") }

    private mutating func judge() throws(Fault) {
        try take(vector.type)
        if vector.message != nil, vector.type.hasSuffix("_hdr"), vector.descriptors != nil {
            try judgeHeader()
        }
        for part in vector.parts {
            for _ in 0..<part.count { try take(part.type) }
        }
    }

    /// Decodes the structure or integer that comes next, and looks whether what it counts is there.
    private mutating func take(_ type: String) throws(Fault) {
        let rest = Array(vector.bytes.dropFirst(offset))
        if let codec = Codecs.all[type] {
            do throws(WireError) { _ = try decode(codec, rest) } catch {
                throw Fault(
                    text: (error.kind == .truncated ? "truncated" : "wrong type")
                        + " at \(offset + error.offset)")
            }
        }
        guard let size = Self.size(of: type), rest.count >= size else { throw truncated }
        offset += size
        guard let structure = SpecIndex.structs[type] else { return }
        for array in structure.trailing {
            guard let field = array.countField,
                let place = SpecIndex.place(of: field[...], in: type)
            else { continue }
            let count = number(at: offset - size + place.offset, sizeBytes: place.sizeBytes)
            // A ring's or a region's length is not told by the message.
            guard
                vector.parts.contains(where: { $0.field == array.name }) || count == 0
                    || vector.error != nil
            else { continue }
            guard count <= UInt64(vector.bytes.count - offset) / UInt64(array.elementSize) else {
                throw truncated
            }
        }
    }

    static func size(of type: String) -> Int? {
        switch type {
        case "u8": 1
        case "u16": 2
        case "u32", "i32": 4
        case "u64": 8
        default: SpecIndex.structs[type]?.size
        }
    }

    private func number(at offset: Int, sizeBytes: Int) -> UInt64 {
        vector.bytes[offset..<offset + sizeBytes].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: Headers

    private func judgeHeader() throws(Fault) {
        let tables = SpecIndex.current.documents.flatMap(\.messageTables)
        guard
            let entry = tables.filter({ $0.header == vector.type }).flatMap(\.values)
                .first(where: { $0.name == vector.message })
        else { throw Fault(text: "unknown message \(vector.message ?? "")") }
        let isReply = vector.role?.hasSuffix("reply") == true
        let flags = number(at: 4, sizeBytes: 4)
        // [VU-003] [VU-004] [VUG-004]
        let areFlagsGood =
            vector.type == "vhost_user_gpu_hdr"
            ? (flags & 4 != 0) == isReply
            : isReply ? flags == 5 : flags & 7 == 1
        guard areFlagsGood else { throw Fault(text: "flags at 4") }
        try judgeSize(entry, isReply: isReply)
        let allowed = isReply ? entry.replyDescriptors : entry.descriptors
        guard let count = vector.descriptors, allowed.min <= count, count <= allowed.max else {
            throw Fault(text: "descriptors")
        }
    }

    /// The header's size is the payload's, with what the payload counts. [VU-005] [VUG-005]
    private func judgeSize(_ entry: SpecIndex.MessageTable.Value, isReply: Bool) throws(Fault) {
        let said = number(at: 8, sizeBytes: 4)
        let wrong = Fault(text: "size at 8")
        let payload = isReply ? entry.reply : entry.payload
        if isReply && entry.replyOptional && said == 0 { return }
        guard let payload else {
            // An acknowledgement is a u64.
            let due: UInt64 = isReply && entry.answer == "ack" ? 8 : 0
            guard said == due else { throw wrong }
            return
        }
        if payload.count == 0 { return }
        let fixed: Int
        switch payload.kind {
        case "struct": fixed = Self.size(of: payload.name) ?? 0
        case "flags": fixed = 8
        default: fixed = Self.size(of: payload.name) ?? 0
        }
        guard said >= UInt64(fixed) else { throw wrong }
        guard let array = SpecIndex.structs[payload.name]?.trailing.first else {
            guard said == UInt64(fixed) else { throw wrong }
            return
        }
        guard vector.bytes.count >= 12 + fixed else { throw truncated }
        guard said == UInt64(fixed) + trailing(array, of: payload.name, entry) else { throw wrong }
    }

    private func trailing(
        _ array: SpecIndex.Trailing, of type: String, _ entry: SpecIndex.MessageTable.Value
    ) -> UInt64 {
        if let field = array.countField,
            let place = SpecIndex.place(of: field[...], in: type)
        {
            let count = number(at: 12 + place.offset, sizeBytes: place.sizeBytes)
            return count * UInt64(array.elementSize)
        }
        // Four bytes for each pixel of UPDATE, none in DMABUF_UPDATE. [VUG-032] [VUG-042]
        guard entry.name == "VHOST_USER_GPU_UPDATE" else { return 0 }
        return 4 * number(at: 24, sizeBytes: 4) * number(at: 28, sizeBytes: 4)
    }
}

/// Decodes by a type that is known only now.
func decode<M: WireMessage>(_ type: M.Type, _ bytes: [UInt8]) throws(WireError) -> M {
    let buffer = buffer(bytes)
    return try M(buffer.bytes)
}
