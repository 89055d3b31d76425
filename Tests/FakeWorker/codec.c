// A codec's worker that says what none of ours would. It knows the layout of CodecMessage.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "Packets.h"
#include "Processes.h"
#include "fake.h"

enum {
    decode = 5, offer = 9, taken = 10,
    ready = 64, wantSurface, wantMemory, output, released, done, pauseUntil
};

struct message {
    uint32_t kind, value;
    uint64_t number;
    int64_t token;
    uint64_t surface, offset, size;
    uint32_t memories[3], count;
    uint32_t fourcc, width, height, x, y, visibleWidth, visibleHeight, matrix, fullRange;
} __attribute__((packed));

static const uint32_t yuv420 = 0x32315559, p010 = 0x30313050;

static void put(struct message message) {
    if (cl_packet_put(3, &message, sizeof message) != 0) _exit(0);
}

static struct message take(void) {
    struct message message = {0};
    int descriptors[4], count = 0;
    if (cl_packet_receive(3, &message, sizeof message, descriptors, &count) <= 0) _exit(0);
    for (int i = 0; i < count; i++) close(descriptors[i]);
    return message;
}

static void waitFor(uint32_t kind) { while (take().kind != kind) {} }

static void bare(uint32_t kind, uint32_t value) {
    put((struct message){.kind = kind, .value = value, .number = 1});
}

static struct message picture(uint32_t kind, uint32_t width, uint32_t height) {
    return (struct message){
        .kind = kind, .value = 1, .number = 1, .count = 2, .fourcc = yuv420, .width = width,
        .height = height, .visibleWidth = width, .visibleHeight = height};
}

static uint64_t random64(void) {
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

// After the first unit has come.
static void misbehave(const char *mode) {
    struct message wanted = picture(wantSurface, 64, 48);
    if (!strcmp(mode, "dies")) _exit(1);
    if (!strcmp(mode, "stalls")) for (;;) pause();
    if (!strcmp(mode, "done-bad")) bare(done, 99);
    if (!strcmp(mode, "kind")) bare(63, 0);
    if (!strcmp(mode, "back")) bare(decode, 0);
    if (!strcmp(mode, "waits")) put((struct message){.kind = pauseUntil, .number = 1});
    if (!strcmp(mode, "giant")) put(picture(wantSurface, 16384, 16384));
    if (!strcmp(mode, "giant-own")) put(picture(wantMemory, 0xffffffff, 0xffffffff));
    if (!strcmp(mode, "outside")) {
        wanted.x = 0xfffffff0;
        put(wanted);
    }
    if (!strcmp(mode, "count")) {
        wanted.count = 0x80000000;
        put(wanted);
    }
    if (!strcmp(mode, "ten-bit")) {
        wanted.fourcc = p010;
        put(wanted);
    }
    if (!strcmp(mode, "reason")) {
        wanted = picture(wantMemory, 64, 48);
        wanted.value = 17;
        put(wanted);
    }
    if (!strcmp(mode, "releases"))
        put((struct message){.kind = released, .surface = 0x1234567890});
    if (!strcmp(mode, "outputs")) put((struct message){.kind = output, .surface = 7});
    if (!strcmp(mode, "releases-twice") || !strcmp(mode, "flags")) {
        put(picture(wantMemory, 64, 48));
        struct message lent = take();
        while (lent.kind != offer) lent = take();
        struct message next = {.kind = released, .surface = lent.surface};
        if (!strcmp(mode, "flags")) {
            next.kind = output;
            next.value = 0xffffffff;
        }
        put(next);
        put(next);
    }
    if (!strcmp(mode, "hoards")) {
        for (;;) {
            put(picture(wantMemory, 64, 48));
            waitFor(offer);
        }
    }
    if (!strcmp(mode, "hoards-surfaces")) {
        for (;;) {
            put(picture(wantSurface, 64, 48));
            waitFor(offer);
        }
    }
    if (!strcmp(mode, "grows")) {
        // Pictures of ever other sizes.
        for (uint32_t side = 2;; side = side % 4096 + 2) {
            put(picture(wantMemory, side, side));
            struct message lent = take();
            while (lent.kind != offer) lent = take();
            put((struct message){.kind = released, .surface = lent.surface});
        }
    }
    if (!strcmp(mode, "descriptors")) {
        struct message message = {.kind = done};
        int some[4] = {0, 1, 2, 3};
        cl_packet_send(3, &message, sizeof message, some, 4);
    }
    if (!strcmp(mode, "short") && write(3, "done", 4) < 0) _exit(0);
    if (!strcmp(mode, "long")) {
        char bytes[4096] = {done};
        if (write(3, bytes, sizeof bytes) < 0) _exit(0);
    }
    if (!strcmp(mode, "random")) {
        for (;;) {
            struct message message;
            unsigned char *bytes = (unsigned char *)&message;
            for (unsigned i = 0; i < sizeof message; i++) bytes[i] = (unsigned char)random64();
            message.kind = ready + (uint32_t)(random64() % 7);
            if (random64() % 2) {
                struct message sane = picture(message.kind, 64, 48);
                sane.surface = random64() % 4;
                message = sane;
            }
            put(message);
        }
    }
    for (;;) pause();
}

int codec(const char *mode) {
    if (!strcmp(mode, "mute")) for (;;) pause();
    if (!strcmp(mode, "absent")) return 3;
    if (!strcmp(mode, "ready-bad")) bare(ready, 4711);
    if (!strcmp(mode, "codec-probe")) {
        int parent = getppid(), memory = memfd_create("probe", 0);
        if (memory < 0 || cl_sandbox_enter_codec() != 0) return 9;
        uint32_t worked = whatWorks(parent, memory);
        // What it must still be able to do.
        void *page = mmap(
            NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
        worked |= (uint32_t)(page != MAP_FAILED) << 30;
        worked |= (uint32_t)(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0) << 29;
        bare(ready, worked);
        for (;;) pause();
    }
    bare(ready, 0);
    waitFor(decode);
    misbehave(mode);
    return 0;
}
