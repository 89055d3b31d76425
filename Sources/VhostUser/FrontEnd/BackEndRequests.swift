// What a back-end asks of a front-end, served on a thread of its own: the guest's thread waits for
// the device meanwhile.

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

/// Serves a back-end's requests until this object goes.
final class BackEndRequests: Sendable {
    private let thread: WorkerThread
    private let end: EventDescriptor

    init(
        _ owned: consuming OwnedDescriptor, features: VhostUser.ProtocolFeatures,
        regions: [LocalMemoryRegion], objects: SharedObjectTable, main: FrontEndConnection,
        interrupt: EventDescriptor
    ) throws(VhostUserError) {
        let server = Server(
            channel: try MessageChannel(owned, peerSends: .requests), features: features,
            regions: regions, objects: objects, main: main, interrupt: interrupt)
        do throws(Errno) {
            let end = try EventDescriptor()
            thread = try WorkerThread(name: "vhost-requests") { server.run(until: end) }
            self.end = end
        } catch { throw .system(error) }
    }

    deinit {
        end.signal()
        thread.join()
    }

    /// Owned by the thread.
    private final class Server: @unchecked Sendable {
        private let channel: MessageChannel
        private let features: VhostUser.ProtocolFeatures
        private let regions: [LocalMemoryRegion]
        private let objects: SharedObjectTable
        private let main: FrontEndConnection
        private let interrupt: EventDescriptor

        init(
            channel: MessageChannel, features: VhostUser.ProtocolFeatures,
            regions: [LocalMemoryRegion], objects: SharedObjectTable, main: FrontEndConnection,
            interrupt: EventDescriptor
        ) {
            self.channel = channel
            self.features = features
            self.regions = regions
            self.objects = objects
            self.main = main
            self.interrupt = interrupt
        }

        func run(until end: EventDescriptor) {
            while true {
                do throws(VhostUserError) {
                    if try channel.receive() {
                        try serve()
                    } else if channel.wait(or: end.descriptor) {
                        break
                    }
                } catch { break }
            }
            objects.removeAll(of: main)
        }

        private func serve() throws(VhostUserError) {
            defer { channel.finish() }
            guard let header = channel.header else { return }
            let request = VhostUser.BackEndRequest(header.request)
            if request == .sharedObjectLookup { return try answerLookUp() }
            let success = perform(request)
            guard features.contains(.replyAck), header.flags.contains(.needReply) else { return }
            try channel.reply { $0.append(u64: success ? 0 : 1) }
        }

        /// [VU-096]
        private func answerLookUp() throws(VhostUserError) {
            guard let shared = try? channel.payload.decode(VhostUser.Shared.self) else {
                throw .malformed
            }
            if let found = objects.lookUp(shared.uuid) {
                try channel.reply(descriptors: [found.descriptor]) { $0.append(u64: 0) }
            } else {
                try channel.reply { $0.append(u64: 1) }
            }
        }

        private func perform(_ request: VhostUser.BackEndRequest) -> Bool {
            switch request {
            case .configChangeMsg:
                interrupt.signal()
                return true
            case .sharedObjectAdd, .sharedObjectRemove:
                guard let shared = try? channel.payload.decode(VhostUser.Shared.self) else {
                    return false
                }
                if request == .sharedObjectAdd { return objects.add(shared.uuid, by: main) }
                objects.remove(shared.uuid, by: main)
                return true
            case .shmemMap, .shmemUnmap:
                guard let message = try? channel.payload.decode(VhostUser.MMap.self),
                    let region = regions.first(where: { $0.window.id == message.shmid })
                else { return false }
                if request == .shmemUnmap {
                    return (try? region.unmap(at: message.shmOffset)) != nil
                }
                guard let file = channel.takeDescriptor() else { return false }
                return map(message, file, in: region)
            default: return false
            }
        }

        /// [VU-101] [VU-102]
        private func map(
            _ message: VhostUser.MMap, _ file: consuming OwnedDescriptor,
            in region: LocalMemoryRegion
        ) -> Bool {
            let (end, overflow) = message.fdOffset.addingReportingOverflow(message.length)
            guard !overflow, Int(exactly: end) != nil else { return false }
            let mapped: Void? = try? region.map(
                .file(file.descriptor, offset: message.fdOffset), at: message.shmOffset,
                sizeBytes: message.length,
                access: message.flags.contains(.readWrite) ? .readWrite : .read)
            return mapped != nil
        }
    }
}
