#!/usr/bin/env bash
# Builds a User-Mode Linux kernel with virtio-gpu from Debian's kernel source, once, and prints the
# folder that has it: `linux`, and `include/` with its DRM headers.
# The cache is $VIRTIO_SHARE_CACHE or ~/.cache/virtio-share; about eight minutes on two idle cores.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
config=$here/Tests/guest/kernel.config
cache=${VIRTIO_SHARE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/virtio-share}
folder=$cache/uml-6.1-$(sha256sum "$config" | cut -c1-12)
if [ -x "$folder/linux" ]; then echo "$folder"; exit 0; fi
if [ "${1:-}" = --cached ]; then echo "guest-kernel: no kernel in $cache" >&2; exit 1; fi

"$here/scripts/setup.sh" linux-source-6.1 flex bison bc gcc make xz-utils >&2
mkdir -p "$cache"
work=$(mktemp -d -p "$cache" build.XXXXXX)
trap 'rm -rf "$work"' EXIT
echo "guest-kernel: building Linux 6.1 for User-Mode Linux, once; it takes its minutes" >&2
mkdir -p "$work/source" "$work/result/include/drm"
tar -xf /usr/src/linux-source-6.1.tar.xz -C "$work/source" --strip-components=1
(
    cd "$work/source"
    make -s ARCH=um defconfig
    grep '^CONFIG_\|^# CONFIG_' "$config" > wanted.config
    scripts/kconfig/merge_config.sh -m .config wanted.config > /dev/null
    make -s ARCH=um olddefconfig
    for option in $(sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$/\1/p' wanted.config); do
        grep -q "^$option=y" .config || { echo "guest-kernel: no $option here" >&2; exit 1; }
    done
    nice -n 10 make -s ARCH=um -j"$(nproc)" linux
    strip -o "$work/result/linux" linux
    cp include/uapi/drm/{drm,drm_mode,drm_fourcc,virtgpu_drm}.h "$work/result/include/drm/"
) >&2
rm -rf "$folder"
mv "$work/result" "$folder"
echo "$folder"
