// What a C program does with the same bytes.

#ifndef BASELINE_H
#define BASELINE_H

#include <stddef.h>
#include <stdint.h>

/// The sum of all members of `count` TRANSFER_TO_HOST_2D commands that lie one after the other.
uint64_t baseline_transfers(const void *_Nonnull bytes, size_t count);

/// The sum of all members of `count` memory entries that lie one after the other.
uint64_t baseline_entries(const void *_Nonnull bytes, size_t count);

/// How often this process has asked for memory.
uint64_t baseline_allocations(void);

/// What this thread has used of a core, in nanoseconds: what else runs on the machine counts little.
uint64_t baseline_nanos(void);

#endif
