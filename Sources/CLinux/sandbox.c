// What a worker may ask of the kernel once it has started. Lists of what is allowed: everything
// else fails with EPERM, and what is not this machine's own calling convention ends the process.

#define _GNU_SOURCE
#include "Processes.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_MACHINE AUDIT_ARCH_AARCH64
#else
#error "which machine is this?"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
// The low half of an argument: all of those looked at are 32 bits wide.
#define ARGUMENT(index) LOAD(args[index])
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)
#define ALLOW(call) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), RETURN(SECCOMP_RET_ALLOW)
// Allowed when the argument is `value`.
#define ALLOW_WITH(call, index, value) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 4), ARGUMENT(index), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1), RETURN(SECCOMP_RET_ALLOW), REFUSE

// Allowed when the argument has none of `bits`.
#define ALLOW_WITHOUT(call, index, bits) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 4), ARGUMENT(index), \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1), REFUSE, RETURN(SECCOMP_RET_ALLOW)

// The calling convention is this machine's own.
#if defined(__x86_64__)
#define NUMBER_ALONE \
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), RETURN(SECCOMP_RET_KILL_PROCESS)  // x32
#else
#define NUMBER_ALONE LOAD(nr)
#endif
#define BEGINNING \
    LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_MACHINE, 1, 0), \
        RETURN(SECCOMP_RET_KILL_PROCESS), LOAD(nr), NUMBER_ALONE

// Threads of its own; clone3 hides its flags behind a pointer, and libc knows another way.
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define THREADS \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1), RETURN(SECCOMP_RET_ERRNO | ENOSYS), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 5), ARGUMENT(0), \
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, THREAD_FLAGS), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THREAD_FLAGS, 0, 1), RETURN(SECCOMP_RET_ALLOW), REFUSE, \
        ALLOW(set_robust_list), ALLOW(rseq), ALLOW(sched_getaffinity), ALLOW(gettid), \
        ALLOW(getpid), ALLOW(exit), ALLOW(exit_group), ALLOW(membarrier), ALLOW(getrandom), \
        ALLOW_WITH(prctl, 0, PR_SET_NAME), \
        /* Signals to itself: abort(3). */ ALLOW_WITH(tgkill, 0, (unsigned)getpid()), \
        ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(sigaltstack)

static int enter(struct sock_filter *filter, size_t count) {
    struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return errno;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    long status = syscall(
        SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (status > 0) return EBUSY;  // a thread that has a filter of its own
    return status < 0 ? errno : 0;
}

int cl_sandbox_enter(void) {
    struct sock_filter filter[] = {
        BEGINNING,
        // Memory. A software renderer compiles shaders: pages that can be executed are its trade.
        ALLOW(mmap), ALLOW(munmap), ALLOW(mprotect), ALLOW(mremap), ALLOW(madvise), ALLOW(brk),
        // Waiting and time.
        ALLOW(futex), ALLOW(sched_yield), ALLOW(clock_gettime), ALLOW(clock_nanosleep),
        ALLOW(nanosleep), ALLOW(gettimeofday), ALLOW(ppoll), ALLOW(restart_syscall),
#if defined(__x86_64__)
        ALLOW(poll), ALLOW(time),
#endif
        // Descriptors that are open: the two eventfds, the log, the socket.
        ALLOW(read), ALLOW(write), ALLOW(writev), ALLOW(close), ALLOW(fstat), ALLOW(lseek),
        ALLOW_WITH(recvmsg, 0, 3),
        // Of devices only those of the direct rendering manager, where one is open.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 6), ARGUMENT(1),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 8), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'd', 0, 1), RETURN(SECCOMP_RET_ALLOW), REFUSE,
        THREADS,
        REFUSE,
    };
    return enter(filter, sizeof filter / sizeof *filter);
}

int cl_sandbox_enter_codec(void) {
    struct sock_filter filter[] = {
        BEGINNING,
        ALLOW_WITHOUT(mmap, 2, PROT_EXEC), ALLOW_WITHOUT(mprotect, 2, PROT_EXEC),
        ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(brk),
        ALLOW(futex), ALLOW(sched_yield), ALLOW(clock_gettime), ALLOW(clock_nanosleep),
        ALLOW(nanosleep), ALLOW(gettimeofday), ALLOW(restart_syscall),
        ALLOW_WITH(recvmsg, 0, 3), ALLOW_WITH(sendmsg, 0, 3),
        ALLOW_WITH(write, 0, 2), ALLOW_WITH(writev, 0, 2), ALLOW(close),
        THREADS,
        REFUSE,
    };
    return enter(filter, sizeof filter / sizeof *filter);
}
