-- Generated from Spec/media.md: `make generate` writes it anew.
-- wireshark -X lua_script:virtio_media.lua; FORMAT.md of the generator names the packets.

local main = Proto("virtio_media", "virtio-media")

local enums, flags, structs = {}, {}, {}

enums.vfl_devnode_type = { base = "u32", hex = false, values = {
    [0x0] = "VFL_TYPE_VIDEO",
    [0x1] = "VFL_TYPE_VBI",
    [0x2] = "VFL_TYPE_RADIO",
    [0x3] = "VFL_TYPE_SUBDEV",
    [0x4] = "VFL_TYPE_SDR",
    [0x5] = "VFL_TYPE_TOUCH",
} }

enums.virtio_media_cmd = { base = "u32", hex = false, values = {
    [0x1] = "VIRTIO_MEDIA_CMD_OPEN",
    [0x2] = "VIRTIO_MEDIA_CMD_CLOSE",
    [0x3] = "VIRTIO_MEDIA_CMD_IOCTL",
    [0x4] = "VIRTIO_MEDIA_CMD_MMAP",
    [0x5] = "VIRTIO_MEDIA_CMD_MUNMAP",
} }

enums.linux_errno = { base = "u32", hex = false, values = {
    [0x0] = "OK",
    [0x1] = "EPERM",
    [0x2] = "ENOENT",
    [0x5] = "EIO",
    [0x9] = "EBADF",
    [0xb] = "EAGAIN",
    [0xc] = "ENOMEM",
    [0xd] = "EACCES",
    [0xe] = "EFAULT",
    [0x10] = "EBUSY",
    [0x13] = "ENODEV",
    [0x16] = "EINVAL",
    [0x19] = "ENOTTY",
    [0x1c] = "ENOSPC",
    [0x20] = "EPIPE",
    [0x22] = "ERANGE",
    [0x3d] = "ENODATA",
    [0x4b] = "EOVERFLOW",
    [0x5f] = "EOPNOTSUPP",
    [0x69] = "ENOBUFS",
    [0x6e] = "ETIMEDOUT",
    [0x7d] = "ECANCELED",
} }

flags.virtio_media_mmap_flags = { base = "u32", bits = {
    { 0x1, "VIRTIO_MEDIA_MMAP_FLAG_RW", single = true },
} }

enums.virtio_media_memory = { base = "u32", hex = false, values = {
    [0x1] = "VIRTIO_MEDIA_MMAP",
    [0x2] = "VIRTIO_MEDIA_SHARED_PAGES",
    [0x4] = "VIRTIO_MEDIA_OBJECT",
} }

enums.virtio_media_event = { base = "u32", hex = false, values = {
    [0x0] = "VIRTIO_MEDIA_EVT_ERROR",
    [0x1] = "VIRTIO_MEDIA_EVT_DQBUF",
    [0x2] = "VIRTIO_MEDIA_EVT_EVENT",
} }

enums.VIDIOC = { base = "u32", hex = false, values = {
    [0x0] = "VIDIOC_QUERYCAP",
    [0x2] = "VIDIOC_ENUM_FMT",
    [0x4] = "VIDIOC_G_FMT",
    [0x5] = "VIDIOC_S_FMT",
    [0x8] = "VIDIOC_REQBUFS",
    [0x9] = "VIDIOC_QUERYBUF",
    [0xa] = "VIDIOC_G_FBUF",
    [0xb] = "VIDIOC_S_FBUF",
    [0xe] = "VIDIOC_OVERLAY",
    [0xf] = "VIDIOC_QBUF",
    [0x10] = "VIDIOC_EXPBUF",
    [0x11] = "VIDIOC_DQBUF",
    [0x12] = "VIDIOC_STREAMON",
    [0x13] = "VIDIOC_STREAMOFF",
    [0x15] = "VIDIOC_G_PARM",
    [0x16] = "VIDIOC_S_PARM",
    [0x17] = "VIDIOC_G_STD",
    [0x18] = "VIDIOC_S_STD",
    [0x19] = "VIDIOC_ENUMSTD",
    [0x1a] = "VIDIOC_ENUMINPUT",
    [0x1b] = "VIDIOC_G_CTRL",
    [0x1c] = "VIDIOC_S_CTRL",
    [0x1d] = "VIDIOC_G_TUNER",
    [0x1e] = "VIDIOC_S_TUNER",
    [0x21] = "VIDIOC_G_AUDIO",
    [0x22] = "VIDIOC_S_AUDIO",
    [0x24] = "VIDIOC_QUERYCTRL",
    [0x25] = "VIDIOC_QUERYMENU",
    [0x26] = "VIDIOC_G_INPUT",
    [0x27] = "VIDIOC_S_INPUT",
    [0x28] = "VIDIOC_G_EDID",
    [0x29] = "VIDIOC_S_EDID",
    [0x2e] = "VIDIOC_G_OUTPUT",
    [0x2f] = "VIDIOC_S_OUTPUT",
    [0x30] = "VIDIOC_ENUMOUTPUT",
    [0x31] = "VIDIOC_G_AUDOUT",
    [0x32] = "VIDIOC_S_AUDOUT",
    [0x36] = "VIDIOC_G_MODULATOR",
    [0x37] = "VIDIOC_S_MODULATOR",
    [0x38] = "VIDIOC_G_FREQUENCY",
    [0x39] = "VIDIOC_S_FREQUENCY",
    [0x3a] = "VIDIOC_CROPCAP",
    [0x3b] = "VIDIOC_G_CROP",
    [0x3c] = "VIDIOC_S_CROP",
    [0x3d] = "VIDIOC_G_JPEGCOMP",
    [0x3e] = "VIDIOC_S_JPEGCOMP",
    [0x3f] = "VIDIOC_QUERYSTD",
    [0x40] = "VIDIOC_TRY_FMT",
    [0x41] = "VIDIOC_ENUMAUDIO",
    [0x42] = "VIDIOC_ENUMAUDOUT",
    [0x43] = "VIDIOC_G_PRIORITY",
    [0x44] = "VIDIOC_S_PRIORITY",
    [0x45] = "VIDIOC_G_SLICED_VBI_CAP",
    [0x46] = "VIDIOC_LOG_STATUS",
    [0x47] = "VIDIOC_G_EXT_CTRLS",
    [0x48] = "VIDIOC_S_EXT_CTRLS",
    [0x49] = "VIDIOC_TRY_EXT_CTRLS",
    [0x4a] = "VIDIOC_ENUM_FRAMESIZES",
    [0x4b] = "VIDIOC_ENUM_FRAMEINTERVALS",
    [0x4c] = "VIDIOC_G_ENC_INDEX",
    [0x4d] = "VIDIOC_ENCODER_CMD",
    [0x4e] = "VIDIOC_TRY_ENCODER_CMD",
    [0x4f] = "VIDIOC_DBG_S_REGISTER",
    [0x50] = "VIDIOC_DBG_G_REGISTER",
    [0x52] = "VIDIOC_S_HW_FREQ_SEEK",
    [0x57] = "VIDIOC_S_DV_TIMINGS",
    [0x58] = "VIDIOC_G_DV_TIMINGS",
    [0x59] = "VIDIOC_DQEVENT",
    [0x5a] = "VIDIOC_SUBSCRIBE_EVENT",
    [0x5b] = "VIDIOC_UNSUBSCRIBE_EVENT",
    [0x5c] = "VIDIOC_CREATE_BUFS",
    [0x5d] = "VIDIOC_PREPARE_BUF",
    [0x5e] = "VIDIOC_G_SELECTION",
    [0x5f] = "VIDIOC_S_SELECTION",
    [0x60] = "VIDIOC_DECODER_CMD",
    [0x61] = "VIDIOC_TRY_DECODER_CMD",
    [0x62] = "VIDIOC_ENUM_DV_TIMINGS",
    [0x63] = "VIDIOC_QUERY_DV_TIMINGS",
    [0x64] = "VIDIOC_DV_TIMINGS_CAP",
    [0x65] = "VIDIOC_ENUM_FREQ_BANDS",
    [0x66] = "VIDIOC_DBG_G_CHIP_INFO",
    [0x67] = "VIDIOC_QUERY_EXT_CTRL",
    [0x68] = "VIDIOC_REMOVE_BUFS",
} }

flags.V4L2_CAP = { base = "u32", bits = {
    { 0x1, "VIDEO_CAPTURE", single = true },
    { 0x2, "VIDEO_OUTPUT", single = true },
    { 0x1000, "VIDEO_CAPTURE_MPLANE", single = true },
    { 0x2000, "VIDEO_OUTPUT_MPLANE", single = true },
    { 0x4000, "VIDEO_M2M_MPLANE", single = true },
    { 0x8000, "VIDEO_M2M", single = true },
    { 0x200000, "EXT_PIX_FORMAT", single = true },
    { 0x1000000, "READWRITE", single = true },
    { 0x4000000, "STREAMING", single = true },
    { 0x80000000, "DEVICE_CAPS", single = true },
} }

enums.V4L2_PIX_FMT = { base = "u32", hex = true, values = {
    [0x34363248] = "V4L2_PIX_FMT_H264",
    [0x43564548] = "V4L2_PIX_FMT_HEVC",
    [0x30385056] = "V4L2_PIX_FMT_VP8",
    [0x30395056] = "V4L2_PIX_FMT_VP9",
    [0x31305641] = "V4L2_PIX_FMT_AV1",
    [0x3247504d] = "V4L2_PIX_FMT_MPEG2",
    [0x3447504d] = "V4L2_PIX_FMT_MPEG4",
    [0x47504a4d] = "V4L2_PIX_FMT_MJPEG",
    [0x3231564e] = "V4L2_PIX_FMT_NV12",
    [0x32315559] = "V4L2_PIX_FMT_YUV420",
    [0x32314d4e] = "V4L2_PIX_FMT_NV12M",
    [0x32314d59] = "V4L2_PIX_FMT_YUV420M",
    [0x30313050] = "V4L2_PIX_FMT_P010",
} }

flags.V4L2_FMT_FLAG = { base = "u32", bits = {
    { 0x1, "COMPRESSED", single = true },
    { 0x2, "EMULATED", single = true },
    { 0x4, "CONTINUOUS_BYTESTREAM", single = true },
    { 0x8, "DYN_RESOLUTION", single = true },
} }

flags.V4L2_PIX_FMT_FLAG = { base = "u32", bits = {
    { 0x1, "PREMUL_ALPHA", single = true },
    { 0x2, "SET_CSC", single = true },
} }

enums.v4l2_field = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_FIELD_ANY",
    [0x1] = "V4L2_FIELD_NONE",
    [0x2] = "V4L2_FIELD_TOP",
    [0x3] = "V4L2_FIELD_BOTTOM",
    [0x4] = "V4L2_FIELD_INTERLACED",
    [0x5] = "V4L2_FIELD_SEQ_TB",
    [0x6] = "V4L2_FIELD_SEQ_BT",
    [0x7] = "V4L2_FIELD_ALTERNATE",
    [0x8] = "V4L2_FIELD_INTERLACED_TB",
    [0x9] = "V4L2_FIELD_INTERLACED_BT",
} }

enums.v4l2_colorspace = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_COLORSPACE_DEFAULT",
    [0x1] = "V4L2_COLORSPACE_SMPTE170M",
    [0x2] = "V4L2_COLORSPACE_SMPTE240M",
    [0x3] = "V4L2_COLORSPACE_REC709",
    [0x5] = "V4L2_COLORSPACE_470_SYSTEM_M",
    [0x6] = "V4L2_COLORSPACE_470_SYSTEM_BG",
    [0x7] = "V4L2_COLORSPACE_JPEG",
    [0x8] = "V4L2_COLORSPACE_SRGB",
    [0x9] = "V4L2_COLORSPACE_OPRGB",
    [0xa] = "V4L2_COLORSPACE_BT2020",
    [0xb] = "V4L2_COLORSPACE_RAW",
    [0xc] = "V4L2_COLORSPACE_DCI_P3",
} }

enums.v4l2_ycbcr_encoding = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_YCBCR_ENC_DEFAULT",
    [0x1] = "V4L2_YCBCR_ENC_601",
    [0x2] = "V4L2_YCBCR_ENC_709",
    [0x3] = "V4L2_YCBCR_ENC_XV601",
    [0x4] = "V4L2_YCBCR_ENC_XV709",
    [0x6] = "V4L2_YCBCR_ENC_BT2020",
    [0x7] = "V4L2_YCBCR_ENC_BT2020_CONST_LUM",
    [0x8] = "V4L2_YCBCR_ENC_SMPTE240M",
} }

enums.v4l2_quantization = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_QUANTIZATION_DEFAULT",
    [0x1] = "V4L2_QUANTIZATION_FULL_RANGE",
    [0x2] = "V4L2_QUANTIZATION_LIM_RANGE",
} }

enums.v4l2_xfer_func = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_XFER_FUNC_DEFAULT",
    [0x1] = "V4L2_XFER_FUNC_709",
    [0x2] = "V4L2_XFER_FUNC_SRGB",
    [0x3] = "V4L2_XFER_FUNC_OPRGB",
    [0x4] = "V4L2_XFER_FUNC_SMPTE240M",
    [0x5] = "V4L2_XFER_FUNC_NONE",
    [0x6] = "V4L2_XFER_FUNC_DCI_P3",
    [0x7] = "V4L2_XFER_FUNC_SMPTE2084",
} }

enums.v4l2_frmsizetypes = { base = "u32", hex = false, values = {
    [0x1] = "V4L2_FRMSIZE_TYPE_DISCRETE",
    [0x2] = "V4L2_FRMSIZE_TYPE_CONTINUOUS",
    [0x3] = "V4L2_FRMSIZE_TYPE_STEPWISE",
} }

enums.v4l2_frmivaltypes = { base = "u32", hex = false, values = {
    [0x1] = "V4L2_FRMIVAL_TYPE_DISCRETE",
    [0x2] = "V4L2_FRMIVAL_TYPE_CONTINUOUS",
    [0x3] = "V4L2_FRMIVAL_TYPE_STEPWISE",
} }

enums.v4l2_buf_type = { base = "u32", hex = false, values = {
    [0x1] = "V4L2_BUF_TYPE_VIDEO_CAPTURE",
    [0x2] = "V4L2_BUF_TYPE_VIDEO_OUTPUT",
    [0x9] = "V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE",
    [0xa] = "V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE",
} }

enums.v4l2_memory = { base = "u32", hex = false, values = {
    [0x1] = "V4L2_MEMORY_MMAP",
    [0x2] = "V4L2_MEMORY_USERPTR",
    [0x4] = "V4L2_MEMORY_DMABUF",
} }

flags.V4L2_BUF_CAP_SUPPORTS = { base = "u32", bits = {
    { 0x1, "MMAP", single = true },
    { 0x2, "USERPTR", single = true },
    { 0x4, "DMABUF", single = true },
    { 0x8, "REQUESTS", single = true },
    { 0x10, "ORPHANED_BUFS", single = true },
    { 0x20, "M2M_HOLD_CAPTURE_BUF", single = true },
    { 0x40, "MMAP_CACHE_HINTS", single = true },
    { 0x80, "MAX_NUM_BUFFERS", single = true },
    { 0x100, "REMOVE_BUFS", single = true },
} }

flags.V4L2_MEMORY_FLAG = { base = "u32", bits = {
    { 0x1, "NON_COHERENT", single = true },
} }

flags.V4L2_BUF_FLAG = { base = "u32", bits = {
    { 0x1, "MAPPED", single = true },
    { 0x2, "QUEUED", single = true },
    { 0x4, "DONE", single = true },
    { 0x8, "KEYFRAME", single = true },
    { 0x10, "PFRAME", single = true },
    { 0x20, "BFRAME", single = true },
    { 0x40, "ERROR", single = true },
    { 0x80, "IN_REQUEST", single = true },
    { 0x100, "TIMECODE", single = true },
    { 0x200, "M2M_HOLD_CAPTURE_BUF", single = true },
    { 0x400, "PREPARED", single = true },
    { 0x800, "NO_CACHE_INVALIDATE", single = true },
    { 0x1000, "NO_CACHE_CLEAN", single = true },
    { 0x2000, "TIMESTAMP_MONOTONIC", single = true },
    { 0x4000, "TIMESTAMP_COPY", single = true },
    { 0x10000, "TSTAMP_SRC_SOE", single = true },
    { 0x100000, "LAST", single = true },
    { 0x800000, "REQUEST_FD", single = true },
} }

enums.V4L2_SEL_TGT = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_SEL_TGT_CROP",
    [0x1] = "V4L2_SEL_TGT_CROP_DEFAULT",
    [0x2] = "V4L2_SEL_TGT_CROP_BOUNDS",
    [0x3] = "V4L2_SEL_TGT_NATIVE_SIZE",
    [0x100] = "V4L2_SEL_TGT_COMPOSE",
    [0x101] = "V4L2_SEL_TGT_COMPOSE_DEFAULT",
    [0x102] = "V4L2_SEL_TGT_COMPOSE_BOUNDS",
    [0x103] = "V4L2_SEL_TGT_COMPOSE_PADDED",
} }

flags.V4L2_SEL_FLAG = { base = "u32", bits = {
    { 0x1, "GE", single = true },
    { 0x2, "LE", single = true },
    { 0x4, "KEEP_CONFIG", single = true },
} }

enums.V4L2_CID = { base = "u32", hex = true, values = {
    [0x980001] = "V4L2_CID_USER_CLASS",
    [0x990001] = "V4L2_CID_CODEC_CLASS",
    [0x980927] = "V4L2_CID_MIN_BUFFERS_FOR_CAPTURE",
    [0x980928] = "V4L2_CID_MIN_BUFFERS_FOR_OUTPUT",
    [0x990a67] = "V4L2_CID_MPEG_VIDEO_H264_LEVEL",
    [0x990a6b] = "V4L2_CID_MPEG_VIDEO_H264_PROFILE",
    [0x990aff] = "V4L2_CID_MPEG_VIDEO_VP8_PROFILE",
    [0x990b00] = "V4L2_CID_MPEG_VIDEO_VP9_PROFILE",
    [0x990a0f] = "V4L2_CID_MPEG_VIDEO_MPEG2_PROFILE",
    [0x990b67] = "V4L2_CID_MPEG_VIDEO_HEVC_PROFILE",
    [0x990b68] = "V4L2_CID_MPEG_VIDEO_HEVC_LEVEL",
    [0x990b8f] = "V4L2_CID_MPEG_VIDEO_AV1_PROFILE",
    [0x990b8d] = "V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY",
    [0x990b8e] = "V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY_ENABLE",
} }

enums.v4l2_ctrl_type = { base = "u32", hex = false, values = {
    [0x1] = "V4L2_CTRL_TYPE_INTEGER",
    [0x2] = "V4L2_CTRL_TYPE_BOOLEAN",
    [0x3] = "V4L2_CTRL_TYPE_MENU",
    [0x4] = "V4L2_CTRL_TYPE_BUTTON",
    [0x5] = "V4L2_CTRL_TYPE_INTEGER64",
    [0x6] = "V4L2_CTRL_TYPE_CTRL_CLASS",
    [0x7] = "V4L2_CTRL_TYPE_STRING",
    [0x8] = "V4L2_CTRL_TYPE_BITMASK",
    [0x9] = "V4L2_CTRL_TYPE_INTEGER_MENU",
} }

flags.V4L2_CTRL_FLAG = { base = "u32", bits = {
    { 0x1, "DISABLED", single = true },
    { 0x2, "GRABBED", single = true },
    { 0x4, "READ_ONLY", single = true },
    { 0x8, "UPDATE", single = true },
    { 0x10, "INACTIVE", single = true },
    { 0x20, "SLIDER", single = true },
    { 0x40, "WRITE_ONLY", single = true },
    { 0x80, "VOLATILE", single = true },
    { 0x100, "HAS_PAYLOAD", single = true },
    { 0x200, "EXECUTE_ON_WRITE", single = true },
    { 0x400, "MODIFY_LAYOUT", single = true },
    { 0x800, "DYNAMIC_ARRAY", single = true },
    { 0x40000000, "NEXT_COMPOUND", single = true },
    { 0x80000000, "NEXT_CTRL", single = true },
} }

enums.V4L2_CTRL_WHICH = { base = "u32", hex = true, values = {
    [0x0] = "V4L2_CTRL_WHICH_CUR_VAL",
    [0x980000] = "V4L2_CTRL_CLASS_USER",
    [0x990000] = "V4L2_CTRL_CLASS_CODEC",
    [0xf000000] = "V4L2_CTRL_WHICH_DEF_VAL",
    [0xf010000] = "V4L2_CTRL_WHICH_REQUEST_VAL",
} }

enums.V4L2_EVENT = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_EVENT_ALL",
    [0x1] = "V4L2_EVENT_VSYNC",
    [0x2] = "V4L2_EVENT_EOS",
    [0x3] = "V4L2_EVENT_CTRL",
    [0x4] = "V4L2_EVENT_FRAME_SYNC",
    [0x5] = "V4L2_EVENT_SOURCE_CHANGE",
    [0x6] = "V4L2_EVENT_MOTION_DET",
} }

flags.V4L2_EVENT_SUB_FL = { base = "u32", bits = {
    { 0x1, "SEND_INITIAL", single = true },
    { 0x2, "ALLOW_FEEDBACK", single = true },
} }

flags.V4L2_EVENT_SRC_CH = { base = "u32", bits = {
    { 0x1, "RESOLUTION", single = true },
} }

flags.V4L2_EVENT_CTRL_CH = { base = "u32", bits = {
    { 0x1, "VALUE", single = true },
    { 0x2, "FLAGS", single = true },
    { 0x4, "RANGE", single = true },
    { 0x8, "DIMENSIONS", single = true },
} }

enums.V4L2_DEC_CMD = { base = "u32", hex = false, values = {
    [0x0] = "V4L2_DEC_CMD_START",
    [0x1] = "V4L2_DEC_CMD_STOP",
    [0x2] = "V4L2_DEC_CMD_PAUSE",
    [0x3] = "V4L2_DEC_CMD_RESUME",
    [0x4] = "V4L2_DEC_CMD_FLUSH",
} }

structs.virtio_media_config = { size = 40, rows = {
    { "device_caps", 0, "flags", "V4L2_CAP" },
    { "device_type", 4, "enum", "vfl_devnode_type" },
    { "card", 8, "u8", count = 32, size = 32, text = true },
}, trailing = {
} }

structs.virtio_media_cmd_header = { size = 8, rows = {
    { "cmd", 0, "enum", "virtio_media_cmd" },
    { "__reserved", 4, "u32" },
}, trailing = {
} }

structs.virtio_media_resp_header = { size = 8, rows = {
    { "status", 0, "enum", "linux_errno" },
    { "__reserved", 4, "u32" },
}, trailing = {
} }

structs.virtio_media_cmd_open = { size = 8, rows = {
    { "hdr.cmd", 0, "enum", "virtio_media_cmd" },
    { "hdr.__reserved", 4, "u32" },
}, trailing = {
} }

structs.virtio_media_resp_open = { size = 16, rows = {
    { "hdr", 0, "struct", "virtio_media_resp_header" },
    { "session_id", 8, "u32" },
    { "__reserved", 12, "u32" },
}, trailing = {
} }

structs.virtio_media_cmd_close = { size = 16, rows = {
    { "hdr.cmd", 0, "enum", "virtio_media_cmd" },
    { "hdr.__reserved", 4, "u32" },
    { "session_id", 8, "u32" },
    { "__reserved", 12, "u32" },
}, trailing = {
} }

structs.virtio_media_cmd_ioctl = { size = 16, rows = {
    { "hdr.cmd", 0, "enum", "virtio_media_cmd" },
    { "hdr.__reserved", 4, "u32" },
    { "session_id", 8, "u32" },
    { "code", 12, "enum", "VIDIOC" },
}, trailing = {
} }

structs.virtio_media_resp_ioctl = { size = 8, rows = {
    { "hdr", 0, "struct", "virtio_media_resp_header" },
}, trailing = {
} }

structs.virtio_media_cmd_mmap = { size = 20, rows = {
    { "hdr.cmd", 0, "enum", "virtio_media_cmd" },
    { "hdr.__reserved", 4, "u32" },
    { "session_id", 8, "u32" },
    { "flags", 12, "flags", "virtio_media_mmap_flags" },
    { "offset", 16, "u32" },
}, trailing = {
} }

structs.virtio_media_resp_mmap = { size = 24, rows = {
    { "hdr", 0, "struct", "virtio_media_resp_header" },
    { "driver_addr", 8, "u64" },
    { "len", 16, "u64" },
}, trailing = {
} }

structs.virtio_media_cmd_munmap = { size = 16, rows = {
    { "hdr.cmd", 0, "enum", "virtio_media_cmd" },
    { "hdr.__reserved", 4, "u32" },
    { "driver_addr", 8, "u64" },
}, trailing = {
} }

structs.virtio_media_resp_munmap = { size = 8, rows = {
    { "hdr", 0, "struct", "virtio_media_resp_header" },
}, trailing = {
} }

structs.virtio_media_sg_entry = { size = 16, rows = {
    { "start", 0, "u64" },
    { "len", 8, "u32" },
    { "__reserved", 12, "u32" },
}, trailing = {
} }

structs.virtio_media_event_header = { size = 8, rows = {
    { "event", 0, "enum", "virtio_media_event" },
    { "session_id", 4, "u32" },
}, trailing = {
} }

structs.virtio_media_event_error = { size = 16, rows = {
    { "hdr.event", 0, "enum", "virtio_media_event" },
    { "hdr.session_id", 4, "u32" },
    { "errno", 8, "enum", "linux_errno" },
    { "__reserved", 12, "u32" },
}, trailing = {
} }

structs.virtio_media_event_dqbuf = { size = 608, rows = {
    { "hdr.event", 0, "enum", "virtio_media_event" },
    { "hdr.session_id", 4, "u32" },
    { "buffer", 8, "struct", "v4l2_buffer" },
    { "planes", 96, "struct", "v4l2_plane", count = 8, size = 512 },
}, trailing = {
} }

structs.virtio_media_event_event = { size = 144, rows = {
    { "hdr.event", 0, "enum", "virtio_media_event" },
    { "hdr.session_id", 4, "u32" },
    { "event", 8, "struct", "v4l2_event" },
}, trailing = {
} }

structs.v4l2_fmtdesc = { size = 64, rows = {
    { "index", 0, "u32" },
    { "type", 4, "enum", "v4l2_buf_type" },
    { "flags", 8, "flags", "V4L2_FMT_FLAG" },
    { "description", 12, "u8", count = 32, size = 32, text = true },
    { "pixelformat", 44, "enum", "V4L2_PIX_FMT" },
    { "mbus_code", 48, "u32" },
    { "reserved", 52, "u32", count = 3, size = 12 },
}, trailing = {
} }

structs.v4l2_pix_format = { size = 48, rows = {
    { "width", 0, "u32" },
    { "height", 4, "u32" },
    { "pixelformat", 8, "enum", "V4L2_PIX_FMT" },
    { "field", 12, "enum", "v4l2_field" },
    { "bytesperline", 16, "u32" },
    { "sizeimage", 20, "u32" },
    { "colorspace", 24, "enum", "v4l2_colorspace" },
    { "priv", 28, "u32" },
    { "flags", 32, "flags", "V4L2_PIX_FMT_FLAG" },
    { "ycbcr_enc", 36, "enum", "v4l2_ycbcr_encoding" },
    { "quantization", 40, "enum", "v4l2_quantization" },
    { "xfer_func", 44, "enum", "v4l2_xfer_func" },
}, trailing = {
} }

structs.v4l2_plane_pix_format = { size = 20, rows = {
    { "sizeimage", 0, "u32" },
    { "bytesperline", 4, "u32" },
    { "reserved", 8, "u16", count = 6, size = 12 },
}, trailing = {
} }

structs.v4l2_pix_format_mplane = { size = 192, rows = {
    { "width", 0, "u32" },
    { "height", 4, "u32" },
    { "pixelformat", 8, "enum", "V4L2_PIX_FMT" },
    { "field", 12, "enum", "v4l2_field" },
    { "colorspace", 16, "enum", "v4l2_colorspace" },
    { "plane_fmt", 20, "struct", "v4l2_plane_pix_format", count = 8, size = 160 },
    { "num_planes", 180, "u8" },
    { "flags", 181, "u8" },
    { "ycbcr_enc", 182, "u8" },
    { "quantization", 183, "u8" },
    { "xfer_func", 184, "u8" },
    { "reserved", 185, "u8", count = 7, size = 7 },
}, trailing = {
} }

structs.v4l2_format = { size = 208, rows = {
    { "type", 0, "enum", "v4l2_buf_type" },
    { "fmt.pix", 8, "struct", "v4l2_pix_format", on = { "type", { [1] = true, [2] = true } } },
    { "fmt.pix_mp", 8, "struct", "v4l2_pix_format_mplane", on = { "type", { [9] = true, [10] = true } } },
    { "fmt.raw_data", 8, "u8", count = 200, size = 200, otherwise = true },
}, trailing = {
} }

structs.v4l2_frmsize_discrete = { size = 8, rows = {
    { "width", 0, "u32" },
    { "height", 4, "u32" },
}, trailing = {
} }

structs.v4l2_frmsize_stepwise = { size = 24, rows = {
    { "min_width", 0, "u32" },
    { "max_width", 4, "u32" },
    { "step_width", 8, "u32" },
    { "min_height", 12, "u32" },
    { "max_height", 16, "u32" },
    { "step_height", 20, "u32" },
}, trailing = {
} }

structs.v4l2_frmsizeenum = { size = 44, rows = {
    { "index", 0, "u32" },
    { "pixel_format", 4, "enum", "V4L2_PIX_FMT" },
    { "type", 8, "enum", "v4l2_frmsizetypes" },
    { "discrete", 12, "struct", "v4l2_frmsize_discrete", on = { "type", { [1] = true } } },
    { "stepwise", 12, "struct", "v4l2_frmsize_stepwise", on = { "type", { [2] = true, [3] = true } } },
    { "reserved", 36, "u32", count = 2, size = 8 },
}, trailing = {
} }

structs.v4l2_fract = { size = 8, rows = {
    { "numerator", 0, "u32" },
    { "denominator", 4, "u32" },
}, trailing = {
} }

structs.v4l2_frmival_stepwise = { size = 24, rows = {
    { "min", 0, "struct", "v4l2_fract" },
    { "max", 8, "struct", "v4l2_fract" },
    { "step", 16, "struct", "v4l2_fract" },
}, trailing = {
} }

structs.v4l2_frmivalenum = { size = 52, rows = {
    { "index", 0, "u32" },
    { "pixel_format", 4, "enum", "V4L2_PIX_FMT" },
    { "width", 8, "u32" },
    { "height", 12, "u32" },
    { "type", 16, "enum", "v4l2_frmivaltypes" },
    { "discrete", 20, "struct", "v4l2_fract", on = { "type", { [1] = true } } },
    { "stepwise", 20, "struct", "v4l2_frmival_stepwise", on = { "type", { [2] = true, [3] = true } } },
    { "reserved", 44, "u32", count = 2, size = 8 },
}, trailing = {
} }

structs.v4l2_requestbuffers = { size = 20, rows = {
    { "count", 0, "u32" },
    { "type", 4, "enum", "v4l2_buf_type" },
    { "memory", 8, "enum", "v4l2_memory" },
    { "capabilities", 12, "flags", "V4L2_BUF_CAP_SUPPORTS" },
    { "flags", 16, "u8" },
    { "reserved", 17, "u8", count = 3, size = 3 },
}, trailing = {
} }

structs.v4l2_create_buffers = { size = 256, rows = {
    { "index", 0, "u32" },
    { "count", 4, "u32" },
    { "memory", 8, "enum", "v4l2_memory" },
    { "format", 16, "struct", "v4l2_format" },
    { "capabilities", 224, "flags", "V4L2_BUF_CAP_SUPPORTS" },
    { "flags", 228, "flags", "V4L2_MEMORY_FLAG" },
    { "max_num_buffers", 232, "u32" },
    { "reserved", 236, "u32", count = 5, size = 20 },
}, trailing = {
} }

structs.v4l2_remove_buffers = { size = 64, rows = {
    { "index", 0, "u32" },
    { "count", 4, "u32" },
    { "type", 8, "enum", "v4l2_buf_type" },
    { "reserved", 12, "u32", count = 13, size = 52 },
}, trailing = {
} }

structs.timeval = { size = 16, rows = {
    { "tv_sec", 0, "i64" },
    { "tv_usec", 8, "i64" },
}, trailing = {
} }

structs.v4l2_timecode = { size = 16, rows = {
    { "type", 0, "u32" },
    { "flags", 4, "u32" },
    { "frames", 8, "u8" },
    { "seconds", 9, "u8" },
    { "minutes", 10, "u8" },
    { "hours", 11, "u8" },
    { "userbits", 12, "u8", count = 4, size = 4 },
}, trailing = {
} }

structs.v4l2_buffer = { size = 88, rows = {
    { "index", 0, "u32" },
    { "type", 4, "enum", "v4l2_buf_type" },
    { "bytesused", 8, "u32" },
    { "flags", 12, "flags", "V4L2_BUF_FLAG" },
    { "field", 16, "enum", "v4l2_field" },
    { "timestamp", 24, "struct", "timeval" },
    { "timecode", 40, "struct", "v4l2_timecode" },
    { "sequence", 56, "u32" },
    { "memory", 60, "enum", "v4l2_memory" },
    { "m", 64, "u64" },
    { "length", 72, "u32" },
    { "reserved2", 76, "u32" },
    { "request_fd", 80, "i32" },
}, trailing = {
} }

structs.v4l2_plane = { size = 64, rows = {
    { "bytesused", 0, "u32" },
    { "length", 4, "u32" },
    { "m", 8, "u64" },
    { "data_offset", 16, "u32" },
    { "reserved", 20, "u32", count = 11, size = 44 },
}, trailing = {
} }

structs.v4l2_exportbuffer = { size = 64, rows = {
    { "type", 0, "enum", "v4l2_buf_type" },
    { "index", 4, "u32" },
    { "plane", 8, "u32" },
    { "flags", 12, "u32" },
    { "fd", 16, "i32" },
    { "reserved", 20, "u32", count = 11, size = 44 },
}, trailing = {
} }

structs.v4l2_rect = { size = 16, rows = {
    { "left", 0, "i32" },
    { "top", 4, "i32" },
    { "width", 8, "u32" },
    { "height", 12, "u32" },
}, trailing = {
} }

structs.v4l2_selection = { size = 64, rows = {
    { "type", 0, "enum", "v4l2_buf_type" },
    { "target", 4, "enum", "V4L2_SEL_TGT" },
    { "flags", 8, "flags", "V4L2_SEL_FLAG" },
    { "r", 12, "struct", "v4l2_rect" },
    { "reserved", 28, "u32", count = 9, size = 36 },
}, trailing = {
} }

structs.v4l2_control = { size = 8, rows = {
    { "id", 0, "enum", "V4L2_CID" },
    { "value", 4, "i32" },
}, trailing = {
} }

structs.v4l2_ext_controls = { size = 32, rows = {
    { "which", 0, "enum", "V4L2_CTRL_WHICH" },
    { "count", 4, "u32" },
    { "error_idx", 8, "u32" },
    { "request_fd", 12, "i32" },
    { "reserved", 16, "u32", count = 1, size = 4 },
    { "controls", 24, "u64" },
}, trailing = {
    { "elements", 0, "struct", "v4l2_ext_control", counted = "count", element = 20 },
} }

structs.v4l2_ext_control = { size = 20, rows = {
    { "id", 0, "enum", "V4L2_CID" },
    { "size", 4, "u32" },
    { "reserved2", 8, "u32", count = 1, size = 4 },
    { "value64", 12, "i64" },
}, trailing = {
} }

structs.v4l2_queryctrl = { size = 68, rows = {
    { "id", 0, "enum", "V4L2_CID" },
    { "type", 4, "enum", "v4l2_ctrl_type" },
    { "name", 8, "u8", count = 32, size = 32, text = true },
    { "minimum", 40, "i32" },
    { "maximum", 44, "i32" },
    { "step", 48, "i32" },
    { "default_value", 52, "i32" },
    { "flags", 56, "flags", "V4L2_CTRL_FLAG" },
    { "reserved", 60, "u32", count = 2, size = 8 },
}, trailing = {
} }

structs.v4l2_query_ext_ctrl = { size = 232, rows = {
    { "id", 0, "enum", "V4L2_CID" },
    { "type", 4, "enum", "v4l2_ctrl_type" },
    { "name", 8, "u8", count = 32, size = 32, text = true },
    { "minimum", 40, "i64" },
    { "maximum", 48, "i64" },
    { "step", 56, "u64" },
    { "default_value", 64, "i64" },
    { "flags", 72, "flags", "V4L2_CTRL_FLAG" },
    { "elem_size", 76, "u32" },
    { "elems", 80, "u32" },
    { "nr_of_dims", 84, "u32" },
    { "dims", 88, "u32", count = 4, size = 16 },
    { "reserved", 104, "u32", count = 32, size = 128 },
}, trailing = {
} }

structs.v4l2_querymenu = { size = 44, rows = {
    { "id", 0, "enum", "V4L2_CID" },
    { "index", 4, "u32" },
    { "name", 8, "u8", count = 32, size = 32, text = true },
    { "reserved", 40, "u32" },
}, trailing = {
} }

structs.v4l2_event_subscription = { size = 32, rows = {
    { "type", 0, "enum", "V4L2_EVENT" },
    { "id", 4, "u32" },
    { "flags", 8, "flags", "V4L2_EVENT_SUB_FL" },
    { "reserved", 12, "u32", count = 5, size = 20 },
}, trailing = {
} }

structs.v4l2_event_ctrl = { size = 40, rows = {
    { "changes", 0, "flags", "V4L2_EVENT_CTRL_CH" },
    { "type", 4, "enum", "v4l2_ctrl_type" },
    { "value64", 8, "i64" },
    { "flags", 16, "flags", "V4L2_CTRL_FLAG" },
    { "minimum", 20, "i32" },
    { "maximum", 24, "i32" },
    { "step", 28, "i32" },
    { "default_value", 32, "i32" },
}, trailing = {
} }

structs.v4l2_event = { size = 136, rows = {
    { "type", 0, "enum", "V4L2_EVENT" },
    { "u.src_change.changes", 8, "flags", "V4L2_EVENT_SRC_CH", on = { "type", { [5] = true } } },
    { "u.ctrl", 8, "struct", "v4l2_event_ctrl", on = { "type", { [3] = true } } },
    { "u.data", 8, "u8", count = 64, size = 64, otherwise = true },
    { "pending", 72, "u32" },
    { "sequence", 76, "u32" },
    { "timestamp.tv_sec", 80, "i64" },
    { "timestamp.tv_nsec", 88, "i64" },
    { "id", 96, "u32" },
    { "reserved", 100, "u32", count = 8, size = 32 },
}, trailing = {
} }

structs.v4l2_decoder_cmd = { size = 72, rows = {
    { "cmd", 0, "enum", "V4L2_DEC_CMD" },
    { "flags", 4, "u32" },
    { "stop.pts", 8, "u64" },
}, trailing = {
} }

local expert_truncated = ProtoExpert.new(
    main.name:lower() .. ".truncated", "The bytes end before the message does",
    expert.group.MALFORMED, expert.severity.ERROR)
local expert_excess = ProtoExpert.new(
    main.name:lower() .. ".excess", "Bytes follow that the message does not tell of",
    expert.group.PROTOCOL, expert.severity.NOTE)
main.experts = { expert_truncated, expert_excess }

local prefix = main.name:lower()
local integers = { u8 = 1, u16 = 2, u32 = 4, u64 = 8, i32 = 4, i64 = 8 }
local makers = {
    u8 = ProtoField.uint8, u16 = ProtoField.uint16, u32 = ProtoField.uint32,
    u64 = ProtoField.uint64, i32 = ProtoField.int32, i64 = ProtoField.int64,
}
local registered = {}

local function register(field)
    registered[#registered + 1] = field
    return field
end

--- `virtio_gpu_rect` without the protocol's own name.
local function short(name)
    return name:sub(1, #prefix + 1) == prefix .. "_" and name:sub(#prefix + 2) or name
end

local function base_of(kind, name)
    if kind == "enum" then return enums[name].base end
    if kind == "flags" then return flags[name].base end
    return kind
end

local function make_bits(abbreviation, set)
    local bits = {}
    local width = integers[set.base] * 8
    for _, bit in ipairs(set.bits) do
        local name = abbreviation .. "." .. bit[2]:lower()
        local field
        if bit.single then
            field = ProtoField.bool(name, bit[2], width, nil, bit[1])
        else
            field = makers[set.base](name, bit[2], base.HEX, nil, bit[1])
        end
        bits[#bits + 1] = register(field)
    end
    return bits
end

local function make_field(row, abbreviation, label)
    local kind, name = row[3], row[4]
    row.size = row.size or (kind == "struct" and structs[name].size or integers[base_of(kind, name)])
    if kind == "struct" then
        row.field = register(ProtoField.none(abbreviation, label))
    elseif kind == "u8" and (row.count or row.counted or row.rest) then
        row.field = register(row.text and ProtoField.string(abbreviation, label)
            or ProtoField.bytes(abbreviation, label))
    elseif kind == "enum" then
        local set = enums[name]
        row.field = register(makers[set.base](abbreviation, label,
            set.hex and base.HEX or base.DEC, set.values))
    elseif kind == "flags" then
        row.field = register(makers[flags[name].base](abbreviation, label, base.HEX))
        row.bits = make_bits(abbreviation, flags[name])
    else
        row.field = register(makers[kind](abbreviation, label,
            kind:sub(1, 1) == "i" and base.DEC or base.DEC_HEX))
    end
end

for name, struct in pairs(structs) do
    for _, row in ipairs(struct.rows) do
        make_field(row, prefix .. "." .. short(name) .. "." .. row[1]:gsub("%.", "_"), row[1])
    end
    for _, row in ipairs(struct.trailing) do
        make_field(row, prefix .. "." .. short(name) .. "." .. row[1], row[1])
    end
end

local field_excess = register(ProtoField.bytes(prefix .. ".excess", "Bytes that follow"))

local function truncated(tree, what, from, to, limit)
    tree:add_proto_expert_info(expert_truncated,
        string.format("Malformed: %s is bytes %d to %d, and there are %d", what, from, to, limit))
end

local function number(range, kind)
    if kind == "u64" then return range:le_uint64():tonumber() end
    if kind == "i64" then return range:le_int64():tonumber() end
    if kind == "i32" then return range:le_int() end
    return range:le_uint()
end

local dissect

--- One element; nil when it is cut short.
local function dissect_element(row, tvb, at, limit, tree)
    local kind, name = row[3], row[4]
    local size = kind == "struct" and structs[name].size or integers[base_of(kind, name)]
    local range = tvb(at, size)
    if kind == "struct" then
        return dissect(name, tvb, at, limit, tree:add(row.field, range))
    end
    local item = tree:add_le(row.field, range)
    for _, bit in ipairs(row.bits or {}) do item:add_le(bit, range) end
    return at + size, number(range, base_of(kind, name))
end

local function applies(row, values, taken)
    if row.on then
        local value = values[row.on[1]]
        local match = value ~= nil and row.on[2][value] == true
        if match then taken[row[2]] = true end
        return match
    end
    return not (row.otherwise and taken[row[2]])
end

local function dissect_row(row, name, tvb, offset, limit, tree, values)
    local at = offset + row[2]
    if at + row.size > limit then
        truncated(tree, name .. "." .. row[1], at, at + row.size, limit)
        return false
    end
    if row[3] == "u8" and row.count then
        tree:add(row.field, tvb(at, row.size))
        return true
    end
    local count = row.count or 1
    for index = 0, count - 1 do
        local stride = row.size / count
        local after, value = dissect_element(row, tvb, at + index * stride, limit, tree)
        if after == nil then return false end
        values[row[1]] = value
    end
    return true
end

--- What follows a structure; nil when it is cut short.
local function dissect_trailing(row, name, tvb, after, limit, tree, values)
    local size = row.element
    local count = row.counted and (values[row.counted] or 0)
        or math.floor((limit - after) / size)
    local fitting = math.min(count, math.floor((limit - after) / size))
    if row[3] == "u8" then
        if fitting > 0 then tree:add(row.field, tvb(after, fitting)) end
    else
        for index = 0, math.min(fitting, 4096) - 1 do
            dissect_element(row, tvb, after + index * size, limit, tree)
        end
    end
    if fitting < count then
        truncated(tree, name .. "." .. row[1], after, after + count * size, limit)
        return nil
    end
    return after + count * size
end

--- Where the structure ends and the numbers in it; nil when it is cut short.
function dissect(name, tvb, offset, limit, tree)
    local struct = structs[name]
    local values, taken = {}, {}
    for _, row in ipairs(struct.rows) do
        if applies(row, values, taken)
            and not dissect_row(row, name, tvb, offset, limit, tree, values)
        then return nil, values end
    end
    local after = offset + struct.size
    for _, row in ipairs(struct.trailing) do
        after = dissect_trailing(row, name, tvb, after, limit, tree, values)
        if after == nil then return nil, values end
    end
    return after, values
end

--- Ends a message: marks one that was cut short, shows what is left of one that was not.
local function finish(after, tvb, limit, pinfo, tree)
    if after == nil then
        pinfo.cols.info:append(" [Malformed]")
    elseif after < limit then
        tree:add(field_excess, tvb(after, limit - after))
        tree:add_proto_expert_info(expert_excess)
    end
end

local function begin(proto, tvb, pinfo, tree)
    pinfo.cols.protocol = proto.name
    return tree:add(proto, tvb(0, tvb:len()))
end

--- The code at the front and its name; nil when there is none.
local function code_of(enum, tvb, pinfo, tree)
    if tvb:len() < 4 then
        truncated(tree, "the code", 0, 4, tvb:len())
        pinfo.cols.info = "[Malformed]"
        return nil
    end
    local code = tvb(0, 4):le_uint()
    local name = enums[enum].values[code]
    pinfo.cols.info = name or string.format("unknown code 0x%x", code)
    return code, name
end
local command_enum = "virtio_media_cmd"
local command_header = "virtio_media_cmd_header"
local event_enum = "virtio_media_event"
local event_header = "virtio_media_event_header"
local response_header = "virtio_media_resp_header"
local ioctl_enum = "VIDIOC"
local commands = {
    [0x1] = "virtio_media_cmd_open",
    [0x2] = "virtio_media_cmd_close",
    [0x3] = "virtio_media_cmd_ioctl",
    [0x4] = "virtio_media_cmd_mmap",
    [0x5] = "virtio_media_cmd_munmap",
}
local responses = {
    [0x1] = "virtio_media_resp_open",
    [0x3] = "virtio_media_resp_ioctl",
    [0x4] = "virtio_media_resp_mmap",
    [0x5] = "virtio_media_resp_munmap",
}
local events = {
    [0x0] = "virtio_media_event_error",
    [0x1] = "virtio_media_event_dqbuf",
    [0x2] = "virtio_media_event_event",
}
local ioctls = {
    [0x2] = "v4l2_fmtdesc",
    [0x4] = "v4l2_format",
    [0x5] = "v4l2_format",
    [0x8] = "v4l2_requestbuffers",
    [0x9] = "v4l2_buffer",
    [0xf] = "v4l2_buffer",
    [0x10] = "v4l2_exportbuffer",
    [0x11] = "v4l2_buffer",
    [0x1b] = "v4l2_control",
    [0x1c] = "v4l2_control",
    [0x24] = "v4l2_queryctrl",
    [0x25] = "v4l2_querymenu",
    [0x40] = "v4l2_format",
    [0x47] = "v4l2_ext_controls",
    [0x48] = "v4l2_ext_controls",
    [0x49] = "v4l2_ext_controls",
    [0x4a] = "v4l2_frmsizeenum",
    [0x4b] = "v4l2_frmivalenum",
    [0x59] = "v4l2_event",
    [0x5a] = "v4l2_event_subscription",
    [0x5b] = "v4l2_event_subscription",
    [0x5c] = "v4l2_create_buffers",
    [0x5d] = "v4l2_buffer",
    [0x5e] = "v4l2_selection",
    [0x5f] = "v4l2_selection",
    [0x60] = "v4l2_decoder_cmd",
    [0x61] = "v4l2_decoder_cmd",
    [0x67] = "v4l2_query_ext_ctrl",
    [0x68] = "v4l2_remove_buffers",
}
local ioctl_numbers = {
    [0xe] = "i32",
    [0x12] = "i32",
    [0x13] = "i32",
    [0x17] = "u64",
    [0x18] = "u64",
    [0x26] = "i32",
    [0x27] = "i32",
    [0x2e] = "i32",
    [0x2f] = "i32",
    [0x3f] = "u64",
    [0x43] = "u32",
    [0x44] = "u32",
}

local number_rows = {}
for code, kind in pairs(ioctl_numbers) do
    local row = { "payload", 0, kind }
    make_field(row, prefix .. "." .. enums[ioctl_enum].values[code]:lower(), row[1])
    number_rows[code] = row
end
local field_uuid = register(ProtoField.bytes(prefix .. ".uuid", "UUID"))
local field_plane = register(ProtoField.none(prefix .. ".plane", "plane"))
local field_entry = register(ProtoField.none(prefix .. ".entry", "entry"))

local function follow_struct(name, field, tvb, at, limit, tree)
    local size = structs[name].size
    if at + size > limit then
        truncated(tree, name, at, at + size, limit)
        return nil
    end
    return dissect(name, tvb, at, limit, tree:add(field, tvb(at, size)))
end

--- A UUID for each plane.
local function follow_uuids(count, tvb, at, limit, tree)
    for _ = 1, count do
        if at + 16 > limit then
            truncated(tree, "a UUID", at, at + 16, limit)
            return nil
        end
        tree:add(field_uuid, tvb(at, 16))
        at = at + 16
    end
    return at
end

--- Entries until they cover `length` bytes.
local function follow_entries(length, tvb, at, limit, tree)
    local covered = 0
    while covered < length do
        local after, entry =
            follow_struct("virtio_media_sg_entry", field_entry, tvb, at, limit, tree)
        if after == nil then return nil end
        covered = covered + entry.len
        at = after
    end
    return at
end

local function follow_buffer(buffer, tvb, at, limit, tree, is_command)
    local lengths = { buffer.length }
    if buffer.type == 9 or buffer.type == 10 then
        lengths = {}
        if buffer.length > 8 then
            tree:add_proto_expert_info(expert_truncated,
                "Malformed: a buffer has at most 8 planes")
            return nil
        end
        for index = 1, buffer.length do
            local after, plane =
                follow_struct("v4l2_plane", field_plane, tvb, at, limit, tree)
            if after == nil then return nil end
            lengths[index] = plane.length
            at = after
        end
    end
    if buffer.memory == 4 then return follow_uuids(#lengths, tvb, at, limit, tree) end
    if buffer.memory == 2 and is_command then
        for _, length in ipairs(lengths) do
            at = follow_entries(length, tvb, at, limit, tree)
            if at == nil then return nil end
        end
    end
    return at
end

--- Where an ioctl's payload ends with what follows it; nil when it is cut short.
local function dissect_ioctl(code, tvb, at, limit, tree, is_command)
    if at >= limit then return at end
    local row = number_rows[code]
    if row then
        if at + row.size > limit then
            truncated(tree, "the payload", at, at + row.size, limit)
            return nil
        end
        dissect_element(row, tvb, at, limit, tree)
        return at + row.size
    end
    local name = ioctls[code]
    if name == nil then return at end
    local after, values = dissect(name, tvb, at, limit, tree)
    if after == nil then return nil end
    if name == "v4l2_buffer" then
        return follow_buffer(values, tvb, after, limit, tree, is_command)
    elseif name == "v4l2_exportbuffer" then
        return follow_uuids(1, tvb, after, limit, tree)
    elseif name == "v4l2_ext_controls" and is_command then
        local first = at + structs[name].size
        for index = 0, values.count - 1 do
            local size = tvb(first + index * structs.v4l2_ext_control.size + 4, 4)
            after = follow_entries(size:le_uint(), tvb, after, limit, tree)
            if after == nil then return nil end
        end
    end
    return after
end

local newest = nil
local answered = {}

function main.init()
    newest = nil
    answered = {}
end

function main.dissector(tvb, pinfo, tree)
    local root = begin(main, tvb, pinfo, tree)
    local code = code_of(command_enum, tvb, pinfo, root)
    if code == nil then return end
    local after, values = dissect(commands[code] or command_header, tvb, 0, tvb:len(), root)
    local ioctl = values and values.code
    if not pinfo.visited then newest = { code = code, ioctl = ioctl } end
    if ioctl then
        pinfo.cols.info:append(" " .. (enums[ioctl_enum].values[ioctl] or tostring(ioctl)))
        if after then
            after = dissect_ioctl(ioctl, tvb, after, tvb:len(), root, true)
        end
    end
    finish(after, tvb, tvb:len(), pinfo, root)
end

local response = Proto(main.name:lower() .. "_response", main.description .. ", response")

function response.dissector(tvb, pinfo, tree)
    local root = begin(response, tvb, pinfo, tree)
    if not pinfo.visited then answered[pinfo.number] = newest end
    local command = answered[pinfo.number] or {}
    local name = command.code and enums[command_enum].values[command.code]
    pinfo.cols.info = name and "response to " .. name or "response"
    local length = tvb:len()
    -- A failed command gets the header alone.
    local struct = length > structs[response_header].size and responses[command.code]
        or response_header
    local after = dissect(struct, tvb, 0, length, root)
    if after and command.ioctl then
        after = dissect_ioctl(command.ioctl, tvb, after, length, root, false)
    end
    finish(after, tvb, length, pinfo, root)
end

local event = Proto(main.name:lower() .. "_event", main.description .. ", event")

function event.dissector(tvb, pinfo, tree)
    local root = begin(event, tvb, pinfo, tree)
    local code = code_of(event_enum, tvb, pinfo, root)
    if code == nil then return end
    local after = dissect(events[code] or event_header, tvb, 0, tvb:len(), root)
    finish(after, tvb, tvb:len(), pinfo, root)
end

main.fields = registered
