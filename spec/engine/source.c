/*
** Sources by themselves: slices of files and of memory, what is counted, and
** each way in which a file is not, or is no longer, what was asked for.
*/
#include "source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static char folder[] = "/tmp/spec-source-XXXXXX";
static char path[64];

static void write_file(const char *text, int flags) {
  int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);
  check(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", path);
  close(fd);
}

/* All that is left of the source, read 'step' bytes at a time. */
static const char *rest_of(fal_source *s, size_t step) {
  static char text[64];
  size_t len = 0;
  ptrdiff_t n;
  while ((n = fal_source_read(s, text + len, step)) > 0) len += (size_t)n;
  check(n == 0, "%s", s->why);
  text[len] = '\0';
  return text;
}

static const struct {
  int64_t first, len;
  const char *bytes;  /* NULL: it is refused */
} slices[] = {
  {0, -1, "0123456789"}, {0, 10, "0123456789"}, {3, 4, "3456"}, {8, -1, "89"},
  {10, -1, ""}, {10, 0, ""}, {5, 0, ""},
  {11, -1, NULL}, {0, 11, NULL}, {9, 2, NULL}, {-1, 3, NULL},
};

static void read_slices(void) {
  write_file("0123456789", O_TRUNC);
  for (size_t i = 0; i < sizeof slices / sizeof *slices; i++) {
    fal_source s;
    uint64_t count = 100;
    int opened = fal_source_open(&s, path, slices[i].first, slices[i].len);
    s.progress = &count;
    check((opened == 0) == (slices[i].bytes != NULL), "slice %zu", i);
    if (opened != 0) {
      check(strstr(s.why, "shorter") != NULL, "slice %zu: %s", i, s.why);
    } else {
      check(strcmp(rest_of(&s, 3), slices[i].bytes) == 0, "slice %zu", i);
      check(fal_source_is_spent(&s), "slice %zu", i);
      check(count == 100 + strlen(slices[i].bytes), "slice %zu", i);
      fal_source_rewind(&s);
      check(count == 100, "slice %zu", i);
      check(strcmp(rest_of(&s, 60), slices[i].bytes) == 0, "slice %zu", i);
    }
    fal_source_close(&s);
  }
}

static void read_memory(void) {
  fal_source s;
  fal_source_memory(&s, "ab\0cd", 5);
  check(memcmp(rest_of(&s, 2), "ab\0cd", 5) == 0, "memory");
  check(fal_source_is_unchanged(&s), "memory");
}

static void notice_what_is_left(void) {
  fal_source s;
  char room[4];
  check(fal_source_open(&s, path, 0, -1) == 0, "%s", s.why);
  check(fal_source_read(&s, room, sizeof room) == 4, "%s", s.why);
  check(!fal_source_is_spent(&s), "after four of ten bytes");
  check(s.why[0] != '\0', "it says why");
  fal_source_close(&s);
}

static void notice_changes(void) {
  fal_source s;
  char room[64];
  write_file("0123456789", O_TRUNC);
  check(fal_source_open(&s, path, 0, -1) == 0, "%s", s.why);
  check(fal_source_is_unchanged(&s), "%s", s.why);
  write_file("0", O_APPEND);
  check(!fal_source_is_unchanged(&s), "it grew");
  fal_source_close(&s);
  check(fal_source_open(&s, path, 0, -1) == 0, "%s", s.why);
  check(truncate(path, 0) == 0, "%s", path);
  check(fal_source_read(&s, room, sizeof room) == -1, "it shrank");
  check(strstr(s.why, "shorter") != NULL, "%s", s.why);
  fal_source_close(&s);
}

static void refuse_others(void) {
  static const char *const names[] = {
    "/nowhere/at/all", "/tmp", "/dev/null", "/proc/self/status"
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    fal_source s;
    check(fal_source_open(&s, names[i], 0, -1) == -1, "%s", names[i]);
    check(s.why[0] != '\0', "%s", names[i]);
    fal_source_close(&s);
  }
}

int main(void) {
  if (mkdtemp(folder) == NULL) return 1;
  snprintf(path, sizeof path, "%s/x", folder);
  read_slices();
  read_memory();
  notice_what_is_left();
  notice_changes();
  refuse_others();
  unlink(path);
  rmdir(folder);
  return check_result();
}
