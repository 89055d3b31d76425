// The one copy that a picture takes when it could not be decoded in place.

internal import LinuxSystem

/// Writes rows at byte offsets into memory that may come in pieces.
struct PieceWriter {
    let pieces: [MemoryRange]

    var sizeBytes: Int { pieces.reduce(0) { $0 + $1.sizeBytes } }

    /// Copies all of `row` to `offset`; what would run past the last piece is left out. Returns how
    /// many bytes were written.
    func write(_ row: MemoryRange, at offset: Int) -> Int {
        var skip = offset
        var done = 0
        for piece in pieces where done < row.sizeBytes {
            guard skip < piece.sizeBytes else {
                skip -= piece.sizeBytes
                continue
            }
            let count = min(piece.sizeBytes - skip, row.sizeBytes - done)
            guard let target = piece.slice(offset: skip, count: count),
                let source = row.slice(offset: done, count: count)
            else { break }
            done += target.copyBytes(from: source)
            skip = 0
        }
        return done
    }
}

extension CodecPlanes {
    /// Copies the visible samples into `pieces`, laid out as `format`. Returns the bytes written.
    func copy(to pieces: [MemoryRange], as format: PictureFormat) -> Int {
        copy(to: [pieces], as: format, planes: format.visiblePlanes)
    }

    /// Copies the visible samples into the pieces of each of a picture's buffers, to where `targets`
    /// says that the planes of `format` lie. Returns the bytes written.
    func copy(
        to buffers: [[MemoryRange]], as format: PictureFormat, planes targets: [PictureFormat.Plane]
    ) -> Int {
        let writers = buffers.map { PieceWriter(pieces: $0) }
        guard (samples == .bits10) == format.isTenBit,
            targets.allSatisfy({ writers.indices.contains($0.buffer) })
        else { return 0 }
        switch (samples, format.isInterleaved) {
        case (.bits8, false): return copyRows(writers, targets)
        case (.bits8, true): return copyInterleaving(writers, targets)
        case (.bits10, _): return copyTenBit(writers, targets)
        }
    }

    /// Copies the visible samples of a picture of `format`'s to planes that lie apart as these do.
    package func copyRows(into target: CodecPlanes, of format: PictureFormat) {
        let sample = format.isTenBit ? 2 : 1
        let visible = format.visible
        for (index, pair) in zip(planes, target.planes).enumerated() {
            let isLuma = index == 0
            let width =
                isLuma ? visible.width : (visible.x + visible.width + 1) / 2 - visible.x / 2
            let rows =
                isLuma ? visible.height : (visible.y + visible.height + 1) / 2 - visible.y / 2
            for line in 0..<rows {
                guard let from = row(index, line, bytes: width * sample) else { continue }
                let start = line * pair.1.stride
                pair.1.memory.slice(offset: start, count: width * sample)?.copyBytes(from: from)
            }
        }
    }

    private func row(_ plane: Int, _ index: Int, bytes: Int) -> MemoryRange? {
        guard planes.indices.contains(plane) else { return nil }
        let source = planes[plane]
        return source.memory.slice(offset: index * source.stride, count: bytes)
    }

    private func copyRows(_ writers: [PieceWriter], _ targets: [PictureFormat.Plane]) -> Int {
        var written = 0
        for (index, target) in targets.enumerated() {
            for line in 0..<target.rows {
                guard let row = row(index, line, bytes: target.rowBytes) else { continue }
                written += writers[target.buffer].write(
                    row, at: target.offset + line * target.stride)
            }
        }
        return written
    }

    /// Three planes of 8 bits become two: Cb and Cr in turn.
    private func copyInterleaving(_ writers: [PieceWriter], _ targets: [PictureFormat.Plane]) -> Int
    {
        guard targets.count == 2 else { return 0 }
        var written = copyRows(writers, [targets[0]])
        let target = targets[1]
        var line = [UInt8]()
        for row in 0..<target.rows {
            let bytes = target.rowBytes / 2
            guard let blue = self.row(1, row, bytes: bytes)?.bytes(),
                let red = self.row(2, row, bytes: bytes)?.bytes()
            else { continue }
            line.removeAll(keepingCapacity: true)
            for (b, r) in zip(blue, red) {
                line.append(b)
                line.append(r)
            }
            written += writers[target.buffer].write(
                &line, at: target.offset + row * target.stride)
        }
        return written
    }

    /// Three planes of 10 low bits become P010: 10 high bits, chroma interleaved.
    private func copyTenBit(_ writers: [PieceWriter], _ targets: [PictureFormat.Plane]) -> Int {
        guard targets.count == 2 else { return 0 }
        var written = 0
        var line = [UInt16]()
        for row in 0..<targets[0].rows {
            guard let luma = self.row(0, row, bytes: targets[0].rowBytes)?.words() else { continue }
            line.removeAll(keepingCapacity: true)
            for sample in luma { line.append(sample << 6) }
            written += writers[targets[0].buffer].write(
                &line, at: targets[0].offset + row * targets[0].stride)
        }
        for row in 0..<targets[1].rows {
            let bytes = targets[1].rowBytes / 2
            guard let blue = self.row(1, row, bytes: bytes)?.words(),
                let red = self.row(2, row, bytes: bytes)?.words()
            else { continue }
            line.removeAll(keepingCapacity: true)
            for (b, r) in zip(blue, red) {
                line.append(b << 6)
                line.append(r << 6)
            }
            written += writers[targets[1].buffer].write(
                &line, at: targets[1].offset + row * targets[1].stride)
        }
        return written
    }
}

extension PieceWriter {
    fileprivate func write<Sample: BitwiseCopyable>(_ words: inout [Sample], at offset: Int) -> Int
    {
        unsafe words.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            // SAFETY: the range is used inside this closure only.
            return write(
                unsafe MemoryRange(baseAddress: start, sizeBytes: bytes.count), at: offset)
        }
    }
}

extension MemoryRange {
    /// A private copy as little-endian 16-bit words.
    fileprivate func words() -> [UInt16] {
        let count = sizeBytes / 2
        return unsafe [UInt16](unsafeUninitializedCapacity: count) { buffer, initialized in
            // SAFETY: `count` words are copied from this range, which holds as many bytes.
            if count > 0 {
                unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(start: baseAddress, count: count * 2))
            }
            initialized = count
        }
    }
}
