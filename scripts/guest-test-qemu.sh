#!/usr/bin/env bash
# Runs the tests that want a real kernel under QEMU. The first run fetches both; where they cannot
# be had nothing is tested, and the exit status is 77.
# usage: guest-test-qemu.sh SWIFT-OPTIONS...
# GUEST_ROUNDS: how long the stress is (500 rounds).
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(scripts/guest-qemu.sh) || {
    status=$?
    echo "guest-test-qemu: nothing was tested" >&2
    exit "$status"
}
# The client is the first process, and loads the modules.
tree=.build/guest/initramfs
rm -rf "$tree"
mkdir -p "$tree"/{proc,sys,dev,tmp}
cp -r "$folder/modules" "$tree/modules"
gcc -Wall -Wextra -Werror -O1 -static -D__user= -isystem "$folder/include" \
    -o "$tree/init" Tests/guest/client/*.c
(cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) > "$tree.cpio"
export GUEST_QEMU=$folder/qemu GUEST_VMLINUX=$folder/vmlinux GUEST_INITRAMFS=$PWD/$tree.cpio
swift build --build-tests "$@"
swift test --skip-build "$@" --filter QEMUGuestTests
