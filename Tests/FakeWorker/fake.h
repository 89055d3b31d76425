// The two kinds of hostile partners.
#ifndef FAKE_H
#define FAKE_H

#include <stdint.h>

// What a process in a sandbox can still do: one bit for each thing that worked; bit 31 for pages that
// can be executed.
uint32_t whatWorks(int parent, int descriptor);
// A codec's worker that does not do what it should.
int codec(const char *mode);

#endif
