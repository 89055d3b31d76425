// The tables of Spec/ beside what the C compiler says of the kernel's headers.

#ifndef SPEC_ORACLE_H
#define SPEC_ORACLE_H

#include <stddef.h>
#include <stdint.h>

/// One figure of a table: a field's offset and size, a structure's size when `field` is empty, or,
/// when `type` is empty, the number that `field` names.
struct spec_row {
    const char *_Nonnull place;
    const char *_Nonnull type;
    const char *_Nonnull field;
    uint64_t spec_value;
    uint64_t spec_size;
    uint64_t c_value;
    uint64_t c_size;
    /// Whether this machine's header has it.
    int is_known;
};

/// The row at `index`, or null past the last one.
const struct spec_row *_Nullable spec_row_at(size_t index);

#endif
