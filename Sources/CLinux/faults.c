#define _GNU_SOURCE
#include "MemoryFaults.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WATCHES_MAX = 4096 };

static struct watch {
    uintptr_t base;
    size_t size;
    uint32_t *flag;
    int event;
} watches[WATCHES_MAX];
// One more than the highest slot ever used: the handler looks no further.
static int used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction previous;
static int installed;

static void chain(int number, siginfo_t *info, void *context) {
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(number, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    } else {
        // As if we were not there: the access faults again and ends the process; a signal that
        // somebody sent is sent again.
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(SIGBUS, &standard, NULL);
        if (info->si_code <= 0) raise(SIGBUS);
    }
}

static void on_bus_error(int number, siginfo_t *info, void *context) {
    int error = errno;
    uintptr_t at = (uintptr_t)info->si_addr;
    int count = __atomic_load_n(&used, __ATOMIC_ACQUIRE);
    for (int i = 0; info->si_code == BUS_ADRERR && i < count; i++) {
        uintptr_t base = __atomic_load_n(&watches[i].base, __ATOMIC_ACQUIRE);
        size_t size = __atomic_load_n(&watches[i].size, __ATOMIC_ACQUIRE);
        uint32_t *flag = __atomic_load_n(&watches[i].flag, __ATOMIC_ACQUIRE);
        int event = __atomic_load_n(&watches[i].event, __ATOMIC_ACQUIRE);
        // A slot that changed hands while we looked is not the one that faulted.
        if (__atomic_load_n(&watches[i].base, __ATOMIC_ACQUIRE) != base) continue;
        if (base == 0 || at < base || at - base >= size) continue;
        // The flag first: whoever reads a zero that the guest never wrote can find out.
        uint64_t one = 1;
        if (__atomic_exchange_n(flag, 1, __ATOMIC_SEQ_CST) == 0)
            (void)!write(event, &one, sizeof one);
        // The system call itself: an interposed mmap need not be safe here.
        long mapped = syscall(SYS_mmap, base, size, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
        if (mapped == -1) break;
        errno = error;
        return;
    }
    errno = error;
    chain(number, info, context);
}

int cl_faults_install(void) {
    pthread_mutex_lock(&lock);
    int error = 0;
    if (!installed) {
        struct sigaction action = {
            .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        // `previous` must be known before the first fault can come.
        if (sigaction(SIGBUS, NULL, &previous) != 0 || sigaction(SIGBUS, &action, NULL) != 0)
            error = errno;
        else
            __atomic_store_n(&installed, 1, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&lock);
    return error;
}

int cl_faults_installed(void) { return __atomic_load_n(&installed, __ATOMIC_ACQUIRE); }

int cl_faults_watch(void *base, size_t size, uint32_t *flag, int eventfd) {
    int slot = -1;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < WATCHES_MAX && slot < 0; i++)
        if (watches[i].base == 0) slot = i;
    if (slot >= 0) {
        __atomic_store_n(&watches[slot].size, size, __ATOMIC_RELEASE);
        __atomic_store_n(&watches[slot].flag, flag, __ATOMIC_RELEASE);
        __atomic_store_n(&watches[slot].event, eventfd, __ATOMIC_RELEASE);
        __atomic_store_n(&watches[slot].base, (uintptr_t)base, __ATOMIC_RELEASE);
        if (slot >= used) __atomic_store_n(&used, slot + 1, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&lock);
    return slot;
}

void cl_faults_unwatch(int slot) {
    if (slot < 0) return;
    pthread_mutex_lock(&lock);
    __atomic_store_n(&watches[slot].base, 0, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&lock);
}

int cl_membarrier_register(void) {
    return (int)syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

void cl_membarrier(void) {
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void cl_yield(void) { sched_yield(); }
