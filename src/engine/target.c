/*
** Targets. Bytes are written as libcurl hands them over; every few megabytes
** the kernel is told to begin with the disk, so that the end need not wait for
** all of it at once.
*/
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_EVERY (8 * 1024 * 1024)

void fal_target_none(fal_target *f) {
  memset(f, 0, sizeof *f);
  f->fd = -1;
  f->max = -1;
}

static int fail(fal_target *f, enum fal_target_state state, const char *why) {
  f->state = state;
  snprintf(f->why, sizeof f->why, "%s", why);
  return -1;
}

static int failed(fal_target *f) {
  return fail(f, FAL_TARGET_FAILED, strerror(errno));
}

static int keep_first(fal_target *f, int64_t keep) {
  if (ftruncate(f->fd, keep) != 0) return failed(f);
  f->at = f->synced = keep;
  if (f->progress != NULL) *f->progress = (uint64_t)keep;
  return 0;
}

/* Whoever held the lock may have moved the file away, complete, just before
   it was ours. */
static int is_elsewhere(const fal_target *f, const char *path) {
  struct stat here, there;
  return fstat(f->fd, &here) != 0 || lstat(path, &there) != 0 ||
         here.st_ino != there.st_ino || here.st_dev != there.st_dev;
}

int fal_target_open(fal_target *f, const char *path, int64_t keep) {
  struct stat st;
  f->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
               0666);
  if (f->fd < 0) return failed(f);
  int locked = flock(f->fd, LOCK_EX | LOCK_NB) == 0;
  if (!locked && errno != EWOULDBLOCK) return failed(f);
  if (!locked || is_elsewhere(f, path))
    return fail(f, FAL_TARGET_BUSY, "another download is filling it");
  if (fstat(f->fd, &st) != 0) return failed(f);
  if (!S_ISREG(st.st_mode))
    return fail(f, FAL_TARGET_FAILED, "it is not a regular file");
  return keep_first(f, keep < st.st_size ? keep : st.st_size);
}

static int64_t number_header(const fal_transfer *t, const char *name,
                             const char *before) {
  size_t len;
  const char *value = fal_transfer_answer_header(t, name, &len);
  if (value == NULL || len <= strlen(before)) return -1;
  return strtoll(value + strlen(before), NULL, 10);
}

/* The head of the answer is there: what will its bytes be? */
static int begin(fal_target *f) {
  const fal_transfer *t = f->transfer;
  int64_t length = number_header(t, "content-length", "");
  f->begun = 1;
  if (t->status != 206) {
    if (keep_first(f, 0) != 0) return -1;
  } else if (number_header(t, "content-range", "bytes ") != f->at) {
    return fail(f, FAL_TARGET_ELSEWHERE, "the server went on elsewhere");
  }
  if (f->max >= 0 && length > f->max - f->at)
    return fail(f, FAL_TARGET_TOO_LARGE, "");
  return 0;
}

static int write_all(fal_target *f, const char *data, size_t len) {
  while (len > 0) {
    ssize_t n = pwrite(f->fd, data, len, f->at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(f);
    f->at += n;
    data += n;
    len -= (size_t)n;
  }
  return 0;
}

static void sync_some(fal_target *f) {
#ifdef SYNC_FILE_RANGE_WRITE
  if (f->at - f->synced < SYNC_EVERY) return;
  sync_file_range(f->fd, f->synced, f->at - f->synced, SYNC_FILE_RANGE_WRITE);
  f->synced = f->at;
#else
  (void)f;
#endif
}

int fal_target_sink(void *ctx, const char *data, size_t len) {
  fal_target *f = ctx;
  if (!f->begun && begin(f) != 0) return -1;
  if (f->max >= 0 && (int64_t)len > f->max - f->at)
    return fail(f, FAL_TARGET_TOO_LARGE, "");
  if (write_all(f, data, len) != 0) return -1;
  if (f->progress != NULL) *f->progress = (uint64_t)f->at;
  sync_some(f);
  return 0;
}

int fal_target_finish(fal_target *f) {
  if (!f->begun && begin(f) != 0) return -1;
  return fsync(f->fd) == 0 ? 0 : failed(f);
}

void fal_target_close(fal_target *f) {
  if (f->fd >= 0) close(f->fd);
  f->fd = -1;
}
