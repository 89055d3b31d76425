// What the kernel's headers say about the structures and numbers on the wire: the tests' oracle.

#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>

/// One member of a structure, or the structure itself when `field` is empty.
struct wire_layout_row {
    const char *_Nonnull type;
    const char *_Nonnull field;
    size_t offset;
    size_t size;
};

/// One named number.
struct wire_constant_row {
    const char *_Nonnull name;
    uint64_t value;
};

/// The row at `index`, or null past the last one.
const struct wire_layout_row *_Nullable wire_layout_at(size_t index);
const struct wire_constant_row *_Nullable wire_constant_at(size_t index);

#endif
