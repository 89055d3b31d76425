// Memory of the device's own: the planes of MMAP buffers.

internal import LinuxSystem
internal import ResourceRegistry
internal import Synchronization
internal import SystemPackage

/// A plane of an MMAP buffer. It is an object of the domain from the beginning, under a name that
/// nobody knows before EXPBUF tells it: decoders write it under the same leases as any other.
final class DevicePlane {
    /// What MMAP names the plane by: unique among the planes of a session.
    let cookie: UInt32
    let sizeBytes: UInt32
    let memory: SharedMemory
    let object: SharedObject
    /// The device's own hold on it.
    let attachment: Attachment
    /// How many MMAP commands show it.
    var mappings = 0
    private let registry: ResourceRegistry
    private let participant: Participant
    private let count: PlaneCount

    /// Zeroed memory, counted against the device's quota. [LIFE-6] [QUOTA-1]
    init(
        cookie: UInt32, sizeBytes: UInt32, layout: PixelLayout?, context: MediaContext
    ) throws(MediaFault) {
        guard context.planes.take() else { throw .noMemory }
        let made: Made
        do throws(MediaFault) {
            made = try Self.make(sizeBytes, layout, context.registry, context.participant)
        } catch {
            context.planes.giveBack()
            throw error
        }
        memory = made.memory
        object = made.object
        attachment = made.attachment
        self.cookie = cookie
        self.sizeBytes = sizeBytes
        registry = context.registry
        participant = context.participant
        count = context.planes
    }

    private struct Made {
        let memory: SharedMemory
        let object: SharedObject
        let attachment: Attachment
    }

    private static func make(
        _ sizeBytes: UInt32, _ layout: PixelLayout?, _ registry: ResourceRegistry,
        _ participant: Participant
    ) throws(MediaFault) -> Made {
        guard sizeBytes > 0,
            let memory = try? SharedMemory(name: "media plane", sizeBytes: Int(sizeBytes)),
            // Who is lent it cannot cut it short.
            (try? memory.seal()) != nil
        else { throw .noMemory }
        let description = ObjectDescription(
            sizeBytes: UInt64(sizeBytes),
            backing: .sharedMemory(
                FileRange(
                    descriptor: memory.descriptor, offset: 0, sizeBytes: UInt64(sizeBytes))),
            layout: layout, memory: memory.range)
        let object: SharedObject
        do throws(RegistryError) {
            object = try registry.export(
                description, by: participant, onUnused: { _ in withExtendedLifetime(memory) {} })
        } catch { throw error.fault }
        do throws(RegistryError) {
            let attachment = try registry.attach(
                object.uuid, by: participant, direction: .readWrite)
            return Made(memory: memory, object: object, attachment: attachment)
        } catch {
            try? registry.remove(object, by: participant)
            throw error.fault
        }
    }

    /// The name goes; the bytes stay for who has them attached or mapped. [LIFE-1] [MED-D-009]
    deinit {
        attachment.detach()
        try? registry.remove(object, by: participant)
        count.giveBack()
    }
}

/// How many planes there may be: each has a descriptor.
final class PlaneCount: Sendable {
    private let left: Atomic<Int>

    init(max: Int) { left = Atomic(max) }

    func take() -> Bool {
        guard left.subtract(1, ordering: .relaxed).oldValue > 0 else {
            left.add(1, ordering: .relaxed)
            return false
        }
        return true
    }

    func giveBack() { left.add(1, ordering: .relaxed) }
}
