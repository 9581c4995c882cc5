/* Preloaded into a process: each call that reads or writes moves 100 bytes at most, and every second
   one of a file is interrupted before it has moved any. No file's bytes are in memory yet. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { most = 100 };

static size_t some(size_t size) {
  return size < most ? size : most;
}

static int is_interrupted(int file) {
  static atomic_uint calls[1024];
  const int is_second = atomic_fetch_add(&calls[file % 1024], 1) % 2 == 0;
  if (is_second) errno = EINTR;
  return is_second;
}

ssize_t read(int file, void *bytes, size_t size) {
  return is_interrupted(file) ? -1 : syscall(SYS_read, file, bytes, some(size));
}

ssize_t write(int file, const void *bytes, size_t size) {
  return is_interrupted(file) ? -1 : syscall(SYS_write, file, bytes, some(size));
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t offset) {
  return is_interrupted(file) ? -1 : syscall(SYS_pread64, file, bytes, some(size), offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
  return is_interrupted(file) ? -1 : syscall(SYS_pwrite64, file, bytes, some(size), offset);
}

ssize_t preadv64v2(int file, const struct iovec *pieces, int count, off64_t offset, int flags) {
  (void)file, (void)pieces, (void)count, (void)offset, (void)flags;
  errno = EAGAIN;
  return -1;
}

/* Of several pieces the first is enough. */

ssize_t writev(int file, const struct iovec *pieces, int count) {
  return count == 0 ? 0 : write(file, pieces->iov_base, pieces->iov_len);
}

ssize_t pwritev64(int file, const struct iovec *pieces, int count, off64_t offset) {
  return count == 0 ? 0 : pwrite64(file, pieces->iov_base, pieces->iov_len, offset);
}

ssize_t pread(int, void *, size_t, off_t) __attribute__((alias("pread64")));
ssize_t preadv2(int, const struct iovec *, int, off_t, int) __attribute__((alias("preadv64v2")));
ssize_t pwrite(int, const void *, size_t, off_t) __attribute__((alias("pwrite64")));
ssize_t pwritev(int, const struct iovec *, int, off_t) __attribute__((alias("pwritev64")));
