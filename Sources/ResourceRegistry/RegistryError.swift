/// Why the registry refused.
public enum RegistryError: Error, Equatable, Sendable {
    /// No live object of this domain has that UUID. Unknown, removed and foreign are one answer.
    case unknownObject
    /// The participant has not joined, or has left.
    case unknownParticipant
    /// The object has no memory that this process can reach.
    case notMappable
    /// An access that the attachment was not made for.
    case directionConflict
    /// The exporter took the object back.
    case revoked
    /// The object's bytes died with its exporter.
    case lost
    /// A limit of the domain or of the device would be passed; nothing was changed.
    case outOfQuota
    /// What was waited for did not come in time.
    case timedOut
    /// Only the exporter may do this.
    case notExporter
    /// The bytes would have to be moved first, and the caller did not allow it.
    case wouldMove
    /// The device cannot reach the bytes where they are; a copy is a call of its own.
    case needsCopy
    /// The device can do nothing with this object, or does not do what was asked of it.
    case unsupported
    /// An attachment that does not let go of its mapping, or a CPU, keeps the bytes in place.
    case pinned
    /// The object is on its way to another place: ask again.
    case moving
    /// The exporter could not move the bytes; they are where they were.
    case moveFailed
    /// A flag that nobody here knows.
    case unknownFlags
    /// The domain has an object of that name already.
    case nameTaken
    /// A layout that does not lie inside its object, or cannot be computed with.
    case badLayout
}
