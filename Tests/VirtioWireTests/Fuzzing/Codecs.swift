// Which Swift type reads which structure of the documents.

import VirtioWire

/// Types by the structures' names in C. The list of the documents is the tests', not this one.
enum Codecs {
    static let all: [String: any WireMessage.Type] =
        [gpu, media, v4l2, virtqueue, vhostUser, vhostUserGPU].reduce(into: [:]) { all, some in
            all.merge(some) { first, _ in first }
        }

    static let gpu: [String: any WireMessage.Type] = [
        "virtio_gpu_config": VirtioGPU.Config.self,
        "virtio_gpu_config_aligned": VirtioGPU.AlignedConfig.self,
        "virtio_gpu_ctrl_hdr": VirtioGPU.ControlHeader.self,
        "virtio_gpu_rect": VirtioGPU.Rect.self,
        "virtio_gpu_display_one": VirtioGPU.DisplayOne.self,
        "virtio_gpu_resp_display_info": VirtioGPU.RespDisplayInfo.self,
        "virtio_gpu_get_edid": VirtioGPU.GetEDID.self,
        "virtio_gpu_resp_edid": VirtioGPU.RespEDID.self,
        "virtio_gpu_resource_create_2d": VirtioGPU.ResourceCreate2D.self,
        "virtio_gpu_set_scanout": VirtioGPU.SetScanout.self,
        "virtio_gpu_resource_flush": VirtioGPU.ResourceFlush.self,
        "virtio_gpu_transfer_to_host_2d": VirtioGPU.TransferToHost2D.self,
        "virtio_gpu_set_scanout_blob": VirtioGPU.SetScanoutBlob.self,
        "virtio_gpu_resource_unref": VirtioGPU.ResourceUnref.self,
        "virtio_gpu_mem_entry": VirtioGPU.MemEntry.self,
        "virtio_gpu_resource_attach_backing": VirtioGPU.ResourceAttachBacking.self,
        "virtio_gpu_resource_detach_backing": VirtioGPU.ResourceDetachBacking.self,
        "virtio_gpu_resource_assign_uuid": VirtioGPU.ResourceAssignUUID.self,
        "virtio_gpu_resp_resource_uuid": VirtioGPU.RespResourceUUID.self,
        "virtio_gpu_get_capset_info": VirtioGPU.GetCapsetInfo.self,
        "virtio_gpu_resp_capset_info": VirtioGPU.RespCapsetInfo.self,
        "virtio_gpu_get_capset": VirtioGPU.GetCapset.self,
        "virtio_gpu_resp_capset": VirtioGPU.RespCapset.self,
        "virtio_gpu_resource_create_blob": VirtioGPU.ResourceCreateBlob.self,
        "virtio_gpu_resource_map_blob": VirtioGPU.ResourceMapBlob.self,
        "virtio_gpu_resp_map_info": VirtioGPU.RespMapInfo.self,
        "virtio_gpu_resource_unmap_blob": VirtioGPU.ResourceUnmapBlob.self,
        "virtio_gpu_ctx_create": VirtioGPU.CtxCreate.self,
        "virtio_gpu_ctx_resource": VirtioGPU.CtxResource.self,
        "virtio_gpu_resource_create_3d": VirtioGPU.ResourceCreate3D.self,
        "virtio_gpu_box": VirtioGPU.Box.self,
        "virtio_gpu_transfer_host_3d": VirtioGPU.TransferHost3D.self,
        "virtio_gpu_cmd_submit": VirtioGPU.CmdSubmit.self,
        "virtio_gpu_cursor_pos": VirtioGPU.CursorPos.self,
        "virtio_gpu_update_cursor": VirtioGPU.UpdateCursor.self,
    ]

    static let media: [String: any WireMessage.Type] = [
        "virtio_media_config": VirtioMedia.Config.self,
        "virtio_media_cmd_header": VirtioMedia.CmdHeader.self,
        "virtio_media_resp_header": VirtioMedia.RespHeader.self,
        "virtio_media_cmd_open": VirtioMedia.CmdOpen.self,
        "virtio_media_resp_open": VirtioMedia.RespOpen.self,
        "virtio_media_cmd_close": VirtioMedia.CmdClose.self,
        "virtio_media_cmd_ioctl": VirtioMedia.CmdIoctl.self,
        "virtio_media_cmd_mmap": VirtioMedia.CmdMMap.self,
        "virtio_media_resp_mmap": VirtioMedia.RespMMap.self,
        "virtio_media_cmd_munmap": VirtioMedia.CmdMUnmap.self,
        "virtio_media_sg_entry": VirtioMedia.SGEntry.self,
        "virtio_media_event_header": VirtioMedia.EventHeader.self,
        "virtio_media_event_error": VirtioMedia.EventError.self,
        "virtio_media_event_dqbuf": VirtioMedia.EventDQBuf.self,
        "virtio_media_event_event": VirtioMedia.EventEvent.self,
    ]

    static let v4l2: [String: any WireMessage.Type] = [
        "v4l2_fmtdesc": V4L2.FmtDesc.self,
        "v4l2_pix_format": V4L2.PixFormat.self,
        "v4l2_plane_pix_format": V4L2.PlanePixFormat.self,
        "v4l2_pix_format_mplane": V4L2.PixFormatMPlane.self,
        "v4l2_format": V4L2.Format.self,
        "v4l2_format_mplane": V4L2.FormatMPlane.self,
        "v4l2_frmsize_stepwise": V4L2.FrmSizeStepwise.self,
        "v4l2_frmsizeenum": V4L2.FrmSizeEnum.self,
        "v4l2_fract": V4L2.Fract.self,
        "v4l2_frmival_stepwise": V4L2.FrmIvalStepwise.self,
        "v4l2_frmivalenum": V4L2.FrmIvalEnum.self,
        "v4l2_requestbuffers": V4L2.RequestBuffers.self,
        "v4l2_create_buffers": V4L2.CreateBuffers.self,
        "v4l2_create_buffers_mplane": V4L2.CreateBuffersMPlane.self,
        "v4l2_remove_buffers": V4L2.RemoveBuffers.self,
        "timeval": V4L2.Timeval.self,
        "v4l2_buffer": V4L2.Buffer.self,
        "v4l2_plane": V4L2.Plane.self,
        "v4l2_exportbuffer": V4L2.ExportBuffer.self,
        "v4l2_rect": V4L2.Rect.self,
        "v4l2_selection": V4L2.Selection.self,
        "v4l2_control": V4L2.Control.self,
        "v4l2_ext_controls": V4L2.ExtControls.self,
        "v4l2_ext_control": V4L2.ExtControl.self,
        "v4l2_queryctrl": V4L2.QueryCtrl.self,
        "v4l2_query_ext_ctrl": V4L2.QueryExtCtrl.self,
        "v4l2_querymenu": V4L2.QueryMenu.self,
        "v4l2_event_subscription": V4L2.EventSubscription.self,
        "v4l2_event_src_change": V4L2.EventSrcChange.self,
        "v4l2_event_ctrl": V4L2.EventCtrl.self,
        "v4l2_event": V4L2.Event.self,
        "v4l2_decoder_cmd": V4L2.DecoderCmd.self,
    ]

    static let virtqueue: [String: any WireMessage.Type] = [
        "virtq_desc": SplitRing.Descriptor.self,
        "virtq_used_elem": SplitRing.UsedElement.self,
        "pvirtq_desc": PackedRing.Descriptor.self,
    ]

    static let vhostUser: [String: any WireMessage.Type] = [
        "vhost_user_hdr": VhostUser.Header.self,
        "vhost_user_mem_region": VhostUser.MemRegion.self,
        "vhost_user_mem_table": VhostUser.MemTable.self,
        "vhost_user_mem_reg_msg": VhostUser.MemRegMsg.self,
        "vhost_user_log": VhostUser.Log.self,
        "vhost_user_iotlb": VhostUser.IOTLB.self,
        "vhost_user_device_state": VhostUser.DeviceState.self,
        "vhost_user_vring_state": VhostUser.VringState.self,
        "vhost_user_vring_addr": VhostUser.VringAddr.self,
        "vhost_user_vring_area": VhostUser.VringArea.self,
        "vhost_user_config_hdr": VhostUser.Config.self,
        "vhost_user_shared": VhostUser.Shared.self,
        "vhost_user_shmem_config": VhostUser.ShmemConfig.self,
        "vhost_user_mmap": VhostUser.MMap.self,
        "vhost_user_inflight": VhostUser.Inflight.self,
    ]

    static let vhostUserGPU: [String: any WireMessage.Type] = [
        "vhost_user_gpu_hdr": VhostUserGPU.Header.self,
        "vhost_user_gpu_edid_request": VhostUserGPU.EDIDRequest.self,
        "vhost_user_gpu_cursor_pos": VhostUserGPU.CursorPos.self,
        "vhost_user_gpu_cursor_update": VhostUserGPU.CursorUpdate.self,
        "vhost_user_gpu_scanout": VhostUserGPU.Scanout.self,
        "vhost_user_gpu_update": VhostUserGPU.Update.self,
        "vhost_user_gpu_dmabuf_scanout": VhostUserGPU.DMABufScanout.self,
        "vhost_user_gpu_dmabuf_scanout2": VhostUserGPU.DMABufScanout2.self,
    ]
}
