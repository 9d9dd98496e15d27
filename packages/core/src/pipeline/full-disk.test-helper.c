// LD_PRELOAD: a disk that is full after DISK_BYTES bytes of all files under DISK_FOLDER. What a process wrote in total is
// added as a line to DISK_TOTAL.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long written;

static long capacity(void) {
  const char *text = getenv("DISK_BYTES");
  return text ? atol(text) : -1;
}

/* Whether the file lies on the disk. */
static int isOnDisk(int file) {
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  const char *folder = getenv("DISK_FOLDER");
  if (length < 0 || !folder) return 0;
  path[length] = 0;
  return strncmp(path, folder, strlen(folder)) == 0;
}

/* How many of so many bytes there is room for, -1 with errno for none. */
static ssize_t room(int file, size_t bytes) {
  if (!isOnDisk(file)) return (ssize_t)bytes;
  const long limit = capacity();
  const long before = atomic_fetch_add(&written, (long)bytes);
  if (limit < 0 || before + (long)bytes <= limit) return (ssize_t)bytes;
  if (before < limit) return limit - before;
  errno = ENOSPC;
  return -1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *data, size_t bytes) {
  const ssize_t allowed = room(file, bytes);
  return allowed < 0 ? -1 : NEXT(write)(file, data, (size_t)allowed);
}

ssize_t pwrite64(int file, const void *data, size_t bytes, off64_t offset) {
  const ssize_t allowed = room(file, bytes);
  return allowed < 0 ? -1 : NEXT(pwrite64)(file, data, (size_t)allowed, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  size_t bytes = 0;
  for (int part = 0; part < count; part++) bytes += parts[part].iov_len;
  const ssize_t allowed = room(file, bytes);
  if (allowed < 0) return -1;
  if ((size_t)allowed == bytes) return NEXT(writev)(file, parts, count);
  return NEXT(write)(file, parts[0].iov_base, parts[0].iov_len < (size_t)allowed ? parts[0].iov_len : (size_t)allowed);
}

/* A folder needs room for its entry. */
int mkdir(const char *path, mode_t mode) {
  const char *folder = getenv("DISK_FOLDER");
  const long limit = capacity();
  if (folder && limit >= 0 && strncmp(path, folder, strlen(folder)) == 0 && atomic_load(&written) >= limit) {
    errno = ENOSPC;
    return -1;
  }
  return NEXT(mkdir)(path, mode);
}

__attribute__((destructor)) static void report(void) {
  const char *path = getenv("DISK_TOTAL");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  fprintf(file, "%ld\n", atomic_load(&written));
  fclose(file);
}
