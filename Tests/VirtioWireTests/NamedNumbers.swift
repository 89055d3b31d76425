// C's names and our numbers, for NumberTests.

import VirtioWire

/// Every C number of the oracle that has no description to be compared with.
enum NamedNumbers {
    static let all = gpu + buffers + formats + colors + events

    static let gpu: [(String, UInt64)] = [
        ("VIRTIO_ID_GPU", UInt64(VirtioGPU.deviceID)),
        ("VIRTIO_GPU_MAX_SCANOUTS", UInt64(VirtioGPU.maxScanouts)),
        ("VIRTIO_GPU_F_VIRGL", VirtioGPU.Features.virgl.rawValue),
        ("VIRTIO_GPU_F_EDID", VirtioGPU.Features.edid.rawValue),
        ("VIRTIO_GPU_F_RESOURCE_UUID", VirtioGPU.Features.resourceUUID.rawValue),
        ("VIRTIO_GPU_F_RESOURCE_BLOB", VirtioGPU.Features.resourceBlob.rawValue),
        ("VIRTIO_GPU_F_CONTEXT_INIT", VirtioGPU.Features.contextInit.rawValue),
        ("VIRTIO_GPU_FLAG_FENCE", UInt64(VirtioGPU.HeaderFlags.fence.rawValue)),
        ("VIRTIO_GPU_FLAG_INFO_RING_IDX", UInt64(VirtioGPU.HeaderFlags.infoRingIdx.rawValue)),
        ("VIRTIO_GPU_CAPSET_VIRGL", UInt64(VirtioGPU.CapsetID.virgl.rawValue)),
        ("VIRTIO_GPU_CAPSET_VIRGL2", UInt64(VirtioGPU.CapsetID.virgl2.rawValue)),
        ("VIRTIO_GPU_FORMAT_B8G8R8A8_UNORM", UInt64(VirtioGPU.Format.b8g8r8a8Unorm.rawValue)),
        ("VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM", UInt64(VirtioGPU.Format.b8g8r8x8Unorm.rawValue)),
        ("VIRTIO_GPU_FORMAT_A8R8G8B8_UNORM", UInt64(VirtioGPU.Format.a8r8g8b8Unorm.rawValue)),
        ("VIRTIO_GPU_FORMAT_X8R8G8B8_UNORM", UInt64(VirtioGPU.Format.x8r8g8b8Unorm.rawValue)),
        ("VIRTIO_GPU_FORMAT_R8G8B8A8_UNORM", UInt64(VirtioGPU.Format.r8g8b8a8Unorm.rawValue)),
        ("VIRTIO_GPU_FORMAT_X8B8G8R8_UNORM", UInt64(VirtioGPU.Format.x8b8g8r8Unorm.rawValue)),
        ("VIRTIO_GPU_FORMAT_A8B8G8R8_UNORM", UInt64(VirtioGPU.Format.a8b8g8r8Unorm.rawValue)),
        ("VIRTIO_GPU_FORMAT_R8G8B8X8_UNORM", UInt64(VirtioGPU.Format.r8g8b8x8Unorm.rawValue)),
        ("VIRTIO_GPU_MAP_CACHE_NONE", UInt64(VirtioGPU.MapInfo.unspecified.rawValue)),
        ("VIRTIO_GPU_MAP_CACHE_CACHED", UInt64(VirtioGPU.MapInfo.cached.rawValue)),
        ("VIRTIO_GPU_MAP_CACHE_UNCACHED", UInt64(VirtioGPU.MapInfo.uncached.rawValue)),
        ("VIRTIO_GPU_MAP_CACHE_WC", UInt64(VirtioGPU.MapInfo.writeCombining.rawValue)),
        ("VIRTIO_GPU_SHM_ID_HOST_VISIBLE", UInt64(VirtioGPU.hostVisibleRegion)),
        ("VIRTIO_GPU_BLOB_MEM_GUEST", UInt64(VirtioGPU.BlobMem.guest.rawValue)),
        ("VIRTIO_GPU_BLOB_MEM_HOST3D", UInt64(VirtioGPU.BlobMem.host3D.rawValue)),
        ("VIRTIO_GPU_BLOB_MEM_HOST3D_GUEST", UInt64(VirtioGPU.BlobMem.host3DGuest.rawValue)),
        ("VIRTIO_GPU_BLOB_FLAG_USE_MAPPABLE", UInt64(VirtioGPU.BlobFlags.useMappable.rawValue)),
        ("VIRTIO_GPU_BLOB_FLAG_USE_SHAREABLE", UInt64(VirtioGPU.BlobFlags.useShareable.rawValue)),
        (
            "VIRTIO_GPU_BLOB_FLAG_USE_CROSS_DEVICE",
            UInt64(VirtioGPU.BlobFlags.useCrossDevice.rawValue)
        ),
        ("VRING_DESC_F_NEXT", UInt64(SplitRing.DescriptorFlags.next.rawValue)),
        ("VRING_DESC_F_WRITE", UInt64(SplitRing.DescriptorFlags.write.rawValue)),
        ("VRING_DESC_F_INDIRECT", UInt64(SplitRing.DescriptorFlags.indirect.rawValue)),
    ]

    static let buffers: [(String, UInt64)] = [
        ("VIDEO_MAX_PLANES", UInt64(V4L2.maxPlanes)),
        ("V4L2_BUF_TYPE_VIDEO_CAPTURE", UInt64(V4L2.BufType.videoCapture.rawValue)),
        ("V4L2_BUF_TYPE_VIDEO_OUTPUT", UInt64(V4L2.BufType.videoOutput.rawValue)),
        ("V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE", UInt64(V4L2.BufType.videoCaptureMPlane.rawValue)),
        ("V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE", UInt64(V4L2.BufType.videoOutputMPlane.rawValue)),
        ("V4L2_MEMORY_MMAP", UInt64(V4L2.Memory.mmap.rawValue)),
        ("V4L2_MEMORY_USERPTR", UInt64(V4L2.Memory.userptr.rawValue)),
        ("V4L2_MEMORY_DMABUF", UInt64(V4L2.Memory.dmabuf.rawValue)),
        ("V4L2_BUF_FLAG_MAPPED", UInt64(V4L2.BufferFlags.mapped.rawValue)),
        ("V4L2_BUF_FLAG_QUEUED", UInt64(V4L2.BufferFlags.queued.rawValue)),
        ("V4L2_BUF_FLAG_DONE", UInt64(V4L2.BufferFlags.done.rawValue)),
        ("V4L2_BUF_FLAG_KEYFRAME", UInt64(V4L2.BufferFlags.keyframe.rawValue)),
        ("V4L2_BUF_FLAG_PFRAME", UInt64(V4L2.BufferFlags.pframe.rawValue)),
        ("V4L2_BUF_FLAG_BFRAME", UInt64(V4L2.BufferFlags.bframe.rawValue)),
        ("V4L2_BUF_FLAG_ERROR", UInt64(V4L2.BufferFlags.error.rawValue)),
        ("V4L2_BUF_FLAG_TIMESTAMP_COPY", UInt64(V4L2.BufferFlags.timestampCopy.rawValue)),
        ("V4L2_BUF_FLAG_LAST", UInt64(V4L2.BufferFlags.last.rawValue)),
        ("V4L2_BUF_CAP_SUPPORTS_MMAP", UInt64(V4L2.BufCapabilities.mmap.rawValue)),
        ("V4L2_BUF_CAP_SUPPORTS_USERPTR", UInt64(V4L2.BufCapabilities.userptr.rawValue)),
        ("V4L2_BUF_CAP_SUPPORTS_DMABUF", UInt64(V4L2.BufCapabilities.dmabuf.rawValue)),
        ("V4L2_BUF_CAP_SUPPORTS_REQUESTS", UInt64(V4L2.BufCapabilities.requests.rawValue)),
        ("V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS", UInt64(V4L2.BufCapabilities.orphanedBufs.rawValue)),
        (
            "V4L2_BUF_CAP_SUPPORTS_M2M_HOLD_CAPTURE_BUF",
            UInt64(V4L2.BufCapabilities.m2mHoldCaptureBuf.rawValue)
        ),
        (
            "V4L2_BUF_CAP_SUPPORTS_MMAP_CACHE_HINTS",
            UInt64(V4L2.BufCapabilities.mmapCacheHints.rawValue)
        ),
    ]

    static let formats: [(String, UInt64)] = [
        ("V4L2_PIX_FMT_PRIV_MAGIC", UInt64(V4L2.PixFormat.privMagic)),
        ("V4L2_CAP_VIDEO_CAPTURE", UInt64(V4L2.DeviceCaps.videoCapture.rawValue)),
        ("V4L2_CAP_VIDEO_OUTPUT", UInt64(V4L2.DeviceCaps.videoOutput.rawValue)),
        ("V4L2_CAP_VIDEO_CAPTURE_MPLANE", UInt64(V4L2.DeviceCaps.videoCaptureMPlane.rawValue)),
        ("V4L2_CAP_VIDEO_OUTPUT_MPLANE", UInt64(V4L2.DeviceCaps.videoOutputMPlane.rawValue)),
        ("V4L2_CAP_VIDEO_M2M_MPLANE", UInt64(V4L2.DeviceCaps.videoM2MMPlane.rawValue)),
        ("V4L2_CAP_VIDEO_M2M", UInt64(V4L2.DeviceCaps.videoM2M.rawValue)),
        ("V4L2_CAP_EXT_PIX_FORMAT", UInt64(V4L2.DeviceCaps.extPixFormat.rawValue)),
        ("V4L2_CAP_READWRITE", UInt64(V4L2.DeviceCaps.readWrite.rawValue)),
        ("V4L2_CAP_STREAMING", UInt64(V4L2.DeviceCaps.streaming.rawValue)),
        ("V4L2_CAP_DEVICE_CAPS", UInt64(V4L2.DeviceCaps.deviceCaps.rawValue)),
        ("V4L2_PIX_FMT_H264", UInt64(V4L2.FourCC.h264.rawValue)),
        ("V4L2_PIX_FMT_HEVC", UInt64(V4L2.FourCC.hevc.rawValue)),
        ("V4L2_PIX_FMT_VP8", UInt64(V4L2.FourCC.vp8.rawValue)),
        ("V4L2_PIX_FMT_VP9", UInt64(V4L2.FourCC.vp9.rawValue)),
        ("V4L2_PIX_FMT_MPEG2", UInt64(V4L2.FourCC.mpeg2.rawValue)),
        ("V4L2_PIX_FMT_MPEG4", UInt64(V4L2.FourCC.mpeg4.rawValue)),
        ("V4L2_PIX_FMT_MJPEG", UInt64(V4L2.FourCC.mjpeg.rawValue)),
        ("V4L2_PIX_FMT_NV12", UInt64(V4L2.FourCC.nv12.rawValue)),
        ("V4L2_PIX_FMT_YUV420", UInt64(V4L2.FourCC.yuv420.rawValue)),
        ("V4L2_PIX_FMT_P010", UInt64(V4L2.FourCC.p010.rawValue)),
        ("V4L2_FMT_FLAG_COMPRESSED", UInt64(V4L2.FmtDescFlags.compressed.rawValue)),
        ("V4L2_FMT_FLAG_EMULATED", UInt64(V4L2.FmtDescFlags.emulated.rawValue)),
        (
            "V4L2_FMT_FLAG_CONTINUOUS_BYTESTREAM",
            UInt64(V4L2.FmtDescFlags.continuousBytestream.rawValue)
        ),
        ("V4L2_FMT_FLAG_DYN_RESOLUTION", UInt64(V4L2.FmtDescFlags.dynResolution.rawValue)),
    ]

    static let colors: [(String, UInt64)] = [
        ("V4L2_FIELD_ANY", UInt64(V4L2.Field.any.rawValue)),
        ("V4L2_FIELD_NONE", UInt64(V4L2.Field.none.rawValue)),
        ("V4L2_COLORSPACE_DEFAULT", UInt64(V4L2.Colorspace.default.rawValue)),
        ("V4L2_COLORSPACE_SMPTE170M", UInt64(V4L2.Colorspace.smpte170m.rawValue)),
        ("V4L2_COLORSPACE_REC709", UInt64(V4L2.Colorspace.rec709.rawValue)),
        ("V4L2_COLORSPACE_JPEG", UInt64(V4L2.Colorspace.jpeg.rawValue)),
        ("V4L2_COLORSPACE_SRGB", UInt64(V4L2.Colorspace.srgb.rawValue)),
        ("V4L2_COLORSPACE_BT2020", UInt64(V4L2.Colorspace.bt2020.rawValue)),
        ("V4L2_YCBCR_ENC_DEFAULT", UInt64(V4L2.YCbCrEncoding.default.rawValue)),
        ("V4L2_YCBCR_ENC_601", UInt64(V4L2.YCbCrEncoding.e601.rawValue)),
        ("V4L2_YCBCR_ENC_709", UInt64(V4L2.YCbCrEncoding.e709.rawValue)),
        ("V4L2_YCBCR_ENC_XV601", UInt64(V4L2.YCbCrEncoding.xv601.rawValue)),
        ("V4L2_YCBCR_ENC_XV709", UInt64(V4L2.YCbCrEncoding.xv709.rawValue)),
        ("V4L2_YCBCR_ENC_BT2020", UInt64(V4L2.YCbCrEncoding.bt2020.rawValue)),
        ("V4L2_YCBCR_ENC_BT2020_CONST_LUM", UInt64(V4L2.YCbCrEncoding.bt2020ConstLum.rawValue)),
        ("V4L2_YCBCR_ENC_SMPTE240M", UInt64(V4L2.YCbCrEncoding.smpte240m.rawValue)),
        ("V4L2_QUANTIZATION_DEFAULT", UInt64(V4L2.Quantization.default.rawValue)),
        ("V4L2_QUANTIZATION_FULL_RANGE", UInt64(V4L2.Quantization.fullRange.rawValue)),
        ("V4L2_QUANTIZATION_LIM_RANGE", UInt64(V4L2.Quantization.limRange.rawValue)),
    ]

    static let events: [(String, UInt64)] = [
        ("V4L2_EVENT_ALL", UInt64(V4L2.EventType.all.rawValue)),
        ("V4L2_EVENT_VSYNC", UInt64(V4L2.EventType.vsync.rawValue)),
        ("V4L2_EVENT_EOS", UInt64(V4L2.EventType.eos.rawValue)),
        ("V4L2_EVENT_CTRL", UInt64(V4L2.EventType.ctrl.rawValue)),
        ("V4L2_EVENT_FRAME_SYNC", UInt64(V4L2.EventType.frameSync.rawValue)),
        ("V4L2_EVENT_SOURCE_CHANGE", UInt64(V4L2.EventType.sourceChange.rawValue)),
        ("V4L2_EVENT_MOTION_DET", UInt64(V4L2.EventType.motionDet.rawValue)),
        ("V4L2_EVENT_SRC_CH_RESOLUTION", UInt64(V4L2.SourceChanges.resolution.rawValue)),
        (
            "V4L2_EVENT_SUB_FL_SEND_INITIAL",
            UInt64(V4L2.EventSubscriptionFlags.sendInitial.rawValue)
        ),
        (
            "V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK",
            UInt64(V4L2.EventSubscriptionFlags.allowFeedback.rawValue)
        ),
        ("V4L2_CID_MIN_BUFFERS_FOR_CAPTURE", UInt64(V4L2.ControlID.minBuffersForCapture.rawValue)),
        ("V4L2_CID_MIN_BUFFERS_FOR_OUTPUT", UInt64(V4L2.ControlID.minBuffersForOutput.rawValue)),
        ("V4L2_DEC_CMD_START", UInt64(V4L2.DecoderCommand.start.rawValue)),
        ("V4L2_DEC_CMD_STOP", UInt64(V4L2.DecoderCommand.stop.rawValue)),
        ("V4L2_DEC_CMD_PAUSE", UInt64(V4L2.DecoderCommand.pause.rawValue)),
        ("V4L2_DEC_CMD_RESUME", UInt64(V4L2.DecoderCommand.resume.rawValue)),
        ("V4L2_DEC_CMD_FLUSH", UInt64(V4L2.DecoderCommand.flush.rawValue)),
        ("V4L2_SEL_TGT_CROP", UInt64(V4L2.SelectionTarget.crop.rawValue)),
        ("V4L2_SEL_TGT_CROP_DEFAULT", UInt64(V4L2.SelectionTarget.cropDefault.rawValue)),
        ("V4L2_SEL_TGT_CROP_BOUNDS", UInt64(V4L2.SelectionTarget.cropBounds.rawValue)),
        ("V4L2_SEL_TGT_NATIVE_SIZE", UInt64(V4L2.SelectionTarget.nativeSize.rawValue)),
        ("V4L2_SEL_TGT_COMPOSE", UInt64(V4L2.SelectionTarget.compose.rawValue)),
        ("V4L2_SEL_TGT_COMPOSE_DEFAULT", UInt64(V4L2.SelectionTarget.composeDefault.rawValue)),
        ("V4L2_SEL_TGT_COMPOSE_BOUNDS", UInt64(V4L2.SelectionTarget.composeBounds.rawValue)),
        ("V4L2_SEL_TGT_COMPOSE_PADDED", UInt64(V4L2.SelectionTarget.composePadded.rawValue)),
    ]
}
