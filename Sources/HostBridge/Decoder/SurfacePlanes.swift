internal import LinuxSystem
internal import VirtioWire

/// Where a surface's three planes lie: in one memory, or in three.
@safe struct SurfacePlanes {
    let memory: MemoryRange
    let starts: [UnsafeMutablePointer<UInt8>]
    let strides: [Int]

    /// Nil when a memory is shorter than the layout.
    init?(_ surface: Surface, _ native: PictureFormat) {
        if native.isTenBit {
            self.init(planar: surface.memory, native)
        } else {
            self.init(shared: surface, native)
        }
    }

    /// 10 bits of 16, planes apart: no format of V4L2's.
    private init?(planar memory: MemoryRange?, _ native: PictureFormat) {
        guard let memory, memory.sizeBytes >= native.planarBytes else { return nil }
        self.memory = memory
        strides = native.planarStrides
        // SAFETY: the memory holds all three planes.
        unsafe starts = native.planarOffsets.map {
            unsafe memory.baseAddress.assumingMemoryBound(to: UInt8.self) + $0
        }
    }

    private init?(shared surface: Surface, _ native: PictureFormat) {
        guard let memories = surface.memories, let first = memories.first,
            let format = native.converted(to: memories.count == 3 ? .yuv420M : .yuv420),
            format.bufferCount == memories.count,
            zip(memories, format.bufferSizes).allSatisfy({ $0.sizeBytes >= $1 })
        else { return nil }
        memory = first
        strides = format.planeStrides
        // SAFETY: each memory holds as many bytes as the layout has in that buffer.
        unsafe starts = format.visiblePlanes.enumerated().map { index, plane in
            let base = unsafe memories[plane.buffer].baseAddress
            return unsafe base.assumingMemoryBound(to: UInt8.self)
                + format.planeOffsets[index]
        }
    }
}
