// The device's work on a ring, in plain C, and a count of allocations.
#ifndef CBASELINE_H
#define CBASELINE_H

#include <stddef.h>
#include <stdint.h>

struct baseline {
    // The one region of guest memory.
    uint8_t *memory;
    uint64_t start, end;
    uint8_t *descriptors, *driver, *device;
    uint16_t size, nextAvail, nextUsed, usedSlot, availSlot;
    int availWrap, usedWrap;
};

// Serves everything that is available: pop, copy up to 56 bytes in, 24 out, push; then looks once
// whether the driver wants an interrupt. Returns how many chains.
int baseline_split(struct baseline *ring, uint8_t *request, const uint8_t *response);
int baseline_packed(struct baseline *ring, uint8_t *request, const uint8_t *response);

// Calls of malloc, calloc, realloc and their like in this process so far.
uint64_t baseline_allocations(void);

#endif
