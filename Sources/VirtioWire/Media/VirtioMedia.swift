// The media device; virtio 1.4, 5.22. Its structures stand in Spec/media.md, from which
// Generated/Media is made.

/// The structures and numbers of the media device, named as the standard names them.
public enum VirtioMedia {}
