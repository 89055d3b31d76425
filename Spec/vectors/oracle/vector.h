// Says of a structure's fields which bytes they have, and prints vectors: see ../README.md.
// The C compiler's sizes and offsets are the whole truth here: nothing of the project is linked.
#ifndef VECTOR_H
#define VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Begins a vector: a structure of zeros whose fields are said in the body; at its end it is printed, good
// and cut short.
#define VECTOR(id, direction, type) \
    for (struct type *m = vector_begin(id, direction, #type, sizeof(struct type)); m; m = vector_end())
// The same where the documents have another name than C.
#define VECTOR_AS(id, direction, type, name) \
    for (struct type *m = vector_begin(id, direction, #name, sizeof(struct type)); m; m = vector_end())
// `count` structures behind what there is so far; the body says each one's fields.
#define THEN(field, type, count) \
    for (struct type *e = vector_then(#field, #type, sizeof(struct type), count); e; e = vector_next())

#define SIGN(x) _Generic((x), int: 1, long: 1, long long: 1, short: 1, signed char: 1, default: 0)
// A field with bytes that no other field of the vector has. M_ is for the first structure, E_ for one of THEN.
#define M_FILL(f) vector_fill(#f, &m->f, sizeof m->f, SIGN(m->f))
#define E_FILL(f) vector_fill(#f, &e->f, sizeof e->f, SIGN(e->f))
// A field with a number that is told.
#define M_SET(f, value) (m->f = (value), vector_note(#f, &m->f, sizeof m->f, SIGN(m->f)))
#define E_SET(f, value) (e->f = (value), vector_note(#f, &e->f, sizeof e->f, SIGN(e->f)))
// Text in an array, padded with NUL.
#define M_TEXT(f, text) vector_text(#f, (char *)m->f, sizeof m->f, text)
#define E_TEXT(f, text) vector_text(#f, (char *)e->f, sizeof e->f, text)
// Bytes without a number.
#define M_BYTES(f) vector_bytes(#f, m->f, sizeof m->f)
#define E_BYTES(f) vector_bytes(#f, e->f, sizeof e->f)
#define FILL(f) M_FILL(f)
#define SET(f, value) M_SET(f, value)
#define TEXT(f, text) M_TEXT(f, text)
#define BYTES(f) M_BYTES(f)

// Starts DIR/NAME.txt and DIR/NAME-bad.txt.
void file_begin(const char *folder, const char *protocol, const char *oracle);
void file_end(void);

void *vector_begin(const char *id, const char *direction, const char *type, size_t size);
void *vector_end(void);
void *vector_then(const char *field, const char *type, size_t size, unsigned count);
void *vector_next(void);
// Integers of one width, or bytes, behind what there is so far.
void vector_then_integers(const char *field, const char *type, size_t size, unsigned count);

void vector_fill(const char *field, void *at, size_t size, int is_signed);
void vector_note(const char *field, const void *at, size_t size, int is_signed);
void vector_text(const char *field, char *at, size_t size, const char *text);
void vector_bytes(const char *field, void *at, size_t size);

// Which message it is, how many descriptors come with it, and a remark for people.
void vector_message(const char *name, const char *role);
void vector_descriptors(unsigned count);
void vector_clauses(const char *clauses);
// The last `count` bytes are not there, or `count` more are: only the bad vector is printed.
void vector_cut(unsigned count, const char *error);
void vector_excess(unsigned count, const char *error);
// The bytes are as they are, and wrong.
void vector_wrong(const char *error);
// The cut-short twin is not printed: some shorter bytes are a message, too.
void vector_only_good(void);

void write_virtio_gpu(void);
void write_virtio_media(void);
void write_v4l2(void);
void write_virtqueue(void);
void write_vhost_user(void);
void write_vhost_user_gpu(void);

#endif
