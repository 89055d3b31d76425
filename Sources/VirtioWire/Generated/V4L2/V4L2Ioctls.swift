// Generated from Spec/v4l2.md, "The ioctls": `make generate` writes it anew.

extension V4L2 {
    /// The ioctls by their numbers (`VIDIOC_…`).
    public struct IoctlCode: WireNumber {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The configuration space is in its place.
        @inlinable public static var querycap: Self { Self(0) }
        /// The formats of a queue, one by one.
        @inlinable public static var enumFmt: Self { Self(2) }
        /// A queue's format.
        @inlinable public static var gFmt: Self { Self(4) }
        /// Chooses it; what cannot be is moved to the nearest that can.
        @inlinable public static var sFmt: Self { Self(5) }
        /// Allocates a queue's buffers; 0 frees them.
        @inlinable public static var reqbufs: Self { Self(8) }
        /// A buffer's state, length and cookie.
        @inlinable public static var querybuf: Self { Self(9) }
        @inlinable public static var gFbuf: Self { Self(10) }
        @inlinable public static var sFbuf: Self { Self(11) }
        @inlinable public static var overlay: Self { Self(14) }
        /// Hands a buffer to the device.
        @inlinable public static var qbuf: Self { Self(15) }
        /// Gives an MMAP buffer a UUID.
        @inlinable public static var expbuf: Self { Self(16) }
        /// The DQBUF event is in its place.
        @inlinable public static var dqbuf: Self { Self(17) }
        /// Starts a queue; the payload is the buffer type.
        @inlinable public static var streamon: Self { Self(18) }
        /// Stops a queue and gives its buffers back.
        @inlinable public static var streamoff: Self { Self(19) }
        /// A stream's frame rate.
        @inlinable public static var gParm: Self { Self(21) }
        /// Chooses it.
        @inlinable public static var sParm: Self { Self(22) }
        @inlinable public static var gStd: Self { Self(23) }
        @inlinable public static var sStd: Self { Self(24) }
        @inlinable public static var enumstd: Self { Self(25) }
        @inlinable public static var enuminput: Self { Self(26) }
        /// A control's value; newer kernels send G_EXT_CTRLS.
        @inlinable public static var gCtrl: Self { Self(27) }
        /// Sets it.
        @inlinable public static var sCtrl: Self { Self(28) }
        @inlinable public static var gTuner: Self { Self(29) }
        @inlinable public static var sTuner: Self { Self(30) }
        @inlinable public static var gAudio: Self { Self(33) }
        @inlinable public static var sAudio: Self { Self(34) }
        /// A control's name and range, 32 bits; newer kernels send QUERY_EXT_CTRL.
        @inlinable public static var queryctrl: Self { Self(36) }
        /// One entry of a menu control.
        @inlinable public static var querymenu: Self { Self(37) }
        /// `_IOR` by the header; the reference driver sends a payload, too, which is ignored.
        @inlinable public static var gInput: Self { Self(38) }
        @inlinable public static var sInput: Self { Self(39) }
        @inlinable public static var gEdid: Self { Self(40) }
        @inlinable public static var sEdid: Self { Self(41) }
        @inlinable public static var gOutput: Self { Self(46) }
        @inlinable public static var sOutput: Self { Self(47) }
        @inlinable public static var enumoutput: Self { Self(48) }
        @inlinable public static var gAudout: Self { Self(49) }
        @inlinable public static var sAudout: Self { Self(50) }
        @inlinable public static var gModulator: Self { Self(54) }
        @inlinable public static var sModulator: Self { Self(55) }
        @inlinable public static var gFrequency: Self { Self(56) }
        @inlinable public static var sFrequency: Self { Self(57) }
        @inlinable public static var cropcap: Self { Self(58) }
        @inlinable public static var gCrop: Self { Self(59) }
        @inlinable public static var sCrop: Self { Self(60) }
        /// Deprecated.
        @inlinable public static var gJpegcomp: Self { Self(61) }
        /// Deprecated.
        @inlinable public static var sJpegcomp: Self { Self(62) }
        @inlinable public static var querystd: Self { Self(63) }
        /// What S_FMT would choose.
        @inlinable public static var tryFmt: Self { Self(64) }
        @inlinable public static var enumaudio: Self { Self(65) }
        @inlinable public static var enumaudout: Self { Self(66) }
        @inlinable public static var gPriority: Self { Self(67) }
        @inlinable public static var sPriority: Self { Self(68) }
        @inlinable public static var gSlicedVbiCap: Self { Self(69) }
        /// Writes to the kernel's log.
        @inlinable public static var logStatus: Self { Self(70) }
        /// Several controls' values, MIN_BUFFERS_FOR_CAPTURE among them.
        @inlinable public static var gExtCtrls: Self { Self(71) }
        /// Sets several.
        @inlinable public static var sExtCtrls: Self { Self(72) }
        /// Whether they could be set.
        @inlinable public static var tryExtCtrls: Self { Self(73) }
        /// The sizes of a format.
        @inlinable public static var enumFramesizes: Self { Self(74) }
        /// The frame rates of a size.
        @inlinable public static var enumFrameintervals: Self { Self(75) }
        @inlinable public static var gEncIndex: Self { Self(76) }
        @inlinable public static var encoderCmd: Self { Self(77) }
        @inlinable public static var tryEncoderCmd: Self { Self(78) }
        @inlinable public static var dbgSRegister: Self { Self(79) }
        @inlinable public static var dbgGRegister: Self { Self(80) }
        @inlinable public static var sHwFreqSeek: Self { Self(82) }
        @inlinable public static var sDvTimings: Self { Self(87) }
        @inlinable public static var gDvTimings: Self { Self(88) }
        /// The EVENT event is in its place.
        @inlinable public static var dqevent: Self { Self(89) }
        /// Asks for events.
        @inlinable public static var subscribeEvent: Self { Self(90) }
        /// Asks for no more.
        @inlinable public static var unsubscribeEvent: Self { Self(91) }
        /// Allocates more buffers.
        @inlinable public static var createBufs: Self { Self(92) }
        /// Checks a buffer without queueing it.
        @inlinable public static var prepareBuf: Self { Self(93) }
        /// The visible rectangle.
        @inlinable public static var gSelection: Self { Self(94) }
        /// Chooses it.
        @inlinable public static var sSelection: Self { Self(95) }
        /// Starts, stops and drains.
        @inlinable public static var decoderCmd: Self { Self(96) }
        /// Which commands there are.
        @inlinable public static var tryDecoderCmd: Self { Self(97) }
        @inlinable public static var enumDvTimings: Self { Self(98) }
        @inlinable public static var queryDvTimings: Self { Self(99) }
        @inlinable public static var dvTimingsCap: Self { Self(100) }
        @inlinable public static var enumFreqBands: Self { Self(101) }
        @inlinable public static var dbgGChipInfo: Self { Self(102) }
        /// A control's name and range, 64 bits; enumerates with NEXT_CTRL.
        @inlinable public static var queryExtCtrl: Self { Self(103) }
        /// Frees some buffers.
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
