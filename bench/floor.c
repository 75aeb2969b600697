/*
** The least that a client on libcurl can spend: submit, status and result of
** many jobs, 64 at once, with nothing done that the exchange does not need. It
** sends what our client sends and has its two time limits. One easy handle a
** place, options set once but for URL and method, kept connections, and
** curl_multi_poll, which costs less here than curl_multi_socket_action over
** epoll, because answers come many at a time. Answers are searched with strstr
** and not decoded.
** Usage: floor URL JOBS. Fails unless every job's own result came.
*/
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 64, ID = 36 };

static const char input[] =
    "{\"prompt\":\"A futuristic city at dusk, cinematic, warm haze\","
    "\"aspect_ratio\":\"16:9\",\"duration\":\"8s\",\"seed\":42}";

typedef struct place {
  CURL *easy;
  enum { SUBMIT, STATUS, RESULT } step;
  char id[ID + 1], url[256], body[4096];
  size_t len;
} place;

static place places[AT_ONCE];
static CURLM *multi;
static int jobs_left, results;
static struct curl_slist *plain, *with_body;
static char submit_url[128];

static void die(const char *what) {
  fprintf(stderr, "floor: %s\n", what);
  exit(1);
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx) {
  place *p = ctx;
  size_t len = size * n;
  if (p->len + len >= sizeof p->body) return 0;
  memcpy(p->body + p->len, data, len);
  p->len += len;
  return len;
}

/* ------------------------------------------------------------------
** A place works off one job after the other
*/

static void start(place *p, int step, const char *url) {
  p->step = step;
  p->len = 0;
  if (step == SUBMIT) {
    curl_easy_setopt(p->easy, CURLOPT_POSTFIELDS, input);
    curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, with_body);
  } else if (step == STATUS) {
    curl_easy_setopt(p->easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, plain);
  }
  curl_easy_setopt(p->easy, CURLOPT_URL, url);
  if (curl_multi_add_handle(multi, p->easy) != CURLM_OK) die("add_handle");
}

static void next_job(place *p) {
  if (jobs_left-- > 0) start(p, SUBMIT, submit_url);
}

/* Copies the value of a text field of the answer. */
static void copy_field(const place *p, const char *name, char *out,
                       size_t room) {
  const char *at = strstr(p->body, name);
  const char *end = at != NULL ? strchr(at + strlen(name), '"') : NULL;
  if (end == NULL || (size_t)(end - at) - strlen(name) >= room) die(p->body);
  at += strlen(name);
  memcpy(out, at, (size_t)(end - at));
  out[end - at] = '\0';
}

static void finished(place *p) {
  char state[32];
  p->body[p->len] = '\0';
  switch (p->step) {
    case SUBMIT:
      copy_field(p, "\"request_id\":\"", p->id, sizeof p->id);
      snprintf(p->url, sizeof p->url, "%s/requests/%s/status", submit_url,
               p->id);
      start(p, STATUS, p->url);
      break;
    case STATUS:
      copy_field(p, "\"status\":\"", state, sizeof state);
      if (strcmp(state, "COMPLETED") != 0) die("a job is not done");
      p->url[strlen(p->url) - strlen("/status")] = '\0';
      start(p, RESULT, p->url);
      break;
    case RESULT:
      if (strstr(p->body, p->id) == NULL) die("not the result of this job");
      results++;
      next_job(p);
  }
}

/* ------------------------------------------------------------------ */

/* Looks who is finished; how many were. */
static int collect(void) {
  CURLMsg *msg;
  int left, count = 0;
  for (; (msg = curl_multi_info_read(multi, &left)) != NULL; count++) {
    place *p;
    CURL *easy = msg->easy_handle;
    if (msg->data.result != CURLE_OK)
      die(curl_easy_strerror(msg->data.result));
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&p);
    curl_multi_remove_handle(multi, easy);
    finished(p);
  }
  return count;
}

static void work(int jobs) {
  int running;
  for (;;) {
    curl_multi_perform(multi, &running);
    if (collect() > 0) continue;
    if (results == jobs) return;
    curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
}

static void open_place(place *p) {
  p->easy = curl_easy_init();
  curl_easy_setopt(p->easy, CURLOPT_PRIVATE, p);
  curl_easy_setopt(p->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(p->easy, CURLOPT_WRITEDATA, p);
  curl_easy_setopt(p->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(p->easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(p->easy, CURLOPT_CONNECTTIMEOUT_MS, 30000L);
  curl_easy_setopt(p->easy, CURLOPT_TIMEOUT_MS, 120000L);
  next_job(p);
}

static struct curl_slist *headers(void) {
  struct curl_slist *list =
      curl_slist_append(NULL, "Authorization: Key bench:bench");
  list = curl_slist_append(list, "User-Agent: fal-lua/0.1.0");
  return curl_slist_append(list, "Accept: application/json");
}

int main(int argc, char **argv) {
  int jobs = argc == 3 ? atoi(argv[2]) : 0;
  if (jobs < 1) die("usage: floor URL JOBS");
  snprintf(submit_url, sizeof submit_url, "%s/fal-ai/veo3/fast", argv[1]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)AT_ONCE);
  plain = headers();
  with_body = curl_slist_append(headers(), "Content-Type: application/json");
  jobs_left = jobs;
  for (int i = 0; i < AT_ONCE; i++) open_place(&places[i]);
  work(jobs);
  return 0;
}
