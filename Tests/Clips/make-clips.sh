#!/bin/bash
# Rebuilds every clip and every NAME.framemd5 in this folder (see README.md).
# Needs: bash, ffmpeg and ffprobe (Debian's, 5.1 or newer), fonts-dejavu-core.
# Every picture is drawn by ffmpeg's own sources; nothing is read from outside.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C
FONT=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf
[ -r "$FONT" ] || { echo "missing $FONT: apt-get install fonts-dejavu-core" >&2; exit 1; }
TMP=$(mktemp -d); trap 'rm -rf "$TMP"' EXIT

FF=(ffmpeg -nostdin -hide_banner -loglevel error -y -filter_threads 1 -filter_complex_threads 1)
EXACT=(-an -sn -map_metadata -1 -threads 1 -fflags +bitexact -flags +bitexact)
T709=(-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv)
T601=(-color_primaries smpte170m -color_trc smpte170m -colorspace smpte170m -color_range tv)
X264=(-c:v libx264 -preset medium -x264-params threads=1:lookahead-threads=1:sliced-threads=0)

# enc FILE SOURCE ARGS...: encodes one lavfi source
enc() {
  local out=$1 src=$2; shift 2
  "${FF[@]}" -f lavfi -i "$src" "$@" "${EXACT[@]}" "$out"
}
pat() { echo "testsrc2=size=$1:rate=24,format=${3:-yuv420p},trim=end_frame=$2"; }

# --- demo.mp4 ---------------------------------------------------------------
# HD colour bars as they are (already BT.709 limited), a turning dial and a
# ball that crosses the foot of the picture, both drawn in YUV.
PI2=6.2831853
D="hypot(X-160,Y-160)"                                     # from the dial's centre
L="mod(2*$PI2+N/100*$PI2-atan2(X-160,160-Y),$PI2)/$PI2"    # turn behind the hand
RING="clip(4.5-abs($D-149),0,1)"
CORE="max(clip(86-$D,0,1),clip($D-149,0,1))"               # the dark parts
G="pow(1-$L,2)*(1-$CORE)"
B="hypot(X-64,Y-64)"
SH="clip(1-hypot(X-46,Y-44)/95,0,1)"
"${FF[@]}" -f lavfi -i "smptehdbars=size=1280x720:rate=25,format=yuv420p" \
  -f lavfi -i "color=black:size=320x320:rate=25,format=yuva444p" \
  -f lavfi -i "color=black:size=128x128:rate=25,format=yuva444p,trim=end_frame=1" \
  -filter_complex "
   [1]geq=lum='st(0,$RING);(26+170*$G)*(1-ld(0))+228*ld(0)'
         :cb='128+26*$G*(1-$RING)':cr='128-44*$G*(1-$RING)':a='255*clip(157-$D,0,1)'[dial];
   [2]geq=lum='50+165*$SH':cb='128-70*$SH*(1.25-$SH)-10':cr='150+55*(1-pow($SH,3))'
         :a='255*clip(62-$B,0,1)',loop=loop=-1:size=1,setpts=N/25/TB[ball];
   [0][dial]overlay=x=480:y=116:format=yuv420[v1];
   [v1][ball]overlay=x='20+n*11.2':y='580-128*abs(sin(n/100*$PI2*2))':format=yuv420:eval=frame[v2];
   [v2]drawbox=x=24:y=22:w=324:h=124:color=0x101010:t=fill,
    drawtext=fontfile=$FONT:text='▲ TOP LEFT':x=42:y=36:fontsize=44:fontcolor=white,
    drawtext=fontfile=$FONT:timecode='00\:00\:00\:00':rate=25:x=42:y=90:fontsize=44:fontcolor=0xFFD040,
    drawtext=fontfile=$FONT:text='%{eif\:n\:d\:3}':x=640-text_w/2:y=276-text_h/2:fontsize=80:fontcolor=white[v]" \
  -map '[v]' -frames:v 100 "${X264[@]}" -preset slow -profile:v high -pix_fmt yuv420p -crf 22 -bf 3 \
  -g 25 -sc_threshold 0 "${T709[@]}" -movflags +faststart "${EXACT[@]}" "$DEMO"

# --- H.264 ------------------------------------------------------------------
# One RGB picture three ways: 8 flat bars (white yellow cyan green magenta red
# blue black), under them 8 grey steps 0..7*36, a grey 128 box that moves.
I='floor(X*8/W)'
box="between(X,8+N*5,31+N*5)*between(Y,36,59)"
bars() {
  local lo="lt(Y,96)" s="36*$I"
  echo "color=black:size=176x144:rate=24,format=gbrp,geq=r='if($box,128,if($lo,255*not(mod(floor($I/2),2)),$s))':g='if($box,128,if($lo,255*lt($I,4),$s))':b='if($box,128,if($lo,255*not(mod($I,2)),$s))',trim=end_frame=24,scale=out_color_matrix=$1:out_range=$2:flags=accurate_rnd+full_chroma_int+bitexact,format=$3"
}
enc h264-full-range-709.mp4 "$(bars bt709 pc yuvj420p)" "${X264[@]}" -crf 14 -pix_fmt yuvj420p "${T709[@]}" -color_range pc
enc h264-601.mp4      "$(bars bt601 tv yuv420p)" "${X264[@]}" -crf 14 "${T601[@]}"
enc h264-untagged.mp4 "$(bars bt601 tv yuv420p),setparams=range=unknown:color_primaries=unknown:color_trc=unknown:colorspace=unknown" \
  "${X264[@]}" -crf 14

enc h264-crop.mp4   "$(pat 182x98 24)"  "${X264[@]}" -crf 26 "${T709[@]}"
enc h264-refs16.mp4 "$(pat 176x144 60)" "${X264[@]}" -crf 30 -refs 16 -bf 8 -b_strategy 0 -b-pyramid normal -g 60 "${T601[@]}"
enc h264-10bit.mp4  "$(pat 176x144 24 yuv420p10le)" "${X264[@]}" -profile:v high10 -crf 28 "${T709[@]}"
enc h264-444.mp4    "$(pat 176x144 12 yuv444p)" "${X264[@]}" -profile:v high444 -crf 28 "${T709[@]}"
# Each picture is two fields; MBAFF frames.
enc h264-interlaced.mp4 "$(pat 176x144 24),setfield=tff" "${X264[@]}:tff=1" -crf 28 "${T601[@]}"
enc h264-annexb.h264 "$(pat 176x144 24)" "${X264[@]}" -crf 28 -g 12 "${T601[@]}" -f h264
enc "$TMP/a.h264"   "$(pat 320x240 12)" "${X264[@]}" -crf 30 -f h264
enc "$TMP/b.h264"   "$(pat 176x144 12)" "${X264[@]}" -crf 30 -f h264
cat "$TMP/a.h264" "$TMP/b.h264" > h264-resolution-change.h264

# Damage: 16 bytes 0xA5 (no start code can come of it) over the middle of the
# packets 6, 7 and 18 (= frames, from 0; P frames only, key frames 0 and 12).
enc "$TMP/clean.h264" "$(pat 176x144 24)" "${X264[@]}" -crf 26 -g 12 -bf 0 -f h264
cp "$TMP/clean.h264" h264-damaged.h264
ffprobe -v error -show_entries packet=pos,size -of csv=p=0 "$TMP/clean.h264" > "$TMP/packets"
for n in 6 7 18; do
  IFS=, read -r size pos _ < <(sed -n "$((n + 1))p" "$TMP/packets")
  printf '\xA5%.0s' {1..16} | dd of=h264-damaged.h264 bs=1 seek=$((pos + size / 2)) conv=notrunc status=none
done

# --- HEVC -------------------------------------------------------------------
X265=log-level=none:pools=none:frame-threads=1:wpp=0:info=0
enc hevc.mp4 "$(pat 176x144 24)" -c:v libx265 -tag:v hvc1 -crf 30 -x265-params "$X265" "${T709[@]}"
enc hevc-10bit.mkv "$(pat 176x144 24 yuv420p10le)" -c:v libx265 -profile:v main10 -crf 30 -x265-params "$X265" "${T709[@]}"

# --- VP8, VP9 ---------------------------------------------------------------
VP9=(-c:v libvpx-vp9 -row-mt 0 -tile-columns 0 -deadline good -cpu-used 2)
twopass() { # twopass FILE SOURCE ARGS...
  local out=$1 src=$2; shift 2
  "${FF[@]}" -f lavfi -i "$src" "$@" -pass 1 -passlogfile "$TMP/log" "${EXACT[@]}" -f null -
  "${FF[@]}" -f lavfi -i "$src" "$@" -pass 2 -passlogfile "$TMP/log" "${EXACT[@]}" "$out"
}
enc vp8.webm "$(pat 176x144 24)" -c:v libvpx -deadline good -cpu-used 2 -crf 20 -b:v 200k
# testsrc2 rounds odd 4:2:0 sizes down, so it is drawn in RGB and converted
enc vp9-odd.webm "$(pat 171x97 24 gbrp),scale=out_color_matrix=bt709:out_range=tv,format=yuv420p" "${VP9[@]}" -crf 40 -b:v 0 "${T709[@]}"
twopass vp9.webm "$(pat 176x144 60)" "${VP9[@]}" -auto-alt-ref 1 -lag-in-frames 16 -g 60 -crf 45 -b:v 0 "${T709[@]}"
"${FF[@]}" -i vp9.webm -c copy -fflags +bitexact -flags +bitexact vp9.ivf
twopass vp9-show-existing.webm "$(pat 176x144 60)" "${VP9[@]}" -auto-alt-ref 6 -lag-in-frames 25 -g 60 -crf 45 -b:v 0 "${T709[@]}"

# --- AV1, MPEG-2, MJPEG -----------------------------------------------------
AOM=(-c:v libaom-av1 -cpu-used 5 -row-mt 0 -crf 40 -b:v 0)
enc av1.mkv "$(pat 176x144 24)" "${AOM[@]}" "${T709[@]}"
enc av1-10bit.mkv "$(pat 176x144 24 yuv420p10le)" "${AOM[@]}" "${T709[@]}"
enc mpeg2.mpg "$(pat 176x144 24)" -c:v mpeg2video -q:v 20 -bf 2 -g 12 "${T601[@]}" -f mpeg
enc mpeg2-interlaced.mpg "$(pat 176x144 24),setfield=bff" -c:v mpeg2video -flags +ilme+ildct -q:v 20 -bf 2 -g 12 "${T601[@]}" -f mpeg
enc "$TMP/a.m2v" "$(pat 320x240 12)" -c:v mpeg2video -q:v 20 -bf 2 -f mpeg2video
enc "$TMP/b.m2v" "$(pat 176x144 12)" -c:v mpeg2video -q:v 20 -bf 2 -f mpeg2video
cat "$TMP/a.m2v" "$TMP/b.m2v" > mpeg2-resolution-change.m2v
enc mjpeg.avi "testsrc2=size=176x144:rate=24,trim=end_frame=10,scale=out_range=pc,format=yuvj420p" -c:v mjpeg -q:v 24 -huffman optimal

# --- no video ---------------------------------------------------------------
"${FF[@]}" -f lavfi -i "sine=frequency=440:sample_rate=44100:duration=1" -c:a aac -b:a 32k -threads 1 \
  -fflags +bitexact -flags +bitexact -map_metadata -1 audio-only.m4a
printf 'This is plain text. There is no video in it.\n' > not-a-video.txt

# --- the MD5 of every frame, in the stream's own pixel format ----------------
# ref CLIP PIX_FMT FRAMES
bad=0
ref() {
  local clip=$1 want=$2 frames=$3 out="${1%.*}.framemd5" got n pf log
  case $clip in vp9.ivf) out=vp9-ivf.framemd5;; esac
  "${FF[@]}" -loglevel info -threads 1 -i "$clip" -map 0:v:0 -fps_mode passthrough -autoscale 0 \
    -fflags +bitexact -f framemd5 "$out" 2> "$TMP/log.txt"
  pf=$(grep -A20 '^Output' "$TMP/log.txt" | sed -n 's/.*Video: rawvideo[^,]*, \([a-z0-9]*\).*/\1/p' | head -1)
  n=$(grep -vc '^#' "$out")
  IFS=, read -r -a got < <(ffprobe -v quiet -select_streams v:0 -count_frames \
    -show_entries stream=codec_name,width,height,pix_fmt,color_range,color_space,nb_read_frames -of csv=p=0 "$clip")
  printf '%-28s %7d  %s  framemd5: %s %s\n' "$clip" "$(stat -c %s "$clip")" "${got[*]}" "$pf" "$n"
  if [ "$pf" != "$want" ] || [ "$n" != "$frames" ]; then echo "  WRONG: want $want, $frames frames" >&2; bad=1; fi
}
rm -f ./*.framemd5
ref demo.mp4 yuv420p 100
ref h264-full-range-709.mp4 yuvj420p 24
ref h264-601.mp4 yuv420p 24
ref h264-untagged.mp4 yuv420p 24
ref h264-crop.mp4 yuv420p 24
ref h264-refs16.mp4 yuv420p 60
ref h264-annexb.h264 yuv420p 24
ref h264-10bit.mp4 yuv420p10le 24
ref h264-444.mp4 yuv444p 12
ref h264-resolution-change.h264 yuv420p 24
ref h264-damaged.h264 yuv420p 24
ref hevc.mp4 yuv420p 24
ref hevc-10bit.mkv yuv420p10le 24
ref vp8.webm yuv420p 24
ref vp9-odd.webm yuv420p 24
ref vp9.webm yuv420p 60
ref vp9.ivf yuv420p 60
ref vp9-show-existing.webm yuv420p 60
ref av1.mkv yuv420p 24
ref av1-10bit.mkv yuv420p10le 24
ref mpeg2.mpg yuv420p 24
ref h264-interlaced.mp4 yuv420p 24
ref mpeg2-interlaced.mpg yuv420p 24
ref mjpeg.avi yuvj420p 10
# ffmpeg loses a picture at the change: the reference is that of the parts.
for part in a b; do
  "${FF[@]}" -threads 1 -i "$TMP/$part.m2v" -map 0:v:0 -fps_mode passthrough -autoscale 0 \
    -fflags +bitexact -f framemd5 -
done > mpeg2-resolution-change.framemd5
exit $bad
