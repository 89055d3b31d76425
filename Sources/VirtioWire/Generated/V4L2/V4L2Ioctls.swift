// Generated from Spec/v4l2.md, "The ioctls": `make generate` writes it anew.

extension V4L2 {
    /// The ioctls by their numbers (`VIDIOC_…`).
    public struct IoctlCode: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// R `v4l2_capability`, 104 bytes; **never**. The configuration space is in its place.
        @inlinable public static var querycap: Self { Self(0) }
        /// WR `v4l2_fmtdesc`, 64 bytes; **needs**. The formats of a queue, one by one.
        @inlinable public static var enumFmt: Self { Self(2) }
        /// WR `v4l2_format`, 208 bytes; **needs**. A queue's format.
        @inlinable public static var gFmt: Self { Self(4) }
        /// WR `v4l2_format`, 208 bytes; **needs**. Chooses it; what cannot be is moved to the
        /// nearest that can.
        @inlinable public static var sFmt: Self { Self(5) }
        /// WR `v4l2_requestbuffers`, 20 bytes; **needs**. Allocates a queue's buffers; 0 frees
        /// them.
        @inlinable public static var reqbufs: Self { Self(8) }
        /// WR `v4l2_buffer`, 88 bytes; **needs**. A buffer's state, length and cookie.
        @inlinable public static var querybuf: Self { Self(9) }
        /// R `v4l2_framebuffer`, 48 bytes.
        @inlinable public static var gFbuf: Self { Self(10) }
        /// W `v4l2_framebuffer`, 48 bytes.
        @inlinable public static var sFbuf: Self { Self(11) }
        /// W `i32`, 4 bytes.
        @inlinable public static var overlay: Self { Self(14) }
        /// WR `v4l2_buffer`, 88 bytes; **needs**. Hands a buffer to the device.
        @inlinable public static var qbuf: Self { Self(15) }
        /// WR `v4l2_exportbuffer`, 64 bytes; **may**. Gives an MMAP buffer a UUID.
        @inlinable public static var expbuf: Self { Self(16) }
        /// WR `v4l2_buffer`, 88 bytes; **never**. The DQBUF event is in its place.
        @inlinable public static var dqbuf: Self { Self(17) }
        /// W `i32`, 4 bytes; **needs**. Starts a queue; the payload is the buffer type.
        @inlinable public static var streamon: Self { Self(18) }
        /// W `i32`, 4 bytes; **needs**. Stops a queue and gives its buffers back.
        @inlinable public static var streamoff: Self { Self(19) }
        /// WR `v4l2_streamparm`, 204 bytes; **may**. A stream's frame rate.
        @inlinable public static var gParm: Self { Self(21) }
        /// WR `v4l2_streamparm`, 204 bytes; **may**. Chooses it.
        @inlinable public static var sParm: Self { Self(22) }
        /// R `u64`, 8 bytes.
        @inlinable public static var gStd: Self { Self(23) }
        /// W `u64`, 8 bytes.
        @inlinable public static var sStd: Self { Self(24) }
        /// WR `v4l2_standard`, 72 bytes.
        @inlinable public static var enumstd: Self { Self(25) }
        /// WR `v4l2_input`, 80 bytes.
        @inlinable public static var enuminput: Self { Self(26) }
        /// WR `v4l2_control`, 8 bytes; **may**. A control's value; newer kernels send G_EXT_CTRLS.
        @inlinable public static var gCtrl: Self { Self(27) }
        /// WR `v4l2_control`, 8 bytes; **may**. Sets it.
        @inlinable public static var sCtrl: Self { Self(28) }
        /// WR `v4l2_tuner`, 84 bytes.
        @inlinable public static var gTuner: Self { Self(29) }
        /// W `v4l2_tuner`, 84 bytes.
        @inlinable public static var sTuner: Self { Self(30) }
        /// R `v4l2_audio`, 52 bytes.
        @inlinable public static var gAudio: Self { Self(33) }
        /// W `v4l2_audio`, 52 bytes.
        @inlinable public static var sAudio: Self { Self(34) }
        /// WR `v4l2_queryctrl`, 68 bytes; **may**. A control's name and range, 32 bits; newer
        /// kernels send QUERY_EXT_CTRL.
        @inlinable public static var queryctrl: Self { Self(36) }
        /// WR `v4l2_querymenu`, 44 bytes; **may**. One entry of a menu control.
        @inlinable public static var querymenu: Self { Self(37) }
        /// R `i32`, 4 bytes. `_IOR` by the header; the reference driver sends a payload, too, which
        /// is ignored.
        @inlinable public static var gInput: Self { Self(38) }
        /// WR `i32`, 4 bytes.
        @inlinable public static var sInput: Self { Self(39) }
        /// WR `v4l2_edid`, 40 bytes.
        @inlinable public static var gEdid: Self { Self(40) }
        /// WR `v4l2_edid`, 40 bytes.
        @inlinable public static var sEdid: Self { Self(41) }
        /// R `i32`, 4 bytes.
        @inlinable public static var gOutput: Self { Self(46) }
        /// WR `i32`, 4 bytes.
        @inlinable public static var sOutput: Self { Self(47) }
        /// WR `v4l2_output`, 72 bytes.
        @inlinable public static var enumoutput: Self { Self(48) }
        /// R `v4l2_audioout`, 52 bytes.
        @inlinable public static var gAudout: Self { Self(49) }
        /// W `v4l2_audioout`, 52 bytes.
        @inlinable public static var sAudout: Self { Self(50) }
        /// WR `v4l2_modulator`, 68 bytes.
        @inlinable public static var gModulator: Self { Self(54) }
        /// W `v4l2_modulator`, 68 bytes.
        @inlinable public static var sModulator: Self { Self(55) }
        /// WR `v4l2_frequency`, 44 bytes.
        @inlinable public static var gFrequency: Self { Self(56) }
        /// W `v4l2_frequency`, 44 bytes.
        @inlinable public static var sFrequency: Self { Self(57) }
        /// WR `v4l2_cropcap`, 44 bytes.
        @inlinable public static var cropcap: Self { Self(58) }
        /// WR `v4l2_crop`, 20 bytes.
        @inlinable public static var gCrop: Self { Self(59) }
        /// W `v4l2_crop`, 20 bytes.
        @inlinable public static var sCrop: Self { Self(60) }
        /// R `v4l2_jpegcompression`, 140 bytes; **never**. Deprecated.
        @inlinable public static var gJpegcomp: Self { Self(61) }
        /// W `v4l2_jpegcompression`, 140 bytes; **never**. Deprecated.
        @inlinable public static var sJpegcomp: Self { Self(62) }
        /// R `u64`, 8 bytes.
        @inlinable public static var querystd: Self { Self(63) }
        /// WR `v4l2_format`, 208 bytes; **needs**. What S_FMT would choose.
        @inlinable public static var tryFmt: Self { Self(64) }
        /// WR `v4l2_audio`, 52 bytes.
        @inlinable public static var enumaudio: Self { Self(65) }
        /// WR `v4l2_audioout`, 52 bytes.
        @inlinable public static var enumaudout: Self { Self(66) }
        /// R `u32`, 4 bytes.
        @inlinable public static var gPriority: Self { Self(67) }
        /// W `u32`, 4 bytes.
        @inlinable public static var sPriority: Self { Self(68) }
        /// WR `v4l2_sliced_vbi_cap`, 116 bytes.
        @inlinable public static var gSlicedVbiCap: Self { Self(69) }
        /// Nothing travels; **never**. Writes to the kernel's log.
        @inlinable public static var logStatus: Self { Self(70) }
        /// WR `v4l2_ext_controls`, 32 bytes; **needs**. Several controls' values,
        /// MIN_BUFFERS_FOR_CAPTURE among them.
        @inlinable public static var gExtCtrls: Self { Self(71) }
        /// WR `v4l2_ext_controls`, 32 bytes; **may**. Sets several.
        @inlinable public static var sExtCtrls: Self { Self(72) }
        /// WR `v4l2_ext_controls`, 32 bytes; **may**. Whether they could be set.
        @inlinable public static var tryExtCtrls: Self { Self(73) }
        /// WR `v4l2_frmsizeenum`, 44 bytes; **needs**. The sizes of a format.
        @inlinable public static var enumFramesizes: Self { Self(74) }
        /// WR `v4l2_frmivalenum`, 52 bytes; **may**. The frame rates of a size.
        @inlinable public static var enumFrameintervals: Self { Self(75) }
        /// R `v4l2_enc_idx`, 2072 bytes.
        @inlinable public static var gEncIndex: Self { Self(76) }
        /// WR `v4l2_encoder_cmd`, 40 bytes.
        @inlinable public static var encoderCmd: Self { Self(77) }
        /// WR `v4l2_encoder_cmd`, 40 bytes.
        @inlinable public static var tryEncoderCmd: Self { Self(78) }
        /// W `v4l2_dbg_register`, 56 bytes.
        @inlinable public static var dbgSRegister: Self { Self(79) }
        /// WR `v4l2_dbg_register`, 56 bytes.
        @inlinable public static var dbgGRegister: Self { Self(80) }
        /// W `v4l2_hw_freq_seek`, 48 bytes.
        @inlinable public static var sHwFreqSeek: Self { Self(82) }
        /// WR `v4l2_dv_timings`, 132 bytes.
        @inlinable public static var sDvTimings: Self { Self(87) }
        /// WR `v4l2_dv_timings`, 132 bytes.
        @inlinable public static var gDvTimings: Self { Self(88) }
        /// R `v4l2_event`, 136 bytes; **never**. The EVENT event is in its place.
        @inlinable public static var dqevent: Self { Self(89) }
        /// W `v4l2_event_subscription`, 32 bytes; **needs**. Asks for events.
        @inlinable public static var subscribeEvent: Self { Self(90) }
        /// W `v4l2_event_subscription`, 32 bytes; **needs**. Asks for no more.
        @inlinable public static var unsubscribeEvent: Self { Self(91) }
        /// WR `v4l2_create_buffers`, 256 bytes; **may**. Allocates more buffers.
        @inlinable public static var createBufs: Self { Self(92) }
        /// WR `v4l2_buffer`, 88 bytes; **may**. Checks a buffer without queueing it.
        @inlinable public static var prepareBuf: Self { Self(93) }
        /// WR `v4l2_selection`, 64 bytes; **needs**. The visible rectangle.
        @inlinable public static var gSelection: Self { Self(94) }
        /// WR `v4l2_selection`, 64 bytes; **may**. Chooses it.
        @inlinable public static var sSelection: Self { Self(95) }
        /// WR `v4l2_decoder_cmd`, 72 bytes; **needs**. Starts, stops and drains.
        @inlinable public static var decoderCmd: Self { Self(96) }
        /// WR `v4l2_decoder_cmd`, 72 bytes; **needs**. Which commands there are.
        @inlinable public static var tryDecoderCmd: Self { Self(97) }
        /// WR `v4l2_enum_dv_timings`, 148 bytes.
        @inlinable public static var enumDvTimings: Self { Self(98) }
        /// R `v4l2_dv_timings`, 132 bytes.
        @inlinable public static var queryDvTimings: Self { Self(99) }
        /// WR `v4l2_dv_timings_cap`, 144 bytes.
        @inlinable public static var dvTimingsCap: Self { Self(100) }
        /// WR `v4l2_frequency_band`, 64 bytes.
        @inlinable public static var enumFreqBands: Self { Self(101) }
        /// WR `v4l2_dbg_chip_info`, 200 bytes.
        @inlinable public static var dbgGChipInfo: Self { Self(102) }
        /// WR `v4l2_query_ext_ctrl`, 232 bytes; **needs**. A control's name and range, 64 bits;
        /// enumerates with NEXT_CTRL.
        @inlinable public static var queryExtCtrl: Self { Self(103) }
        /// WR `v4l2_remove_buffers`, 64 bytes; **may**. Frees some buffers.
        @inlinable public static var removeBufs: Self { Self(104) }
    }
}

extension V4L2.IoctlCode: CustomStringConvertible {
    /// The C name, or the number when there is none here.
    public var description: String {
        switch self {
        case .querycap: "VIDIOC_QUERYCAP"
        case .enumFmt: "VIDIOC_ENUM_FMT"
        case .gFmt: "VIDIOC_G_FMT"
        case .sFmt: "VIDIOC_S_FMT"
        case .reqbufs: "VIDIOC_REQBUFS"
        case .querybuf: "VIDIOC_QUERYBUF"
        case .gFbuf: "VIDIOC_G_FBUF"
        case .sFbuf: "VIDIOC_S_FBUF"
        case .overlay: "VIDIOC_OVERLAY"
        case .qbuf: "VIDIOC_QBUF"
        case .expbuf: "VIDIOC_EXPBUF"
        case .dqbuf: "VIDIOC_DQBUF"
        case .streamon: "VIDIOC_STREAMON"
        case .streamoff: "VIDIOC_STREAMOFF"
        case .gParm: "VIDIOC_G_PARM"
        case .sParm: "VIDIOC_S_PARM"
        case .gStd: "VIDIOC_G_STD"
        case .sStd: "VIDIOC_S_STD"
        case .enumstd: "VIDIOC_ENUMSTD"
        case .enuminput: "VIDIOC_ENUMINPUT"
        case .gCtrl: "VIDIOC_G_CTRL"
        case .sCtrl: "VIDIOC_S_CTRL"
        case .gTuner: "VIDIOC_G_TUNER"
        case .sTuner: "VIDIOC_S_TUNER"
        case .gAudio: "VIDIOC_G_AUDIO"
        case .sAudio: "VIDIOC_S_AUDIO"
        case .queryctrl: "VIDIOC_QUERYCTRL"
        case .querymenu: "VIDIOC_QUERYMENU"
        case .gInput: "VIDIOC_G_INPUT"
        case .sInput: "VIDIOC_S_INPUT"
        case .gEdid: "VIDIOC_G_EDID"
        case .sEdid: "VIDIOC_S_EDID"
        case .gOutput: "VIDIOC_G_OUTPUT"
        case .sOutput: "VIDIOC_S_OUTPUT"
        case .enumoutput: "VIDIOC_ENUMOUTPUT"
        case .gAudout: "VIDIOC_G_AUDOUT"
        case .sAudout: "VIDIOC_S_AUDOUT"
        case .gModulator: "VIDIOC_G_MODULATOR"
        case .sModulator: "VIDIOC_S_MODULATOR"
        case .gFrequency: "VIDIOC_G_FREQUENCY"
        case .sFrequency: "VIDIOC_S_FREQUENCY"
        case .cropcap: "VIDIOC_CROPCAP"
        case .gCrop: "VIDIOC_G_CROP"
        case .sCrop: "VIDIOC_S_CROP"
        case .gJpegcomp: "VIDIOC_G_JPEGCOMP"
        case .sJpegcomp: "VIDIOC_S_JPEGCOMP"
        case .querystd: "VIDIOC_QUERYSTD"
        case .tryFmt: "VIDIOC_TRY_FMT"
        case .enumaudio: "VIDIOC_ENUMAUDIO"
        case .enumaudout: "VIDIOC_ENUMAUDOUT"
        case .gPriority: "VIDIOC_G_PRIORITY"
        case .sPriority: "VIDIOC_S_PRIORITY"
        case .gSlicedVbiCap: "VIDIOC_G_SLICED_VBI_CAP"
        case .logStatus: "VIDIOC_LOG_STATUS"
        case .gExtCtrls: "VIDIOC_G_EXT_CTRLS"
        case .sExtCtrls: "VIDIOC_S_EXT_CTRLS"
        case .tryExtCtrls: "VIDIOC_TRY_EXT_CTRLS"
        case .enumFramesizes: "VIDIOC_ENUM_FRAMESIZES"
        case .enumFrameintervals: "VIDIOC_ENUM_FRAMEINTERVALS"
        case .gEncIndex: "VIDIOC_G_ENC_INDEX"
        case .encoderCmd: "VIDIOC_ENCODER_CMD"
        case .tryEncoderCmd: "VIDIOC_TRY_ENCODER_CMD"
        case .dbgSRegister: "VIDIOC_DBG_S_REGISTER"
        case .dbgGRegister: "VIDIOC_DBG_G_REGISTER"
        case .sHwFreqSeek: "VIDIOC_S_HW_FREQ_SEEK"
        case .sDvTimings: "VIDIOC_S_DV_TIMINGS"
        case .gDvTimings: "VIDIOC_G_DV_TIMINGS"
        case .dqevent: "VIDIOC_DQEVENT"
        case .subscribeEvent: "VIDIOC_SUBSCRIBE_EVENT"
        case .unsubscribeEvent: "VIDIOC_UNSUBSCRIBE_EVENT"
        case .createBufs: "VIDIOC_CREATE_BUFS"
        case .prepareBuf: "VIDIOC_PREPARE_BUF"
        case .gSelection: "VIDIOC_G_SELECTION"
        case .sSelection: "VIDIOC_S_SELECTION"
        case .decoderCmd: "VIDIOC_DECODER_CMD"
        case .tryDecoderCmd: "VIDIOC_TRY_DECODER_CMD"
        case .enumDvTimings: "VIDIOC_ENUM_DV_TIMINGS"
        case .queryDvTimings: "VIDIOC_QUERY_DV_TIMINGS"
        case .dvTimingsCap: "VIDIOC_DV_TIMINGS_CAP"
        case .enumFreqBands: "VIDIOC_ENUM_FREQ_BANDS"
        case .dbgGChipInfo: "VIDIOC_DBG_G_CHIP_INFO"
        case .queryExtCtrl: "VIDIOC_QUERY_EXT_CTRL"
        case .removeBufs: "VIDIOC_REMOVE_BUFS"
        default: String(rawValue)
        }
    }
}
