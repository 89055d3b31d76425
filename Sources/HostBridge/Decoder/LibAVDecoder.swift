// libavcodec as a decoder: it decodes into the surfaces of its client where the codec can
// (get_buffer2), into its own frames where not. A bitstream is hostile: sizes that the codec reports
// are checked before anything is laid out by them.

#if LibAV
    internal import CLibAV
    internal import LinuxSystem
    internal import VirtioWire

    /// Codecs that this machine's libavcodec has.
    public enum LibAV {
        private static let codecs: [(V4L2.FourCC, AVCodecID, String)] = [
            (.h264, AV_CODEC_ID_H264, "H.264"), (.hevc, AV_CODEC_ID_HEVC, "HEVC"),
            (.vp8, AV_CODEC_ID_VP8, "VP8"), (.vp9, AV_CODEC_ID_VP9, "VP9"),
            (.av1, AV_CODEC_ID_AV1, "AV1"), (.mpeg2, AV_CODEC_ID_MPEG2VIDEO, "MPEG-2"),
            (.mpeg4, AV_CODEC_ID_MPEG4, "MPEG-4"), (.mjpeg, AV_CODEC_ID_MJPEG, "Motion JPEG"),
        ]

        /// - Parameter threadCount: codec threads of each session.
        public static func decoders(threadCount: Int) -> [DecoderDescription] {
            av_log_set_level(AV_LOG_QUIET)
            return codecs.compactMap { fourcc, id, name in
                guard unsafe avcodec_find_decoder(id) != nil else { return nil }
                return DecoderDescription(
                    fourcc: fourcc, name: name, worksOn: threadCount > 1,
                    recipe: .libAV(threadCount: threadCount),
                    makeUndelayed: { client throws(DecoderError) in
                        try LibAVDecoder(
                            id, fourcc, client: client, threadCount: threadCount,
                            isUndelayed: true)
                    },
                    make: { client throws(DecoderError) in
                        try LibAVDecoder(id, fourcc, client: client, threadCount: threadCount)
                    })
            }
        }
    }

    @safe final class LibAVDecoder: VideoDecoder {
        private let client: any DecoderClient
        private let context: UnsafeMutablePointer<AVCodecContext>
        private let frame: UnsafeMutablePointer<AVFrame>
        private let packet: UnsafeMutablePointer<AVPacket>
        private let fourcc: V4L2.FourCC
        /// The headers that the units since the last flush were decoded by.
        private let header = Monitor<SequenceHeader?>(nil)
        private var hasFed = false
        /// A picture may be half done when a call returns: its second field is to come.
        private var hasFields = false

        /// What was decided for a frame when the codec asked for its memory; it travels with the
        /// frame (opaque_ref), whose own fields may describe a later picture's size by the time it
        /// comes out.
        private final class Note {
            let format: PictureFormat
            let surface: Surface?
            init(_ format: PictureFormat, _ surface: Surface?) {
                self.format = format
                self.surface = surface
            }
        }

        init(
            _ id: AVCodecID, _ fourcc: V4L2.FourCC, client: any DecoderClient, threadCount: Int,
            isUndelayed: Bool = false
        ) throws(DecoderError) {
            self.client = client
            self.fourcc = fourcc
            guard let codec = unsafe avcodec_find_decoder(id),
                let context = unsafe avcodec_alloc_context3(codec),
                let frame = unsafe av_frame_alloc(), let packet = unsafe av_packet_alloc()
            else { throw .failed }
            // SAFETY: the three are ours and freed in deinit; the context holds an unretained
            // reference to self, which outlives it.
            unsafe self.context = context
            unsafe self.frame = frame
            unsafe self.packet = packet
            unsafe context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
            unsafe context.pointee.get_buffer2 = { context, frame, flags in
                guard let context = unsafe context, let frame = unsafe frame,
                    let opaque = unsafe context.pointee.opaque
                else { return virtio_share_av_no_memory() }
                // SAFETY: set above; frame threads' contexts carry a copy of it.
                return unsafe Unmanaged<LibAVDecoder>.fromOpaque(opaque).takeUnretainedValue()
                    .getBuffer(context, frame, flags)
            }
            unsafe context.pointee.thread_count = CInt(threadCount)
            unsafe context.pointee.apply_cropping = 0
            if isUndelayed { unsafe context.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY }
            // Larger pictures are refused before memory for them is asked for.
            unsafe context.pointee.max_pixels = Int64(PictureFormat.samplesMax)
            unsafe virtio_share_av_set_thread_safe(context)
            var options: OpaquePointer?
            // dav1d holds whole frames back by default; a picture must come out as soon as it is due.
            unsafe av_dict_set(&options, "max_frame_delay", "1", 0)
            let status = unsafe avcodec_open2(context, codec, &options)
            unsafe av_dict_free(&options)
            guard status == 0 else { throw .failed }
        }

        deinit {
            var (context, frame, packet) = unsafe (
                Optional(context), Optional(frame), Optional(packet)
            )
            unsafe av_packet_free(&packet)
            unsafe av_frame_free(&frame)
            unsafe avcodec_free_context(&context)
        }

        // MARK: VideoDecoder

        func decode(_ unit: CodedUnit) throws(DecoderError) {
            let failure = try prepare(for: unit)
            try feed(unit)
            if let failure { throw failure }
        }

        /// Looks at the unit's headers. Before pictures of another size the codec is drained, so
        /// that those of the old one are out, in order.
        private func prepare(for unit: CodedUnit) throws(DecoderError) -> DecoderError? {
            guard let found = SequenceHeader.find(fourcc, in: unit.bytes) else { return nil }
            let before = header.withLock { $0 }
            var failure: DecoderError?
            if let before, hasFed, before.hasOtherPictures(than: found) {
                do throws(DecoderError) { try drain() } catch {
                    guard error == .badData else { throw error }
                    failure = error
                }
            }
            header.withLock { $0 = found }
            hasFields = found.mayHaveFields
            return failure
        }

        private func feed(_ unit: CodedUnit) throws(DecoderError) {
            hasFed = true
            guard let size = CInt(exactly: unit.bytes.count),
                unsafe av_new_packet(packet, size) == 0
            else { throw .failed }
            unsafe unit.bytes.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                // SAFETY: av_new_packet gave `size` bytes and zeroed padding behind them.
                unsafe UnsafeMutableRawPointer(packet.pointee.data)
                    .copyMemory(from: start, byteCount: bytes.count)
            }
            unsafe packet.pointee.pts = unit.token
            defer { unsafe av_packet_unref(packet) }
            var status = unsafe avcodec_send_packet(context, packet)
            var failure = try receive()
            if status == virtio_share_av_again() {
                // The codec was full; now it has room.
                status = unsafe avcodec_send_packet(context, packet)
                failure = try receive() ?? failure
            }
            try check(status)
            if let failure { throw failure }
        }

        func drain() throws(DecoderError) {
            _ = unsafe avcodec_send_packet(context, nil)
            let failure = try receive()
            flush()
            if let failure { throw failure }
        }

        func flush() {
            unsafe avcodec_flush_buffers(context)
            hasFed = false
        }

        func settle() {
            // Threads of the codec's write on, and a second field into the picture of the first.
            guard unsafe context.pointee.thread_count > 1 || hasFields else { return }
            flush()
        }

        private func check(_ status: CInt) throws(DecoderError) {
            switch status {
            case 0, virtio_share_av_end_of_file(): return
            case virtio_share_av_exit(): throw .interrupted
            case virtio_share_av_no_memory(): throw .failed
            default: throw .badData
            }
        }

        /// Takes all pictures that are ready. What is wrong with one does not keep the next back.
        private func receive() throws(DecoderError) -> DecoderError? {
            var failure: DecoderError?
            while true {
                let status = unsafe avcodec_receive_frame(context, frame)
                if status == virtio_share_av_again() || status == virtio_share_av_end_of_file() {
                    return failure
                }
                if status == virtio_share_av_exit() { throw .interrupted }
                guard status == 0 else {
                    failure = .badData
                    // A codec that fails without taking anything in would fail for ever.
                    guard unsafe context.pointee.active_thread_type & FF_THREAD_FRAME != 0 else {
                        return failure
                    }
                    continue
                }
                defer { unsafe av_frame_unref(frame) }
                try output()
            }
        }

        private func output() throws(DecoderError) {
            let note = unsafe note(of: frame)
            guard let format = unsafe note?.format ?? Self.format(context, frame, isAsked: false)
            else { throw .unsupportedFormat }
            let samples: DecodedPicture.Samples
            if let surface = note?.surface, unsafe holds(frame, surface) {
                samples = .surface(surface)
            } else {
                guard let planes = unsafe Self.planes(frame, format) else {
                    throw .unsupportedFormat
                }
                samples = .codec(planes, copyReason(format, wasAsked: note != nil))
            }
            try client.output(
                DecodedPicture(
                    samples: samples, format: format, token: unsafe frame.pointee.pts,
                    isDamaged: unsafe virtio_share_av_frame_is_damaged(frame) != 0,
                    isKeyFrame: unsafe virtio_share_av_frame_is_key(frame) != 0,
                    field: unsafe Self.field(of: frame)))
        }

        private static func field(of frame: UnsafeMutablePointer<AVFrame>) -> V4L2.Field {
            switch unsafe virtio_share_av_frame_field(frame) {
            case 1: .interlacedTB
            case 2: .interlacedBT
            default: .none
            }
        }

        private func copyReason(_ format: PictureFormat, wasAsked: Bool) -> CopyReason {
            if format.fourcc != .yuv420 { return .otherLayout }
            return wasAsked ? .noBuffer : .noDirectRendering
        }

        /// Whether the frame's samples are where its note says.
        private func holds(_ frame: UnsafeMutablePointer<AVFrame>, _ surface: Surface) -> Bool {
            let start = unsafe frame.pointee.buf.0.map { unsafe UInt(bitPattern: $0.pointee.data) }
            return start == surface.memories?.first.map { unsafe UInt(bitPattern: $0.baseAddress) }
        }

        // MARK: Layout

        /// The layout of the frame's picture; nil when no format here can carry it.
        ///
        /// - Parameter isAsked: the codec asks for memory, in difference to a finished frame.
        private static func format(
            _ context: UnsafeMutablePointer<AVCodecContext>,
            _ frame: UnsafeMutablePointer<AVFrame>, isAsked: Bool
        ) -> PictureFormat? {
            let pixels = unsafe AVPixelFormat(rawValue: frame.pointee.format)
            let fourcc: V4L2.FourCC
            switch pixels {
            case AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P: fourcc = .yuv420
            case AV_PIX_FMT_YUV420P10LE: fourcc = .p010
            default: return nil
            }
            var (width, height) = unsafe (frame.pointee.width, frame.pointee.height)
            let sides = 1...CInt(PictureFormat.sideMax)
            guard sides.contains(width), sides.contains(height) else { return nil }
            let visible = unsafe visibleRect(context, frame, isAsked: isAsked)
            var alignments: (CInt, CInt, CInt, CInt, CInt, CInt, CInt, CInt) = (
                0, 0, 0, 0, 0, 0, 0, 0
            )
            // SAFETY: the function writes AV_NUM_DATA_POINTERS (8) alignments.
            unsafe withUnsafeMutableBytes(of: &alignments) { bytes in
                unsafe avcodec_align_dimensions2(
                    context, &width, &height, bytes.assumingMemoryBound(to: CInt.self).baseAddress)
            }
            return PictureFormat(
                fourcc: fourcc, alignedWidth: Int(width), alignedHeight: Int(height),
                visible: visible,
                colour: unsafe colour(
                    context, frame, isJPEG: pixels == AV_PIX_FMT_YUVJ420P,
                    rows: visible.height))
        }

        private static func visibleRect(
            _ context: UnsafeMutablePointer<AVCodecContext>,
            _ frame: UnsafeMutablePointer<AVFrame>, isAsked: Bool
        ) -> PixelRect {
            let (width, height) = unsafe (Int(frame.pointee.width), Int(frame.pointee.height))
            // size_t in C: compared before they are added.
            let sides = unsafe [
                (frame.pointee.crop_left, frame.pointee.crop_right, width),
                (frame.pointee.crop_top, frame.pointee.crop_bottom, height),
            ]
            let isSane = sides.allSatisfy { before, after, length in
                before < length && after < length && Int(before) + Int(after) < length
            }
            let (x, y) = (Int(clamping: sides[0].0), Int(clamping: sides[1].0))
            if isSane, sides.contains(where: { $0.0 > 0 || $0.1 > 0 }) {
                return PixelRect(
                    x: x, y: y, width: width - x - Int(sides[0].1),
                    height: height - y - Int(sides[1].1))
            }
            // A codec that asks for memory may tell the visible size by the context alone.
            let (shown, rows) = unsafe (Int(context.pointee.width), Int(context.pointee.height))
            let tells = isAsked && (1...width).contains(shown) && (1...height).contains(rows)
            return PixelRect(width: tells ? shown : width, height: tells ? rows : height)
        }

        private static func colour(
            _ context: UnsafeMutablePointer<AVCodecContext>, _ frame: UnsafeMutablePointer<AVFrame>,
            isJPEG: Bool, rows: Int
        ) -> ColourDescription {
            let spaces = unsafe [frame.pointee.colorspace, context.pointee.colorspace]
            let space = spaces.first { $0 != AVCOL_SPC_UNSPECIFIED } ?? AVCOL_SPC_UNSPECIFIED
            let matrix: ColourDescription.Matrix =
                switch space {
                case AVCOL_SPC_BT709: .bt709
                case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M, AVCOL_SPC_FCC: .bt601
                case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: .bt2020
                default: ColourDescription.unspecifiedMatrix(rows: rows)
                }
            let ranges = unsafe [frame.pointee.color_range, context.pointee.color_range]
            let range = ranges.first { $0 != AVCOL_RANGE_UNSPECIFIED }
            return ColourDescription(
                matrix: matrix, isFullRange: isJPEG || range == AVCOL_RANGE_JPEG)
        }

        /// The visible samples of a frame in the codec's own memory.
        private static func planes(
            _ frame: UnsafeMutablePointer<AVFrame>, _ format: PictureFormat
        ) -> CodecPlanes? {
            let isTenBit = format.fourcc == .p010
            let sample = isTenBit ? 2 : 1
            let visible = format.visible
            let data = unsafe [frame.pointee.data.0, frame.pointee.data.1, frame.pointee.data.2]
            let strides = unsafe [
                frame.pointee.linesize.0, frame.pointee.linesize.1, frame.pointee.linesize.2,
            ]
            var planes: [CodecPlanes.Plane] = []
            for index in 0..<3 {
                let shift = index == 0 ? 0 : 1
                let stride = Int(strides[index])
                let x = visible.x >> shift
                let y = visible.y >> shift
                let width = ((visible.x + visible.width + shift) >> shift) - x
                let rows = ((visible.y + visible.height + shift) >> shift) - y
                guard let base = unsafe data[index], stride >= (x + width) * sample else {
                    return nil
                }
                // SAFETY: a frame's plane holds `rows` rows of `stride` bytes, the last one at least
                // to its visible end.
                let memory = unsafe MemoryRange(
                    baseAddress: UnsafeMutableRawPointer(base) + y * stride + x * sample,
                    sizeBytes: (rows - 1) * stride + width * sample)
                planes.append(CodecPlanes.Plane(memory: memory, stride: stride))
            }
            return CodecPlanes(samples: isTenBit ? .bits10 : .bits8, planes: planes)
        }

        // MARK: Memory

        /// get_buffer2: on any of the codec's threads.
        private func getBuffer(
            _ context: UnsafeMutablePointer<AVCodecContext>, _ frame: UnsafeMutablePointer<AVFrame>,
            _ flags: CInt
        ) -> CInt {
            let isCapable =
                unsafe context.pointee.codec.pointee.capabilities & (1 << 1) != 0  // CODEC_CAP_DR1
            guard isCapable, let format = unsafe Self.format(context, frame, isAsked: true) else {
                return unsafe avcodec_default_get_buffer2(context, frame, flags)
            }
            guard format.fourcc == .yuv420 else {
                guard let own = client.ownMemory(for: format),
                    let planes = SurfacePlanes(own, format)
                else { return unsafe avcodec_default_get_buffer2(context, frame, flags) }
                return unsafe lend(own, planes, format, to: frame)
            }
            let counts = unsafe pictureCountMax(context)
            switch client.surface(for: format, minimumCount: counts) {
            case .stop: return virtio_share_av_exit()
            case .ownMemory: return unsafe keepOwn(context, frame, flags, format)
            case .surface(let surface):
                guard let planes = SurfacePlanes(surface, format) else {
                    client.codecReleased(surface)
                    return unsafe keepOwn(context, frame, flags, format)
                }
                return unsafe lend(surface, planes, format, to: frame)
            }
        }

        private func keepOwn(
            _ context: UnsafeMutablePointer<AVCodecContext>, _ frame: UnsafeMutablePointer<AVFrame>,
            _ flags: CInt, _ format: PictureFormat
        ) -> CInt {
            let status = unsafe avcodec_default_get_buffer2(context, frame, flags)
            guard status == 0 else { return status }
            return unsafe attach(Note(format, nil), to: frame)
        }

        /// A surface while an AVBuffer refers to it.
        private final class Hold {
            let client: any DecoderClient
            let surface: Surface
            init(_ client: any DecoderClient, _ surface: Surface) {
                self.client = client
                self.surface = surface
            }
        }

        private func lend(
            _ surface: Surface, _ planes: SurfacePlanes, _ format: PictureFormat,
            to frame: UnsafeMutablePointer<AVFrame>
        ) -> CInt {
            let hold = unsafe Unmanaged.passRetained(Hold(client, surface))
            let base = unsafe planes.memory.baseAddress.assumingMemoryBound(to: UInt8.self)
            let buffer = unsafe av_buffer_create(
                base, planes.memory.sizeBytes,
                { opaque, _ in
                    guard let opaque = unsafe opaque else { return }
                    // SAFETY: the AVBuffer owned the one retain.
                    let hold = unsafe Unmanaged<Hold>.fromOpaque(opaque).takeRetainedValue()
                    hold.client.codecReleased(hold.surface)
                }, hold.toOpaque(), 0)
            guard let buffer = unsafe buffer else {
                unsafe hold.release()
                client.codecReleased(surface)
                return virtio_share_av_no_memory()
            }
            // SAFETY: the layout fits the surface's memory, which the AVBuffer now stands for. On
            // an error below, libavcodec unreferences the frame and so gives the surface back.
            unsafe frame.pointee.buf.0 = buffer
            unsafe frame.pointee.data.0 = planes.starts[0]
            unsafe frame.pointee.data.1 = planes.starts[1]
            unsafe frame.pointee.data.2 = planes.starts[2]
            unsafe frame.pointee.linesize.0 = CInt(planes.strides[0])
            unsafe frame.pointee.linesize.1 = CInt(planes.strides[1])
            unsafe frame.pointee.linesize.2 = CInt(planes.strides[2])
            unsafe frame.pointee.extended_data = unsafe Self.dataArray(of: frame)
            return unsafe attach(Note(format, surface), to: frame)
        }

        private func attach(_ note: Note, to frame: UnsafeMutablePointer<AVFrame>) -> CInt {
            let retained = unsafe Unmanaged.passRetained(note)
            let pointer = unsafe retained.toOpaque()
            // SAFETY: the AVBuffer's bytes are never looked at; it owns the one retain.
            let buffer = unsafe av_buffer_create(
                pointer.assumingMemoryBound(to: UInt8.self), 0,
                { opaque, _ in
                    guard let opaque = unsafe opaque else { return }
                    unsafe Unmanaged<Note>.fromOpaque(opaque).release()
                }, pointer, 0)
            guard let buffer = unsafe buffer else {
                unsafe retained.release()
                return virtio_share_av_no_memory()
            }
            unsafe av_buffer_unref(&frame.pointee.opaque_ref)
            unsafe frame.pointee.opaque_ref = buffer
            return 0
        }

        private func note(of frame: UnsafeMutablePointer<AVFrame>) -> Note? {
            guard let reference = unsafe frame.pointee.opaque_ref,
                let opaque = unsafe av_buffer_get_opaque(reference)
            else { return nil }
            // SAFETY: only attach sets opaque_ref; the buffer keeps the note while it lives.
            return unsafe Unmanaged<Note>.fromOpaque(opaque).takeUnretainedValue()
        }

        /// `frame->data` as the array that C sees.
        private static func dataArray(of frame: UnsafeMutablePointer<AVFrame>)
            -> UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
        {
            // SAFETY: data is the first field of AVFrame: an array of eight pointers.
            unsafe UnsafeMutableRawPointer(frame).assumingMemoryBound(
                to: UnsafeMutablePointer<UInt8>?.self)
        }

        /// How many pictures the codec may hold at once: references, pictures waiting for their
        /// turn, the one in work, the one on its way out, and what each thread adds.
        private func pictureCountMax(_ context: UnsafeMutablePointer<AVCodecContext>) -> Int {
            let threads = unsafe Int(context.pointee.thread_count)
            let perThread = threads > 1 ? threads + 1 : 0
            if let header = header.withLock({ $0 }), let references = header.references,
                let reordering = header.reordering
            {
                return max(1, references) + reordering + 2 + perThread
            }
            let held: Int
            switch unsafe context.pointee.codec_id {
            case AV_CODEC_ID_H264, AV_CODEC_ID_HEVC: held = 18
            case AV_CODEC_ID_VP9, AV_CODEC_ID_AV1: held = 10
            default: held = 4
            }
            return held + perThread
        }
    }
#endif
