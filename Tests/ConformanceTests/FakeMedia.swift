// A media device that keeps every clause of the cases, but for one fault.

import GuestDriver
import VirtioWire
import Virtqueue

final class FakeMedia {
    enum Fault: CaseIterable {
        case repeatingCounter, countsOpenSessions, neverOpens, shortOpen
        case invalidForUnsupported, takesLogStatus, takesUnknownIoctl, takesEncodedValue
        case negativeStatus, unusableAfterwards
        case silentOnDQBuf
    }

    private let fault: Fault?
    private let sessionsMax: Int
    private var open: Set<UInt32> = []
    private var next: UInt32 = 0
    private var isUnusable = false

    init(_ fault: Fault? = nil, sessionsMax: Int) {
        self.fault = fault
        self.sessionsMax = sessionsMax
    }

    /// A machine with such a device, for a runner.
    static func make(_ fault: Fault? = nil, sessionsMax: Int = 20) throws
        -> (any VirtioTransport, GuestMachine)
    {
        let machine = try GuestMachine(memoryBytes: 1 << 20)
        let media = FakeMedia(fault, sessionsMax: sessionsMax)
        let device = try FakeDevice(
            deviceID: VirtioMedia.deviceID,
            config: encoded(VirtioMedia.Config(deviceCaps: 0, card: "fake")),
            memory: machine.memory, answer: media.answer)
        return (device, machine)
    }

    private func answer(_ request: [UInt8]) -> [UInt8]? {
        guard let header: VirtioMedia.CmdHeader = request.decoded() else {
            return status(.einval)
        }
        switch header.cmd {
        case .open: return openSession()
        case .close:
            if let command: VirtioMedia.CmdClose = request.decoded() {
                open.remove(command.sessionID.rawValue)
            }
            return []
        case .ioctl:
            guard let command: VirtioMedia.CmdIoctl = request.decoded() else {
                return status(.einval)
            }
            return ioctl(command)
        default: return status(.enotty)
        }
    }

    private func status(_ status: VirtioMedia.Status) -> [UInt8] {
        encoded(VirtioMedia.RespHeader(status: status))
    }

    private func openSession() -> [UInt8] {
        guard !isUnusable, fault != .neverOpens, open.count < sessionsMax else {
            return status(.ebusy)
        }
        let id: UInt32
        switch fault {
        case .repeatingCounter:
            id = next % 8
            next += 1
        // Right until a session in the middle goes.
        case .countsOpenSessions: id = UInt32(open.count)
        default:
            id = next
            next += 1
        }
        open.insert(id)
        let response = encoded(VirtioMedia.RespOpen(sessionID: SessionID(id)))
        return fault == .shortOpen ? Array(response.prefix(8)) : response
    }

    private func ioctl(_ command: VirtioMedia.CmdIoctl) -> [UInt8]? {
        isUnusable = fault == .unusableAfterwards
        switch (fault, command.code) {
        case (.silentOnDQBuf, .dqbuf): return nil
        case (.takesLogStatus, .logStatus), (.takesUnknownIoctl, V4L2.IoctlCode(255)),
            (.takesEncodedValue, V4L2.IoctlCode(0xc0d0_5604)):
            return status(.ok)
        case (.invalidForUnsupported, _): return status(.einval)
        case (.negativeStatus, _): return status(VirtioMedia.Status(UInt32(bitPattern: -25)))
        default: return status(.enotty)
        }
    }
}
