#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int cl_memfd_create(const char *name) {
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int cl_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cl_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cl_epoll_add(int epoll, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int cl_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); }

int cl_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeoutMillis) {
    struct epoll_event events[16];
    if (capacity > 16) capacity = 16;
    int count;
    do {
        count = epoll_wait(epoll, events, capacity, timeoutMillis);
    } while (count < 0 && errno == EINTR);
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count;
}

int cl_wait_readable(int fd, int timeoutMillis) {
    struct pollfd waited = {.fd = fd, .events = POLLIN};
    int count;
    do {
        count = poll(&waited, 1, timeoutMillis);
    } while (count < 0 && errno == EINTR);
    return count;
}

int cl_getrandom(void *buffer, size_t count) {
    unsigned char *at = buffer;
    while (count > 0) {
        ssize_t got = getrandom(at, count, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        at += got;
        count -= (size_t)got;
    }
    return 0;
}

static uint64_t nanos(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t cl_monotonic_nanos(void) { return nanos(CLOCK_MONOTONIC); }
uint64_t cl_monotonic_coarse_nanos(void) { return nanos(CLOCK_MONOTONIC_COARSE); }

struct cl_monitor {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

cl_monitor *cl_monitor_create(void) {
    // Whole cache lines: threads that take different locks do not slow each other down.
    cl_monitor *monitor = aligned_alloc(64, (sizeof *monitor + 63) / 64 * 64);
    if (!monitor) abort();
    pthread_mutex_init(&monitor->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&monitor->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return monitor;
}

void cl_monitor_destroy(cl_monitor *monitor) {
    pthread_cond_destroy(&monitor->condition);
    pthread_mutex_destroy(&monitor->mutex);
    free(monitor);
}

void cl_monitor_lock(cl_monitor *monitor) { pthread_mutex_lock(&monitor->mutex); }
void cl_monitor_unlock(cl_monitor *monitor) { pthread_mutex_unlock(&monitor->mutex); }

int cl_monitor_wait(cl_monitor *monitor, uint64_t deadlineNanos) {
    if (deadlineNanos == 0) {
        pthread_cond_wait(&monitor->condition, &monitor->mutex);
        return 0;
    }
    struct timespec until = {
        .tv_sec = (time_t)(deadlineNanos / 1000000000u),
        .tv_nsec = (long)(deadlineNanos % 1000000000u),
    };
    return pthread_cond_timedwait(&monitor->condition, &monitor->mutex, &until) == ETIMEDOUT;
}

void cl_monitor_broadcast(cl_monitor *monitor) { pthread_cond_broadcast(&monitor->condition); }

int cl_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadlineNanos) {
    struct timespec until = {
        .tv_sec = (time_t)(deadlineNanos / 1000000000u),
        .tv_nsec = (long)(deadlineNanos % 1000000000u),
    };
    // The bitset variant takes a moment, not a length of time.
    long status = syscall(
        SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
        deadlineNanos ? &until : NULL, NULL, FUTEX_BITSET_MATCH_ANY);
    return status < 0 && errno == ETIMEDOUT;
}

void cl_futex_wake(const uint32_t *word, int count) {
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
}

struct cl_thread {
    pthread_t handle;
    void (*body)(void *);
    void *context;
    char name[16];
};

static void *run(void *argument) {
    cl_thread *thread = argument;
    pthread_setname_np(pthread_self(), thread->name);
    thread->body(thread->context);
    return NULL;
}

int cl_thread_start(cl_thread **out, const char *name, void (*body)(void *), void *context) {
    cl_thread *thread = calloc(1, sizeof *thread);
    if (!thread) return ENOMEM;
    thread->body = body;
    thread->context = context;
    for (int i = 0; i < 15 && name[i]; i++) thread->name[i] = name[i];
    int error = pthread_create(&thread->handle, NULL, run, thread);
    if (error) {
        free(thread);
        return error;
    }
    *out = thread;
    return 0;
}

void cl_thread_join(cl_thread *thread) {
    pthread_join(thread->handle, NULL);
    free(thread);
}
