internal import VirtioWire

extension VhostUser {
    /// The largest payload of any message here: that of GET_SHMEM_CONFIG's reply. [VU-005]
    static let payloadBytesMax = ShmemConfig.sizeBytes
    /// Regions in one SET_MEM_TABLE. [VU-040]
    static let memTableRegionsMax = 8
    /// Bytes of a configuration space that the protocol reaches. [VU-090]
    static let configBytesMax = 256
}
