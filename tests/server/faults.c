// Faults for a program that is started with this library in LD_PRELOAD. The file in the variable FAULTS has the
// present faults, and may be changed while the program runs. It has two numbers of 8 bytes: by how many milliseconds
// the clock is wrong, and whether the files below FAULTS_FOLDER are read-only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t* faults;
static const char* folder;

__attribute__((constructor)) static void start(void) {
    folder = getenv("FAULTS_FOLDER");
    const int file = open(getenv("FAULTS"), O_RDONLY | O_CLOEXEC);
    void* bytes = file < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED || folder == NULL) {
        perror("faults.c: FAULTS and FAULTS_FOLDER are needed");
        abort();
    }
    close(file);
    faults = bytes;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int clock_gettime(clockid_t clock, struct timespec* time) {
    const int result = REAL(clock_gettime)(clock, time);
    if (result != 0 || clock != CLOCK_REALTIME || faults == NULL) return result;
    const int64_t nanoseconds = time->tv_nsec + faults[0] % 1000 * 1000000 + 1000000000;
    time->tv_sec += faults[0] / 1000 + nanoseconds / 1000000000 - 1;
    time->tv_nsec = nanoseconds % 1000000000;
    return 0;
}

int gettimeofday(struct timeval* restrict time, void* restrict zone) {
    (void)zone;
    struct timespec now;
    const int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t* out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL) *out = now.tv_sec;
    return now.tv_sec;
}

static int is_below(const char* path) {
    return faults != NULL && faults[1] != 0 && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_read_only(int file) {
    if (faults == NULL || faults[1] == 0) return 0;
    char link[64];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = '\0';
    return is_below(path);
}

static int refuse(void) {
    errno = EROFS;
    return -1;
}

ssize_t write(int file, const void* bytes, size_t size) {
    return is_read_only(file) ? refuse() : REAL(write)(file, bytes, size);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t place) {
    return is_read_only(file) ? refuse() : REAL(pwrite)(file, bytes, size, place);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t place) {
    return is_read_only(file) ? refuse() : REAL(pwrite64)(file, bytes, size, place);
}
int ftruncate(int file, off_t size) { return is_read_only(file) ? refuse() : REAL(ftruncate)(file, size); }
int ftruncate64(int file, off64_t size) { return is_read_only(file) ? refuse() : REAL(ftruncate64)(file, size); }
int unlink(const char* path) { return is_below(path) ? refuse() : REAL(unlink)(path); }
int rename(const char* from, const char* to) { return is_below(to) ? refuse() : REAL(rename)(from, to); }

static int is_for_writing(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0; }

#define OPEN(name)                                                               \
    int name(const char* path, int flags, ...) {                                 \
        va_list more;                                                            \
        va_start(more, flags);                                                   \
        const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;   \
        va_end(more);                                                            \
        if (is_for_writing(flags) && is_below(path)) return refuse();            \
        return REAL(name)(path, flags, mode);                                    \
    }
OPEN(open)
OPEN(open64)
