// The worker's process: virglrenderer, shut in, for one guest. It trusts the process that started it
// and shares nothing with anybody else; what a guest's stream makes of it is its own end.

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage

/// Where a program goes that was started to be a renderer's worker.
public enum RendererWorker {
    /// Serves until the process that started this one is gone; returns the status to exit with.
    ///
    /// Call it on the main thread, before anything else has been started.
    ///
    /// - Parameter descriptor: the socket that the worker was started with.
    public static func main(descriptor: Int32 = 3) -> Int32 {
        let socket = PacketSocket(FileDescriptor(rawValue: descriptor))
        // Who has started it may have ended before.
        guard (try? ChildSelf.begin()) != nil, !socket.hasEnded else {
            return WorkerExit.done.rawValue
        }
        guard let (bytes, descriptors) = try? socket.receive(), bytes == WorkerHello.bytes,
            descriptors.count == WorkerHello.descriptorCount,
            let mapping = try? FileMapping(
                descriptors[0], offset: 0, sizeBytes: ChannelLayout.sizeBytes,
                protection: .readWrite),
            let channel = ChannelMemory(mapping.range, owner: mapping)
        else { return WorkerExit.notAWorker.rawValue }
        try? descriptors[0].close()
        let answers = AnswerQueue(channel, device: descriptors[2])
        let library: LocalVirgl
        do throws(RendererError) {
            library = try LocalVirgl(keepsFences: false) { answers.fencePassed($0) }
        } catch { return WorkerExit.noLibrary.rawValue }
        defer { library.close() }
        var canary = PlacementCanary()
        do throws(Errno) { try ChildSelf.enterSandbox() } catch {
            return WorkerExit.noSandbox.rawValue
        }
        let facts = library.facts(placesMemory: canary.sings(library, answers))
        channel.tell(facts)
        var server = WorkerServer(
            channel: channel, socket: socket, doorbell: descriptors[1], library: library,
            answers: answers)
        return server.run().rawValue
    }
}

/// Why a worker has ended by itself.
enum WorkerExit: Int32 {
    case done = 0
    /// It was not started as one.
    case notAWorker = 2
    case noLibrary = 3
    case noSandbox = 4
    /// A message that makes no sense: a fault of ours.
    case badMessage = 5
}
