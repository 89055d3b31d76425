// A driver that costs next to nothing: chains that lie ready in guest memory, of which a number is
// made available by moving one index. What it measures is the device's.

import LinuxSystem
import Synchronization
import VhostUser
import VirtioWire
import Virtqueue

/// The GPU's control queue behind a socket, driven by hand.
final class PreparedRing {
    let front: VhostUserFrontEnd
    let memory: SharedMemory
    private let forge: RingForge
    private var index: UInt16 = 0

    /// Chains that lie ready: one request and one response each.
    static let chains = 128
    static let start: UInt64 = 0x10_0000
    /// Where pixels may lie, in guest addresses.
    static let pixels = start + 0x20_0000
    static let pixelBytes = 32 << 20
    private static let requestBytes = 256
    private static let requests: UInt64 = 0x4_0000
    private static let responses: UInt64 = 0x6_0000
    private static let patienceMillis: Int32 = 20_000
    /// How long it looks before it sleeps: how soon a machine wakes an idle thread is not the device's.
    private static let awakeNanos: UInt64 = 2_000_000

    init(_ path: String) throws {
        memory = try SharedMemory(
            name: "bench guest", sizeBytes: Int(Self.pixels - Self.start) + Self.pixelBytes)
        let file = GuestMemoryFile(start: GuestAddress(Self.start), memory: memory)
        front = try VhostUserFrontEnd(path: path, deviceID: VirtioGPU.deviceID, memory: [file])
        let regions = [GuestRegion(start: file.start, memory: memory)]
        forge = RingForge(Self.layout(0), memory: try GuestMemory(regions))
        front.writeStatus([])
        front.writeStatus([.acknowledge, .driver])
        front.acceptFeatures(TransportFeatures.version1.rawValue)
        front.writeStatus([.acknowledge, .driver, .featuresOK])
        for queue in 0..<2 { front.setQueue(queue, layout: Self.layout(queue)) }
        for chain in 0..<Self.chains { prepare(chain) }
        front.writeStatus([.acknowledge, .driver, .featuresOK, .driverOK])
        guard front.status.contains(.driverOK), !front.status.contains(.needsReset) else {
            throw BenchFault.noDevice
        }
    }

    private static func layout(_ queue: Int) -> QueueLayout {
        let at = start + UInt64(queue) * 0x1_0000
        return QueueLayout(
            size: 256, descriptorTable: GuestAddress(at), availRing: GuestAddress(at + 0x4000),
            usedRing: GuestAddress(at + 0x8000))
    }

    /// Lays the chain's descriptors out, and its head into both of its places in the ring.
    private func prepare(_ chain: Int) {
        let offset = UInt64(chain * Self.requestBytes)
        forge.set(
            SplitRing.Descriptor(
                addr: GuestAddress(Self.start + Self.requests + offset),
                len: UInt32(Self.requestBytes), flags: .next, next: UInt16(2 * chain + 1)),
            at: 2 * chain)
        forge.set(
            SplitRing.Descriptor(
                addr: GuestAddress(Self.start + Self.responses + offset), len: 24, flags: .write,
                next: 0), at: 2 * chain + 1)
        for position in [chain, chain + Self.chains] {
            forge.set(availHead: UInt16(2 * chain), at: UInt16(position))
        }
    }

    /// Puts a command into a chain, whose readable part ends with it.
    func set<M: WireMessage>(_ chain: Int, _ command: M, trailing: [UInt8] = []) {
        var bytes = WireBuffer(capacity: Self.requestBytes)
        bytes.append(command)
        bytes.append(contentsOf: trailing)
        let at = GuestAddress(
            Self.start + Self.requests + UInt64(chain * Self.requestBytes))
        forge.write(bytes.array(), at: at)
        forge.set(
            SplitRing.Descriptor(
                addr: at, len: UInt32(bytes.count), flags: .next, next: UInt16(2 * chain + 1)),
            at: 2 * chain)
    }

    /// Makes the next `count` chains available, and waits, awake at first, until all have come back.
    func run(_ count: Int) throws {
        index &+= UInt16(count)
        forge.set(availIndex: index)
        // The index is published before one looks whether the device wants to hear of it (2.7.7.1).
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if forge.usedFlags & 1 == 0 { front.notify(queue: 0) }
        let asleep = MonotonicClock.nowNanos &+ Self.awakeNanos
        while forge.usedIndex != index {
            guard MonotonicClock.nowNanos > asleep else { continue }
            guard front.interrupt.wait(timeoutMillis: Self.patienceMillis) else {
                if forge.usedIndex == index { break }
                throw BenchFault.silent
            }
        }
    }

    /// Goes on with the first chain.
    func rewind() throws { while Int(index) % Self.chains != 0 { try run(1) } }

    /// Sends one command by the chain that is next, and checks its answer.
    func send<M: WireMessage>(_ command: M, trailing: [UInt8] = []) throws {
        let chain = Int(index) % Self.chains
        set(chain, command, trailing: trailing)
        try run(1)
        let at = Self.start + Self.responses + UInt64(chain * Self.requestBytes)
        let answer = forge.read(4, at: GuestAddress(at))
        guard answer == [0, 0x11, 0, 0] else { throw BenchFault.refused(answer) }
    }
}

enum BenchFault: Error, CustomStringConvertible {
    case noDevice, silent
    case refused([UInt8])
    case noProgram(String)

    var description: String {
        switch self {
        case .noDevice: "The device does not start."
        case .silent: "The device does not answer."
        case .refused(let code): "The device refuses a command: \(code)."
        case .noProgram(let name): "\(name) does not start."
        }
    }
}
