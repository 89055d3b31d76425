#include <linux/virtio_ring.h>

#include "structs.h"
#include "vector.h"

void write_virtqueue(void) {
    VECTOR_AS("descriptor", "driver to device", vring_desc, virtq_desc) {
        FILL(addr); FILL(len); SET(flags, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE); FILL(next);
    }
    VECTOR_AS("descriptor-unknown-flags", "driver to device", vring_desc, virtq_desc) {
        FILL(addr); FILL(len); SET(flags, 0xfff8); FILL(next);
    }
    VECTOR_AS("available", "driver to device", vring_avail, virtq_avail) {
        vector_only_good();
        SET(flags, VRING_AVAIL_F_NO_INTERRUPT); FILL(idx);
        vector_then_integers("ring", "u16", 2, 4);
        vector_then_integers("used_event", "u16", 2, 1);
    }
    VECTOR_AS("used", "device to driver", used_head, virtq_used) {
        vector_only_good();
        SET(flags, VRING_USED_F_NO_NOTIFY); FILL(idx);
        THEN(ring, virtq_used_elem, 4) { E_FILL(id); E_FILL(len); }
        vector_then_integers("avail_event", "u16", 2, 1);
    }
    VECTOR_AS("used-element", "device to driver", vring_used_elem, virtq_used_elem) { FILL(id); FILL(len); }
    VECTOR_AS("packed-descriptor", "either", vring_packed_desc, pvirtq_desc) {
        FILL(addr); FILL(len); FILL(id); SET(flags, 1 << VRING_PACKED_DESC_F_AVAIL | VRING_DESC_F_INDIRECT);
    }
    VECTOR_AS("packed-descriptor-used", "device to driver", vring_packed_desc, pvirtq_desc) {
        FILL(len); FILL(id);
        SET(flags, 1 << VRING_PACKED_DESC_F_AVAIL | 1 << VRING_PACKED_DESC_F_USED | VRING_DESC_F_WRITE);
    }
    VECTOR_AS("packed-event", "either", vring_packed_desc_event, pvirtq_event_suppress) {
        SET(off_wrap, 5 | 1 << VRING_PACKED_EVENT_F_WRAP_CTR); SET(flags, VRING_PACKED_EVENT_FLAG_DESC);
    }
    VECTOR_AS("available/short", "driver to device", vring_avail, virtq_avail) {
        FILL(flags); FILL(idx); vector_cut(1, "truncated at 3");
    }
    VECTOR_AS("used/short", "device to driver", used_head, virtq_used) {
        FILL(flags); FILL(idx); vector_cut(1, "truncated at 3");
    }
}
