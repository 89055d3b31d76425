// V4L2 as the media device speaks it; virtio 1.4, 5.22.6.1 (V4L2 ioctls), and <linux/videodev2.h>.
// Its structures stand in Spec/v4l2.md, from which Generated/V4L2 is made.
// Invariant: every layout is that of a 64-bit little-endian Linux, whatever guest and host are.

/// The structures and numbers of V4L2 that are ioctl payloads and events of the media device.
public enum V4L2 {}
