/*
** Memory first, a temporary file later.
*/
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fal_spool_init(fal_spool *s, size_t in_memory) {
  fal_bytes_init(&s->memory, in_memory);
  s->path = NULL;
  s->size = 0;
  s->fd = -1;
}

void fal_spool_expect(fal_spool *s, uint64_t size) {
  if (size > 0 && size <= s->memory.max)
    fal_bytes_reserve(&s->memory, (size_t)size);
}

static int write_all(int fd, const char *data, size_t len) {
  while (len > 0) {
    ssize_t n = write(fd, data, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    data += n;
    len -= (size_t)n;
  }
  return 0;
}

static int open_file(fal_spool *s, const char *dir) {
  static const char name[] = "/fal-body-XXXXXX";
  size_t len = strlen(dir);
  char *path = malloc(len + sizeof name);
  if (path == NULL) return -1;
  memcpy(path, dir, len);
  memcpy(path + len, name, sizeof name);
  s->fd = mkostemp(path, O_CLOEXEC);
  if (s->fd < 0) {
    free(path);
    return -1;
  }
  s->path = path;
  return 0;
}

/* What memory holds goes to a file, and so does all that follows. */
static int move_to_file(fal_spool *s, const char *dir) {
  if (open_file(s, dir) != 0) return -1;
  if (write_all(s->fd, s->memory.data, s->memory.len) != 0) return -1;
  fal_bytes_free(&s->memory);
  return 0;
}

int fal_spool_add(fal_spool *s, const char *dir, const void *data, size_t len) {
  s->size += len;
  if (s->path == NULL && len <= s->memory.max - s->memory.len) {
    if (fal_bytes_add(&s->memory, data, len) == 0) return 0;
    errno = ENOMEM;
    return -1;
  }
  if (s->path == NULL && move_to_file(s, dir) != 0) return -1;
  return write_all(s->fd, data, len);
}

int fal_spool_end(fal_spool *s) {
  int fd = s->fd;
  s->fd = -1;
  return fd >= 0 ? close(fd) : 0;
}

void fal_spool_free(fal_spool *s) {
  size_t in_memory = s->memory.max;
  fal_spool_end(s);
  if (s->path != NULL) unlink(s->path);
  free(s->path);
  fal_bytes_free(&s->memory);
  fal_spool_init(s, in_memory);
}
