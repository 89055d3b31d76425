// Who owns a buffer's memory, by two sets of names; <linux/videodev2.h>, virtio 1.4, 5.22.6.1.

extension V4L2 {
    /// Who owns a buffer's memory, `V4L2_MEMORY_…`.
    ///
    /// The media device calls the three MMAP, SHARED_PAGES and VIRTIO_OBJECT; virtio 1.4, 5.22.6.1.
    public struct Memory: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The device's.
        public static let mmap = Self(1)
        /// The driver's pages.
        public static let userptr = Self(2)
        /// Another virtio device's exported object.
        public static let dmabuf = Self(4)

        /// `userptr` as the media device calls it.
        public static let sharedPages = userptr
        /// `dmabuf` as the media device calls it.
        public static let virtioObject = dmabuf
    }
}
