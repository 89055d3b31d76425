// The first process: mounts what it needs, runs steps by their names, and switches the guest off.
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int gpu = -1;
char gpu_path[32];

static _Noreturn void off(void)
{
    fflush(stdout);
    sync();
    if (getpid() == 1) reboot(RB_POWER_OFF);
    exit(1);
}

static void write_line(const char *kind, const char *what, va_list arguments)
{
    printf("@ %s", kind);
    vprintf(what, arguments);
    printf("\n");
    fflush(stdout);
}

void fail(const char *what, ...)
{
    int error = errno;
    va_list arguments;
    va_start(arguments, what);
    write_line("fail ", what, arguments);
    va_end(arguments);
    printf("@ errno %s\n", strerror(error));
    off();
}

void say(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    write_line("", what, arguments);
    va_end(arguments);
}

void wait_outside(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    write_line("wait ", what, arguments);
    va_end(arguments);
    char line[64];
    if (!fgets(line, sizeof line, stdin)) fail("nobody answers");
}

double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int try_ioctl(int fd, unsigned long request, void *argument)
{
    int result;
    do result = ioctl(fd, request, argument);
    while (result < 0 && (errno == EINTR || errno == EAGAIN));
    return result < 0 ? errno : 0;
}

void must_(int fd, unsigned long request, void *argument, const char *name)
{
    int error = try_ioctl(fd, request, argument);
    if (!error) return;
    errno = error;
    fail("%s", name);
}

uint64_t parameter(uint64_t which)
{
    // The kernel writes an int.
    int value = 0;
    struct drm_virtgpu_getparam get = {.param = which, .value = (uintptr_t)&value};
    return try_ioctl(gpu, DRM_IOCTL_VIRTGPU_GETPARAM, &get) ? 0 : (uint64_t)value;
}

// The DRM device of that driver; -1 when there is none. The path is where it was found.
int open_card(const char *driver, char path[static 32])
{
    for (int i = 0; i < 4; i++) {
        char name[32] = "";
        snprintf(path, 32, "/dev/dri/card%d", i);
        int fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd < 0) continue;
        struct drm_version version = {.name = name, .name_len = sizeof name - 1};
        if (!try_ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, driver)) return fd;
        close(fd);
    }
    return -1;
}

// The feature bits that the driver and the device have agreed on, the lowest first.
static void say_features(void)
{
    const char *folder = "/sys/bus/virtio/devices";
    DIR *devices = opendir(folder);
    if (!devices) fail("no virtio devices");
    for (struct dirent *entry; (entry = readdir(devices));) {
        char path[512], id[16] = "", bits[80] = "";
        snprintf(path, sizeof path, "%s/%s/device", folder, entry->d_name);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        if (!fgets(id, sizeof id, file)) id[0] = 0;
        fclose(file);
        if (strtol(id, NULL, 16) != 16) continue;
        snprintf(path, sizeof path, "%s/%s/features", folder, entry->d_name);
        file = fopen(path, "r");
        if (!file || !fgets(bits, sizeof bits, file)) fail("no feature bits");
        fclose(file);
        bits[strcspn(bits, "\n")] = 0;
        say("ok features %s", bits);
    }
    closedir(devices);
}

static void run_program(char *const words[])
{
    say("ok running %s", words[0]);
    pid_t child = fork();
    if (child == 0) {
        // What it prints is its own affair.
        setenv("HOME", "/tmp", 1);
        setenv("XDG_CACHE_HOME", "/tmp", 1);
        setenv("PATH", "/usr/bin:/bin", 1);
        execvp(words[0], words);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) fail("%s does not start", words[0]);
    say("ok %s ended with %d", words[0], WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void run(char *step)
{
    if (!strcmp(step, "features")) step_features();
    else if (!strcmp(step, "display")) step_display();
    else if (!strcmp(step, "cursor")) step_cursor();
    else if (!strcmp(step, "3d")) step_3d();
    else if (!strcmp(step, "blobs")) step_blobs();
    else if (!strcmp(step, "share")) step_share();
    else if (!strcmp(step, "measure")) step_measure();
    else if (!strncmp(step, "stress:", 7)) step_stress(atol(step + 7));
    else if (!strncmp(step, "kmscube:", 8)) {
        char *words[] = {"kmscube", "-D", gpu_path, "-c", step + 8, NULL};
        // The program wants to be the display's master.
        close(gpu);
        run_program(words);
        gpu = open_card("virtio_gpu", gpu_path);
    } else fail("no step is called %s", step);
}

int main(int count, char **words)
{
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sys", "/sys", "sysfs", 0, NULL);
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    mount("tmp", "/tmp", "tmpfs", 0, NULL);
    // The kernel makes variables of words of its command line that it does not know.
    const char *modules = getenv("GUEST_MODULES");
    if (modules) load_modules(modules);
    say_features();
    gpu = open_card("virtio_gpu", gpu_path);
    if (gpu < 0) fail("no DRM device is virtio_gpu's");
    // Behind the steps the kernel puts words of its own.
    for (int i = 1; i < count && !strchr(words[i], '='); i++) run(words[i]);
    say("done");
    off();
}
