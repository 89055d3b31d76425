// What the device's process asks of its worker: a header of 16 bytes (kind, bytes in all, number)
// and words. The device's process is the one that the worker trusts; the worker still reads nothing
// that is not there.

package import VirtioWire

package enum WorkerMessageKind: UInt32, Sendable {
    /// Nothing more until the ring's start.
    case skip = 1
    case createContext, destroyContext, attach, detach
    case createResource, createBlob, discard, unref
    case addRegion, removeRegion
    case attachBacking, detachBacking
    case transfer
    /// More words of the stream that the next `submit` ends.
    case streamPart, submit
    case fence
}

/// Whether the end of a message is to be told, and what its end is.
package enum WorkerMessageFlags {
    package static let answer: UInt32 = 1
    /// The end is a fence behind it.
    package static let fenced: UInt32 = 2
}

package struct WorkerMessageHeader {
    package let kind: UInt32
    package let sizeBytes: UInt32
    package let number: UInt64

    package init(kind: UInt32, sizeBytes: UInt32, number: UInt64) {
        self.kind = kind
        self.sizeBytes = sizeBytes
        self.number = number
    }
}

/// A stretch of a region, as it stands in messages: region, zero, offset, bytes.
package struct RegionPiece: Equatable, Sendable {
    package static let sizeBytes = 24

    package let region: UInt32
    package let offset: UInt64
    package let count: UInt64

    package init(region: UInt32, offset: UInt64, count: UInt64) {
        self.region = region
        self.offset = offset
        self.count = count
    }

    package init(_ bytes: RawSpan, at offset: Int) {
        self.init(
            region: bytes.u32(at: offset), offset: bytes.u64(at: offset + 8),
            count: bytes.u64(at: offset + 16))
    }

    package func encode(to out: inout WireBuffer) {
        out.append(u32: region)
        out.append(u32: 0)
        out.append(u64: offset)
        out.append(u64: count)
    }
}

/// The first message on the socket, with three descriptors: the shared memory, the worker's eventfd
/// and the device's.
package enum WorkerHello {
    package static let bytes: [UInt8] = Array("virtio-share worker 1".utf8)
    package static let descriptorCount = 3
}

extension ResourceShape {
    package static let wordCount = 10

    package func encode(to out: inout WireBuffer) {
        for word in [
            target, format, bind, width, height, depth, arraySize, lastLevel, sampleCount, flags,
        ] { out.append(u32: word) }
    }

    package init(_ bytes: RawSpan, at offset: Int) {
        let word = { (index: Int) in offset + 4 * index }
        self.init(
            target: bytes.u32(at: word(0)), format: bytes.u32(at: word(1)),
            bind: bytes.u32(at: word(2)), width: bytes.u32(at: word(3)),
            height: bytes.u32(at: word(4)), depth: bytes.u32(at: word(5)),
            arraySize: bytes.u32(at: word(6)), lastLevel: bytes.u32(at: word(7)),
            sampleCount: bytes.u32(at: word(8)), flags: bytes.u32(at: word(9)))
    }
}

extension Transfer {
    package static let encodedBytes = 48

    package func encode(to out: inout WireBuffer) {
        for word in [box.x, box.y, box.width, box.height, level, stride, layerStride, box.z] {
            out.append(u32: word)
        }
        out.append(u64: offset)
        out.append(u64: UInt64(box.depth))
    }

    package init(_ bytes: RawSpan, at offset: Int) {
        let word = { (index: Int) in offset + 4 * index }
        self.init(
            box: TexelBox(
                x: bytes.u32(at: word(0)), y: bytes.u32(at: word(1)), z: bytes.u32(at: word(7)),
                width: bytes.u32(at: word(2)), height: bytes.u32(at: word(3)),
                depth: bytes.u32(at: word(10))),
            level: bytes.u32(at: word(4)), stride: bytes.u32(at: word(5)),
            layerStride: bytes.u32(at: word(6)), offset: bytes.u64(at: word(8)))
    }
}
