/*
** Sources. A file is read with pread, so that several slices of it can be on
** their way at once, each through a descriptor of its own.
*/
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__APPLE__)
#define MODIFIED(st) ((st)->st_mtimespec)
#else
#define MODIFIED(st) ((st)->st_mtim)
#endif

void fal_stamp_of(const struct stat *st, char *stamp) {
  snprintf(stamp, FAL_STAMP, "%ju.%ju.%jd.%jd.%09ld", (uintmax_t)st->st_dev,
           (uintmax_t)st->st_ino, (intmax_t)st->st_size,
           (intmax_t)MODIFIED(st).tv_sec, (long)MODIFIED(st).tv_nsec);
}

void fal_source_none(fal_source *s) {
  memset(s, 0, sizeof *s);
  s->fd = -1;
}

void fal_source_memory(fal_source *s, const char *data, size_t len) {
  fal_source_none(s);
  s->data = data;
  s->len = (int64_t)len;
}

static int fail(fal_source *s, const char *why) {
  snprintf(s->why, sizeof s->why, "%s", why);
  return -1;
}

/* Files of the system, such as those in /proc, say that they are empty and are
   not: sending nothing in their stead would be a loss without a word. */
static int check_empty(fal_source *s) {
  char byte;
  ssize_t n = pread(s->fd, &byte, 1, 0);
  if (n < 0) return fail(s, strerror(errno));
  return n == 0 ? 0 : fail(s, "it has no size of its own; copy it first");
}

static int check_kind(fal_source *s, const struct stat *st) {
  if (S_ISDIR(st->st_mode)) return fail(s, "it is a folder");
  if (!S_ISREG(st->st_mode)) return fail(s, "it is not a regular file");
  return st->st_size == 0 ? check_empty(s) : 0;
}

/* O_NONBLOCK: opening a FIFO must not wait for its other end. */
int fal_source_open(fal_source *s, const char *path, int64_t first,
                    int64_t len) {
  struct stat st;
  fal_source_none(s);
  s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (s->fd < 0 || fstat(s->fd, &st) != 0) return fail(s, strerror(errno));
  if (check_kind(s, &st) != 0) return -1;
  if (first < 0 || first > st.st_size || (len >= 0 && len > st.st_size - first))
    return fail(s, "it is shorter than it was");
  fal_stamp_of(&st, s->stamp);
  s->first = first;
  s->len = len >= 0 ? len : st.st_size - first;
  return 0;
}

static ptrdiff_t read_file(fal_source *s, char *room, size_t max) {
  ssize_t n;
  do {
    n = pread(s->fd, room, max, s->first + s->at);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return fail(s, strerror(errno));
  if (n == 0) return fail(s, "it became shorter while it was sent");
  return n;
}

ptrdiff_t fal_source_read(fal_source *s, char *room, size_t max) {
  ptrdiff_t n = 0;
  if ((int64_t)max > s->len - s->at) max = (size_t)(s->len - s->at);
  if (max == 0) return 0;
  if (s->data != NULL) {
    memcpy(room, s->data + s->at, max);
    n = (ptrdiff_t)max;
  } else {
    n = read_file(s, room, max);
    if (n < 0) return -1;
  }
  s->at += n;
  if (s->progress != NULL) *s->progress += (uint64_t)n;
  return n;
}

void fal_source_rewind(fal_source *s) {
  if (s->progress != NULL) *s->progress -= (uint64_t)s->at;
  s->at = 0;
}

int fal_source_is_unchanged(fal_source *s) {
  struct stat st;
  char now[FAL_STAMP];
  if (s->fd < 0) return 1;
  if (fstat(s->fd, &st) != 0) return fail(s, strerror(errno)) == 0;
  fal_stamp_of(&st, now);
  if (strcmp(now, s->stamp) == 0) return 1;
  return fail(s, "it was changed while it was sent") == 0;
}

int fal_source_is_spent(fal_source *s) {
  if (s->at == s->len) return 1;
  return fail(s, "the service answered before it had all of it") == 0;
}

void fal_source_close(fal_source *s) {
  if (s->fd >= 0) close(s->fd);
  s->fd = -1;
}
