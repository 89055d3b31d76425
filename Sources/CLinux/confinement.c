// Landlock(7) and seccomp(2) by hand: a list of rules and a list of calls are all that is wanted.
#define _GNU_SOURCE
#include "Sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// ---- Files

static int allow_below(int rules, const char *path, uint64_t access)
{
    int folder = open(path, O_PATH | O_CLOEXEC);
    // What is not there is not reached either.
    if (folder < 0) return 0;
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = folder};
    int result = (int)syscall(
        __NR_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int error = errno;
    close(folder);
    errno = error;
    return result;
}

// A rule for each line.
static int allow_below_each(int rules, const char *folders, uint64_t access)
{
    char path[PATH_MAX];
    while (*folders) {
        size_t length = strcspn(folders, "\n");
        if (length >= sizeof path) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(path, folders, length);
        path[length] = 0;
        if (allow_below(rules, path, access) != 0) return -1;
        folders += length;
        if (*folders) folders++;
    }
    return 0;
}

int cl_sandbox_files(const char *folders)
{
    const uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    const uint64_t program = read | LANDLOCK_ACCESS_FS_EXECUTE;
    const uint64_t use = read | LANDLOCK_ACCESS_FS_WRITE_FILE;
    const uint64_t sockets = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE | read;
    // All rights of the first version.
    struct landlock_ruleset_attr handled = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1};
    int rules = (int)syscall(__NR_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (rules < 0) return errno == ENOSYS || errno == EOPNOTSUPP ? 1 : -1;
    static const char *const readable[] = {
        "/usr", "/lib", "/lib64", "/etc", "/opt", "/proc", "/sys", NULL};
    static const char *const usable[] = {"/dev/dri", "/dev/null", "/dev/urandom", "/dev/udmabuf", NULL};
    int result = 0;
    for (int i = 0; readable[i] && !result; i++) result = allow_below(rules, readable[i], program);
    for (int i = 0; usable[i] && !result; i++) {
        // A file's rule has no right of folders.
        uint64_t access = i == 0 ? use : use & ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
        result = allow_below(rules, usable[i], access);
    }
    if (!result) result = allow_below_each(rules, folders, sockets);
    if (!result) result = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!result) result = (int)syscall(__NR_landlock_restrict_self, rules, 0);
    int error = errno;
    close(rules);
    errno = error;
    return result;
}

// ---- Calls

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

enum { INSTRUCTIONS_MAX = 1024 };

struct program {
    struct sock_filter code[INSTRUCTIONS_MAX];
    unsigned short count;
};

static void add(struct program *program, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
    // Room for every list here; one that were longer would be refused as a whole.
    if (program->count < INSTRUCTIONS_MAX)
        program->code[program->count++] = (struct sock_filter){code, yes, no, k};
}

static void answer(struct program *program, uint32_t what)
{
    add(program, BPF_RET | BPF_K, what, 0, 0);
}

#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

// The next `count` instructions are for call `number` only.
static void on(struct program *program, int number, uint8_t count)
{
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, count);
}

static void allow(struct program *program, int number)
{
    on(program, number, 1);
    answer(program, SECCOMP_RET_ALLOW);
}

// The low half of an argument.
static void load_argument(struct program *program, unsigned index)
{
    add(program, BPF_LD | BPF_W | BPF_ABS,
        (uint32_t)(offsetof(struct seccomp_data, args) + 8 * index), 0, 0);
}

// A call with an argument that has to be `value`.
static void allow_with(struct program *program, int number, unsigned index, uint32_t value)
{
    on(program, number, 4);
    load_argument(program, index);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, REFUSED);
}

// A call with an argument that must have one of `bits`, or none of them.
static void allow_bits(
    struct program *program, int number, unsigned index, uint32_t bits, int wanted)
{
    on(program, number, 4);
    load_argument(program, index);
    add(program, BPF_JMP | BPF_JSET | BPF_K, bits, wanted ? 0 : 1, wanted ? 1 : 0);
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, REFUSED);
}

// Threads, and no processes.
static void add_threads(struct program *program)
{
    allow_bits(program, __NR_clone, 0, CLONE_THREAD, 1);
    // Its flags lie in memory, where no filter sees them: the C library takes the other one.
    on(program, __NR_clone3, 1);
    answer(program, SECCOMP_RET_ERRNO | ENOSYS);
}

static const int everyone[] = {
    // Descriptors.
    __NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64, __NR_pwrite64, __NR_close,
    __NR_close_range, __NR_fcntl, __NR_dup, __NR_dup3, __NR_pipe2, __NR_lseek, __NR_ftruncate,
    __NR_fallocate, __NR_fstat, __NR_statx, __NR_fstatfs, __NR_statfs, __NR_newfstatat,
    __NR_getdents64, __NR_readlinkat, __NR_faccessat, __NR_faccessat2, __NR_unlinkat,
    __NR_getcwd, __NR_memfd_create, __NR_eventfd2, __NR_timerfd_create, __NR_timerfd_settime,
    __NR_flock, __NR_fsync,
    // Sockets that are there already.
    __NR_sendmsg, __NR_recvmsg, __NR_sendto, __NR_recvfrom, __NR_accept4, __NR_shutdown,
    __NR_getsockopt, __NR_setsockopt, __NR_getsockname, __NR_getpeername, __NR_socketpair,
    // Waiting.
    __NR_ppoll, __NR_pselect6, __NR_epoll_create1, __NR_epoll_ctl, __NR_epoll_pwait,
    __NR_epoll_pwait2, __NR_futex, __NR_nanosleep, __NR_clock_nanosleep, __NR_sched_yield,
    __NR_restart_syscall,
    // Memory.
    __NR_mmap, __NR_munmap, __NR_mprotect, __NR_mremap, __NR_madvise, __NR_msync, __NR_mincore,
    __NR_brk, __NR_membarrier, __NR_mbind, __NR_get_mempolicy, __NR_set_mempolicy,
    // Threads and signals.
    __NR_exit, __NR_exit_group, __NR_set_robust_list, __NR_get_robust_list, __NR_rseq,
    __NR_set_tid_address, __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn,
    __NR_rt_sigtimedwait, __NR_sigaltstack, __NR_signalfd4, __NR_sched_getaffinity,
    __NR_sched_setaffinity, __NR_sched_getscheduler, __NR_sched_setscheduler,
    __NR_sched_getparam, __NR_sched_get_priority_max, __NR_sched_get_priority_min,
    __NR_setpriority, __NR_getpriority, __NR_gettid, __NR_getpid, __NR_getppid,
    // What there is.
    __NR_getuid, __NR_geteuid, __NR_getgid, __NR_getegid, __NR_uname, __NR_sysinfo,
    __NR_getrusage, __NR_getrandom, __NR_clock_gettime, __NR_clock_getres, __NR_gettimeofday,
    __NR_times, __NR_getcpu, __NR_kcmp,
#ifdef __NR_open
    __NR_stat, __NR_lstat, __NR_access, __NR_readlink, __NR_unlink, __NR_poll, __NR_select,
    __NR_epoll_wait, __NR_dup2, __NR_time, __NR_arch_prctl, __NR_getrlimit,
#endif
};

int cl_sandbox_calls(int connects)
{
#ifndef ARCHITECTURE
    errno = ENOSYS;
    return -1;
#else
    struct program program = {.count = 0};
    add(&program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(&program, SECCOMP_RET_KILL_PROCESS);
    add(&program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
    for (unsigned i = 0; i < sizeof everyone / sizeof *everyone; i++) allow(&program, everyone[i]);
    add_threads(&program);
    // Files are opened that exist; none is made.
    allow_bits(&program, __NR_openat, 2, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 0);
#ifdef __NR_open
    allow_bits(&program, __NR_open, 1, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 0);
#endif
    // Limits are read; signals go to ourselves; threads have names.
    allow_with(&program, __NR_prlimit64, 2, 0);
    allow_with(&program, __NR_tgkill, 0, (uint32_t)getpid());
    allow_with(&program, __NR_kill, 0, (uint32_t)getpid());
    on(&program, __NR_prctl, 5);
    load_argument(&program, 0);
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, PR_SET_NAME, 1, 0);
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, PR_GET_NAME, 0, 1);
    answer(&program, SECCOMP_RET_ALLOW);
    answer(&program, REFUSED);
    // Characters are put into no terminal.
    on(&program, __NR_ioctl, 4);
    load_argument(&program, 1);
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 0, 1);
    answer(&program, REFUSED);
    answer(&program, SECCOMP_RET_ALLOW);
    if (connects) {
        allow_with(&program, __NR_socket, 0, AF_UNIX);
        allow(&program, __NR_connect);
    }
    answer(&program, REFUSED);
    if (program.count >= INSTRUCTIONS_MAX) {
        errno = E2BIG;
        return -1;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    struct sock_fprog filter = {.len = program.count, .filter = program.code};
    long result = syscall(
        __NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    // A positive answer is a thread that could not follow.
    if (result > 0) errno = ESRCH;
    return result == 0 ? 0 : -1;
#endif
}

int cl_sandbox_limits(unsigned long descriptors)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return -1;
    if (files.rlim_max > descriptors) files.rlim_max = descriptors;
    files.rlim_cur = files.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &files);
}
