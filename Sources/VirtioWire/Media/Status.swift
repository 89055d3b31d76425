// How a media command ended; virtio 1.4, 5.22.6.

extension VirtioMedia {
    /// 0 or a Linux errno, a positive number; Linux' numbers on every host.
    public struct Status: WireNumber {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let ok = Self(0)
        public static let eperm = Self(1)
        public static let enoent = Self(2)
        public static let eio = Self(5)
        public static let eagain = Self(11)
        public static let enomem = Self(12)
        public static let eacces = Self(13)
        public static let efault = Self(14)
        public static let ebusy = Self(16)
        public static let enodev = Self(19)
        public static let einval = Self(22)
        public static let enotty = Self(25)
        public static let enospc = Self(28)
        public static let epipe = Self(32)
        public static let erange = Self(34)
        public static let enodata = Self(61)
        public static let eoverflow = Self(75)
        public static let eopnotsupp = Self(95)
        public static let enobufs = Self(105)
        public static let etimedout = Self(110)
        public static let ecanceled = Self(125)
    }
}

extension VirtioMedia.Status: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .ok: "OK"
        case .eperm: "EPERM"
        case .enoent: "ENOENT"
        case .eio: "EIO"
        case .eagain: "EAGAIN"
        case .enomem: "ENOMEM"
        case .eacces: "EACCES"
        case .efault: "EFAULT"
        case .ebusy: "EBUSY"
        case .enodev: "ENODEV"
        case .einval: "EINVAL"
        case .enotty: "ENOTTY"
        case .enospc: "ENOSPC"
        case .epipe: "EPIPE"
        case .erange: "ERANGE"
        case .enodata: "ENODATA"
        case .eoverflow: "EOVERFLOW"
        case .eopnotsupp: "EOPNOTSUPP"
        case .enobufs: "ENOBUFS"
        case .etimedout: "ETIMEDOUT"
        case .ecanceled: "ECANCELED"
        default: String(rawValue)
        }
    }
}
