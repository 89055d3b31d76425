// A table from UUIDs to pointers, as QEMU's virtio-dmabuf keeps one: GHashTable under one mutex.
#ifndef CGLIB_TABLE_H
#define CGLIB_TABLE_H

#include <stdint.h>

typedef struct glib_table glib_table;
glib_table *glib_table_create(void);
void glib_table_destroy(glib_table *table);
// 1 when it was new. The table keeps a copy of the UUID and an entry of its own.
int glib_table_add(glib_table *table, uint64_t high, uint64_t low, intptr_t value);
// A random UUID of version 4, by GLib's generator: fast, and one that can be guessed.
void glib_draw_name(uint64_t *high, uint64_t *low);
intptr_t glib_table_lookup(glib_table *table, uint64_t high, uint64_t low);
int glib_table_remove(glib_table *table, uint64_t high, uint64_t low);
// `count` lookups of uuids[order[i]]; the sum of the values. The loop is C's, as QEMU's is.
intptr_t glib_table_lookup_all(
    glib_table *table, const uint64_t *uuids, const uint32_t *order, long count);
// Bytes of the heap in use.
uint64_t heap_bytes(void);

#endif
