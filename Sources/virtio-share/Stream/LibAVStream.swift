// Files through libavformat: access units as a V4L2 stateful decoder takes them (Annex B for H.264
// and HEVC), and the same units decoded by libavcodec alone.

#if LibAV
    import CLibAV
    import HostBridge
    import VirtioWire

    /// The video stream of a file.
    @safe final class LibAVStream: CodedStream {
        let fourcc: V4L2.FourCC
        let codecName: String
        let codec: AVCodecID
        /// A longer access unit than this is no video that the demo plays.
        let unitBytesMax = 8 << 20
        private let path: String
        private var format: UnsafeMutablePointer<AVFormatContext>?
        private var filter: UnsafeMutablePointer<AVBSFContext>?
        private var packet: UnsafeMutablePointer<AVPacket>?
        private let streamIndex: CInt
        private let timeBase: AVRational
        private var isAtEnd = false
        private var usedTimes: Set<Int64> = []
        private var nextTime: Int64 = 0
        private var hasTimes = false
        private let rate: AVRational

        private static let codecs: [(AVCodecID, V4L2.FourCC)] = [
            (AV_CODEC_ID_H264, .h264), (AV_CODEC_ID_HEVC, .hevc), (AV_CODEC_ID_VP8, .vp8),
            (AV_CODEC_ID_VP9, .vp9), (AV_CODEC_ID_AV1, .av1), (AV_CODEC_ID_MPEG2VIDEO, .mpeg2),
            (AV_CODEC_ID_MPEG4, .mpeg4), (AV_CODEC_ID_MJPEG, .mjpeg),
        ]

        init(path: String) throws(StreamError) {
            self.path = path
            av_log_set_level(AV_LOG_QUIET)
            let status = unsafe avformat_open_input(&format, path, nil, nil)
            guard status == 0, let format = unsafe format else { throw .notAVideo(path) }
            guard unsafe avformat_find_stream_info(format, nil) >= 0 else {
                unsafe avformat_close_input(&self.format)
                throw .notAVideo(path)
            }
            streamIndex = unsafe av_find_best_stream(
                format, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
            guard streamIndex >= 0, let stream = unsafe format.pointee.streams[Int(streamIndex)]
            else {
                // A text file is probed as some subtitle format: that is no video either.
                let isMedia =
                    unsafe av_find_best_stream(
                        format, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0) >= 0
                unsafe avformat_close_input(&self.format)
                throw isMedia ? .noVideoStream(path) : .notAVideo(path)
            }
            codec = unsafe stream.pointee.codecpar.pointee.codec_id
            codecName = unsafe String(cString: avcodec_get_name(codec))
            timeBase = unsafe stream.pointee.time_base
            rate = unsafe av_guess_frame_rate(format, stream, nil)
            let codec = self.codec
            guard let known = Self.codecs.first(where: { $0.0 == codec }) else {
                unsafe avformat_close_input(&self.format)
                throw .unknownCodec(codecName, file: path)
            }
            fourcc = known.1
            unsafe packet = av_packet_alloc()
            guard unsafe openFilter(stream) else {
                unsafe avformat_close_input(&self.format)
                throw .unreadable(path)
            }
        }

        deinit {
            unsafe av_packet_free(&packet)
            unsafe av_bsf_free(&filter)
            unsafe avformat_close_input(&format)
        }

        /// Start codes instead of lengths, and headers in the stream instead of beside it.
        private func openFilter(_ stream: UnsafeMutablePointer<AVStream>) -> Bool {
            let name =
                switch codec {
                case AV_CODEC_ID_H264: "h264_mp4toannexb"
                case AV_CODEC_ID_HEVC: "hevc_mp4toannexb"
                case AV_CODEC_ID_MPEG4, AV_CODEC_ID_MPEG2VIDEO: "dump_extra"
                default: "null"
                }
            guard let description = unsafe av_bsf_get_by_name(name),
                unsafe av_bsf_alloc(description, &filter) == 0, let filter = unsafe filter,
                unsafe avcodec_parameters_copy(filter.pointee.par_in, stream.pointee.codecpar) >= 0
            else { return false }
            unsafe filter.pointee.time_base_in = timeBase
            return unsafe av_bsf_init(filter) == 0
        }

        var pictureMicros: Int64? {
            guard !hasTimes else { return nil }
            let isKnown = rate.num > 0 && rate.den > 0
            return isKnown ? Int64(rate.den) * 1_000_000 / Int64(rate.num) : 40_000
        }

        func next() throws(StreamError) -> CodedStreamUnit? {
            guard let filter = unsafe filter, let packet = unsafe packet else { return nil }
            while true {
                let status = unsafe av_bsf_receive_packet(filter, packet)
                if status == 0 {
                    defer { unsafe av_packet_unref(packet) }
                    if let unit = unsafe unit(packet) { return unit }
                    continue
                }
                guard status == virtio_share_av_again(), !isAtEnd else {
                    if status == virtio_share_av_end_of_file() { return nil }
                    // A packet that the filter cannot read is left out; the end still comes.
                    if isAtEnd { return nil }
                    continue
                }
                unsafe feedFilter(filter, packet)
            }
        }

        private func feedFilter(
            _ filter: UnsafeMutablePointer<AVBSFContext>, _ packet: UnsafeMutablePointer<AVPacket>
        ) {
            while unsafe av_read_frame(format, packet) == 0 {
                if unsafe packet.pointee.stream_index == streamIndex {
                    if unsafe av_bsf_send_packet(filter, packet) != 0 {
                        unsafe av_packet_unref(packet)
                    }
                    return
                }
                unsafe av_packet_unref(packet)
            }
            isAtEnd = true
            _ = unsafe av_bsf_send_packet(filter, nil)
        }

        private func unit(_ packet: UnsafeMutablePointer<AVPacket>) -> CodedStreamUnit? {
            let size = unsafe Int(packet.pointee.size)
            guard size > 0, size <= unitBytesMax, let data = unsafe packet.pointee.data else {
                return nil
            }
            // SAFETY: a packet holds `size` bytes at `data`; the array is a copy.
            let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
            return CodedStreamUnit(bytes: bytes, timeMicros: unsafe time(of: packet))
        }

        /// The packet's time; the next free microsecond where it has none or shares it.
        private func time(of packet: UnsafeMutablePointer<AVPacket>) -> Int64 {
            let pts = unsafe packet.pointee.pts
            var time = nextTime
            if pts != virtio_share_av_no_time() {
                hasTimes = true
                time = av_rescale_q(pts, timeBase, AVRational(num: 1, den: 1_000_000))
            }
            time = min(max(time, 0), Int64.max / 4)
            while !usedTimes.insert(time).inserted { time += 1 }
            nextTime = time + 1
            return time
        }
    }

    /// libavcodec on its own.
    @safe final class LibAVReference: ReferenceDecoder {
        private var context: UnsafeMutablePointer<AVCodecContext>?
        private var frame: UnsafeMutablePointer<AVFrame>?
        private var packet: UnsafeMutablePointer<AVPacket>?

        init?(_ codec: AVCodecID, threadCount: Int) {
            guard let decoder = unsafe avcodec_find_decoder(codec) else { return nil }
            unsafe context = avcodec_alloc_context3(decoder)
            unsafe frame = av_frame_alloc()
            unsafe packet = av_packet_alloc()
            unsafe context?.pointee.thread_count = CInt(threadCount)
            guard unsafe avcodec_open2(context, decoder, nil) == 0 else { return nil }
        }

        deinit {
            unsafe av_packet_free(&packet)
            unsafe av_frame_free(&frame)
            unsafe avcodec_free_context(&context)
        }

        func decode(_ unit: CodedStreamUnit) -> [ReferencePicture] {
            guard send(unit) else { return [] }
            return unsafe receive { unsafe Self.picture($0) }
        }

        func drain() -> [ReferencePicture] {
            _ = unsafe avcodec_send_packet(context, nil)
            return unsafe receive { unsafe Self.picture($0) }
        }

        /// Decodes to nothing: how many pictures came out.
        func count(_ unit: CodedStreamUnit) -> Int {
            send(unit) ? unsafe receive { _ in () }.count : 0
        }

        func countDrained() -> Int {
            _ = unsafe avcodec_send_packet(context, nil)
            return unsafe receive { _ in () }.count
        }

        private func send(_ unit: CodedStreamUnit) -> Bool {
            guard let packet = unsafe packet,
                unsafe av_new_packet(packet, CInt(unit.bytes.count)) == 0
            else { return false }
            unsafe unit.bytes.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                // SAFETY: the packet was made with as many bytes.
                unsafe UnsafeMutableRawPointer(packet.pointee.data)
                    .copyMemory(from: start, byteCount: bytes.count)
            }
            unsafe packet.pointee.pts = unit.timeMicros
            defer { unsafe av_packet_unref(packet) }
            _ = unsafe avcodec_send_packet(context, packet)
            return true
        }

        private func receive<R>(_ take: (UnsafeMutablePointer<AVFrame>) -> R?) -> [R] {
            var results: [R] = []
            guard let frame = unsafe frame else { return [] }
            while unsafe avcodec_receive_frame(context, frame) == 0 {
                if let result = unsafe take(frame) { results.append(result) }
                unsafe av_frame_unref(frame)
            }
            return results
        }

        private static func picture(_ frame: UnsafeMutablePointer<AVFrame>) -> ReferencePicture? {
            let pixels = unsafe AVPixelFormat(rawValue: frame.pointee.format)
            let isTenBit = pixels == AV_PIX_FMT_YUV420P10LE
            let isFull = pixels == AV_PIX_FMT_YUVJ420P
            guard isTenBit || isFull || pixels == AV_PIX_FMT_YUV420P else { return nil }
            let (width, height) = unsafe (Int(frame.pointee.width), Int(frame.pointee.height))
            let (chromaWidth, chromaHeight) = ((width + 1) / 2, (height + 1) / 2)
            let planes = unsafe [
                samples(frame.pointee.data.0, frame.pointee.linesize.0, width, height, isTenBit),
                samples(
                    frame.pointee.data.1, frame.pointee.linesize.1, chromaWidth, chromaHeight,
                    isTenBit),
                samples(
                    frame.pointee.data.2, frame.pointee.linesize.2, chromaWidth, chromaHeight,
                    isTenBit),
            ]
            let matrix: ColourDescription.Matrix =
                switch unsafe frame.pointee.colorspace {
                case AVCOL_SPC_BT709: .bt709
                case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M, AVCOL_SPC_FCC: .bt601
                case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: .bt2020
                default: height >= 720 ? .bt709 : .bt601
                }
            let range = unsafe frame.pointee.color_range
            return ReferencePicture(
                width: width, height: height, isTenBit: isTenBit,
                colour: ColourDescription(
                    matrix: matrix, isFullRange: isFull || range == AVCOL_RANGE_JPEG),
                timeMicros: unsafe frame.pointee.pts, planes: planes)
        }

        private static func samples(
            _ data: UnsafeMutablePointer<UInt8>?, _ stride: CInt, _ width: Int, _ height: Int,
            _ isTenBit: Bool
        ) -> [UInt16] {
            guard let data = unsafe data else { return [] }
            var samples: [UInt16] = []
            samples.reserveCapacity(width * height)
            for y in 0..<height {
                // SAFETY: a frame's row holds its visible width of samples.
                let row = unsafe UnsafeRawPointer(data + y * Int(stride))
                for x in 0..<width {
                    let sample =
                        isTenBit
                        ? unsafe row.loadUnaligned(fromByteOffset: x * 2, as: UInt16.self)
                        : unsafe UInt16(row.load(fromByteOffset: x, as: UInt8.self))
                    samples.append(sample)
                }
            }
            return samples
        }
    }
#endif
