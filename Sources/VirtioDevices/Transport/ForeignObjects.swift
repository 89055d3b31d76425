public import ResourceRegistry
public import VirtioWire

/// Finds objects that other processes of the guest export. Used on the device's thread only.
public protocol ForeignObjects: AnyObject {
    /// Makes the object known to the device's own domain, under its name.
    ///
    /// - Throws: `unknownObject` when nobody has it, the other errors when it cannot be had.
    func find(_ uuid: ResourceUUID) throws(RegistryError)
}
