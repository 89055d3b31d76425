// What a kernel that has its drivers as modules wants first.
#include "guest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// In the order of their names: whoever put them there knows which needs which.
void load_modules(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0) fail("no modules in %s", folder);
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            char path[512];
            snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
            int fd = open(path, O_RDONLY | O_CLOEXEC);
            if (fd < 0 || syscall(SYS_finit_module, fd, "", 0)) fail("%s", path);
            close(fd);
        }
        free(entries[i]);
    }
    free(entries);
}
