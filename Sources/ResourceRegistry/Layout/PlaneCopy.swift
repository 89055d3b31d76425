internal import LinuxSystem

enum PlaneCopy {
    static func copy(_ source: CPUAccess, _ target: CPUAccess) throws(RegistryError) -> UInt64 {
        guard let from = source.layout, let to = target.layout else {
            guard source.memory.sizeBytes <= target.memory.sizeBytes else { throw .badLayout }
            return UInt64(target.memory.copyBytes(from: source.memory))
        }
        guard from.format == to.format, from.width == to.width, from.height == to.height,
            from.planes.count == to.planes.count
        else { throw .badLayout }
        var sum: UInt64 = 0
        for (plane, other) in zip(from.planes, to.planes) {
            sum += try copy(plane, of: source.memory, to: other, of: target.memory)
        }
        return sum
    }

    /// The layouts lie inside their objects: that was checked when they were exported. The memory
    /// may be smaller: that is checked here.
    private static func copy(
        _ plane: PixelLayout.Plane, of source: MemoryRange, to other: PixelLayout.Plane,
        of target: MemoryRange
    ) throws(RegistryError) -> UInt64 {
        let width = min(plane.strideBytes, other.strideBytes)
        let rows = min(plane.rows, other.rows)
        guard let count = Int(exactly: width), plane.endBytes ?? .max <= source.sizeBytes,
            other.endBytes ?? .max <= target.sizeBytes
        else { throw .badLayout }
        for row in 0..<rows {
            // Inside the plane, which lies inside the memory: no sum overflows an Int.
            let start = Int(plane.offsetBytes + row * plane.strideBytes)
            let end = Int(other.offsetBytes + row * other.strideBytes)
            guard let line = source.slice(offset: start, count: count),
                let place = target.slice(offset: end, count: count)
            else { throw .badLayout }
            place.copyBytes(from: line)
        }
        return width * rows
    }
}
