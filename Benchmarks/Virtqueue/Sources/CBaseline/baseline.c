// What a careful device in C does: the same checks of index, head, next and region as ours, the
// same barriers, no bookkeeping beyond.

#include "CBaseline.h"

#include <string.h>

struct desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags, next;
};

static uint8_t *translate(const struct baseline *ring, uint64_t addr, uint64_t len) {
    uint64_t end;
    if (__builtin_add_overflow(addr, len, &end)) return NULL;
    if (addr < ring->start || end > ring->end) return NULL;
    return ring->memory + (addr - ring->start);
}

struct copies {
    uint8_t *request;
    const uint8_t *response;
    uint32_t read, written;
};

static int serve(const struct baseline *ring, struct copies *at, const struct desc *desc) {
    uint8_t *bytes = translate(ring, desc->addr, desc->len);
    if (!bytes) return -1;
    if (desc->flags & 2) {
        uint32_t count = desc->len < 24 - at->written ? desc->len : 24 - at->written;
        memcpy(bytes, at->response + at->written, count);
        at->written += count;
    } else {
        uint32_t count = desc->len < 56 - at->read ? desc->len : 56 - at->read;
        memcpy(at->request + at->read, bytes, count);
        at->read += count;
    }
    return 0;
}

int baseline_split(struct baseline *ring, uint8_t *request, const uint8_t *response) {
    int served = 0;
    uint16_t *avail = (uint16_t *)ring->driver;
    uint16_t index = __atomic_load_n(&avail[1], __ATOMIC_ACQUIRE);
    if ((uint16_t)(index - ring->nextAvail) > ring->size) return -1;
    while (index != ring->nextAvail) {
        uint16_t head = avail[2 + (ring->nextAvail & (ring->size - 1))];
        if (head >= ring->size) return -1;
        ring->nextAvail++;
        struct copies at = {request, response, 0, 0};
        const uint8_t *table = ring->descriptors;
        uint32_t count = ring->size, next = head;
        for (uint32_t step = 0; step < count; step++) {
            struct desc desc;
            memcpy(&desc, table + 16 * (size_t)next, sizeof desc);
            if (desc.flags & 4) {
                if (desc.len % 16 || (table = translate(ring, desc.addr, desc.len)) == NULL)
                    return -1;
                count = desc.len / 16;
                next = 0;
                step = (uint32_t)-1;
                continue;
            }
            if (serve(ring, &at, &desc)) return -1;
            if (!(desc.flags & 1)) break;
            if (desc.next >= count) return -1;
            next = desc.next;
        }
        uint32_t element[2] = {head, at.written};
        memcpy(ring->device + 4 + 8 * (ring->nextUsed & (ring->size - 1)), element, 8);
        ring->nextUsed++;
        __atomic_store_n((uint16_t *)ring->device + 1, ring->nextUsed, __ATOMIC_RELEASE);
        served++;
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(&avail[0], __ATOMIC_RELAXED) & 1 ? served : -1;
}

int baseline_packed(struct baseline *ring, uint8_t *request, const uint8_t *response) {
    int served = 0;
    for (;;) {
        struct copies at = {request, response, 0, 0};
        uint16_t slots = 0, id;
        uint16_t slot = ring->availSlot;
        int wrap = ring->availWrap;
        for (;;) {
            uint8_t *here = ring->descriptors + 16 * (size_t)slot;
            uint16_t flags = __atomic_load_n((uint16_t *)(here + 14), __ATOMIC_ACQUIRE);
            if (((flags >> 7) & 1) != wrap || (flags >> 15) == wrap) {
                if (slots) return -1;
                __atomic_thread_fence(__ATOMIC_SEQ_CST);
                uint16_t wish = __atomic_load_n((uint16_t *)(ring->driver + 2), __ATOMIC_ACQUIRE);
                return wish == 1 ? served : -1;
            }
            struct desc desc;
            memcpy(&desc, here, sizeof desc);
            id = desc.flags;
            desc.flags = flags;
            if (flags & 4) {
                const uint8_t *table = translate(ring, desc.addr, desc.len);
                if (desc.len % 16 || !table) return -1;
                for (uint32_t entry = 0; entry < desc.len / 16; entry++) {
                    struct desc inner;
                    memcpy(&inner, table + 16 * entry, sizeof inner);
                    inner.flags = inner.next;
                    if (serve(ring, &at, &inner)) return -1;
                }
            } else if (serve(ring, &at, &desc)) {
                return -1;
            }
            slots++;
            if (++slot == ring->size) slot = 0, wrap ^= 1;
            if (!(flags & 1)) break;
            if (slots == ring->size) return -1;
        }
        ring->availSlot = slot;
        ring->availWrap = wrap;
        uint8_t *back = ring->descriptors + 16 * (size_t)ring->usedSlot;
        memcpy(back + 8, &at.written, 4);
        memcpy(back + 12, &id, 2);
        uint16_t flags = (ring->usedWrap ? 0x8080 : 0) | (at.written ? 2 : 0);
        __atomic_store_n((uint16_t *)(back + 14), flags, __ATOMIC_RELEASE);
        ring->usedSlot += slots;
        if (ring->usedSlot >= ring->size) ring->usedSlot -= ring->size, ring->usedWrap ^= 1;
        served++;
    }
}
