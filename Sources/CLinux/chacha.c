// ChaCha20 (RFC 8439), four blocks at a time, a lane each: in C because Swift 6.3.1 takes vector
// shifts apart into lanes.
#include "CLinux.h"

typedef uint32_t lanes __attribute__((vector_size(16)));

static inline lanes rotated(lanes v, int count) { return v << count | v >> (32 - count); }

static inline void quarter_round(lanes *a, lanes *b, lanes *c, lanes *d) {
    *a += *b, *d = rotated(*d ^ *a, 16);
    *c += *d, *b = rotated(*b ^ *c, 12);
    *a += *b, *d = rotated(*d ^ *a, 8);
    *c += *d, *b = rotated(*b ^ *c, 7);
}

void cl_chacha20_blocks(const uint32_t key[8], uint64_t words[32]) {
    // "expand 32-byte k", the key, the blocks' numbers, a nonce of nothing.
    const uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    lanes start[16] = {[12] = {0, 1, 2, 3}};
    for (int i = 0; i < 4; i++) start[i] = start[i] + constants[i];
    for (int i = 0; i < 8; i++) start[4 + i] = start[4 + i] + key[i];
    lanes s[16];
    for (int i = 0; i < 16; i++) s[i] = start[i];
    for (int i = 0; i < 10; i++) {
        quarter_round(&s[0], &s[4], &s[8], &s[12]);
        quarter_round(&s[1], &s[5], &s[9], &s[13]);
        quarter_round(&s[2], &s[6], &s[10], &s[14]);
        quarter_round(&s[3], &s[7], &s[11], &s[15]);
        quarter_round(&s[0], &s[5], &s[10], &s[15]);
        quarter_round(&s[1], &s[6], &s[11], &s[12]);
        quarter_round(&s[2], &s[7], &s[8], &s[13]);
        quarter_round(&s[3], &s[4], &s[9], &s[14]);
    }
    for (int i = 0; i < 16; i += 2) {
        lanes low = s[i] + start[i], high = s[i + 1] + start[i + 1];
        for (int block = 0; block < 4; block++)
            words[block * 8 + i / 2] = low[block] | (uint64_t)high[block] << 32;
    }
}
