#!/usr/bin/env bash
# Runs the tests that want a real kernel. The first run builds it.
# usage: guest-test.sh OUTPUT SWIFT-OPTIONS...
# GUEST_ROUNDS: how long the stress is (20000 rounds).
set -euo pipefail
cd "$(dirname "$0")/.."
output=$1
shift
folder=$(scripts/guest-kernel.sh)
mkdir -p "$output" .build/guest
gcc -Wall -Wextra -Werror -O1 -static -D__user= -isystem "$folder/include" \
    -o .build/guest/client Tests/guest/client/*.c
export GUEST_KERNEL=$folder/linux GUEST_CLIENT=$PWD/.build/guest/client
export GUEST_OUTPUT=$output GUEST_ROUNDS=${GUEST_ROUNDS:-20000}
swift build --build-tests "$@"
swift test --skip-build "$@" --filter GuestTests
