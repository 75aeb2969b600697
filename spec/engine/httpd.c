/*
** The server, and a file that it sends while signals come in: each cuts short
** whatever system call they meet, and all of the file must arrive all the same.
*/
#include "httpd.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "transfer.h"

#define SIZE (256u * 1024 * 1024)

static char path[] = "/tmp/fal-httpd-XXXXXX";

/* A file of that size, which takes no room on the disk. */
static void make_file(void) {
  int fd = mkstemp(path);
  check(fd >= 0 && ftruncate(fd, SIZE) == 0, "a file to be sent");
  close(fd);
}

static void on_alarm(int sig) { (void)sig; }

static void every_us(int us) {
  struct sigaction action = {.sa_handler = on_alarm};
  struct itimerval timer = {{0, us}, {0, us}};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &timer, NULL);
}

static int count(void *bytes, const char *data, size_t len) {
  (void)data;
  *(uint64_t *)bytes += len;
  return 0;
}

static void answer(fal_httpd *h) {
  fal_inbound *r = fal_httpd_next(h);
  if (r == NULL) return;
  check(fal_inbound_send_file(r, 200, "", path, 0, UINT64_MAX) ==
            FAL_INBOUND_DONE, "the file is sent");
  fal_inbound_drop(r);
}

/* Somebody has to take those who are ready, or the loop would not sleep. */
static void until_over(fal_reactor *r, fal_httpd *h, const fal_transfer *t) {
  while (t->outcome == FAL_RUNNING) {
    while (fal_reactor_ready(r) != NULL) continue;
    answer(h);
    fal_reactor_step(r, -1);
  }
}

static void receive(fal_reactor *r, fal_httpd *h) {
  char url[64];
  uint64_t bytes = 0;
  fal_transfer t;
  fal_ask ask = {.method = "GET", .url = url, .connect_ms = 10000,
                 .exchange_ms = 10000, .idle = 1, .sink = count,
                 .sink_ctx = &bytes};
  snprintf(url, sizeof url, "http://127.0.0.1:%d/x", h->port);
  fal_transfer_init(&t, r);
  fal_transfer_start(&t, &ask);
  until_over(r, h, &t);
  check(t.outcome == FAL_ANSWERED && bytes == SIZE, "%llu of %u bytes: %s",
        (unsigned long long)bytes, SIZE, t.message);
  fal_transfer_free(&t);
}

int main(void) {
  fal_reactor *r = fal_reactor_new();
  const fal_loop loop = {FAL_LOOP_VERSION, r, fal_reactor_adopt,
                         fal_reactor_release, fal_reactor_signal,
                         fal_reactor_forget};
  const fal_httpd_options options = {"127.0.0.1", 0, 1000, "/tmp", 1000};
  char why[200];
  fal_httpd *h = fal_httpd_open(&options, &loop, why, sizeof why);
  check(h != NULL, "%s", why);
  if (h == NULL) return check_result();
  make_file();
  every_us(200);
  for (int i = 0; i < 3; i++) receive(r, h);
  every_us(0);
  unlink(path);
  fal_httpd_free(h);
  fal_reactor_free(r);
  return check_result();
}
