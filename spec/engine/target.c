/*
** Targets by themselves: what a file has after each kind of answer, and that
** it is on the disk before anybody is told that it is complete. The transfer
** is made up: a target looks at its status and its headers only.
*/
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "header.h"

static char folder[] = "/tmp/spec-target-XXXXXX";
static char path[64];
static int synced, without_locks;

/* In place of the system's own. */
int fsync(int fd) {
  (void)fd;
  synced++;
  return 0;
}

int flock(int fd, int operation) {
  if (!without_locks) return (int)syscall(SYS_flock, fd, operation);
  errno = ENOLCK;
  return -1;
}

const char *fal_transfer_answer_header(const fal_transfer *t, const char *name,
                                       size_t *len) {
  return fal_header_find(t->headers.data, name, len);
}

static void write_file(const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  check(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", path);
  close(fd);
}

static const char *content(void) {
  static char text[64];
  int fd = open(path, O_RDONLY);
  ssize_t n = read(fd, text, sizeof text - 1);
  text[n < 0 ? 0 : n] = '\0';
  close(fd);
  return text;
}

typedef struct answer {
  const char *what, *there;  /* the file before; NULL: none */
  int64_t keep, max;
  int status;
  const char *headers, *body;
  enum fal_target_state state;
  const char *after;
} answer;

static const answer answers[] = {
  {"whole", NULL, 0, -1, 200, "", "0123", FAL_TARGET_OK, "0123"},
  {"empty", NULL, 0, -1, 200, "", "", FAL_TARGET_OK, ""},
  {"the rest", "01XX", 2, -1, 206, "Content-Range: bytes 2-3/4\r\n", "23",
   FAL_TARGET_OK, "0123"},
  {"all instead of the rest", "01XX", 2, -1, 200, "", "abc", FAL_TARGET_OK,
   "abc"},
  {"nothing instead of the rest", "01XX", 2, -1, 200, "", "", FAL_TARGET_OK,
   ""},
  {"the rest from elsewhere", "01XX", 2, -1, 206,
   "Content-Range: bytes 3-3/4\r\n", "3", FAL_TARGET_ELSEWHERE, "01"},
  {"a rest that does not say from where", "01XX", 2, -1, 206, "", "23",
   FAL_TARGET_ELSEWHERE, "01"},
  {"more to keep than there is", "01", 9, -1, 206,
   "Content-Range: bytes 2-3/4\r\n", "23", FAL_TARGET_OK, "0123"},
  {"as much as is allowed", NULL, 0, 4, 200, "Content-Length: 4\r\n", "0123",
   FAL_TARGET_OK, "0123"},
  {"announced as too much", NULL, 0, 3, 200, "Content-Length: 4\r\n", "0",
   FAL_TARGET_TOO_LARGE, ""},
  {"too much without announcement", NULL, 0, 3, 200, "", "0123",
   FAL_TARGET_TOO_LARGE, ""},
  {"a rest that makes it too much", "01XX", 2, 3, 206,
   "Content-Range: bytes 2-3/4\r\nContent-Length: 2\r\n", "2",
   FAL_TARGET_TOO_LARGE, "01"},
};

/* The bytes come one by one. */
static void fill(fal_target *f, const char *body) {
  for (; *body != '\0'; body++)
    if (fal_target_sink(f, body, 1) != 0) return;
}

static void receive(const answer *a) {
  fal_transfer t = {.status = a->status};
  fal_target f;
  uint64_t progress = 0;
  unlink(path);
  if (a->there != NULL) write_file(a->there);
  fal_bytes_init(&t.headers, 1000);
  fal_bytes_add_text(&t.headers, "HTTP/1.1 200 OK\r\n");
  fal_bytes_add_text(&t.headers, a->headers);
  fal_bytes_add_text(&t.headers, "\r\n");
  fal_target_none(&f);
  f.max = a->max;
  f.transfer = &t;
  f.progress = &progress;
  check(fal_target_open(&f, path, a->keep) == 0, "%s", a->what);
  fill(&f, a->body);
  synced = 0;
  if (f.state == FAL_TARGET_OK)
    check(fal_target_finish(&f) == 0 && synced == 1, "%s", a->what);
  check(f.state == a->state, "%s: state %d", a->what, (int)f.state);
  if (f.state == FAL_TARGET_OK)
    check(progress == strlen(a->after), "%s", a->what);
  fal_target_close(&f);
  if (a->state != FAL_TARGET_TOO_LARGE || a->after[0] != '\0')
    check(strcmp(content(), a->after) == 0, "%s: %s", a->what, content());
  fal_bytes_free(&t.headers);
}

static void fill_alone(void) {
  fal_target first, second;
  fal_target_none(&first);
  fal_target_none(&second);
  unlink(path);
  check(fal_target_open(&first, path, 0) == 0, "the first");
  check(fal_target_open(&second, path, 0) == -1, "at the same time");
  check(second.state == FAL_TARGET_BUSY, "at the same time");
  fal_target_close(&second);
  fal_target_close(&first);
  fal_target_none(&second);
  check(fal_target_open(&second, path, 0) == 0, "afterwards");
  fal_target_close(&second);
}

static void say_that_there_are_no_locks(void) {
  fal_target f;
  fal_target_none(&f);
  without_locks = 1;
  check(fal_target_open(&f, path, 0) == -1, "without locks");
  without_locks = 0;
  check(f.state == FAL_TARGET_FAILED, "state %d", (int)f.state);
  check(strcmp(f.why, strerror(ENOLCK)) == 0, "%s", f.why);
  fal_target_close(&f);
}

/* What is no file of ours stays as it is. */
static void refuse_others(void) {
  fal_target f;
  fal_target_none(&f);
  check(fal_target_open(&f, folder, 0) == -1, "a folder");
  fal_target_close(&f);
  unlink(path);
  check(symlink("/dev/null", path) == 0, "%s", path);
  fal_target_none(&f);
  check(fal_target_open(&f, path, 0) == -1, "a link");
  check(f.state == FAL_TARGET_FAILED, "a link");
  fal_target_close(&f);
  unlink(path);
  check(mkfifo(path, 0600) == 0, "%s", path);
  fal_target_none(&f);
  check(fal_target_open(&f, path, 0) == -1, "a FIFO");
  fal_target_close(&f);
}

int main(void) {
  if (mkdtemp(folder) == NULL) return 1;
  snprintf(path, sizeof path, "%s/x", folder);
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
    receive(&answers[i]);
  fill_alone();
  say_that_there_are_no_locks();
  refuse_others();
  unlink(path);
  rmdir(folder);
  return check_result();
}
