// Generated from Spec/vhost-user.md, "Shared objects": `make generate` writes it anew.

extension VhostUser {
    /// The name of an exported object (`struct vhost_user_shared`).
    public struct Shared: WireMessage {
        @inlinable public static var sizeBytes: Int { 16 }

        public var uuid: ResourceUUID

        public init(uuid: ResourceUUID) {
            self.uuid = uuid
        }

        @inlinable
        public init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            try self.init(guarded: bytes, at: 0)
        }

        /// Reads behind a guard of the caller's.
        @inlinable
        init(guarded bytes: RawSpan, at offset: Int) throws(WireError) {
            uuid = try ResourceUUID(bytes.extracting(droppingFirst: offset))
        }

        public func encode(to out: inout WireBuffer) {
            out.append(uuid)
        }
    }
}
