// The five commands (5.22.6.1).

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import VirtioWire
internal import Virtqueue

extension MediaDevice {
    private func decode<M: WireMessage>(_ type: M.Type = M.self) throws(MediaFault) -> M {
        guard let message = try? request.decode(M.self) else { throw .invalid }
        return message
    }

    /// The session that the request names, if it does.
    var namedSession: SessionID? {
        guard let header = try? request.decode(VirtioMedia.CmdHeader.self) else { return nil }
        switch header.cmd {
        case .close: return try? request.decode(VirtioMedia.CmdClose.self).sessionID
        case .ioctl: return try? request.decode(VirtioMedia.CmdIoctl.self).sessionID
        case .mmap: return try? request.decode(VirtioMedia.CmdMMap.self).sessionID
        default: return nil
        }
    }

    func dispatch(_ memory: GuestMemory) throws(MediaFault) -> MediaSession.Outcome {
        let header: VirtioMedia.CmdHeader = try decode()
        switch header.cmd {
        case .open: try open()
        case .close: return try close()
        case .ioctl: return try ioctl(memory)
        case .mmap: try map()
        case .munmap: try unmap()
        default: throw .notTTY
        }
        return .done
    }

    private func open() throws(MediaFault) {
        guard sessions.count < configuration.sessionsMax else { throw .busy }
        // Unique among open sessions, failed ones included. [MED-D-001] [MED-D-012]
        while sessions[SessionID(nextSession)] != nil { nextSession &+= 1 }
        let id = SessionID(nextSession)
        nextSession &+= 1
        sessions[id] = MediaSession(id: id, context: context) { [revoked, wake] reason in
            revoked.withLock { sessions in
                if sessions[id] == nil || sessions[id] == .removed { sessions[id] = reason }
            }
            wake.signal()
        }
        response.append(VirtioMedia.RespOpen(sessionID: id))
    }

    /// The answer waits until no codec has the session's memory any more; its mappings stay.
    /// [MED-D-009] [MED-I-014]
    private func close() throws(MediaFault) -> MediaSession.Outcome {
        let command: VirtioMedia.CmdClose = try decode()
        guard let session = sessions[command.sessionID] else { throw .invalid }
        if !session.isClosing {
            session.beginClose()
            backlog.removeAll(of: command.sessionID)
        }
        guard session.hasEnded else { return .wait }
        closedStatistics += session.statistics
        sessions[command.sessionID] = nil
        response.append(VirtioMedia.RespHeader(status: .ok))
        return .done
    }

    private func ioctl(_ memory: GuestMemory) throws(MediaFault) -> MediaSession.Outcome {
        let command: VirtioMedia.CmdIoctl = try decode()
        guard let session = sessions[command.sessionID] else { throw .invalid }
        // What has happened so far is known to the answer, and told before it.
        session.takeEvents(into: &backlog)
        guard !session.isFailed else { throw .inputOutput }
        response.append(VirtioMedia.RespHeader(status: .ok))
        let call = IoctlCall(
            code: command.code, payloadOffset: VirtioMedia.CmdIoctl.sizeBytes, memory: memory)
        return try session.perform(
            call, request: request, response: &response, backlog: &backlog)
    }

    // MARK: MMAP and MUNMAP

    private func map() throws(MediaFault) {
        let command: VirtioMedia.CmdMMap = try decode()
        guard let session = sessions[command.sessionID] else { throw .invalid }
        guard !session.isFailed else { throw .inputOutput }
        guard mappings != nil, let plane = session.plane(of: command.offset),
            command.flags.isSubset(of: .rw)
        else { throw .invalid }
        let offset = try mappings?.map(
            plane, access: command.flags.contains(.rw) ? .readWrite : .read, registry: registry,
            participant: participant)
        guard let offset else { throw .invalid }
        // The plane's length, not that of its pages. [MED-D-008]
        response.append(
            VirtioMedia.RespMMap(driverAddr: offset, len: UInt64(plane.sizeBytes)))
    }

    private func unmap() throws(MediaFault) {
        let command: VirtioMedia.CmdMUnmap = try decode()
        guard mappings != nil else { throw .invalid }
        try mappings?.unmap(
            at: command.driverAddr, registry: registry, participant: participant)
        response.append(VirtioMedia.RespHeader(status: .ok))
    }
}
