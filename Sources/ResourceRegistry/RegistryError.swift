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
    /// A limit of the domain would be passed; nothing was changed.
    case outOfQuota
    /// A lease was not granted in time.
    case timedOut
    /// Only the exporter may do this.
    case notExporter
}
