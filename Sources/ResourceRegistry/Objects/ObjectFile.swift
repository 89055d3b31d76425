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
        guard let object = shard.names[uuid], object.exporter.name == exporter else { return nil }
        return duplicateFile(of: object)
    }
}
