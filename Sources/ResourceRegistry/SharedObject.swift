public import VirtioWire

typealias ObjectID = UInt64
typealias AttachmentID = UInt64

/// One exported resource: its name and its size. The bytes are reached by an ``Attachment``.
public final class SharedObject: Sendable {
    let id: ObjectID
    public let uuid: ResourceUUID
    public let sizeBytes: UInt64

    init(id: ObjectID, uuid: ResourceUUID, sizeBytes: UInt64) {
        self.id = id
        self.uuid = uuid
        self.sizeBytes = sizeBytes
    }
}
