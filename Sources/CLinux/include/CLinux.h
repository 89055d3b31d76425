// The system calls that Glibc's Swift module hides, under a prefix of our own.
// _GNU_SOURCE stays in the .c file: in a header it would break files that also import Glibc.
#ifndef VIRTIO_SHARE_CLINUX_H
#define VIRTIO_SHARE_CLINUX_H

#include <stddef.h>
#include <stdint.h>

// Each returns the descriptor, or -1 with errno set.
int cl_memfd_create(const char *name);
int cl_eventfd(void);

// One epoll instance, level-triggered. The token comes back from cl_epoll_wait.
int cl_epoll_create(void);
int cl_epoll_add(int epoll, int fd, uint64_t token);
int cl_epoll_remove(int epoll, int fd);
// Returns how many tokens were written, 0 on time-out, -1 with errno set. timeoutMillis -1 waits.
int cl_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeoutMillis);

// 1 when fd became readable, 0 on time-out, -1 with errno set. timeoutMillis -1 waits.
int cl_wait_readable(int fd, int timeoutMillis);

// Fills the buffer from the kernel's random source. 0, or -1 with errno set.
int cl_getrandom(void *buffer, size_t count);

// Blocks 0 to 3 of ChaCha20's key stream (RFC 8439) with a nonce of nothing.
void cl_chacha20_blocks(const uint32_t key[8], uint64_t words[32]);

uint64_t cl_monotonic_nanos(void);
// As of the last tick.
uint64_t cl_monotonic_coarse_nanos(void);

// A monitor: mutex and condition variable in one allocation.
typedef struct cl_monitor cl_monitor;
cl_monitor *cl_monitor_create(void);
void cl_monitor_destroy(cl_monitor *monitor);
void cl_monitor_lock(cl_monitor *monitor);
void cl_monitor_unlock(cl_monitor *monitor);
// deadlineNanos is on the monotonic clock; 0 waits without bound. Returns 0, or 1 past the deadline.
int cl_monitor_wait(cl_monitor *monitor, uint64_t deadlineNanos);
void cl_monitor_broadcast(cl_monitor *monitor);

// Sleeps while *word is expected, until woken or past the monotonic deadline (0: without bound); may
// return early. 0, or 1 past the deadline.
int cl_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadlineNanos);
void cl_futex_wake(const uint32_t *word, int count);

// Runs body(context) on a new thread; 0 or an errno value. The thread is joined by cl_thread_join.
typedef struct cl_thread cl_thread;
int cl_thread_start(cl_thread **thread, const char *name, void (*body)(void *), void *context);
void cl_thread_join(cl_thread *thread);

#endif
