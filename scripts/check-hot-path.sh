#!/usr/bin/env bash
# Looks into the machine code of an optimised program: the calls that every chain makes count no
# references, check no accesses, allocate nothing and call through no table.
# usage: check-hot-path.sh PROGRAM [--canary FUNCTION FUNCTION...]
# FUNCTION is how a demangled symbol begins; without any, those that a queue's chains run through.
# The canary is one in which the check has to find something.
set -euo pipefail
program=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What pop, read, write and push are made of, in both kinds of ring.
hot=(
    'Virtqueue.DeviceQueue.pop(into:'
    'static Virtqueue.SplitDeviceRing.pop('
    'static Virtqueue.PackedDeviceRing.pop('
    'Virtqueue.DeviceQueue.read('
    'Virtqueue.DeviceQueue.write(_: Swift.RawSpan'
    'Virtqueue.DeviceQueue.push('
)
canary='Virtqueue.DeviceQueue.init('
if [ "${1:-}" = --canary ]; then
    canary=$2
    shift 2
    hot=("$@")
fi
forbidden='swift_(retain|release|bridgeObject|beginAccess|endAccess|allocObject|initStackObject'
forbidden+='|slowAlloc|dynamicCast|getWitnessTable|conformsTo|once|isUniquelyReferenced)'

nm --print-size --defined-only "$program" | awk 'NF == 4 && $3 ~ /[tT]/' | swift demangle \
    > "$work/symbols"

# check NAME: looks through every function of that name, and its specialisations.
check() {
    local bad=0 count=0 from size kind symbol
    while read -r from size kind symbol; do
        case $symbol in
            "$1"* | *"specialization"*" of "*"$1"*) ;;
            *) continue ;;
        esac
        case $symbol in *closure* | *outlined* | *"partial apply"*) continue ;; esac
        count=$((count + 1))
        objdump --disassemble --no-show-raw-insn --start-address="0x$from" \
            --stop-address=$((0x$from + 0x$size)) "$program" > "$work/code"
        if grep -E "$forbidden|(call|jmp) +\*.*\(" "$work/code"; then bad=1; fi
    done < "$work/symbols"
    if [ $count = 0 ]; then echo "hot path: there is no $1"; return 2; fi
    if [ $bad = 1 ]; then echo "hot path: the above is in $1"; return 1; fi
}

failed=0
for function in "${hot[@]}"; do check "$function" || failed=1; done

# A check that is worth anything finds what the canary does.
if check "$canary" > "$work/canary"; then
    echo "hot path: the check finds nothing where there is something"
    failed=1
fi
grep -q swift_ "$work/canary" || { echo "hot path: the canary was not found"; failed=1; }

if [ $failed != 0 ]; then echo "hot path: failed"; exit 1; fi
echo "hot path: ${#hot[@]} functions without references, accesses, allocations and witnesses"
