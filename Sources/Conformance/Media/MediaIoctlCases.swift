// Ioctls that the media device does not perform (virtio 1.4, 5.22.6.1, unsupported ioctls).

internal import VirtioWire

enum MediaIoctlCases {
    static let all = [unsupported]

    static let unsupported = ConformanceCase(
        id: "media/ioctl/MED-D-007",
        clause: """
            Ioctls that other parts of the device stand in for, and unknown ones, give ENOTTY; the \
            device stays usable.
            """,
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        try context.start()
        guard let session = try MediaSessionCases.open(&context) else {
            throw context.finding("an open session")
        }
        for ioctl in ioctls {
            var request = WireBuffer(
                capacity: VirtioMedia.CmdIoctl.sizeBytes + ioctl.readableBytes)
            request.append(
                VirtioMedia.CmdIoctl(sessionID: session, code: V4L2.IoctlCode(ioctl.code)))
            request.append(zeros: ioctl.readableBytes)
            let answer = try context.exchange(
                request, responseBytes: VirtioMedia.RespHeader.sizeBytes + ioctl.writableBytes,
                queue: VirtioMedia.commandQueue)
            let response: VirtioMedia.RespHeader = try context.decode(from: answer)
            guard response.status == .enotty else {
                throw context.finding("status ENOTTY (25) for \(ioctl.name)")
            }
        }
        // Closed first: one session is all that some devices have.
        try MediaSessionCases.close(&context, session)
        guard try MediaSessionCases.open(&context) != nil else {
            throw context.finding("another session after that")
        }
        return .pass
    }

    /// An ioctl by number, with the size of its payload in either direction (<linux/videodev2.h>).
    private struct Ioctl {
        let name: String
        let code: UInt32
        var readableBytes = 0
        var writableBytes = 0
    }

    private static let ioctls = [
        // Configuration space, event queue and the driver itself stand in for these.
        Ioctl(name: "VIDIOC_QUERYCAP", code: 0, writableBytes: 104),
        Ioctl(name: "VIDIOC_DQBUF", code: 17, readableBytes: 88, writableBytes: 88),
        Ioctl(name: "VIDIOC_G_JPEGCOMP", code: 61, writableBytes: 140),
        Ioctl(name: "VIDIOC_S_JPEGCOMP", code: 62, readableBytes: 140),
        Ioctl(name: "VIDIOC_LOG_STATUS", code: 70),
        Ioctl(name: "VIDIOC_DQEVENT", code: 89, writableBytes: 136),
        // Numbers that no ioctl has.
        Ioctl(name: "ioctl 1", code: 1),
        Ioctl(name: "ioctl 3", code: 3),
        Ioctl(name: "ioctl 255", code: 255),
        Ioctl(name: "ioctl 0xffffffff", code: 0xffff_ffff),
        Ioctl(
            name: "the encoded value of VIDIOC_G_FMT in place of its number", code: 0xc0d0_5604,
            readableBytes: 208, writableBytes: 208),
    ]
}
