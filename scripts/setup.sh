#!/usr/bin/env bash
# Installs what building and running need on Debian 12, and says so. Does nothing when all is there.
# Arguments are further packages that a target wants.
set -euo pipefail

packages=(
    pkg-config
    libvirglrenderer-dev           # the renderer
    libegl1 libegl-mesa0           # EGL, which virglrenderer starts
    libgl1-mesa-dri                # Mesa's drivers, llvmpipe among them: no GPU is needed
    libavcodec-dev libavformat-dev libavutil-dev   # codecs and files (trait LibAV)
    libpng-dev                     # pictures (trait PNG)
    "$@"
)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
        || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
    echo "setup: installing ${missing[*]}"
    sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${missing[@]}" > /dev/null
fi

if ! command -v swift > /dev/null; then
    echo "setup: there is no 'swift' on the PATH: install Swift 6.3 (https://swift.org/install)" >&2
    exit 1
fi
