import ArgumentParser
import Foundation
import Inspection

/// What a user calls the protocols.
enum ProtocolName: String, ExpressibleByArgument, CaseIterable {
    case gpu, media
    case vhostUser = "vhost-user"
    case vhostUserBackEnd = "vhost-user-back-end"
    case vhostUserGPU = "vhost-user-gpu"
}

/// Which kind of message it is, where the bytes do not tell or are to be checked for it.
enum MessageDirection: String, ExpressibleByArgument, CaseIterable {
    case command, response, event, request, reply

    var isSockets: Bool { self == .request || self == .reply }
}

/// How the input is written.
enum InputFormat: String, ExpressibleByArgument, CaseIterable {
    case automatic = "auto"
    case hex, binary, vectors, capture

    var format: InspectionInput.Format {
        InspectionInput.Format(rawValue: rawValue) ?? .automatic
    }
}

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Print messages of any of the protocols as trees, and say what is wrong with them.",
        discussion: """
            Reads hexadecimal digits (with or without spaces, 0x, commas, comments and the offsets of \
            xxd or hexdump -C), binary, the vectors of Spec/vectors, and captures: pcapng or pcap of \
            exported PDUs, as --pcapng writes them. Exits with 1 when a message is not valid.

            A command, RESOURCE_UNREF of resource 7 (00*20 is the byte twenty times):

              echo '0201 0000 00*20 0700 0000 00*4' | virtio-share inspect

            A media response does not say what it answers:

              virtio-share inspect --protocol media --direction response \\
                --request G_FMT answer.hex

            For Wireshark:

              virtio-share inspect Spec/vectors/virtio_gpu.txt --pcapng gpu.pcapng
              wireshark -X lua_script:Spec/dissector/virtio_gpu.lua gpu.pcapng
            """)

    @Argument(help: "A file. Default, and for '-': standard input.")
    var file = "-"

    @Option(name: .customLong("protocol"), help: "What the bytes are, where they do not tell.")
    var proto: ProtocolName?

    @Option(
        help: "Which message it is: of media devices, and of sockets where it shall be checked.")
    var direction: MessageDirection?

    @Option(
        help: ArgumentHelp(
            "What a media response answers: OPEN, MMAP, an ioctl like G_FMT.", valueName: "name"))
    var request: String?

    @Option(
        help: ArgumentHelp(
            "Read a structure that is no message, by its C or Swift name.", valueName: "name"))
    var `struct`: String?

    @Option(help: "How many file descriptors came with the message.")
    var descriptors: Int?

    @Option(help: "How the input is written, where it does not tell.")
    var format = InputFormat.automatic

    @Flag(help: "Print one JSON object a line for each message in place of the tree.")
    var json = false

    @Option(
        help: ArgumentHelp("Also write a capture that Wireshark opens.", valueName: "out"))
    var pcapng: String?

    func validate() throws {
        guard `struct` == nil || (proto == nil && request == nil && pcapng == nil) else {
            throw ValidationError(
                "--struct reads a bare structure: no --protocol, --request and --pcapng with it.")
        }
        if let direction {
            let isFitting =
                switch proto {
                case .media: !direction.isSockets
                case .vhostUser, .vhostUserBackEnd, .vhostUserGPU: direction.isSockets
                case .gpu, nil: false
                }
            guard isFitting else {
                throw ValidationError(
                    "--direction is command, response or event with --protocol media, "
                        + "and request or reply with those of sockets.")
            }
        }
        guard request == nil || (proto == .media && direction == .response) else {
            throw ValidationError(
                "--request goes with --protocol media --direction response.")
        }
        guard (descriptors ?? 0) >= 0 else {
            throw ValidationError("--descriptors must not be negative.")
        }
    }

    func run() throws {
        let name = file == "-" ? "Standard input" : file
        let input = try InspectionInput(try InputFile.read(file), name: name, format: format.format)
        if input.isLabelled, proto != nil || `struct` != nil || descriptors != nil {
            throw ValidationError(
                "\(name) says itself what its messages are: no --protocol, --struct or "
                    + "--descriptors with it.")
        }
        var inspector = Inspector(detail: json ? .whole : .overview)
        var capture = CaptureWriter()
        var invalid = 0
        var isFirst = true
        for var packet in input.packets {
            if !input.isLabelled { describe(&packet) }
            if packet.structure == nil, packet.kind == nil {
                packet.kind = try inspector.recognize(packet)
            }
            try inspector.read(packet) { report in
                if !report.isValid { invalid += 1 }
                if !isFirst, !json { print() }
                isFirst = false
                print(json ? try Self.json(report) : report.tree)
            }
            if pcapng != nil, let kind = packet.kind { capture.append(packet, kind: kind) }
        }
        if let pcapng {
            do {
                try Data(capture.bytes).write(to: URL(fileURLWithPath: pcapng))
            } catch { throw InputError.unwritable(pcapng) }
        }
        if invalid > 0 { throw ExitCode(1) }
    }

    private func describe(_ packet: inout Packet) {
        packet.structure = `struct`
        packet.request = request
        packet.descriptors = descriptors
        packet.isReply = direction.flatMap { $0.isSockets ? $0 == .reply : nil }
        switch (proto, direction) {
        case (.gpu, _): packet.kind = .gpu
        case (.media, .response): packet.kind = .mediaResponse
        case (.media, .event): packet.kind = .mediaEvent
        case (.media, _): packet.kind = .mediaCommand
        case (.vhostUser, _): packet.kind = .vhostUser
        case (.vhostUserBackEnd, _): packet.kind = .vhostUserBackEnd
        case (.vhostUserGPU, _): packet.kind = .vhostUserGPU
        case (nil, _): packet.kind = nil
        }
    }

    private static func json(_ report: MessageReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }
}
