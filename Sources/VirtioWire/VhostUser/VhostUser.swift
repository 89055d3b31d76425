// The vhost-user protocol and the display's socket. Their structures stand in Spec/vhost-user.md and
// Spec/vhost-user-gpu.md, from which Generated/VhostUser and Generated/VhostUserGPU are made.
// Invariant: the host's byte order, which is little-endian on every host that this builds for.

#if _endian(big)
    #error("the codecs of vhost-user read little-endian numbers; this host's are not")
#endif

/// The structures and numbers of the vhost-user protocol.
public enum VhostUser {}

/// The structures and numbers of a vhost-user GPU's display socket.
public enum VhostUserGPU {}
