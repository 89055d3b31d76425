// Names of media commands, by which their responses are read.

extension Spec {
    /// `VIRTIO_MEDIA_CMD_OPEN`, or the ioctl's name of a command that runs one.
    func request(ofCommand bytes: [UInt8]) -> String? {
        let word = { (offset: Int) -> UInt64? in
            guard bytes.count >= offset + 4 else { return nil }
            return bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let command = word(0) else { return nil }
        if command == Self.ioctlCommand { return word(12).flatMap(ioctl)?.name }
        return value(command, in: Self.commands)?.name
    }

    /// The header of the command of that name, in session 0, with or without its prefix.
    func command(named name: String) -> (name: String, bytes: [UInt8])? {
        if let ioctl = ioctl(named: name) {
            let words = [Self.ioctlCommand, 0, 0, ioctl.value]
            return (ioctl.name, words.flatMap(Self.littleEndian))
        }
        let upper = name.uppercased()
        let entry = enumeration(Self.commands)?.values.first {
            $0.name == upper || $0.name == "VIRTIO_MEDIA_CMD_" + upper
        }
        guard let entry,
            let size = message(entry.value, role: "command", of: "virtio_media")?.structure.size
        else { return nil }
        let rest = [UInt8](repeating: 0, count: max(0, size - 4))
        return (entry.name, Self.littleEndian(entry.value) + rest)
    }

    private static let commands = "virtio_media_cmd"
    static let ioctlCommand: UInt64 = 3

    private static func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
