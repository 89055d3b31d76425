// A back-end that is right but for one thing: a real one, and a hand between it and its front-end
// that changes messages.

import LinuxSystem
import SystemPackage
import VirtioWire

@testable import VhostUser

/// What a back-end does wrong.
enum SocketFault: String, CaseIterable {
    case echoesNeedReply, answersAnotherNumber, acknowledgesAlways, acknowledgesNever
    case acknowledgesTwice, saysYes, saysNo, ignoresSize, reordersReplies
    case keepsDescriptors, takesNoDescriptor, changesFeatures, hidesVersion1
    case offersUnserved, movesShmem, refusesRingReset, needsBit30, onlyOneQueue, noSlots,
        tooManySlots
    case forgetsStatus, keepsFeaturesOK
    case dropsSecondRegion, refusesEmptyTable, comparesOffset, keepsRemoved, confusesAddresses
    case takesAnyRing, takesAnySize, forgetsBase, enablesByKick, neverStops, neverDisables
    case keepsFirstCall, keepsRunningAfterReset, ignoresResetOwner, refusesOwner
    case keepsFirstChannel, readsConfigAtZero, cutsConfig, takesAnyConfigRange, refusesConfigWrite
    case objectForNothing, countsNoRegions, forgetsProtocolFeatures
}

/// Serves one front-end at a time at the end of a socket pair.
final class MutatingProxy {
    private let path: String
    private let fault: SocketFault?
    private var thread: WorkerThread?

    init(path: String, fault: SocketFault?) {
        self.path = path
        self.fault = fault
    }

    deinit { thread?.join() }

    /// A connection to the back-end through the proxy; the one before must be closed.
    func connect() throws -> OwnedDescriptor {
        thread?.join()
        thread = nil
        var theirs: OwnedDescriptor?
        let ours = try UnixSocket.pair(with: &theirs)
        let front = try MessageChannel(try present(theirs.take()), peerSends: .requests)
        let back = try MessageChannel(try UnixSocket.connect(to: path), peerSends: .replies)
        let relay = Relay(front: front, back: back, fault: fault)
        thread = try WorkerThread(name: "mutating proxy") { relay.run() }
        return ours
    }

    /// Owned by the thread.
    private final class Relay: @unchecked Sendable {
        let front: MessageChannel
        let back: MessageChannel
        let fault: SocketFault?
        private var seen: [UInt32: Int] = [:]
        private var kept: [FileDescriptor] = []
        private var offered: UInt64 = 0
        private var held: (UInt32, [UInt8])?
        private var hasHeld = false

        init(front: MessageChannel, back: MessageChannel, fault: SocketFault?) {
            self.front = front
            self.back = back
            self.fault = fault
        }

        func run() {
            defer { for descriptor in kept { try? descriptor.close() } }
            do {
                while true {
                    if try front.receive() {
                        try request()
                    } else if try back.receive() {
                        try reply()
                    } else {
                        _ = front.wait(or: back.descriptor)
                    }
                }
            } catch {}
        }

        private func take() -> [FileDescriptor] {
            var all: [FileDescriptor] = []
            while let descriptor = front.takeDescriptor() { all.append(descriptor.release()) }
            return all
        }

        // MARK: Requests

        private func request() throws {
            guard let header = front.header else { return }
            var payload = front.payload.array()
            var flags = header.flags
            let files = take()
            front.finish()
            seen[header.request, default: 0] += 1
            let number = VhostUser.FrontEndRequest(header.request)
            defer {
                if fault == .keepsDescriptors || fault == .keepsFirstChannel {
                    kept += files
                } else {
                    for file in files { try? file.close() }
                }
            }
            if try answersAlone(number, header, payload, files) { return }
            change(number, &payload, &flags, files.count)
            if fault == .acknowledgesAlways, number == .setOwner, flags == .version1 {
                try answer(header.request, Self.zero)
            }
            try back.send(header.request, flags: flags, descriptors: files) {
                $0.append(contentsOf: payload)
            }
            if number == .setVringKick, fault == .enablesByKick {
                try back.send(VhostUser.FrontEndRequest.setVringEnable.rawValue, flags: .version1) {
                    $0.append(VhostUser.VringState(index: 0, num: 1))
                }
            }
        }

        private func answer(_ number: UInt32, _ payload: [UInt8]) throws {
            try front.send(number, flags: [.version1, .reply]) {
                $0.append(contentsOf: payload)
            }
        }

        private static let zero = [UInt8](repeating: 0, count: 8)
        private static let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]

        /// Requests that never reach the back-end.
        private func answersAlone(
            _ number: VhostUser.FrontEndRequest, _ header: VhostUser.Header, _ payload: [UInt8],
            _ files: [FileDescriptor]
        ) throws -> Bool {
            let times = seen[header.request] ?? 0
            let word = payload.count >= 8 ? payload[4] : 0
            var success: Bool?
            switch (fault, number) {
            case (.acknowledgesNever, .setVringBase), (.acknowledgesNever, .setVringNum):
                return true
            case (.ignoresSize, .setVringNum) where payload.count != 8: success = true
            case (.ignoresSize, .setFeatures) where payload.count != 8: success = true
            case (.dropsSecondRegion, .setMemTable) where payload.first == 2: success = true
            case (.refusesEmptyTable, .setMemTable) where payload.first == 0: success = false
            case (.comparesOffset, .remMemReg) where payload.count == 40 && payload[33] != 0:
                success = false
            case (.keepsRemoved, .remMemReg) where times > 1: success = true
            case (.takesAnySize, .setVringNum) where payload[6] != 0 || payload == Self.zero:
                success = true
            case (.neverStops, .getVringBase):
                try answer(header.request, [0, 0, 0, 0, 1, 0, 0, 0])
                return true
            case (.neverDisables, .setVringEnable) where word == 0: success = true
            case (.keepsFirstCall, .setVringCall) where times > 1: success = true
            case (.keepsRunningAfterReset, .resetDevice): success = true
            case (.keepsRunningAfterReset, .setStatus) where payload == Self.zero: success = true
            case (.ignoresResetOwner, .resetOwner): success = true
            case (.refusesOwner, .setOwner) where header.flags.contains(.needReply):
                success = false
            case (.keepsFirstChannel, .setBackEndReqFD): success = true
            case (.refusesConfigWrite, .setConfig): success = false
            case (.refusesRingReset, .setFeatures) where payload.count == 8 && payload[5] & 1 != 0:
                success = false
            case (.forgetsProtocolFeatures, .setProtocolFeatures) where times > 1:
                success = false
            case (.takesAnyConfigRange, .getConfig):
                try answer(header.request, payload)
                return true
            case (.objectForNothing, .getSharedObject):
                let file = try SharedMemory(name: "nothing", sizeBytes: 4096)
                try front.send(
                    header.request, flags: [.version1, .reply], descriptors: [file.descriptor]
                ) { $0.append(contentsOf: payload) }
                return true
            default: return false
            }
            guard let success else { return false }
            if header.flags.contains(.needReply) {
                try answer(header.request, success ? Self.zero : Self.one)
            }
            return true
        }

        /// What the back-end gets in place of what was sent.
        private func change(
            _ number: VhostUser.FrontEndRequest, _ payload: inout [UInt8],
            _ flags: inout VhostUser.HeaderFlags, _ files: Int
        ) {
            switch (fault, number) {
            case (.takesNoDescriptor, .setVringCall), (.takesNoDescriptor, .setVringErr):
                if files == 0, payload.count == 8 { payload[1] = 1 }
            case (.needsBit30, .setFeatures) where payload.count == 8: payload[3] |= 0x40
            case (.takesAnyRing, .setVringNum), (.takesAnyRing, .setVringBase),
                (.takesAnyRing, .setVringEnable), (.takesAnyRing, .setVringAddr):
                payload.replaceSubrange(0..<4, with: [1, 0, 0, 0])
            case (.confusesAddresses, .setMemTable) where payload.count >= 40:
                for at in stride(from: 8, to: payload.count, by: 32) {
                    payload.replaceSubrange(at + 16..<at + 24, with: payload[at..<at + 8])
                }
            case (.movesShmem, .setProtocolFeatures) where payload.count == 8: payload[2] |= 0x40
            case (.readsConfigAtZero, .getConfig) where payload.count >= 12:
                payload.replaceSubrange(0..<4, with: [0, 0, 0, 0])
            default: break
            }
        }

        // MARK: Replies

        private func reply() throws {
            guard let header = back.header else { return }
            var payload = back.payload.array()
            back.finish()
            var flags = header.flags
            var request = header.request
            let number = VhostUser.FrontEndRequest(request)
            let isOwn = RequestRule(number)?.isAnswered ?? false
            let times = seen[request] ?? 0
            switch fault {
            case .echoesNeedReply: flags.insert(.needReply)
            case .answersAnotherNumber where number == .getQueueNum: request += 1
            case .saysYes where !isOwn: payload = Self.zero
            case .saysNo where !isOwn: payload = Self.one
            case .changesFeatures where number == .getFeatures:
                payload[0] ^= UInt8(times & 1)
            case .hidesVersion1 where number == .getFeatures: payload[4] &= 0xfe
            case .offersUnserved where number == .getShmemConfig: payload.removeLast(8)
            case .movesShmem where number == .getProtocolFeatures:
                payload[2] = payload[2] & ~0x40 | 0x20
            case .onlyOneQueue where number == .getQueueNum: payload[0] = 1
            case .noSlots where number == .getMaxMemSlots: payload = Self.zero
            case .tooManySlots where number == .getMaxMemSlots: payload[0] &+= 1
            case .forgetsStatus where number == .getStatus: payload = Self.zero
            case .keepsFeaturesOK where number == .getStatus && payload[0] != 0: payload[0] |= 8
            case .forgetsBase where number == .getVringBase: payload[4] = 0
            case .cutsConfig where number == .getConfig && payload.count > 4: payload.removeLast(4)
            case .countsNoRegions where number == .getShmemConfig: payload[0] = 0
            case .reordersReplies where number == .getFeatures && !hasHeld:
                // Held back until the reply behind it is here, where there is one at once.
                (held, hasHeld) = ((request, payload), true)
                return
            default: break
            }
            try front.send(request, flags: flags) { $0.append(contentsOf: payload) }
            if fault == .acknowledgesTwice, isOwn, times > 1 {
                try answer(request, Self.zero)
            }
            if let (request, payload) = held {
                held = nil
                try answer(request, payload)
            }
        }
    }
}
