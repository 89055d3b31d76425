// What two processes of one domain say to each other: Spec/domain.md.

internal import VirtioWire

/// One message. All have the same fields; those that a kind does not name are 0.
struct DomainMessage: Equatable {
    enum Kind: UInt32 {
        /// The first message in both directions: `value` is ``version``. [DOM-001]
        case hello = 1
        /// Asks for the object `uuid`; the answer has the same `number`.
        case lookUp = 2
        /// `value` is an ``Outcome``; `extra` the object's size, with its descriptor. [DOM-003]
        case found = 3
        /// The object of the look-up `number` is not used any more.
        case drop = 4
        /// The exporter took the object of the look-up `number` back; `value` is a reason. [DOM-006]
        case revoked = 5
        /// Asks for the lease `number` on the object of the look-up `extra`; `value` 1 is to write.
        case ask = 6
        case granted = 7
        /// Gives a lease back, granted or not.
        case end = 8
        /// Makes a lease to write one to read.
        case downgrade = 9
    }

    enum Outcome: UInt64 {
        case found = 0
        /// Unknown, removed and another domain's are one answer. [ID-5]
        case unknown = 1
        /// It has no descriptor: only a copy could reach it. [CAP-4]
        case needsCopy = 2
    }

    static let version: UInt64 = 1
    static let sizeBytes = 40

    var kind: Kind
    var number: UInt64 = 0
    var uuid = ResourceUUID.zero
    var value: UInt64 = 0
    var extra: UInt64 = 0

    init(
        _ kind: Kind, number: UInt64 = 0, uuid: ResourceUUID = .zero, value: UInt64 = 0,
        extra: UInt64 = 0
    ) {
        self.kind = kind
        self.number = number
        self.uuid = uuid
        self.value = value
        self.extra = extra
    }

    /// nil for what is no message of the link. [DOM-002]
    init?(request: UInt32, _ payload: borrowing WireBuffer) {
        guard let kind = Kind(rawValue: request), payload.count == Self.sizeBytes,
            let uuid = try? payload.decode(ResourceUUID.self, at: 8)
        else { return nil }
        self.init(
            kind, number: payload.u64(at: 0), uuid: uuid, value: payload.u64(at: 24),
            extra: payload.u64(at: 32))
    }

    func encode(to out: inout WireBuffer) {
        out.append(u64: number)
        out.append(uuid)
        out.append(u64: value)
        out.append(u64: extra)
    }
}
