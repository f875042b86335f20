// Loaded into a server by LD_PRELOAD: makes the disk fail, remembers what a power cut would take back, shifts the
// clock. Which of these, it is told through a small file that both sides map (struct control); without it, it does
// nothing. Only files under the folder TORTURE_FOLDER are touched.
//
// faults:  every n-th call that writes, syncs, cuts or opens fails with EIO or ENOSPC, or writes half.
// journal: before each write the old bytes are written to the file TORTURE_JOURNAL; a sync is noted there and not done.
//          After kill -9, what was not synced can be put back (powercut.rs).
// clock:   CLOCK_REALTIME, time and gettimeofday are shifted; CLOCK_MONOTONIC is not.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// As control.rs writes it: eight bytes each.
struct control {
  int64_t mode; // 0 nothing, 1 faults, 2 journal
  int64_t nth;
  int64_t seed;
  int64_t operations; // counted here
  int64_t faults;     // made here
  int64_t clock_ms;
};

enum kind { WRITE = 1, SYNC = 2, CREATE = 3, TRUNCATE = 4, RENAME = 5 };

// A record of the journal; path and old bytes follow.
struct record {
  uint32_t kind, path_length;
  uint64_t inode;   // of the file; of the folder for CREATE and RENAME
  uint64_t offset;  // where it writes or cuts
  uint64_t size;    // of the file before
  uint64_t length;  // bytes that it writes
  uint64_t old;     // old bytes that follow
};

static volatile struct control *control;
static char folder[PATH_MAX];
static size_t folder_length;
static int journal = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
  static __typeof__(&name) real_##name; \
  if (!real_##name) real_##name = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static ssize_t plain_write(int fd, const void *bytes, size_t length) {
  REAL(write);
  return real_write(fd, bytes, length);
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("TORTURE_CONTROL"), *where = getenv("TORTURE_FOLDER"), *log = getenv("TORTURE_JOURNAL");
  if (!path || !where) return;
  REAL(open);
  int fd = real_open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED || !realpath(where, folder)) return;
  folder_length = strlen(folder);
  if (log) journal = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  control = mapped;
}

static int within(const char *path) {
  return control && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || !path[folder_length]);
}

// Whether this file or folder is under TORTURE_FOLDER; sets its path and state.
static int ours(int fd, char *path, struct stat *state) {
  if (!control || !control->mode) return 0;
  int kept = errno, found = 0;
  char link[64];
  if (fstat(fd, state) == 0 && (S_ISREG(state->st_mode) || S_ISDIR(state->st_mode))) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length > 0) {
      path[length] = 0;
      found = within(path);
    }
  }
  errno = kept;
  return found;
}

// 0 where the call goes on, an errno where it fails, -1 where it writes half.
static int fails(int writes) {
  if (!control || control->mode != 1 || control->nth <= 0) return 0;
  uint64_t count = (uint64_t)__atomic_add_fetch(&control->operations, 1, __ATOMIC_RELAXED);
  if (count % (uint64_t)control->nth) return 0;
  __atomic_add_fetch(&control->faults, 1, __ATOMIC_RELAXED);
  uint64_t x = ((uint64_t)control->seed + count) * 0x9E3779B97F4A7C15ull;
  x ^= x >> 31;
  switch (x % 3) {
  case 0: return EIO;
  case 1: return writes ? ENOSPC : EIO;
  default: return writes ? -1 : EIO;
  }
}

// Files whose content does not matter after a power cut: the log's index, which SQLite makes again, and the lock.
static int passing(const char *path) {
  size_t length = strlen(path);
  return length > 5 && (!strcmp(path + length - 4, "-shm") || !strcmp(path + length - 5, "/lock"));
}

static void note(enum kind kind, const char *path, size_t path_length, uint64_t inode, uint64_t offset, uint64_t size,
                 uint64_t length, const void *old, uint64_t old_length) {
  struct record record = {kind, (uint32_t)path_length, inode, offset, size, length, old_length};
  struct iovec parts[3] = {{&record, sizeof record}, {(void *)path, path_length}, {(void *)old, old_length}};
  REAL(writev);
  if (journal >= 0 && real_writev(journal, parts, 3) < 0) abort();
}

// The bytes that a write or a cut is about to replace.
static void remember(enum kind kind, int fd, const char *path, const struct stat *state, uint64_t offset, uint64_t length) {
  uint64_t size = (uint64_t)state->st_size;
  uint64_t end = kind == TRUNCATE ? size : offset + length;
  uint64_t old = offset < size ? (end < size ? end : size) - offset : 0;
  char *bytes = old ? malloc(old) : NULL;
  if (old && (!bytes || !S_ISREG(state->st_mode))) old = 0;
  if (old) {
    // The file may have been opened for writing alone.
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    REAL(open);
    int reader = real_open(link, O_RDONLY | O_CLOEXEC);
    ssize_t got = reader < 0 ? -1 : pread(reader, bytes, old, (off_t)offset);
    if (reader >= 0) close(reader);
    if (got != (ssize_t)old) abort();
  }
  note(kind, path, strlen(path), state->st_ino, offset, size, length, bytes, old);
  free(bytes);
}

static int journalling(const char *path) { return control->mode == 2 && !passing(path); }

static void hold(void) { pthread_mutex_lock(&lock); }
static void let_go(void) { int kept = errno; pthread_mutex_unlock(&lock); errno = kept; }

// --- writing -------------------------------------------------------------------------------------------------------

ssize_t write(int fd, const void *bytes, size_t length) {
  char path[PATH_MAX];
  struct stat state;
  if (!ours(fd, path, &state)) return plain_write(fd, bytes, length);
  int fault = fails(1);
  if (fault > 0) { errno = fault; return -1; }
  if (fault < 0 && length > 1) length /= 2;
  if (!journalling(path)) return plain_write(fd, bytes, length);
  hold();
  fstat(fd, &state);
  int flags = fcntl(fd, F_GETFL);
  off_t at = flags & O_APPEND ? state.st_size : lseek(fd, 0, SEEK_CUR);
  remember(WRITE, fd, path, &state, (uint64_t)at, length);
  ssize_t written = plain_write(fd, bytes, length);
  let_go();
  return written;
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t at) {
  REAL(pwrite);
  char path[PATH_MAX];
  struct stat state;
  if (!ours(fd, path, &state)) return real_pwrite(fd, bytes, length, at);
  int fault = fails(1);
  if (fault > 0) { errno = fault; return -1; }
  if (fault < 0 && length > 1) length /= 2;
  if (!journalling(path)) return real_pwrite(fd, bytes, length, at);
  hold();
  fstat(fd, &state);
  remember(WRITE, fd, path, &state, (uint64_t)at, length);
  ssize_t written = real_pwrite(fd, bytes, length, at);
  let_go();
  return written;
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return write_at(fd, bytes, length, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return write_at(fd, bytes, length, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  char path[PATH_MAX];
  struct stat state;
  if (!ours(fd, path, &state)) return real_writev(fd, parts, count);
  // A short write is allowed: the caller goes on with the rest.
  for (int part = 0; part < count; part++)
    if (parts[part].iov_len) return write(fd, parts[part].iov_base, parts[part].iov_len);
  return 0;
}

// Callers fall back to reading and writing.
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned flags) {
  REAL(copy_file_range);
  char path[PATH_MAX];
  struct stat state;
  if (!ours(out, path, &state)) return real_copy_file_range(in, in_at, out, out_at, length, flags);
  errno = EXDEV;
  return -1;
}

static int cut(int fd, off_t length) {
  REAL(ftruncate);
  char path[PATH_MAX];
  struct stat state;
  if (!ours(fd, path, &state)) return real_ftruncate(fd, length);
  int fault = fails(0);
  if (fault) { errno = fault; return -1; }
  if (!journalling(path)) return real_ftruncate(fd, length);
  hold();
  fstat(fd, &state);
  remember(TRUNCATE, fd, path, &state, (uint64_t)length, 0);
  int done = real_ftruncate(fd, length);
  let_go();
  return done;
}
int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

// --- syncing -------------------------------------------------------------------------------------------------------

// 1 where the call was handled here; sets its outcome.
static int synced(int fd, int *outcome) {
  char path[PATH_MAX];
  struct stat state;
  if (!ours(fd, path, &state)) return 0;
  int fault = fails(0);
  *outcome = fault ? -1 : 0;
  if (fault) { errno = fault; return 1; }
  if (control->mode != 2) return 0;
  hold();
  note(SYNC, path, strlen(path), state.st_ino, 0, 0, 0, NULL, 0);
  let_go();
  return 1;
}
int fsync(int fd) {
  REAL(fsync);
  int outcome;
  return synced(fd, &outcome) ? outcome : real_fsync(fd);
}
int fdatasync(int fd) {
  REAL(fdatasync);
  int outcome;
  return synced(fd, &outcome) ? outcome : real_fdatasync(fd);
}

// --- names ---------------------------------------------------------------------------------------------------------

static uint64_t folder_of(const char *path) {
  char parent[PATH_MAX];
  snprintf(parent, sizeof parent, "%s", path);
  char *slash = strrchr(parent, '/');
  if (slash) *slash = 0;
  struct stat state;
  return stat(parent, &state) == 0 ? state.st_ino : 0;
}

// -1 where the call must fail; else whether a file of ours is about to be made.
static int opening(const char *path, int flags, struct stat *before) {
  if (!path || !control || !control->mode || !within(path)) return 0;
  int fault = fails(0);
  if (fault) { errno = fault; return -1; }
  if (control->mode != 2 || passing(path)) return 0;
  int there = stat(path, before) == 0;
  if (there && (flags & O_TRUNC) && before->st_size) {
    REAL(open);
    int fd = real_open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
      hold();
      remember(TRUNCATE, fd, path, before, 0, 0);
      let_go();
      close(fd);
    }
  }
  return (flags & O_CREAT) && !there;
}

static int made(int fd, const char *path, int new) {
  if (fd >= 0 && new > 0) {
    hold();
    note(CREATE, path, strlen(path), folder_of(path), 0, 0, 0, NULL, 0);
    let_go();
  }
  return fd;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    REAL(name); \
    struct stat before; \
    int new = opening(path, flags, &before); \
    return new < 0 ? -1 : made(real_##name(path, flags, mode), path, new); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int at, const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    REAL(name); \
    struct stat before; \
    int new = opening(path, flags, &before); \
    return new < 0 ? -1 : made(real_##name(at, path, flags, mode), path, new); \
  }
OPENAT(openat)
OPENAT(openat64)

int rename(const char *from, const char *to) {
  REAL(rename);
  int done = real_rename(from, to);
  if (done == 0 && control && control->mode == 2 && within(to)) {
    char both[2 * PATH_MAX];
    int length = snprintf(both, sizeof both, "%s\n%s", from, to);
    hold();
    note(RENAME, both, (size_t)length, folder_of(to), 0, 0, 0, NULL, 0);
    let_go();
  }
  return done;
}

// --- the clock -----------------------------------------------------------------------------------------------------

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(clock_gettime);
  int done = real_clock_gettime(clock, now);
  if (done == 0 && control && control->clock_ms && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += control->clock_ms / 1000;
  return done;
}

time_t time(time_t *kept) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (kept) *kept = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  REAL(gettimeofday);
  int done = real_gettimeofday(now, zone);
  if (done == 0 && control) now->tv_sec += control->clock_ms / 1000;
  return done;
}
