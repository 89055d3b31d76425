// What a process gives up once it has what it needs.
#ifndef VIRTIO_SHARE_SANDBOX_H
#define VIRTIO_SHARE_SANDBOX_H

// For this thread and those it starts from now on: no file is reached but to read below the system's
// folders, to use /dev/dri, and to make and remove sockets in `folders`, one a line. 0; 1 where the kernel
// has no Landlock; -1 with errno set.
int cl_sandbox_files(const char *folders);

// For all threads: system calls that are not on the list fail with EPERM, and no program that is
// started gains privileges. `connects` lets Unix sockets be connected. 0; -1 with errno set.
int cl_sandbox_calls(int connects);

// No core files, and no more than `descriptors` open. 0; -1 with errno set.
int cl_sandbox_limits(unsigned long descriptors);

#endif
