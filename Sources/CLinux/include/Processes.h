// A process of our own beside this one: how it is started, what it shares with us, how it shuts
// itself in.
#ifndef VIRTIO_SHARE_PROCESSES_H
#define VIRTIO_SHARE_PROCESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Two ends that keep message boundaries, close-on-exec. 0, or -1 with errno set.
int cl_packet_pair(int ends[2]);
// One message with up to 4 descriptors, without waiting. 0, or -1 with errno set.
int cl_packet_send(int socket, const void *bytes, size_t size, const int *descriptors, int count);
// Waits for one message. Returns its bytes, 0 at the end, or -1 with errno set; *count is how many
// descriptors came, of at most 4.
ssize_t cl_packet_receive(int socket, void *bytes, size_t size, int descriptors[4], int *count);

// Starts `path` with `socket` as its descriptor 3, /dev/null as 0 and 1, our 2, and no other. Returns
// the process id, or -1 with errno set; *pidfd becomes readable when it ends.
pid_t cl_worker_spawn(
    const char *path, char *const arguments[], char *const environment[], int socket, int *pidfd);
void cl_worker_kill(int pidfd);
// Waits for its end. *status is what waitpid(2) says, 0 when somebody else has taken it.
void cl_worker_reap(pid_t pid, int *status);
// How much address space it may take. 0, or -1 with errno set.
int cl_worker_limit_memory(pid_t pid, uint64_t bytes);

// Forks a process that starts `path`, with `arguments` and `environment`, whenever it is asked to: for
// a process that gives up starting any. It ends when the returned socket is closed, and what it has
// started with it. *pid is its id, to be reaped when it has ended. -1 with errno set.
int cl_launcher_start(
    const char *path, char *const arguments[], char *const environment[], pid_t *pid);
// As cl_worker_spawn, by the launcher, which reaps it too. *number names it from now on. One at a time.
pid_t cl_launcher_spawn(int launcher, int socket, uint32_t *number, int *pidfd);
void cl_launcher_kill(int launcher, uint32_t number);
// As cl_worker_limit_memory. One at a time.
int cl_launcher_limit_memory(int launcher, uint32_t number, uint64_t bytes);

// What a worker does first: it ends with the thread that started it, and not by a terminal's signals,
// which are for the program that it works for.
int cl_worker_begin(void);

// No one can change the memfd's size any more. 0, or -1 with errno set.
int cl_memfd_seal(int fd);
// Puts a file's pages, or fresh zeroed ones, in place of what is mapped there. Whole pages.
int cl_map_in_place(void *address, size_t size, int fd);
int cl_map_zeros_in_place(void *address, size_t size);

// As cl_futex_wait and cl_futex_wake, on a word in memory that processes share. The time is a length.
void cl_shared_futex_wait(const uint32_t *word, uint32_t expected, uint64_t nanos);
void cl_shared_futex_wake(const uint32_t *word);

// Waits until fd can be read (1), the socket is at its end (2) or both (3).
int cl_worker_wait(int fd, int socket);
int cl_worker_has_ended(int socket);

// Gives up new privileges, core dumps and, for every thread, all system calls but those that a
// renderer makes once it has started: memory, threads of its own, time, waiting, and messages on
// descriptor 3. 0, or an errno value.
int cl_sandbox_enter(void);

#endif
