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
        let writer = PieceWriter(pieces: pieces)
        switch samples {
        case .bits8: return copyRows(writer, format.visiblePlanes)
        case .bits10: return copyTenBit(writer, format.visiblePlanes)
        }
    }

    private func row(_ plane: Int, _ index: Int, bytes: Int) -> MemoryRange? {
        guard planes.indices.contains(plane) else { return nil }
        let source = planes[plane]
        return source.memory.slice(offset: index * source.stride, count: bytes)
    }

    private func copyRows(_ writer: PieceWriter, _ targets: [PictureFormat.Plane]) -> Int {
        var written = 0
        for (index, target) in targets.enumerated() {
            for line in 0..<target.rows {
                guard let row = row(index, line, bytes: target.rowBytes) else { continue }
                written += writer.write(row, at: target.offset + line * target.stride)
            }
        }
        return written
    }

    /// Three planes of 10 low bits become P010: 10 high bits, chroma interleaved.
    private func copyTenBit(_ writer: PieceWriter, _ targets: [PictureFormat.Plane]) -> Int {
        guard targets.count == 2 else { return 0 }
        var written = 0
        var line = [UInt16]()
        for row in 0..<targets[0].rows {
            guard let luma = self.row(0, row, bytes: targets[0].rowBytes)?.words() else { continue }
            line.removeAll(keepingCapacity: true)
            for sample in luma { line.append(sample << 6) }
            written += writer.write(&line, at: targets[0].offset + row * targets[0].stride)
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
            written += writer.write(&line, at: targets[1].offset + row * targets[1].stride)
        }
        return written
    }
}

extension PieceWriter {
    fileprivate func write(_ words: inout [UInt16], at offset: Int) -> Int {
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
