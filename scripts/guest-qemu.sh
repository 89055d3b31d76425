#!/usr/bin/env bash
# Fetches what a guest under QEMU 10 wants, once, and prints the folder that has it: `qemu`,
# Debian's kernel as `vmlinux`, `modules/` named in the order in which they load, and `include/`
# with its DRM headers. All of it comes from Debian's archive by an apt of its own: nothing is
# installed, and the system's sources stay as they are.
# Exit status 77: it cannot be had here, and one sentence says why.
# usage: guest-qemu.sh [--cached], which only says whether it is there.
# The cache is $VIRTIO_SHARE_CACHE or ~/.cache/virtio-share; a quarter of a minute, 110 MB there.
set -euo pipefail
cache=${VIRTIO_SHARE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/virtio-share}
# The archive that this system's own apt has Debian 12 from.
archive() {
    apt-get indextargets --format '$(CODENAME) $(ORIGIN) $(REPO_URI)' 'Created-By: Packages' \
        2> /dev/null | awk '$1 == "bookworm" && $2 == "Debian" && !found++ { print $3 }'
}
keys=/usr/share/keyrings/debian-archive-keyring.gpg
# Another recipe makes another folder.
recipe=$(sha256sum "$0" | cut -c1-12)

cannot() { echo "guest-qemu: $*" >&2; exit 77; }

for folder in "$cache"/qemu-*-linux-*-"$recipe"; do
    if [ -x "$folder/qemu" ]; then echo "$folder"; exit 0; fi
done
if [ "${1:-}" = --cached ]; then echo "guest-qemu: no QEMU in $cache" >&2; exit 1; fi

[ "$(dpkg --print-architecture 2> /dev/null)" = amd64 ] || cannot "this wants Debian on amd64"
for tool in apt-get xz tar ldd; do
    command -v "$tool" > /dev/null || cannot "there is no $tool here"
done
mirror=${DEBIAN_MIRROR:-$(archive)}
[ -n "$mirror" ] || cannot "apt has no lists of Debian 12's: 'apt-get update', or say DEBIAN_MIRROR"
[ -r "$keys" ] || cannot "there is no $keys: the package debian-archive-keyring has it"

mkdir -p "$cache"
work=$(mktemp -d -p "$cache" build.XXXXXX)
trap 'rm -rf "$work"' EXIT
echo "guest-qemu: fetching QEMU 10 and Debian's kernel, once" >&2
mkdir -p "$work"/{lists,archives,debs}/partial "$work"/result/{root,modules,include/drm}
: > "$work/status"
for suite in bookworm bookworm-backports; do
    echo "deb [signed-by=$keys] $mirror $suite main"
done > "$work/sources.list"
# No package counts as installed: which kernel is the newest does not hang on it.
cat > "$work/apt.conf" << END
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work";
APT::Sandbox::User "root";
Acquire::Languages "none";
END
export APT_CONFIG=$work/apt.conf
log() { tail -n 3 "$work/log" | tr '\n' ' '; }
apt-get update -qq -o APT::Update::Error-Mode=any > "$work/log" 2>&1 \
    || cannot "$mirror has no bookworm and bookworm-backports for us: $(log)"
# Packages by name, of a suite where it is named.
fetch() {
    (cd "$work/debs" && apt-get download -qq "$@") > "$work/log" 2>&1 \
        || cannot "$mirror does not have $*: $(log)"
}
field() { dpkg-deb -f "$work/debs/$1"_*.deb "$2"; }
# What matches in a package, below a folder.
extract() {
    local package=$1 folder=$2
    shift 2
    dpkg-deb --fsys-tarfile "$work/debs/$package"_*.deb | tar -x -C "$folder" --wildcards "$@"
}

root=$work/result/root
qemu=(qemu-system-x86 qemu-system-common qemu-system-data seabios)
fetch "${qemu[@]/%//bookworm-backports}"
version=$(field qemu-system-x86 Version | sed 's/^[0-9]*://; s/[+~-].*//')
for package in "${qemu[@]}"; do extract "$package" "$root" --exclude ./usr/share/doc .; done
cat > "$work/result/qemu" << 'END'
#!/bin/sh
root=$(dirname "$0")/root
export LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu"
export QEMU_MODULE_DIR="$root/usr/lib/x86_64-linux-gnu/qemu"
exec "$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
END
chmod +x "$work/result/qemu"

# Libraries that this system lacks, and then those that they want.
libraries=$root/usr/lib/x86_64-linux-gnu
missing() {
    LD_LIBRARY_PATH=$libraries:$root/lib/x86_64-linux-gnu \
        ldd "$root/usr/bin/qemu-system-x86_64" "$libraries"/qemu/hw-display-virtio-gpu*.so \
        | sed -n 's/^[[:space:]]*\(.*\) => not found/\1/p' | sort -u
}
asked=(qemu-system-x86 qemu-system-common)
while [ -n "$(missing)" ]; do
    wanted=()
    for package in $(for name in "${asked[@]}"; do field "$name" Depends; done \
        | tr ',' '\n' | sed 's/^ *//; s/[ :(|].*//' | grep '^lib' | sort -u); do
        dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' && continue
        compgen -G "$work/debs/${package}_*" > /dev/null || wanted+=("$package")
    done
    [ ${#wanted[@]} -gt 0 ] || cannot "nothing that QEMU depends on has $(missing | tr '\n' ' ')"
    fetch "${wanted[@]}"
    for package in "${wanted[@]}"; do extract "$package" "$root" --exclude ./usr/share/doc .; done
    asked=("${wanted[@]}")
done
"$work/result/qemu" -device vhost-user-gpu-pci,help > "$work/log" 2>&1 \
    || cannot "QEMU $version does not start, or has no vhost-user-gpu-pci: $(log)"

image=$(apt-cache depends linux-image-amd64 | sed -n 's/^.*Depends: \(linux-image-[0-9].*\)/\1/p')
[ -n "$image" ] || cannot "$mirror has no linux-image-amd64"
release=${image#linux-image-}
headers=linux-headers-${release%-amd64}-common
fetch "$image" "$headers"
mkdir "$work/kernel"
extract "$image" "$work/kernel" './boot/vmlinuz-*' './lib/modules/*/kernel/drivers/virtio/*' \
    './lib/modules/*/kernel/drivers/gpu/drm/*'
extract "$headers" "$work/kernel" './usr/src/*/include/uapi/drm/*'
cp "$work"/kernel/usr/src/*/include/uapi/drm/{drm,drm_mode,drm_fourcc,virtgpu_drm}.h \
    "$work/result/include/drm/"
# Unpacked here, for the kernel's own unpacking takes half of an emulated boot. What follows the
# packed bytes makes xz complain at the end.
at=$(LC_ALL=C grep -abo -m 1 $'\xfd7zXZ' "$work"/kernel/boot/vmlinuz-* | head -n 1 | cut -d: -f1)
[ -n "$at" ] || cannot "Linux $release is not packed by xz"
tail -c +$((at + 1)) "$work"/kernel/boot/vmlinuz-* | xz -dc --single-stream \
    > "$work/result/vmlinux" 2> /dev/null || true
[ "$(head -c 4 "$work/result/vmlinux")" = $'\x7fELF' ] || cannot "Linux $release does not unpack"

# A module's own words say what it needs; its name has '_' where a file's may have '-'.
declare -A loaded
place=10
load() {
    local file name=${1//-/_}
    [ -z "${loaded[$name]:-}" ] || return 0
    loaded[$name]=yes
    file=$(find "$work/kernel/lib" -name "${name//_/?}.ko")
    [ -n "$file" ] || cannot "Linux $release has no module $name"
    local needed
    for needed in $(tr '\0' '\n' < "$file" | sed -n 's/^depends=//p' | tr ',' ' '); do
        load "$needed"
    done
    cp "$file" "$work/result/modules/$((place++))-$name.ko"
}
load virtio_pci
load virtio_gpu
load vgem

folder=$cache/qemu-$version-linux-${release%-amd64}-$recipe
rm -rf "$folder"
mv "$work/result" "$folder"
echo "$folder"
