// A worker that does not do what it should: the tests' hostile partner. It speaks the first message
// and knows the shared memory's layout (ChannelLayout); what it does then is its first argument.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Processes.h"

enum {
    commandHead = 0, commandTail = 256, completionHead = 320, workerSleeps = 384, isReady = 448,
    word = 512, facts = 4096, factsBytes = 64 << 10, completions = facts + factsBytes,
    completionCount = 8192, ring = completions + completionCount * 16, ringBytes = 2 << 20,
    sizeBytes = ring + ringBytes
};

static unsigned char *memory;
static int bell, device;

static _Atomic uint64_t *word64(int at) { return (_Atomic uint64_t *)(memory + at); }
static _Atomic uint32_t *word32(int at) { return (_Atomic uint32_t *)(memory + at); }

static uint64_t random64(void) {
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void tell(void) {
    atomic_fetch_add(word32(word), 1);
    cl_shared_futex_wake((const uint32_t *)(memory + word));
    uint64_t one = 1;
    if (write(device, &one, sizeof one) < 0) {}
}

// Facts of a renderer with one capset.
static void ready(void) {
    uint32_t good[] = {1, 1, 2, 2, 308};
    memcpy(memory + facts, good, sizeof good);
    // Layers and samples that its textures may have (struct virgl_caps_v1).
    uint32_t layers = 2048, samples = 4;
    memcpy(memory + facts + sizeof good + 268, &layers, 4);
    memcpy(memory + facts + sizeof good + 284, &samples, 4);
    atomic_store(word32(isReady), 1);
    tell();
}

static void waitForCommand(void) {
    while (atomic_load(word64(commandHead)) == atomic_load(word64(commandTail))) {
        atomic_store(word32(workerSleeps), 1);
        struct pollfd waited[2] = {{.fd = bell, .events = POLLIN}, {.fd = 3}};
        poll(waited, 2, 5);
        if (waited[1].revents) _exit(0);
        uint64_t count;
        if (read(bell, &count, sizeof count) < 0) {}
    }
}

static void complete(uint64_t number, uint32_t status) {
    uint64_t head = atomic_load(word64(completionHead));
    unsigned char *at = memory + completions + head % completionCount * 16;
    memcpy(at, &number, 8);
    memcpy(at + 8, &status, 4);
    atomic_store(word64(completionHead), head + 1);
}

// Carries nothing out, and answers every message that wants an answer with `status`.
static void answerAll(uint32_t status, uint64_t numberOffset, int twice, int takesDescriptors) {
    enum { createBlob = 7, addRegion = 10 };
    for (;;) {
        waitForCommand();
        uint64_t tail = atomic_load(word64(commandTail)), offset = tail % ringBytes;
        uint32_t kind, size;
        uint64_t number;
        memcpy(&kind, memory + ring + offset, 4);
        memcpy(&size, memory + ring + offset + 4, 4);
        memcpy(&number, memory + ring + offset + 8, 8);
        if (kind == 1 || ringBytes - offset < 16) {
            atomic_store(word64(commandTail), tail + ringBytes - offset);
            continue;
        }
        if (takesDescriptors && (kind == createBlob || kind == addRegion)) {
            char bytes[8];
            int descriptors[4], count = 0;
            cl_packet_receive(3, bytes, sizeof bytes, descriptors, &count);
            for (int i = 0; i < count; i++) close(descriptors[i]);
        }
        atomic_store(word64(commandTail), tail + ((size + 7) & ~7u));
        if (number) {
            complete(number + numberOffset, status);
            if (twice) complete(number, status);
        }
        tell();
    }
}

// What a process in the sandbox can still do: one bit for each thing that worked.
static void probe(void) {
    int before = getppid();
    if (cl_sandbox_enter() != 0) _exit(9);
    uint32_t worked = 0;
    worked |= (uint32_t)(open("/etc/passwd", O_RDONLY) >= 0) << 0;
    worked |= (uint32_t)(open("/tmp/fake-worker-was-here", O_CREAT | O_WRONLY, 0600) >= 0) << 1;
    worked |= (uint32_t)(socket(AF_UNIX, SOCK_STREAM, 0) >= 0) << 2;
    worked |= (uint32_t)(socket(AF_INET, SOCK_STREAM, 0) >= 0) << 3;
    int ends[2];
    worked |= (uint32_t)(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0) << 4;
    pid_t child = fork();
    if (child == 0) _exit(0);
    worked |= (uint32_t)(child > 0) << 5;
    worked |= (uint32_t)(kill(before, 0) == 0) << 6;
    worked |= (uint32_t)(ptrace(PTRACE_ATTACH, before, 0, 0) == 0) << 7;
    worked |= (uint32_t)(fcntl(device, F_SETFL, 0) == 0) << 8;
    int off = 0;
    worked |= (uint32_t)(ioctl(device, FIONBIO, &off) == 0) << 9;
    char *const arguments[] = {"/bin/true", NULL};
    worked |= (uint32_t)(execve("/bin/true", arguments, arguments + 1) == 0) << 10;
    worked |= (uint32_t)(memfd_create("x", 0) >= 0) << 11;
    worked |= (uint32_t)(syscall(SYS_pidfd_open, before, 0) >= 0) << 12;
    worked |= (uint32_t)(syscall(SYS_io_uring_setup, 1, NULL) >= 0) << 13;
    struct iovec part = {&off, sizeof off};
    worked |= (uint32_t)(syscall(SYS_process_vm_readv, before, &part, 1, &part, 1, 0) > 0) << 14;
    worked |= (uint32_t)(setuid(0) == 0) << 15;
    worked |= (uint32_t)(ftruncate(bell, 0) == 0) << 16;
    // And what it must still be able to do.
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    worked |= (uint32_t)(page != MAP_FAILED) << 31;
    memcpy(memory + facts, &worked, 4);
    atomic_store(word32(isReady), 1);
    tell();
    for (;;) poll(NULL, 0, 1000);
}

int main(int count, char **arguments) {
    char bytes[256];
    int descriptors[4], number = 0;
    const char *mode = count > 1 ? arguments[1] : "";
    if (cl_packet_receive(3, bytes, sizeof bytes, descriptors, &number) <= 0 || number != 3) return 2;
    // The shared memory keeps its size, whoever asks.
    if (ftruncate(descriptors[0], 0) == 0 || ftruncate(descriptors[0], 1 << 30) == 0) return 7;
    memory = mmap(NULL, sizeBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptors[0], 0);
    if (memory == MAP_FAILED) return 3;
    bell = descriptors[1];
    device = descriptors[2];
    if (!strcmp(mode, "mute")) for (;;) pause();
    if (!strcmp(mode, "dies")) return 1;
    if (!strcmp(mode, "probe")) probe();
    if (!strcmp(mode, "facts")) {
        for (int i = 0; i < factsBytes; i += 8) *word64(facts + i) = random64();
        atomic_store(word32(isReady), 1);
        tell();
        for (;;) pause();
    }
    if (!strcmp(mode, "facts-long")) {
        uint32_t bad[] = {1, 16, 2, 2, 0xffffffff};
        memcpy(memory + facts, bad, sizeof bad);
        atomic_store(word32(isReady), 1);
        tell();
        for (;;) pause();
    }
    ready();
    if (!strcmp(mode, "idle")) for (;;) pause();
    if (!strcmp(mode, "refuses")) answerAll(1, 0, 0, 0);
    // Descriptors pile up in the socket.
    if (!strcmp(mode, "deaf")) answerAll(0, 0, 0, 0);
    if (!strcmp(mode, "obeys")) answerAll(0, 0, 0, 1);
    if (!strcmp(mode, "status")) answerAll(0xdeadbeef, 0, 0, 0);
    if (!strcmp(mode, "numbers")) answerAll(0, 1000, 0, 0);
    if (!strcmp(mode, "twice")) answerAll(0, 0, 1, 0);
    if (!strcmp(mode, "early")) {
        for (uint64_t i = 1; i < 100; i++) complete(i, 0);
        for (;;) { tell(); usleep(1000); }
    }
    waitForCommand();
    if (!strcmp(mode, "head")) {
        atomic_store(word64(completionHead), UINT64_MAX - 3);
        for (;;) { tell(); usleep(1000); }
    }
    if (!strcmp(mode, "tail")) {
        atomic_store(word64(commandTail), UINT64_MAX / 2);
        for (;;) { tell(); usleep(1000); }
    }
    if (!strcmp(mode, "progress")) {
        // Says that it moves, for ever, and does nothing.
        for (;;) {
            atomic_store(word64(commandTail), random64() % (1 << 16));
            tell();
            usleep(1000);
        }
    }
    if (!strcmp(mode, "garbage")) {
        for (;;) {
            for (int i = 0; i < 4096; i += 8) if (i != word) *word64(i) = random64() >> random64() % 64;
            for (int i = completions; i < ring; i += 8) *word64(i) = random64();
            tell();
        }
    }
    return 6;
}
