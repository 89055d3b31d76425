import LinuxSystem
import SystemPackage
import VirtioWire

@testable import VhostUser

/// What a front-end sends from its first message until a ring has run and stopped.
enum ScriptedSession {
    struct Message {
        let bytes: [UInt8]
        let files: [FileDescriptor]
    }

    static func encoded(_ request: VhostUser.FrontEndRequest, _ payload: [UInt8]) -> [UInt8] {
        var out = WireBuffer(capacity: 12 + payload.count)
        out.append(VhostUser.Header(request: request.rawValue, size: UInt32(payload.count)))
        out.append(contentsOf: payload)
        return out.array()
    }

    private static func message(
        _ request: VhostUser.FrontEndRequest, _ files: [FileDescriptor] = [],
        _ fill: (inout WireBuffer) -> Void = { _ in }
    ) -> Message {
        var payload = WireBuffer(capacity: 512)
        fill(&payload)
        return Message(bytes: encoded(request, payload.array()), files: files)
    }

    /// - Parameter event: the ring's kick, call and error.
    static func messages(_ guest: TestGuest, _ event: EventDescriptor) -> [Message] {
        let user = guest.file.region.userAddress.rawValue
        let address = VhostUser.VringAddr(
            index: 0, flags: [], descriptor: UserAddress(user), used: UserAddress(user + 4096),
            available: UserAddress(user + 8192))
        let features: VhostUser.ProtocolFeatures = [
            .mq, .backEndReq, .config, .resetDevice, .status, .sharedObject,
        ]
        let state = { (num: UInt32) in
            { (out: inout WireBuffer) in out.append(VhostUser.VringState(index: 0, num: num)) }
        }
        let ring = { (out: inout WireBuffer) in out.append(u64: 0) }
        return [
            message(.getFeatures), message(.getProtocolFeatures),
            message(.setProtocolFeatures) { $0.append(u64: features.rawValue) },
            message(.setOwner), message(.getQueueNum),
            message(.setMemTable, [guest.file.memory.descriptor]) {
                $0.append(VhostUser.MemTable(numRegions: 1))
                $0.append(guest.file.region)
            },
            message(.setFeatures) { $0.append(u64: 1 << 32 | 1 << 30) },
            message(.setVringNum, [], state(8)), message(.setVringBase, [], state(0)),
            message(.setVringAddr) { $0.append(address) },
            message(.setVringErr, [event.descriptor], ring),
            message(.setVringCall, [event.descriptor], ring),
            message(.setVringKick, [event.descriptor], ring),
            message(.setVringEnable, [], state(1)), message(.getStatus),
            message(.getVringBase, [], state(0)),
        ]
    }
}
