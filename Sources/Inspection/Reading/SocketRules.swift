// What the tables of the sockets cannot say: numbers that must agree with each other.

struct SocketRules {
    let kind: PacketKind
    /// The request's C name.
    let request: String
    /// How many descriptors came, if anybody counted.
    let descriptors: Int?
    /// What the header says of the payload.
    let size: UInt64

    func check(_ payload: [Field], isReply: Bool, _ reader: inout StructReader) {
        guard let payload = payload.first else { return }
        switch request {
        case "VHOST_USER_SET_MEM_TABLE" where !isReply: memoryTable(payload, &reader)
        case "VHOST_USER_GET_CONFIG", "VHOST_USER_SET_CONFIG":
            let size = payload["size"]?.number ?? 0
            if size > UInt64(InspectionLimits.configSizeMax) {
                reader.error(
                    at: payload.offset + 4,
                    "size is \(size), expected at most "
                        + "\(InspectionLimits.configSizeMax)", ["VU-090"])
            }
        case "VHOST_USER_SET_VRING_KICK" where !isReply,
            "VHOST_USER_SET_VRING_CALL" where !isReply, "VHOST_USER_SET_VRING_ERR" where !isReply:
            guard let descriptors, let word = payload.number else { return }
            let isWithout = word & 0x100 != 0
            if isWithout != (descriptors == 0) {
                reader.error(
                    at: payload.offset,
                    isWithout
                        ? "bit 8 says that no descriptor comes, \(descriptors) came"
                        : "no descriptor came, and bit 8 does not say so", ["VU-061"])
            }
        case "VHOST_USER_GPU_UPDATE": pixels(payload, &reader)
        case "VHOST_USER_GPU_DMABUF_UPDATE" where !isReply:
            if size > 20 {
                reader.error(at: 8, "size is \(size), expected 20: no pixels", ["VUG-042"])
            }
        case "VHOST_USER_GPU_DMABUF_SCANOUT":
            let isOff = payload["width"]?.number == 0 || payload["height"]?.number == 0
            if let descriptors, descriptors == 0, !isOff {
                reader.error(at: 0, "no descriptor, expected 1 for a picture", ["VUG-040"])
            }
        default: break
        }
    }

    private func memoryTable(_ payload: Field, _ reader: inout StructReader) {
        let count = payload["num_regions"]?.number ?? 0
        if count > UInt64(InspectionLimits.memoryRegionsMax) {
            reader.error(
                at: payload.offset,
                "\(count) regions, expected at most "
                    + "\(InspectionLimits.memoryRegionsMax)", ["VU-040"])
        } else if let descriptors, UInt64(descriptors) != count {
            reader.error(
                at: payload.offset,
                "\(count) regions and \(descriptors) descriptors, expected as "
                    + "many", ["VU-040"])
        }
    }

    private func pixels(_ payload: Field, _ reader: inout StructReader) {
        let width = payload["width"]?.number ?? 0
        let height = payload["height"]?.number ?? 0
        // Both are 32 bits: the product fits, times four may not.
        let (needed, overflow) = (width * height).multipliedReportingOverflow(by: 4)
        guard overflow || size < 20 || needed != size - 20 else { return }
        reader.findings.removeAll { $0.offset == reader.end && $0.kind == .error }
        reader.error(
            at: 8, "size is \(size), expected 20 + 4 x \(width) x \(height)", ["VUG-032"])
    }
}
