// Memory that goes away under us, and barriers that cost the reader nothing.
#ifndef VIRTIO_SHARE_MEMORY_FAULTS_H
#define VIRTIO_SHARE_MEMORY_FAULTS_H

#include <stddef.h>
#include <stdint.h>

// Installs the SIGBUS handler, once per process; it chains to the handler that was there before.
// 0, or an errno value.
int cl_faults_install(void);
int cl_faults_installed(void);

// Watches a mapping: the first SIGBUS inside it sets *flag to 1, signals the eventfd if *flag was 0,
// and puts zeroed private memory in place of the whole mapping, so that the access goes on. Returns
// a slot, or -1 when none is free.
int cl_faults_watch(void *base, size_t size, uint32_t *flag, int eventfd);
// Nobody may touch the mapping any more.
void cl_faults_unwatch(int slot);

// Registers for cl_membarrier; 0 when the kernel has it.
int cl_membarrier_register(void);
// A full barrier on every running thread of this process.
void cl_membarrier(void);
// Keeps the compiler from moving memory accesses across.
static inline void cl_compiler_barrier(void) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }
// Lets other threads run.
void cl_yield(void);

#endif
