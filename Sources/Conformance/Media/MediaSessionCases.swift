// Sessions of the media device (virtio 1.4, 5.22.6.1, open and close device).

internal import GuestDriver
internal import VirtioWire

enum MediaSessionCases {
    static let all = [ids]

    static let ids = ConformanceCase(
        id: "media/session/MED-D-001",
        clause: "OPEN returns a session_id that no other open session has.",
        level: .must, device: VirtioMedia.deviceID
    ) { context in
        try context.start()
        var opened: [SessionID] = []
        while opened.count < sessionsMax, let id = try open(&context) {
            try check(id, isNotAmong: opened, context)
            opened.append(id)
        }
        guard !opened.isEmpty else { throw context.finding("a first session") }
        guard opened.count > 1 else {
            return .informational("the device has one session at a time: nothing to compare")
        }
        // Every other one goes; new ones must not be taken for those that stay.
        for (index, id) in opened.enumerated() where index % 2 == 0 {
            try close(&context, id)
        }
        var current = opened.enumerated().filter { $0.offset % 2 != 0 }.map(\.element)
        while current.count < opened.count {
            guard let id = try open(&context) else {
                throw context.finding("a session in place of one that was closed")
            }
            try check(id, isNotAmong: current, context)
            current.append(id)
        }
        return .pass
    }

    /// A device may allow fewer.
    private static let sessionsMax = 64

    private static func check(
        _ id: SessionID, isNotAmong open: [SessionID], _ context: ConformanceContext
    ) throws(Finding) {
        guard !open.contains(id) else {
            throw context.finding(
                "a session_id other than those of the \(open.count) open sessions",
                received: "session_id \(id) again")
        }
    }

    /// nil when the device refuses.
    static func open(_ context: inout ConformanceContext) throws -> SessionID? {
        var request = WireBuffer(capacity: VirtioMedia.CmdOpen.sizeBytes)
        request.append(VirtioMedia.CmdOpen())
        let answer = try context.exchange(
            request, responseBytes: VirtioMedia.RespOpen.sizeBytes,
            queue: VirtioMedia.commandQueue)
        let header: VirtioMedia.RespHeader = try context.decode(from: answer)
        guard header.status == .ok else { return nil }
        let response: VirtioMedia.RespOpen = try context.decode(from: answer)
        return response.sessionID
    }

    /// Without a response, as the standard has it: the chain only comes back.
    static func close(_ context: inout ConformanceContext, _ id: SessionID)
        throws(DriverError)
    {
        var request = WireBuffer(capacity: VirtioMedia.CmdClose.sizeBytes)
        request.append(VirtioMedia.CmdClose(sessionID: id))
        _ = try context.exchange(
            request, responseBytes: 0, queue: VirtioMedia.commandQueue)
    }
}
