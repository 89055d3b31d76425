// A process that starts others, for one that gives up doing so. It is forked before that, runs this
// file only, and knows one program to start: what its owner may ask of it is one more of those, the
// end of one, and a limit for one.

#define _GNU_SOURCE
#include "Packets.h"
#include "Processes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { requestStart = 1, requestKill = 2, requestLimit = 3 };

struct request {
    uint32_t kind;
    // Which one, by the number that it was given.
    uint32_t number;
    uint64_t bytes;
};

struct answer {
    // 0 or an errno value.
    int32_t error;
    uint32_t number;
    int32_t pid;
};

// As many as the sessions that a guest may be allowed, and renderers.
enum { childrenMax = 4160, launcherSocket = 3 };

// ---- The launcher's side

struct child {
    pid_t pid;
    uint32_t number;
};

struct launcher {
    const char *path;
    char *const *arguments;
    char *const *environment;
    struct child children[childrenMax];
    int count;
    uint32_t last;
};

static void on_child(int signal) { (void)signal; }

static void reap(struct launcher *launcher)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        for (int i = 0; i < launcher->count; i++)
            if (launcher->children[i].pid == pid) {
                launcher->children[i] = launcher->children[--launcher->count];
                break;
            }
}

// Reaped ones are forgotten, so an id that is known is nobody else's.
static pid_t find(const struct launcher *launcher, uint32_t number)
{
    for (int i = 0; i < launcher->count; i++)
        if (launcher->children[i].number == number) return launcher->children[i].pid;
    return -1;
}

static void start(struct launcher *launcher, int socket)
{
    struct answer answer = {0};
    int end = -1;
    if (socket < 0) {
        answer.error = EBADF;
    } else if (launcher->count == childrenMax) {
        answer.error = EAGAIN;
    } else {
        answer.pid = cl_worker_spawn(
            launcher->path, launcher->arguments, launcher->environment, socket, &end);
        if (answer.pid < 0) answer.error = errno;
        else {
            answer.number = ++launcher->last;
            launcher->children[launcher->count++] = (struct child){answer.pid, answer.number};
        }
    }
    cl_packet_send(launcherSocket, &answer, sizeof answer, &end, end >= 0 ? 1 : 0);
    if (end >= 0) close(end);
}

static void limit(const struct launcher *launcher, const struct request *request)
{
    struct answer answer = {.error = ESRCH, .number = request->number};
    pid_t pid = find(launcher, request->number);
    if (pid > 0) answer.error = cl_worker_limit_memory(pid, request->bytes) == 0 ? 0 : errno;
    cl_packet_send(launcherSocket, &answer, sizeof answer, NULL, 0);
}

// Serves until the owner's end of the socket is closed.
static void serve(struct launcher *launcher)
{
    sigset_t none;
    sigemptyset(&none);
    while (1) {
        struct pollfd asked = {.fd = launcherSocket, .events = POLLIN};
        int ready = ppoll(&asked, 1, NULL, &none);
        reap(launcher);
        if (ready <= 0) continue;
        struct request request;
        int descriptors[4], count;
        ssize_t got =
            cl_packet_receive(launcherSocket, &request, sizeof request, descriptors, &count);
        if (got <= 0) break;
        if (got == sizeof request) switch (request.kind) {
            case requestStart: start(launcher, count == 1 ? descriptors[0] : -1); break;
            case requestLimit: limit(launcher, &request); break;
            case requestKill: {
                pid_t pid = find(launcher, request.number);
                if (pid > 0) kill(pid, SIGKILL);
            }
        }
        for (int i = 0; i < count; i++) close(descriptors[i]);
    }
    for (int i = 0; i < launcher->count; i++) kill(launcher->children[i].pid, SIGKILL);
}

// Nothing of the owner's but standard error and the socket; signals that end the owner leave this
// one, which ends with it.
static int begin(int socket)
{
    struct sigaction ignored = {.sa_handler = SIG_IGN}, noticed = {.sa_handler = on_child};
    static const int meant[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    sigset_t children;
    for (unsigned i = 0; i < sizeof meant / sizeof *meant; i++) sigaction(meant[i], &ignored, NULL);
    sigaction(SIGCHLD, &noticed, NULL);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_SETMASK, &children, NULL);
    if (socket != launcherSocket) {
        if (dup2(socket, launcherSocket) < 0) return -1;
    }
    if (fcntl(launcherSocket, F_SETFD, FD_CLOEXEC) != 0) return -1;
    if (close_range(launcherSocket + 1, ~0u, 0) != 0) return -1;
    for (int i = 0; i < 2; i++) {
        close(i);
        if (open("/dev/null", i ? O_WRONLY : O_RDONLY) != i) return -1;
    }
    prctl(PR_SET_NAME, "worker launcher");
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

// ---- The owner's side

int cl_launcher_start(
    const char *path, char *const arguments[], char *const environment[], pid_t *pid)
{
    int ends[2];
    if (cl_packet_pair(ends) != 0) return -1;
    *pid = fork();
    if (*pid == 0) {
        // A copy of all that was there: what is not touched takes no memory.
        struct launcher launcher = {
            .path = path, .arguments = arguments, .environment = environment};
        if (begin(ends[1]) == 0) serve(&launcher);
        _exit(0);
    }
    int error = errno;
    close(ends[1]);
    if (*pid < 0) {
        close(ends[0]);
        errno = error;
        return -1;
    }
    return ends[0];
}

// The answer to what was just asked, and a descriptor that came along, or -1.
static int take_answer(int launcher, struct answer *answer, int *descriptor)
{
    int descriptors[4], count;
    ssize_t got = cl_packet_receive(launcher, answer, sizeof *answer, descriptors, &count);
    *descriptor = count > 0 ? descriptors[0] : -1;
    for (int i = 1; i < count; i++) close(descriptors[i]);
    if (got == sizeof *answer && answer->error == 0) return 0;
    if (*descriptor >= 0) close(*descriptor);
    *descriptor = -1;
    if (got >= 0) errno = got == sizeof *answer ? answer->error : ECHILD;
    return -1;
}

pid_t cl_launcher_spawn(int launcher, int socket, uint32_t *number, int *pidfd)
{
    struct request request = {.kind = requestStart};
    struct answer answer;
    if (cl_packet_send(launcher, &request, sizeof request, &socket, 1) != 0) return -1;
    if (take_answer(launcher, &answer, pidfd) != 0) return -1;
    if (*pidfd < 0) {
        errno = ECHILD;
        return -1;
    }
    *number = answer.number;
    return answer.pid;
}

void cl_launcher_kill(int launcher, uint32_t number)
{
    struct request request = {.kind = requestKill, .number = number};
    // Waits for room: whoever asks waits for the end of that process next. The launcher waits for nobody.
    cl_packet_put(launcher, &request, sizeof request);
}

int cl_launcher_limit_memory(int launcher, uint32_t number, uint64_t bytes)
{
    struct request request = {.kind = requestLimit, .number = number, .bytes = bytes};
    struct answer answer;
    int none;
    if (cl_packet_send(launcher, &request, sizeof request, NULL, 0) != 0) return -1;
    return take_answer(launcher, &answer, &none);
}
