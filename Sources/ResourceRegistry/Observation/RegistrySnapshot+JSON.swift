internal import VirtioWire

extension RegistrySnapshot {
    /// One JSON object (RFC 8259): `objects`, each with its layout, holders and leases, and
    /// `counters`. 64-bit numbers that may pass 2^53, modifiers, are strings.
    public var json: String {
        var json = JSONText()
        json.object {
            $0.array("objects", objects) { Self.write($1, to: &$0) }
            $0.object("counters") { counters.write(to: &$0) }
        }
        return json.text
    }

    private static func write(_ entry: Entry, to json: inout JSONText) {
        json.object {
            $0.member("uuid", entry.uuid.description)
            $0.member("exporter", entry.exporter)
            $0.member("bytes", entry.sizeBytes)
            $0.member("backing", entry.backing.description)
            $0.member("state", entry.state.rawValue)
            $0.member("ageNanos", entry.ageNanos)
            if let layout = entry.layout { $0.object("layout") { write(layout, to: &$0) } }
            $0.array("holders", entry.holders) { json, holder in
                json.object {
                    $0.member("name", holder.name)
                    $0.member("kind", holder.kind.rawValue)
                    $0.member("directions", holder.directions)
                }
            }
            $0.array("leases", entry.leases) { json, lease in
                json.object {
                    $0.member("holder", lease.holder)
                    $0.member("access", lease.isWrite ? "write" : "read")
                    $0.member("granted", lease.isGranted)
                    $0.member("waitsForFence", lease.waitsForFence)
                }
            }
        }
    }

    private static func write(_ layout: PixelLayout, to json: inout JSONText) {
        json.member("fourcc", layout.format.fourcc.description)
        json.member("modifier", "0x" + String(layout.format.modifier, radix: 16))
        json.member("width", UInt64(layout.width))
        json.member("height", UInt64(layout.height))
        json.member("colorspace", UInt64(layout.colour.space.rawValue))
        json.member("encoding", UInt64(layout.colour.encoding.rawValue))
        json.member("range", UInt64(layout.colour.range.rawValue))
        json.array("planes", layout.planes) { json, plane in
            json.object {
                $0.member("offset", plane.offsetBytes)
                $0.member("stride", plane.strideBytes)
                $0.member("rows", plane.rows)
            }
        }
    }
}

extension RegistryCounters {
    fileprivate func write(to json: inout JSONText) {
        json.member("objects", UInt64(clamping: objects))
        json.member("attachments", UInt64(clamping: attachments))
        json.member("leases", UInt64(clamping: leases))
        json.member("aliveBytes", aliveBytes)
        json.member("chargedBytes", chargedBytes)
        json.member("exportedBytes", exportedBytes)
        json.member("freedBytes", freedBytes)
        json.member("exports", exports)
        json.member("attaches", attaches)
        json.member("refusedLookups", refusedLookups)
        json.member("revocations", revocations)
        json.member("probes", probes)
        json.member("moves", moves)
        json.member("movedBytes", movedBytes)
        json.member("copies", copies)
        json.member("copiedBytes", copiedBytes)
    }
}

/// JSON as it is written, member by member.
private struct JSONText {
    private(set) var text = ""
    private var needsComma = false

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = false
    }

    private mutating func name(_ name: String) {
        separate()
        append(quoted: name)
        text += ":"
    }

    private mutating func append(quoted string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    mutating func member(_ key: String, _ value: String) {
        name(key)
        append(quoted: value)
        needsComma = true
    }

    mutating func member(_ key: String, _ value: UInt64) {
        name(key)
        text += String(value)
        needsComma = true
    }

    mutating func member(_ key: String, _ value: Bool) {
        name(key)
        text += value ? "true" : "false"
        needsComma = true
    }

    mutating func object(_ key: String? = nil, _ body: (inout JSONText) -> Void) {
        if let key { name(key) } else { separate() }
        text += "{"
        needsComma = false
        body(&self)
        text += "}"
        needsComma = true
    }

    mutating func array<T>(_ key: String, _ values: [T], _ body: (inout JSONText, T) -> Void) {
        name(key)
        text += "["
        needsComma = false
        for value in values { body(&self, value) }
        text += "]"
        needsComma = true
    }
}
