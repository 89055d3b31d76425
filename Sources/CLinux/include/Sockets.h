// Unix sockets that carry descriptors, and descriptors that others share with us.
#ifndef VIRTIO_SHARE_SOCKETS_H
#define VIRTIO_SHARE_SOCKETS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Each returns a descriptor (close-on-exec, non-blocking), or -1 with errno set.
// A socket that a program has left at `path` without listening any more is replaced.
int cl_unix_listen(const char *path);
int cl_unix_connect(const char *path);
int cl_unix_accept(int listener);
// 0, or -1 with errno set.
int cl_unix_pair(int ends[2]);

// Reads up to `size` bytes and up to `capacity` descriptors without waiting. Returns the bytes, 0
// at the end, or -1 with errno set. *count is what came; *truncated tells of more, which are gone.
ssize_t cl_receive(int fd, void *buffer, size_t size, int *descriptors, int capacity, int *count,
    int *truncated);
// Sends without waiting and without SIGPIPE; descriptors go with the first byte.
ssize_t cl_send(int fd, const void *buffer, size_t size, const int *descriptors, int count);

// As cl_epoll_add, edge-triggered: each write to an eventfd is told once, without a read.
int cl_epoll_add_edge(int epoll, int fd, uint64_t token);
// Bit 0 when `a` is readable or at its end, bit 1 for `b`; 0 on time-out, -1 with errno set.
int cl_wait_either(int a, int b, int timeoutMillis);
// 1 when fd can be written, 0 on time-out, -1 with errno set.
int cl_wait_writable(int fd, int timeoutMillis);

// Sets O_NONBLOCK on a descriptor that somebody gave us. 0, or -1 with errno set.
int cl_set_nonblocking(int fd);
int cl_set_cloexec(int fd);
// Writes a 1 as a u64, which is an eventfd's signal; what does not fit is dropped.
void cl_signal_eventfd(int fd);
// Where the calling thread writes to a pipe that nobody reads, the write fails with EPIPE.
void cl_block_sigpipe(void);
// Blocks SIGTERM and SIGINT for this thread and those it starts later; a descriptor that becomes
// readable with one. -1 with errno set.
int cl_termination_descriptor(void);

// The size of a regular file or memfd in *size; 0, or -1 with errno set. *regular is 0 for others.
int cl_file_size(int fd, uint64_t *size, int *regular);
// Whether a descriptor is of memory (a memfd or a file of shmem), which no file system of anybody's
// stands behind; *sealed then tells whether nobody can make it shorter any more.
int cl_is_memory_file(int fd, int *sealed);
// Whether the user at the other end of a Unix socket is ours.
int cl_peer_is_same_user(int fd);
// Whether `path` is a folder of our user's that no other user reaches.
int cl_is_private_folder(const char *path);

#endif
