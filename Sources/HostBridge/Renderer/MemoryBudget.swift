public import ResourceRegistry

/// The host memory that one device holds for its guest: 2D, 3D, blobs and what command streams
/// create, in one sum that the registry counts too. [QUOTA-1]
///
/// Owned by the device's thread.
public final class MemoryBudget {
    public let bytesMax: UInt64
    public private(set) var bytesInUse: UInt64 = 0
    private let registry: ResourceRegistry?
    private let participant: Participant?
    /// Bytes in use that the registry does not have as charged: somebody else was quicker.
    private var uncounted: UInt64 = 0

    /// - Parameters:
    ///   - registry: where the bytes are charged to `participant` as well; nil for no such place.
    public init(
        bytesMax: UInt64, registry: ResourceRegistry? = nil, participant: Participant? = nil
    ) {
        self.bytesMax = bytesMax
        self.registry = registry
        self.participant = participant
    }

    /// Whether that many more would be inside the limit.
    func hasRoom(for bytes: UInt64) -> Bool {
        bytesInUse <= bytesMax && bytes <= bytesMax - bytesInUse
    }

    public func take(_ bytes: UInt64) throws(RendererError) {
        guard hasRoom(for: bytes) else { throw .outOfMemory }
        if let registry, let participant {
            do throws(RegistryError) { try registry.charge(bytes, to: participant) } catch {
                throw .outOfMemory
            }
        }
        bytesInUse += bytes
    }

    public func giveBack(_ bytes: UInt64) {
        bytesInUse -= bytes
        let debt = min(uncounted, bytes)
        uncounted -= debt
        if let registry, let participant { registry.refund(bytes - debt, to: participant) }
    }

    /// The registry counts these bytes by itself from now on: they are an object's.
    public func lend(_ bytes: UInt64) {
        if let registry, let participant { registry.refund(bytes, to: participant) }
    }

    /// The registry does not count lent bytes any more, and they are in use still.
    public func takeBack(_ bytes: UInt64) {
        guard let registry, let participant else { return }
        do throws(RegistryError) { try registry.charge(bytes, to: participant) } catch {
            uncounted += bytes
        }
    }
}
