// Whether a memfd can take the place of a mapped buffer's memory. True of renderers that keep buffers
// in ordinary pages, as software ones do; nothing promises it, so it is tried before it is used.

internal import HostBridge
internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

/// A buffer with a memfd in its place, through which bytes go both ways by the renderer's own hand.
struct PlacementCanary {
    private static let bytes = 8192
    private static let context = ContextID(1)
    private static let mapped = ResourceID(1)
    private static let plain = ResourceID(2)
    private static let waitNanos: UInt64 = 2_000_000_000
    private let file: SharedMemory?

    /// Before the sandbox: it makes a memfd.
    init() { file = try? SharedMemory(name: "canary", sizeBytes: Self.bytes) }

    mutating func sings(_ library: LocalVirgl, _ answers: AnswerQueue) -> Bool {
        guard let file, library.createContext(Self.context, capset: .virgl2, name: "") == .done
        else { return false }
        defer { library.destroyContext(Self.context) }
        let whole = ResourceShape(
            target: TextureTarget.buffer, format: 64, bind: ResourceShape.samplerView,
            width: UInt32(Self.bytes), height: 1, flags: 6)
        var create = CommandStream.create(whole, blobID: 1)
        guard library.submit(&create, to: Self.context, number: 0, fenced: false) == .done,
            library.makeBlob(
                Self.mapped, of: Self.context, blobID: 1, flags: .useMappable,
                sizeBytes: UInt64(Self.bytes))
        else { return false }
        defer { _ = library.unref(Self.mapped, .none, number: 0) }
        guard let memory = try? library.map(Self.mapped),
            let place = memory.wholePages(Self.bytes),
            PlacedMemory.put(file.descriptor, over: place)
        else { return false }
        defer { _ = PlacedMemory.putZeros(over: place) }
        var plain = whole
        plain.flags = 0
        guard library.createResource(Self.plain, plain, number: 0) == .done else { return false }
        defer { _ = library.unref(Self.plain, .none, number: 0) }
        library.attach(Self.mapped, to: Self.context)
        library.attach(Self.plain, to: Self.context)
        return outward(library, file) && inward(library, answers, file)
    }

    private func pattern(_ seed: UInt8) -> [UInt8] {
        (0..<Self.bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) ^ seed }
    }

    /// RESOURCE_COPY_REGION of all bytes.
    private func copy(_ library: LocalVirgl, from source: ResourceID, to target: ResourceID) -> Bool
    {
        var words: [UInt32] = [
            0x000d_0011, target.rawValue, 0, 0, 0, 0, source.rawValue, 0, 0, 0, 0,
            UInt32(Self.bytes), 1, 1,
        ]
        return library.submit(&words, to: Self.context, number: 0, fenced: false) == .done
    }

    private func move(_ library: LocalVirgl, _ bytes: HostMemory, _ direction: TransferDirection)
        -> Bool
    {
        let transfer = Transfer(box: TexelBox(width: UInt32(Self.bytes), height: 1))
        return
            (try? library.transfer(
                LibraryTransfer(
                    id: Self.plain, context: ContextID(0), transfer: transfer,
                    direction: direction, list: BackingList([bytes.range])), number: 0)) == .done
    }

    /// What is written to the memfd the renderer reads.
    private func outward(_ library: LocalVirgl, _ file: SharedMemory) -> Bool {
        file.range.write(pattern(0x5a))
        guard copy(library, from: Self.mapped, to: Self.plain),
            let seen = HostMemory(sizeBytes: Self.bytes), move(library, seen, .fromHost)
        else { return false }
        return seen.range.bytes() == pattern(0x5a)
    }

    /// What the renderer writes the memfd shows.
    private func inward(_ library: LocalVirgl, _ answers: AnswerQueue, _ file: SharedMemory) -> Bool
    {
        guard let given = HostMemory(sizeBytes: Self.bytes) else { return false }
        given.range.write(pattern(0xc3))
        guard move(library, given, .toHost), copy(library, from: Self.plain, to: Self.mapped)
        else { return false }
        let fence: UInt64 = 0
        answers.expect(fence, of: Self.context)
        guard library.createFence(on: Self.context, number: fence),
            answers.waitUntilPassed(
                fence, untilNanos: MonotonicClock.nowNanos &+ Self.waitNanos)
        else { return false }
        return file.range.bytes() == pattern(0xc3)
    }
}

extension MemoryRange {
    /// The first `count` bytes as whole pages; nil when they are not.
    func wholePages(_ count: Int) -> MemoryRange? {
        let page = 4096
        guard unsafe UInt(bitPattern: baseAddress) % UInt(page) == 0, count % page == 0 else {
            return nil
        }
        return slice(offset: 0, count: count)
    }
}

extension LocalVirgl {
    /// All that the device's process wants to know, asked once.
    func facts(placesMemory: Bool) -> RendererFacts {
        var caps: [RendererFacts.Caps] = []
        for id in [VirtioGPU.CapsetID.virgl, .virgl2] {
            let (versionMax, sizeBytes) = capset(id)
            for version in 0...min(versionMax, 4) {
                var buffer = WireBuffer(capacity: Int(sizeBytes))
                fillCaps(id, version: version, into: &buffer)
                caps.append(
                    RendererFacts.Caps(id: id.rawValue, version: version, bytes: buffer.array()))
            }
        }
        return RendererFacts(placesMemory: placesMemory, caps: caps)
    }
}

extension ChannelMemory {
    /// From here on the worker serves.
    func tell(_ facts: RendererFacts) {
        var buffer = WireBuffer(capacity: ChannelLayout.factsBytes)
        facts.encode(to: &buffer)
        bytes(ChannelLayout.facts, ChannelLayout.factsBytes).write(buffer.array())
        setFlag(1, ChannelLayout.isReady)
        if takeFlag(ChannelLayout.deviceSleeps) { wakeDevice() }
    }
}
