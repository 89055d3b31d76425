#define _GNU_SOURCE
#include "Processes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int cl_packet_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

enum { descriptorsMax = 4 };

int cl_packet_send(int socket, const void *bytes, size_t size, const int *descriptors, int count) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * descriptorsMax)];
    } control;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count < 0 || count > descriptorsMax) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size ? 0 : -1;
}

ssize_t cl_packet_receive(int socket, void *bytes, size_t size, int descriptors[4], int *count) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * descriptorsMax)];
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = control.room, .msg_controllen = sizeof control.room};
    ssize_t got;
    do {
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    *count = 0;
    if (got < 0) return got;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        *count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(descriptors, CMSG_DATA(header), sizeof(int) * (size_t)*count);
        break;
    }
    return got;
}

pid_t cl_worker_spawn(
    const char *path, char *const arguments[], char *const environment[], int socket, int *pidfd) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    pid_t pid = -1;
    // A copy out of the way of the descriptors that are laid out for the child.
    int far = fcntl(socket, F_DUPFD_CLOEXEC, 10);
    if (far < 0) return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, far, 3);
    posix_spawn_file_actions_addclosefrom_np(&actions, 4);
    int error = posix_spawn(&pid, path, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(far);
    if (error) {
        errno = error;
        return -1;
    }
    *pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (*pidfd < 0) {
        error = errno;
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        errno = error;
        return -1;
    }
    return pid;
}

int cl_worker_begin(void) {
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    static const int meant[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < sizeof meant / sizeof *meant; i++) sigaction(meant[i], &ignored, NULL);
    prctl(PR_SET_NAME, "gpu worker");
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void cl_worker_kill(int pidfd) { syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0); }

void cl_worker_reap(pid_t pid, int *status) {
    *status = 0;
    while (waitpid(pid, status, 0) < 0 && errno == EINTR) {}
}

int cl_worker_limit_memory(pid_t pid, uint64_t bytes) {
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY}, old;
    if (prlimit(pid, RLIMIT_AS, NULL, &old) != 0) return -1;
    // Without privileges the hard limit cannot be raised: it stays what we were given.
    limit.rlim_max = old.rlim_max;
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    return prlimit(pid, RLIMIT_AS, &limit, NULL);
}

int cl_memfd_seal(int fd) {
    return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}

int cl_map_in_place(void *address, size_t size, int fd) {
    void *at = mmap(address, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    return at == address ? 0 : -1;
}

int cl_map_zeros_in_place(void *address, size_t size) {
    void *at = mmap(
        address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return at == address ? 0 : -1;
}

void cl_shared_futex_wait(const uint32_t *word, uint32_t expected, uint64_t nanos) {
    struct timespec time = {
        .tv_sec = (time_t)(nanos / 1000000000u), .tv_nsec = (long)(nanos % 1000000000u)};
    syscall(SYS_futex, word, FUTEX_WAIT, expected, &time, NULL, 0);
}

void cl_shared_futex_wake(const uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

int cl_worker_wait(int fd, int socket) {
    struct pollfd waited[2] = {{.fd = fd, .events = POLLIN}, {.fd = socket, .events = 0}};
    while (poll(waited, 2, -1) < 0 && errno == EINTR) {}
    return (waited[0].revents & POLLIN ? 1 : 0) | (waited[1].revents ? 2 : 0);
}

int cl_worker_has_ended(int socket) {
    struct pollfd waited = {.fd = socket, .events = 0};
    return poll(&waited, 1, 0) > 0;
}
