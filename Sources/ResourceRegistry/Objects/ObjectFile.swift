// Objects that another process can map: those with a descriptor behind them.

public import LinuxSystem
public import VirtioWire

extension ResourceRegistry {
    /// Another descriptor of the file that an object's bytes are, from its first on: for a process
    /// that may have the whole of it. nil where there is none, or the object is not of the exporter
    /// of that name.
    public func duplicateFile(of uuid: ResourceUUID, exportedBy exporter: String)
        -> OwnedDescriptor?
    {
        let shard = shard(of: uuid)
        shard.lock.lock()
        defer { shard.lock.unlock() }
        guard let object = shard.names[uuid], object.exporter.name == exporter,
            let backing = object.details?.backing, backing.kind == object.kind
        else { return nil }
        switch backing {
        case .sharedMemory(let file), .dmaBuf(let file):
            guard file.offset == 0 else { return nil }
            return try? OwnedDescriptor(duplicating: file.descriptor)
        case .guestPages, .hostMemory, .deviceMemory: return nil
        }
    }
}
