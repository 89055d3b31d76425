#define _GNU_SOURCE
#include "Packets.h"

#include <errno.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

ssize_t cl_packet_take(int socket, void *bytes, size_t size, int timeoutMillis) {
    struct pollfd waited = {.fd = socket, .events = POLLIN};
    int ready;
    do {
        ready = poll(&waited, 1, timeoutMillis);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) errno = EAGAIN;
    if (ready <= 0) return -1;
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    // No room for descriptors: none is made in this process.
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t got;
    do {
        got = recvmsg(socket, &message, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    // One that was killed in the middle of its work is at its end.
    if (got < 0 && errno == ECONNRESET) return 0;
    if (got >= 0 && message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        errno = EBADMSG;
        return -1;
    }
    return got;
}

int cl_packet_put(int socket, const void *bytes, size_t size) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size ? 0 : -1;
}

int cl_limit_own_memory(uint64_t bytes) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0) return errno;
    if (bytes < limit.rlim_max) limit.rlim_max = bytes;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_AS, &limit) == 0 ? 0 : errno;
}
