// A clip through a decoding session, as a guest's player would do it, with the MD5 of every picture
// that comes out.

#if LibAV
    import CLibAV
    import Foundation
    import LinuxSystem
    import ResourceRegistry
    import SystemPackage
    import Testing
    import VirtioWire

    @testable import HostBridge
    @testable import virtio_share

    // Swift Testing has an Attachment too.
    import class ResourceRegistry.Attachment

    /// A file of Tests/Clips, and what is known of it.
    struct Clip: CustomTestStringConvertible, Sendable {
        let file: String
        /// Pictures that a codec with direct rendering does not put in place, by reason.
        var copies: [CopyReason: UInt64] = [:]
        /// What is made of its damage depends on the number of threads.
        var isDamaged = false

        var testDescription: String { file }

        static let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Clips")
        private static let shipped = folder.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/virtio-share/Resources/demo.mp4")

        var path: String {
            file == "demo.mp4" ? Self.shipped.path : Self.folder.appendingPathComponent(file).path
        }

        func units() throws -> (fourcc: V4L2.FourCC, units: [CodedUnit]) {
            let stream = try LibAVStream(path: path)
            var units: [CodedUnit] = []
            while let unit = try stream.next() {
                units.append(CodedUnit(bytes: unit.bytes, token: Int64(units.count)))
            }
            return (stream.fourcc, units)
        }

        /// The MD5 of each picture as ffmpeg wrote it: planes without gaps, in the stream's own
        /// pixel format.
        func referenceDigests() throws -> [String] {
            let stem = file == "vp9.ivf" ? "vp9-ivf" : (file as NSString).deletingPathExtension
            let text = try String(
                contentsOf: Self.folder.appendingPathComponent(stem + ".framemd5"),
                encoding: .utf8)
            return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                $0.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) }
            }
        }
    }

    /// One clip, or some bytes that once were one, through one session.
    final class ClipRun {
        enum Memory {
            /// An object for each picture.
            case objects
            /// The same, which no other process can map.
            case fileless
            /// An object for each plane.
            case planes
            case pages
        }

        let buffers = Buffers()
        private let session: DecodeSession
        private let wake: EventDescriptor
        private let memory: Memory
        private let extraBuffers: Int
        /// How many pictures' worth of memory the run is ready to give.
        private let pictureBytesMax: Int
        /// The order of samples that is asked for; nil for the decoder's own.
        private let fourcc: V4L2.FourCC?
        private var format: PictureFormat?
        private var targets: [Target] = []
        private(set) var digests: [String] = []
        private(set) var consumed: [Int64] = []
        private(set) var damaged = 0
        private(set) var failure: DecoderError?
        private(set) var layouts: [PictureFormat] = []
        /// Where LAST came, in pictures.
        private(set) var lasts: [Int] = []
        /// Those of them that the stream itself asked for.
        private(set) var ends: [Int] = []
        private var isDraining = false
        private var isDrained = false
        /// A picture larger than ``pictureBytesMax`` was asked for.
        private(set) var isTooLarge = false

        /// How fields make the pictures.
        private(set) var fields: [V4L2.Field] = []

        private enum Target {
            case objects([Attachment])
            case pages(SharedMemory)
        }

        init(
            _ fourcc: V4L2.FourCC, memory: Memory, threadCount: Int = 1, extraBuffers: Int = 2,
            pictureBytesMax: Int = 8 << 20, as captureFourCC: V4L2.FourCC? = nil,
            codecs: CodecPlacement = CodecPrograms.placement
        ) throws {
            self.fourcc = memory == .planes ? captureFourCC ?? .yuv420M : captureFourCC
            wake = try EventDescriptor()
            let description = try #require(
                LibAV.decoders(threadCount: threadCount).first { $0.fourcc == fourcc })
            session = try DecodeSession(description.placed(codecs), wake: wake)
            self.memory = memory
            self.extraBuffers = extraBuffers
            self.pictureBytesMax = pictureBytesMax
        }

        deinit { session.close() }

        var statistics: DecodeStatistics { session.statistics }

        /// Feeds all units, then drains. False when the session stood still for `millis`.
        func play(_ units: [CodedUnit], withinMillis millis: UInt64 = 20_000) throws -> Bool {
            for unit in units { session.decode(unit) }
            while true {
                for event in session.takeEvents() { try take(event) }
                if isDrained || failure != nil || isTooLarge { return true }
                if consumed.count == units.count, !isDraining {
                    // A stream without a picture has no CAPTURE queue to drain.
                    if format == nil { return true }
                    session.drain()
                    isDraining = true
                }
                guard wake.wait(timeoutMillis: Int32(millis)) else { return false }
            }
        }

        /// Feeds units until all are taken in, then seeks. False when the session stood still.
        func playThenSeek(_ units: [CodedUnit], withinMillis millis: Int32 = 20_000) throws -> Bool
        {
            for unit in units { session.decode(unit) }
            while true {
                for event in session.takeEvents() { try take(event) }
                if consumed.count == units.count { break }
                guard failure == nil, wake.wait(timeoutMillis: millis) else { return false }
            }
            session.flush()
            for event in session.takeEvents() { try take(event) }
            consumed = []
            return true
        }

        func close() { session.close() }

        private func take(_ event: DecodeEvent) throws {
            switch event {
            case .consumed(let unit, _): consumed.append(unit)
            case .sourceChange(let format, let minimumBuffers):
                layouts.append(format)
                guard format.sizeBytes <= pictureBytesMax else {
                    isTooLarge = true
                    return
                }
                try setUp(format, count: minimumBuffers + extraBuffers)
            case .picture(let filled):
                let format = try #require(self.format)
                if filled.isDamaged { damaged += 1 }
                fields.append(filled.field)
                digests.append(try digest(of: ranges(of: filled.index), format))
                try queue(filled.index)
            case .last(let index, let cause):
                lasts.append(digests.count)
                self.isDrained = cause == .drained
                if cause == .streamEnd {
                    ends.append(digests.count)
                    try queue(index)
                    session.resume()
                }
            case .failed(let error): failure = error
            }
        }

        private func setUp(_ stream: PictureFormat, count: Int) throws {
            if self.format != nil { session.stopCapture() }
            let format = fourcc.flatMap { stream.converted(to: $0) } ?? stream
            self.format = format
            targets = try (0..<count).map { _ in
                switch memory {
                case .objects, .planes, .fileless:
                    .objects(
                        try format.bufferSizes.map {
                            try buffers.attach(sizeBytes: $0, hasFile: memory != .fileless)
                        })
                case .pages:
                    .pages(try SharedMemory(name: "pages", sizeBytes: format.sizeBytes))
                }
            }
            for index in targets.indices { try queue(UInt32(index)) }
            session.startCapture(
                format,
                isDirect: memory != .pages && !format.isTenBit && !format.isInterleaved)
        }

        private func ranges(of index: UInt32) -> [MemoryRange] {
            switch targets[Int(index)] {
            case .objects(let attachments): attachments.map(\.memory)
            case .pages(let memory): [memory.range]
            }
        }

        private func queue(_ index: UInt32) throws {
            switch targets[Int(index)] {
            case .objects(let attachments):
                let leases = try attachments.map {
                    try $0.requestLease(.write) { [weak session] in session?.leaseGranted() }
                }
                session.queue(
                    Surface(index: index, target: .objects(attachments), leases: leases))
            case .pages(let memory):
                session.queue(Surface(index: index, target: .pages([memory.range]), lease: nil))
            }
        }

        /// Of the planes without gaps; P010 and NV12 are put back into the planes that they came
        /// from.
        private func digest(of memories: [MemoryRange], _ format: PictureFormat) throws -> String {
            let tight = try SharedMemory(name: "tight", sizeBytes: format.visibleBytes)
            var end = 0
            for plane in format.visiblePlanes {
                for row in 0..<plane.rows {
                    let source = memories[plane.buffer].slice(
                        offset: plane.offset + row * plane.stride, count: plane.rowBytes)
                    let target = tight.range.slice(offset: end, count: plane.rowBytes)
                    end += try #require(target).copyBytes(from: try #require(source))
                }
            }
            if format.isTenBit {
                tight.range.write(planar(tight.range.bytes(), lumaBytes: format.lumaBytes))
            } else if format.isInterleaved {
                let bytes = tight.range.bytes()
                let chroma = bytes[format.lumaBytes...].enumerated()
                tight.range.write(
                    bytes.prefix(format.lumaBytes)
                        + chroma.filter { $0.offset % 2 == 0 }.map(\.element)
                        + chroma.filter { $0.offset % 2 == 1 }.map(\.element))
            }
            return md5(tight.range)
        }

        private func planar(_ bytes: [UInt8], lumaBytes: Int) -> [UInt8] {
            var planes: [[UInt8]] = [[], [], []]
            for at in stride(from: 0, to: bytes.count, by: 2) {
                let word = (UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8) >> 6
                let plane = at < lumaBytes ? 0 : 1 + (at - lumaBytes) / 2 % 2
                planes[plane].append(UInt8(word & 0xff))
                planes[plane].append(UInt8(word >> 8))
            }
            return planes[0] + planes[1] + planes[2]
        }

        private func md5(_ memory: MemoryRange) -> String {
            var digest = [UInt8](repeating: 0, count: 16)
            unsafe digest.withUnsafeMutableBufferPointer { target in
                // SAFETY: 16 bytes are written, and the whole range read.
                unsafe av_md5_sum(
                    target.baseAddress,
                    memory.baseAddress.assumingMemoryBound(to: UInt8.self), memory.sizeBytes)
            }
            return digest.map { String(format: "%02x", $0) }.joined()
        }
    }

    extension PictureFormat {
        /// Bytes of the visible luma samples.
        fileprivate var lumaBytes: Int { visiblePlanes[0].rowBytes * visiblePlanes[0].rows }
    }
#endif
