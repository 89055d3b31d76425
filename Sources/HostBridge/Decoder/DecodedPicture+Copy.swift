// Pictures that are not decoded in place: why, and the one copy of each.

internal import LinuxSystem
internal import VirtioWire

extension DecodedPicture {
    func copyReason(into format: PictureFormat) -> CopyReason {
        switch samples {
        // What the codec could have decoded in place, had the guest wanted its format.
        case .codec(_, .noBuffer) where format.isInterleaved: .otherLayout
        case .codec(_, let reason): reason
        case .surface: .shownAgain
        }
    }

    /// Copies the picture into a buffer. One that is shown again lies in a surface that the guest
    /// has already; its samples are read from there.
    func copy(to target: Surface, as format: PictureFormat) -> Int {
        let planes: CodecPlanes
        switch samples {
        case .codec(let own, _): planes = own
        case .surface(let surface):
            guard let memories = surface.memories,
                let layout = self.format.converted(to: memories.count == 3 ? .yuv420M : .yuv420)
            else { return 0 }
            planes = layout.planes(in: memories)
        }
        return copiedBytes
            + planes.copy(
                to: target.pieces, as: format, planes: target.ownPlanes ?? format.visiblePlanes)
    }
}

extension PictureFormat {
    /// The visible samples of a YU12 picture in one buffer.
    func planes(in memory: MemoryRange) -> CodecPlanes { planes(in: [memory]) }

    /// The visible samples of a picture whose planes are not interleaved.
    func planes(in memories: [MemoryRange]) -> CodecPlanes {
        let planes = visiblePlanes.compactMap { plane -> CodecPlanes.Plane? in
            guard memories.indices.contains(plane.buffer) else { return nil }
            let memory = memories[plane.buffer]
            return memory.slice(offset: plane.offset, count: memory.sizeBytes - plane.offset).map {
                CodecPlanes.Plane(memory: $0, stride: plane.stride)
            }
        }
        return CodecPlanes(samples: .bits8, planes: planes)
    }
}
