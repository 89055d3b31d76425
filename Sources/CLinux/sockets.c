#define _GNU_SOURCE
#include "Sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 16 };

static int address(const char *path, struct sockaddr_un *out) {
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof out->sun_path) {
        errno = length == 0 ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    memcpy(out->sun_path, path, length);
    return 0;
}

static int fail(int fd) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int cl_unix_connect(const char *path) {
    struct sockaddr_un to;
    if (address(path, &to) != 0) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int status;
    do {
        status = connect(fd, (struct sockaddr *)&to, sizeof to);
    } while (status != 0 && errno == EINTR);
    if (status != 0 || cl_set_nonblocking(fd) != 0) return fail(fd);
    return fd;
}

// Whether `path` is a socket on which nobody listens.
static int is_abandoned(const char *path) {
    struct stat found;
    if (lstat(path, &found) != 0 || !S_ISSOCK(found.st_mode)) return 0;
    int fd = cl_unix_connect(path);
    if (fd >= 0) close(fd);
    return fd < 0 && errno == ECONNREFUSED;
}

int cl_unix_listen(const char *path) {
    struct sockaddr_un at;
    if (address(path, &at) != 0) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    int status = bind(fd, (struct sockaddr *)&at, sizeof at);
    if (status != 0 && errno == EADDRINUSE && is_abandoned(path) && unlink(path) == 0)
        status = bind(fd, (struct sockaddr *)&at, sizeof at);
    else if (status != 0)
        errno = EADDRINUSE;
    if (status != 0 || listen(fd, 8) != 0) return fail(fd);
    return fd;
}

int cl_unix_accept(int listener) {
    int fd;
    do {
        fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

int cl_unix_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

ssize_t cl_receive(int fd, void *buffer, size_t size, int *descriptors, int capacity, int *count,
    int *truncated) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = buffer, .iov_len = size};
    if (capacity > DESCRIPTORS_MAX) capacity = DESCRIPTORS_MAX;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    *count = 0;
    *truncated = 0;
    ssize_t got;
    do {
        got = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return -1;
    if (message.msg_flags & MSG_CTRUNC) *truncated = 1;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
        size_t come = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < come; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(at) + i * sizeof(int), sizeof descriptor);
            if (*count < capacity) {
                descriptors[(*count)++] = descriptor;
            } else {
                close(descriptor);
                *truncated = 1;
            }
        }
    }
    return got;
}

ssize_t cl_send(int fd, const void *buffer, size_t size, const int *descriptors, int count) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    } control;
    if (count > DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    struct iovec part = {.iov_base = (void *)buffer, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    }
    ssize_t sent;
    do {
        sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

int cl_epoll_add_edge(int epoll, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int cl_wait_either(int a, int b, int timeoutMillis) {
    struct pollfd waited[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
    int count;
    do {
        count = poll(waited, 2, timeoutMillis);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return count;
    return (waited[0].revents != 0 ? 1 : 0) | (waited[1].revents != 0 ? 2 : 0);
}

int cl_wait_writable(int fd, int timeoutMillis) {
    struct pollfd waited = {.fd = fd, .events = POLLOUT};
    int count;
    do {
        count = poll(&waited, 1, timeoutMillis);
    } while (count < 0 && errno == EINTR);
    return count;
}

int cl_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -1;
    return flags & O_NONBLOCK ? 0 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int cl_set_cloexec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC); }

void cl_signal_eventfd(int fd) {
    uint64_t one = 1;
    ssize_t written;
    do {
        written = write(fd, &one, sizeof one);
    } while (written < 0 && errno == EINTR);
}

void cl_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int cl_termination_descriptor(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error) {
        errno = error;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cl_file_size(int fd, uint64_t *size, int *regular) {
    struct stat found;
    if (fstat(fd, &found) != 0) return -1;
    *regular = S_ISREG(found.st_mode) ? 1 : 0;
    *size = (uint64_t)found.st_size;
    return 0;
}

int cl_is_memory_file(int fd, int *sealed) {
    int seals = fcntl(fd, F_GET_SEALS);
    *sealed = seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
    return seals >= 0;
}

int cl_peer_is_same_user(int fd) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

int cl_is_private_folder(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid()
        && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}
