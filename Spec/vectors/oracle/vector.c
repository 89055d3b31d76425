#include "vector.h"

#include <stdlib.h>
#include <string.h>

enum kind { NUMBER, SIGNED_NUMBER, TEXT_FIELD, BYTE_FIELD };

struct field {
    char name[96];
    size_t offset, size;
    enum kind kind;
};

static struct {
    char id[96];
    const char *direction, *type, *message, *role, *clauses;
    unsigned descriptors;
    int has_descriptors, only_good;
    unsigned char bytes[20000];
    size_t length;
    struct field fields[1024];
    size_t count;
    // The parts behind the first structure.
    struct { const char *field, *type; size_t size; unsigned count; } parts[8];
    size_t part_count;
    unsigned element;
    unsigned char next_byte;
    size_t cut, excess;
    const char *error;
} v;

static FILE *good, *bad;
static const char *protocol;

static FILE *open_file(const char *folder, const char *suffix, const char *what) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s%s.txt", folder, protocol, suffix);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    fprintf(file, "# %s of %s; README.md tells the format. Written by oracle/, not by hand.\n", what, protocol);
    return file;
}

void file_begin(const char *folder, const char *name, const char *oracle) {
    protocol = name;
    good = open_file(folder, "", "Good bytes");
    fprintf(good, "# Layouts: %s\n", oracle);
    bad = open_file(folder, "-bad", "Bad bytes");
}

void file_end(void) {
    fclose(good);
    fclose(bad);
}

void *vector_begin(const char *id, const char *direction, const char *type, size_t size) {
    memset(&v, 0, sizeof v);
    snprintf(v.id, sizeof v.id, "%s/%s", protocol, id);
    v.direction = direction;
    v.type = type;
    v.length = size;
    v.next_byte = 1;
    return v.bytes;
}

void *vector_then(const char *field, const char *type, size_t size, unsigned count) {
    v.parts[v.part_count].field = field;
    v.parts[v.part_count].type = type;
    v.parts[v.part_count].size = size;
    v.parts[v.part_count].count = count;
    v.part_count++;
    v.element = 0;
    if (!count) return NULL;
    v.length += size;
    return v.bytes + v.length - size;
}

void *vector_next(void) {
    size_t size = v.parts[v.part_count - 1].size;
    if (++v.element == v.parts[v.part_count - 1].count) return NULL;
    v.length += size;
    return v.bytes + v.length - size;
}

static unsigned char next_byte(void) {
    unsigned char byte = v.next_byte++;
    if (v.next_byte == 0) v.next_byte = 1;
    return byte;
}

static void add(const char *name, const void *at, size_t size, enum kind kind) {
    struct field *field = &v.fields[v.count++];
    if (v.count > sizeof v.fields / sizeof v.fields[0]) abort();
    if (v.part_count == 0) {
        snprintf(field->name, sizeof field->name, "%s", name);
    } else {
        const char *part = v.parts[v.part_count - 1].field;
        if (v.parts[v.part_count - 1].count == 1)
            snprintf(field->name, sizeof field->name, "%s%s%s", part, *name ? "." : "", name);
        else
            snprintf(field->name, sizeof field->name, "%s[%u]%s%s", part, v.element, *name ? "." : "", name);
    }
    // The preprocessor leaves a space where two pieces of a name meet.
    for (char *from = field->name, *to = from; (*to = *from); from++) to += *to != ' ';
    field->offset = (size_t)((const unsigned char *)at - v.bytes);
    field->size = size;
    field->kind = kind;
}

void vector_note(const char *field, const void *at, size_t size, int is_signed) {
    add(field, at, size, size > 8 ? BYTE_FIELD : is_signed ? SIGNED_NUMBER : NUMBER);
}

void vector_fill(const char *field, void *at, size_t size, int is_signed) {
    for (size_t i = 0; i < size; i++) ((unsigned char *)at)[i] = next_byte();
    vector_note(field, at, size, is_signed);
}

void vector_bytes(const char *field, void *at, size_t size) {
    for (size_t i = 0; i < size; i++) ((unsigned char *)at)[i] = next_byte();
    add(field, at, size, BYTE_FIELD);
}

void vector_text(const char *field, char *at, size_t size, const char *text) {
    memcpy(at, text, strlen(text) < size ? strlen(text) : size);
    add(field, at, size, TEXT_FIELD);
}

void vector_then_integers(const char *field, const char *type, size_t size, unsigned count) {
    char *at = vector_then(field, type, size, count);
    if (!at) return;
    if (size == 1) {
        v.length += count - 1;
        v.parts[v.part_count - 1].count = 1;
        vector_bytes("", at, count);
        v.parts[v.part_count - 1].count = count;
        return;
    }
    for (; at; at = vector_next()) vector_fill("", at, size, type[0] == 'i');
}

void vector_message(const char *name, const char *role) {
    v.message = name;
    v.role = role;
}

void vector_descriptors(unsigned count) {
    v.descriptors = count;
    v.has_descriptors = 1;
}

void vector_clauses(const char *clauses) { v.clauses = clauses; }

void vector_cut(unsigned count, const char *error) {
    v.cut = count;
    v.error = error;
}

void vector_excess(unsigned count, const char *error) {
    v.excess = count;
    v.error = error;
}

void vector_wrong(const char *error) { v.error = error; }

void vector_only_good(void) { v.only_good = 1; }

static int by_offset(const void *a, const void *b) {
    const struct field *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

// Rows of 16 bytes; rows of one byte alone are told by their count.
static void print_bytes(FILE *file, size_t from, size_t to, const char *comment) {
    while (from < to) {
        size_t same = 1;
        while (from + same < to && v.bytes[from + same] == v.bytes[from]) same++;
        size_t row = to - from < 16 ? to - from : 16;
        fprintf(file, "    ");
        int width = 0;
        if (same > 16) {
            width = fprintf(file, "%02x*%zu", v.bytes[from], same);
            row = same;
        } else {
            for (size_t i = 0; i < row; i++) width += fprintf(file, i ? " %02x" : "%02x", v.bytes[from + i]);
        }
        if (comment) fprintf(file, "%*s # %s", width < 24 ? 24 - width : 0, "", comment);
        comment = NULL;
        fputc('\n', file);
        from += row;
    }
}

static void print_number(FILE *file, const struct field *field) {
    uint64_t value = 0;
    for (size_t i = field->size; i-- > 0;) value = value << 8 | v.bytes[field->offset + i];
    if (field->kind == SIGNED_NUMBER && field->size < 8 && value >> (8 * field->size - 1))
        value -= (uint64_t)1 << (8 * field->size);
    if (field->kind == SIGNED_NUMBER)
        fprintf(file, "%lld", (long long)value);
    else
        fprintf(file, "%llu", (unsigned long long)value);
}

static void print_value(FILE *file, const struct field *field) {
    fprintf(file, "    %s = ", field->name);
    if (field->kind == TEXT_FIELD) {
        fprintf(file, "\"%.*s\"", (int)field->size, v.bytes + field->offset);
    } else if (field->kind == BYTE_FIELD) {
        fprintf(file, "bytes");
        for (size_t i = 0; i < field->size; i++) fprintf(file, " %02x", v.bytes[field->offset + i]);
    } else {
        print_number(file, field);
    }
    fputc('\n', file);
}

static void print_head(FILE *file, const char *suffix) {
    fprintf(file, "\nvector %s%s\n", v.id, suffix);
    fprintf(file, "protocol %s\ndirection %s\n", protocol, v.direction);
    if (v.message) fprintf(file, "message %s\nrole %s\n", v.message, v.role);
    if (v.has_descriptors) fprintf(file, "descriptors %u\n", v.descriptors);
    if (v.clauses) fprintf(file, "clauses %s\n", v.clauses);
    fprintf(file, "struct %s\n", v.type);
    for (size_t i = 0; i < v.part_count; i++)
        fprintf(file, "then %s %s %u\n", v.parts[i].field, v.parts[i].type, v.parts[i].count);
}

static void print_all_bytes(FILE *file, size_t length) {
    fprintf(file, "bytes\n");
    size_t at = 0;
    for (size_t i = 0; i < v.count && at < length; i++) {
        const struct field *field = &v.fields[i];
        if (field->offset < at) continue;
        size_t start = field->offset < length ? field->offset : length;
        if (start > at) print_bytes(file, at, start, "reserved");
        size_t end = start + field->size < length ? start + field->size : length;
        print_bytes(file, start, end, field->name);
        at = end;
    }
    if (at < length) print_bytes(file, at, length, "reserved");
}

void *vector_end(void) {
    qsort(v.fields, v.count, sizeof v.fields[0], by_offset);
    if (v.error) {
        print_head(bad, "");
        print_all_bytes(bad, v.length - v.cut + v.excess);
        fprintf(bad, "error %s\n", v.error);
        return NULL;
    }
    print_head(good, "");
    print_all_bytes(good, v.length);
    fprintf(good, "expect\n");
    for (size_t i = 0; i < v.count; i++) print_value(good, &v.fields[i]);
    if (!v.only_good && v.length > 0) {
        print_head(bad, "/short");
        print_all_bytes(bad, v.length - 1);
        fprintf(bad, "error truncated at %zu\n", v.length - 1);
    }
    return NULL;
}
