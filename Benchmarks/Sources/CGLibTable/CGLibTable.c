// What QEMU 9 does in hw/display/virtio-dmabuf.c and util/uuid.c, in the same calls of GLib.
#include "CGLibTable.h"

#include <glib.h>
#include <malloc.h>
#include <string.h>

struct glib_table {
    GMutex mutex;
    GHashTable *table;
};

typedef struct { uint64_t high, low; } uuid;
// QEMU's VirtioSharedObject: a type and a value.
typedef struct { int type; intptr_t value; } entry;

// A mix of all 16 bytes, in the spirit of QEMU's qemu_xxhash4.
static guint hash(gconstpointer key) {
    const uuid *u = key;
    uint64_t h = (u->high * 0x9E3779B185EBCA87u) ^ (u->low * 0xC2B2AE3D27D4EB4Fu);
    return (guint)(h ^ (h >> 32));
}

static gboolean equal(gconstpointer a, gconstpointer b) { return memcmp(a, b, sizeof(uuid)) == 0; }

glib_table *glib_table_create(void) {
    glib_table *t = g_new0(glib_table, 1);
    g_mutex_init(&t->mutex);
    t->table = g_hash_table_new_full(hash, equal, g_free, g_free);
    return t;
}

void glib_table_destroy(glib_table *t) {
    g_hash_table_destroy(t->table);
    g_mutex_clear(&t->mutex);
    g_free(t);
}

int glib_table_add(glib_table *t, uint64_t high, uint64_t low, intptr_t value) {
    uuid *key = g_new(uuid, 1);
    *key = (uuid){high, low};
    entry *e = g_new(entry, 1);
    *e = (entry){1, value};
    g_mutex_lock(&t->mutex);
    // A name that exists is refused.
    int isNew = g_hash_table_lookup(t->table, key) == NULL;
    if (isNew) g_hash_table_insert(t->table, key, e);
    g_mutex_unlock(&t->mutex);
    if (!isNew) {
        g_free(key);
        g_free(e);
    }
    return isNew;
}

void glib_draw_name(uint64_t *high, uint64_t *low) {
    *high = (uint64_t)g_random_int() << 32 | g_random_int();
    *low = (uint64_t)g_random_int() << 32 | g_random_int();
    *high = (*high & ~(uint64_t)0xf000) | 0x4000;
    *low = (*low & ~(3ull << 62)) | 2ull << 62;
}

intptr_t glib_table_lookup(glib_table *t, uint64_t high, uint64_t low) {
    uuid key = {high, low};
    g_mutex_lock(&t->mutex);
    entry *e = g_hash_table_lookup(t->table, &key);
    intptr_t value = e ? e->value : 0;
    g_mutex_unlock(&t->mutex);
    return value;
}

int glib_table_remove(glib_table *t, uint64_t high, uint64_t low) {
    uuid key = {high, low};
    g_mutex_lock(&t->mutex);
    int was = g_hash_table_remove(t->table, &key);
    g_mutex_unlock(&t->mutex);
    return was;
}

intptr_t glib_table_lookup_all(
    glib_table *t, const uint64_t *uuids, const uint32_t *order, long count) {
    intptr_t sum = 0;
    for (long i = 0; i < count; i++) {
        const uint64_t *u = uuids + 2 * (uint64_t)order[i];
        sum += glib_table_lookup(t, u[0], u[1]);
    }
    return sum;
}

uint64_t heap_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
