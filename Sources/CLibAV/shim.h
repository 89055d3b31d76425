// FFmpeg's libraries as Swift sees them: what is a macro in C is a function here.
#ifndef VIRTIO_SHARE_CLIBAV_H
#define VIRTIO_SHARE_CLIBAV_H

#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <libavutil/md5.h>
#include <libavutil/pixdesc.h>

static inline int virtio_share_av_again(void) { return AVERROR(EAGAIN); }
static inline int virtio_share_av_no_memory(void) { return AVERROR(ENOMEM); }
static inline int virtio_share_av_end_of_file(void) { return AVERROR_EOF; }
static inline int virtio_share_av_exit(void) { return AVERROR_EXIT; }
static inline int64_t virtio_share_av_no_time(void) { return AV_NOPTS_VALUE; }

// Buffers may be asked for on the codec's own threads: our get_buffer2 takes locks of its own.
static inline void virtio_share_av_set_thread_safe(AVCodecContext *context) {
#if FF_API_THREAD_SAFE_CALLBACKS
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    context->thread_safe_callbacks = 1;
#pragma clang diagnostic pop
#else
    (void)context;
#endif
}

static inline int virtio_share_av_frame_is_key(const AVFrame *frame) {
#ifdef AV_FRAME_FLAG_KEY
    return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
    return frame->key_frame;
#endif
}

// 0 for a progressive picture, 1 when the top field comes first, 2 when the bottom field does.
static inline int virtio_share_av_frame_field(const AVFrame *frame) {
#ifdef AV_FRAME_FLAG_INTERLACED
    if (!(frame->flags & AV_FRAME_FLAG_INTERLACED)) return 0;
    return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) ? 1 : 2;
#else
    if (!frame->interlaced_frame) return 0;
    return frame->top_field_first ? 1 : 2;
#endif
}

// 1 when the codec said that the picture has missing or concealed parts.
static inline int virtio_share_av_frame_is_damaged(const AVFrame *frame) {
    return frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
}

#endif
