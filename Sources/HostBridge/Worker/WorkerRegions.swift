internal import LinuxSystem
internal import SystemPackage

/// The files whose memory a worker has mapped, by the ids that messages name them by.
struct WorkerRegions {
    private struct Region {
        let id: UInt32
        let sizeBytes: Int
        /// The worker keeps a file mapped as long as somebody of this process has it.
        weak var file: MappedFile?
    }

    private var known: [ObjectIdentifier: Region] = [:]
    private var nextID: UInt32 = 1
    private(set) var currentStage: MappedFile?
    /// Bytes of all of them.
    var bytes: UInt64 { known.values.reduce(0) { $0 &+ UInt64($1.sizeBytes) } }
    /// Regions of guest memory, and a stage.
    static let countMax = 1024

    func id(of file: MappedFile) -> UInt32? {
        guard let region = known[ObjectIdentifier(file)], region.file === file else { return nil }
        return region.id
    }

    mutating func add(_ file: MappedFile) throws(RendererError) -> UInt32 {
        guard known.count < Self.countMax else { throw .outOfMemory }
        defer { nextID &+= 1 }
        known[ObjectIdentifier(file)] = Region(
            id: nextID, sizeBytes: file.range.sizeBytes, file: file)
        return nextID
    }

    /// Forgets files that nobody has any more; returns their ids.
    mutating func takeGone() -> [UInt32] {
        guard known.values.contains(where: { $0.file == nil }) else { return [] }
        let gone = known.filter { $0.value.file == nil }
        for key in gone.keys { known[key] = nil }
        return gone.values.map(\.id)
    }

    /// A memfd through which memory without a descriptor goes.
    mutating func stage(atLeast sizeBytes: Int) throws(RendererError) -> MappedFile {
        if let stage = currentStage, stage.range.sizeBytes >= sizeBytes { return stage }
        let wanted = max(sizeBytes, (currentStage?.range.sizeBytes ?? 0) * 2, 64 << 10)
        do throws(Errno) {
            let memory = try SharedMemory(name: "stage", sizeBytes: (wanted + 4095) & ~4095)
            try memory.seal()
            let stage = MappedFile(memory)
            currentStage = stage
            return stage
        } catch { throw .outOfMemory }
    }
}
