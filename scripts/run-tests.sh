#!/usr/bin/env bash
# swift test with the given arguments; what failed is said once more at the end, where a log is read first.
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    echo "--- failed:"
    grep -A 8 'recorded an issue' "$log" | head -100
    grep '✘ \(Test\|Suite\)' "$log" | grep -v 'recorded an issue'
fi
exit "$status"
