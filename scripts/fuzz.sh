#!/usr/bin/env bash
# Runs a libFuzzer harness for a time, behind a run with a bug planted that it has to find.
# usage: fuzz.sh HARNESS SECONDS SEEDS
# SEEDS has a folder named as the harness: inputs to begin with.
set -euo pipefail
harness=$1
seconds=$2
seeds=$3/$(basename "$harness")
export SWIFT_BACKTRACE=enable=no
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/canary" "$work/corpus"
if VIRTQUEUE_CANARY=1 "$harness" -max_len=2048 -len_control=0 -max_total_time=60 \
    -artifact_prefix="$work/" "$work/canary" "$seeds" > "$work/log" 2>&1; then
    tail -3 "$work/log"
    echo "fuzz: $(basename "$harness") does not find the planted bug"
    exit 1
fi
grep -qE "deadly signal|libFuzzer" "$work/log" || { cat "$work/log"; exit 1; }
echo "fuzz: $(basename "$harness") finds the planted bug"
"$harness" -max_len=2048 -len_control=0 -max_total_time="$seconds" -print_final_stats=1 \
    -verbosity=0 "$work/corpus" "$seeds" 2>&1
