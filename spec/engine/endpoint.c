/*
** Endpoint ids, the URLs made of them, backup names, and the one question that
** guards the key: does this URL belong to that host?
*/
#include "endpoint.h"

#include <string.h>

#include "check.h"

static int is_span(fal_span s, const char *text) {
  return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static void cuts_ids(void) {
  static const struct {
    const char *id, *whole, *prefix, *path;
  } t[] = {
    {"fal-ai/flux/dev", "fal-ai/flux/dev", "fal-ai/flux", "dev"},
    {"fal-ai/fast-sdxl", "fal-ai/fast-sdxl", "fal-ai/fast-sdxl", ""},
    {"fal-ai/kling-video/v2.1/master/text-to-video",
     "fal-ai/kling-video/v2.1/master/text-to-video", "fal-ai/kling-video",
     "v2.1/master/text-to-video"},
    {"workflows/ana/portrait-2", "workflows/ana/portrait-2",
     "workflows/ana/portrait-2", ""},
    {"comfy/ana/board/run", "comfy/ana/board/run", "comfy/ana/board", "run"},
    {"ana/workflows/x", "ana/workflows/x", "ana/workflows", "x"},
    {"Workflows/ana/x", "Workflows/ana/x", "Workflows/ana", "x"},
    {"1234-my-app", "1234/my-app", "1234/my-app", ""},
    {"110602490-sdxl", "110602490/sdxl", "110602490/sdxl", ""},
    {"1234-app/x", "1234-app/x", "1234-app/x", ""},
    {"a_b/c~d/.e", "a_b/c~d/.e", "a_b/c~d", ".e"},
    {"a/b/...", "a/b/...", "a/b", "..."},
  };
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++) {
    fal_endpoint e;
    fal_bytes store;
    const char *fault;
    fal_bytes_init(&store, 1000);
    fault = fal_endpoint_parse(&e, &store, t[i].id, strlen(t[i].id));
    check(fault == NULL, "%s: %s", t[i].id, fault);
    check(is_span(e.id, t[i].whole), "%s", t[i].id);
    check(is_span(e.prefix, t[i].prefix), "%s", t[i].id);
    check(is_span(e.path, t[i].path), "%s", t[i].id);
    fal_bytes_free(&store);
  }
}

static void refuse_id(const char *id, size_t len, const char *why) {
  fal_endpoint e;
  fal_bytes store;
  const char *fault;
  fal_bytes_init(&store, 1000);
  fault = fal_endpoint_parse(&e, &store, id, len);
  check(fault != NULL && strstr(fault, why) != NULL, "'%s' (wanted: %s): %s",
        id, why, fault != NULL ? fault : "accepted");
  fal_bytes_free(&store);
}

static void refuses_ids(void) {
  static const struct { const char *id, *why; } t[] = {
    {"", "empty"},
    {"flux", "owner and a name"},
    {"12x-flux", "owner and a name"},
    {"-flux", "owner and a name"},
    {"1234-", "owner and a name"},
    {"1234-a_b", "owner and a name"},
    {"workflows/ana", "owner and a name"},
    {"comfy/ana", "owner and a name"},
    {"workflows", "owner and a name"},
    {"/fal-ai/flux", "slash"},
    {"fal-ai/flux/", "slash"},
    {"/", "slash"},
    {"fal-ai//flux", "empty part"},
    {"../..", ". or .."},
    {"fal-ai/..", ". or .."},
    {"fal-ai/./flux", ". or .."},
    {"fal-ai/flux/../x", ". or .."},
    {"fal-ai/%2e%2e", "letters"},
    {"fal-ai/flux dev", "letters"},
    {"fal-ai/flux\n", "letters"},
    {"fal-ai/flux\r\nX-Evil: 1", "URL"},
    {"fal-ai/flux?x=1", "letters"},
    {"fal-ai/flux#x", "letters"},
    {"fal-ai/fl\xC3\xBCx", "letters"},
    {"fal-ai\\flux", "letters"},
    {"user@host/flux", "letters"},
    {"https://fal.run/fal-ai/flux", "URL"},
    {"https://queue.fal.run/fal-ai/flux", "URL"},
  };
  static char longest[FAL_ENDPOINT_MAX + 1];
  fal_endpoint e;
  fal_bytes store;
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++)
    refuse_id(t[i].id, strlen(t[i].id), t[i].why);
  refuse_id("fal-ai/fl\0ux", 12, "letters");
  memset(longest, 'a', sizeof longest);
  longest[5] = '/';
  refuse_id(longest, sizeof longest, "longer");
  fal_bytes_init(&store, 1000);
  check(fal_endpoint_parse(&e, &store, longest, FAL_ENDPOINT_MAX) == NULL,
        "the longest id");
  fal_bytes_free(&store);
}

/* The URL of a run, or of a request when 'id' is not NULL; "-" when refused. */
static const char *url_of(const char *base, const char *endpoint,
                          const char *path, const char *id) {
  static char text[2000];
  fal_endpoint e;
  fal_bytes store, out;
  int failed;
  fal_bytes_init(&store, 1000);
  fal_bytes_init(&out, 1000);
  fal_endpoint_parse(&e, &store, endpoint, strlen(endpoint));
  failed = id == NULL
      ? fal_endpoint_run_url(&out, base, &e, path)
      : fal_endpoint_request_url(&out, base, &e, id, strlen(id), path);
  snprintf(text, sizeof text, "%s", failed ? "-" : out.data);
  fal_bytes_free(&store);
  fal_bytes_free(&out);
  return text;
}

static void makes_run_urls(void) {
  static const struct { const char *base, *id, *path, *url; } t[] = {
    {"https://fal.run", "fal-ai/flux/dev", NULL,
     "https://fal.run/fal-ai/flux/dev"},
    {"https://fal.run/", "fal-ai/flux", NULL, "https://fal.run/fal-ai/flux"},
    {"http://127.0.0.1:8000/queue", "workflows/a/b/c", NULL,
     "http://127.0.0.1:8000/queue/workflows/a/b/c"},
    {"http://[::1]:8000/q/", "12-a", NULL, "http://[::1]:8000/q/12/a"},
    {"wss://fal.run", "a/b", "/realtime", "wss://fal.run/a/b/realtime"},
    {"https://fal.run", "a/b", "stream", "https://fal.run/a/b/stream"},
    {"https://fal.run", "a/b/c", "/d/e/", "https://fal.run/a/b/c/d/e"},
    {"https://fal.run", "a/b", "", "https://fal.run/a/b"},
    {"https://fal.run", "a/b", "/", "https://fal.run/a/b"},
    {"https://fal.run", "a/b", "..", "-"},
    {"https://fal.run", "a/b", "c/../../d", "-"},
    {"https://fal.run", "a/b", "//evil", "-"},
    {"https://fal.run", "a/b", "c//d", "-"},
    {"https://fal.run", "a/b", "c?d=e", "-"},
    {"https://fal.run", "a/b", "c\r\nX: 1", "-"},
    {"https://fal.run?x=1", "a/b", NULL, "-"},
    {"https://fal.run/#x", "a/b", NULL, "-"},
    {"https://fal.run\r\n", "a/b", NULL, "-"},
    {"ftp://fal.run", "a/b", NULL, "-"},
    {"fal.run", "a/b", NULL, "-"},
    {"https://", "a/b", NULL, "-"},
    {"", "a/b", NULL, "-"},
  };
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++) {
    const char *url = url_of(t[i].base, t[i].id, t[i].path, NULL);
    check(strcmp(url, t[i].url) == 0, "%s: %s", t[i].url, url);
  }
}

static void makes_request_urls(void) {
  static const struct { const char *id, *request, *suffix, *url; } t[] = {
    {"fal-ai/flux/dev", "3f1c-9_a", "",
     "https://q/fal-ai/flux/requests/3f1c-9_a"},
    {"fal-ai/flux/dev", "x", "/status",
     "https://q/fal-ai/flux/requests/x/status"},
    {"workflows/a/b/c", "x", "/cancel",
     "https://q/workflows/a/b/requests/x/cancel"},
    {"12-a", "x", "/status/stream", "https://q/12/a/requests/x/status/stream"},
    {"a/b", "", "", "-"},
    {"a/b", "..", "", "-"},
    {"a/b", "x.y", "", "-"},
    {"a/b", "x/y", "", "-"},
    {"a/b", "x y", "", "-"},
    {"a/b", "x\n", "", "-"},
    {"a/b", "x?", "", "-"},
    {"a/b", "x%2f", "", "-"},
  };
  static char id[FAL_REQUEST_ID_MAX + 2];
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++) {
    const char *url = url_of("https://q", t[i].id, t[i].suffix, t[i].request);
    check(strcmp(url, t[i].url) == 0, "%s: %s", t[i].url, url);
  }
  memset(id, 'a', FAL_REQUEST_ID_MAX);
  check(url_of("https://q", "a/b", "", id)[0] == 'h', "the longest id");
  id[FAL_REQUEST_ID_MAX] = 'a';
  check(url_of("https://q", "a/b", "", id)[0] == '-', "a longer one");
}

static void adds_queries(void) {
  fal_bytes url;
  fal_bytes_init(&url, 1000);
  fal_bytes_add_text(&url, "https://q/a");
  fal_endpoint_add_query(&url, "logs", "1");
  fal_endpoint_add_query(&url, "fal_webhook",
                         "https://x.y/z?a=b&c=\xC3\xA9 \r\n+~");
  fal_endpoint_add_query(&url, "a b", "");
  check(strcmp(url.data, "https://q/a?logs=1&fal_webhook="
               "https%3A%2F%2Fx.y%2Fz%3Fa%3Db%26c%3D%C3%A9%20%0D%0A%2B~"
               "&a%20b=") == 0, "%s", url.data);
  fal_bytes_free(&url);
  fal_bytes_init(&url, 12);
  check(fal_endpoint_add_query(&url, "name", "123456") == 0, "up to the end");
  check(fal_endpoint_add_query(&url, "n", "") != 0, "no room");
  fal_bytes_free(&url);
}

static void knows_backups(void) {
  static const struct { const char *url, *backup; } t[] = {
    {"https://fal.run/a/b?c=d", "https://falrun.com/a/b?c=d"},
    {"https://queue.fal.run/a/b/requests/x",
     "https://queue.falrun.com/a/b/requests/x"},
    {"https://fal.run:8080", "https://falrun.com:8080"},
    {"http://fal.run/x", NULL},  /* NO_PROXY may name the first host only */
    {"https://FAL.RUN/x", "https://falrun.com/x"},
    {"https://rest.fal.ai/x", NULL},
    {"https://abc.run/x", NULL},
    {"https://evilfal.run/x", NULL},
    {"https://x.fal.run/x", NULL},
    {"https://fal.run.evil.com/x", NULL},
    {"https://fal.run@evil.com/x", NULL},
    {"https://evil.com/fal.run", NULL},
    {"https://falrun.com/x", NULL},
    {"http://127.0.0.1:1/x", NULL},
    {"fal.run", NULL},
    {"", NULL},
  };
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++) {
    fal_bytes out;
    int found;
    fal_bytes_init(&out, 1000);
    found = fal_url_backup(&out, t[i].url);
    check(found == (t[i].backup != NULL), "%s", t[i].url);
    check(!found || strcmp(out.data, t[i].backup) == 0, "%s", out.data);
    fal_bytes_free(&out);
  }
}

static void finds_what_no_header_may_have(void) {
  check(fal_url_is_clean("https://fal.run/a?b=c#\xC3\xA9", 24), "clean");
  check(!fal_url_is_clean("http://a b", 10), "a blank");
  check(!fal_url_is_clean("http://a\tb", 10), "a tab");
  check(!fal_url_is_clean("http://a\rb", 10), "a return");
  check(!fal_url_is_clean("http://a\n", 9), "a line break at the end");
  check(!fal_url_is_clean("http://a\0b", 10), "a zero");
}

static void guards_the_key(void) {
  static const struct { const char *url, *base; int within; } t[] = {
    {"https://fal.run/a", "https://fal.run", 1},
    {"https://fal.run", "https://fal.run/", 1},
    {"HTTPS://Fal.Run/a", "https://fal.run", 1},
    {"https://fal.run:443/a", "https://fal.run", 1},
    {"https://fal.run/a", "https://fal.run:443", 1},
    {"https://fal.run:0443/a", "https://fal.run", 1},
    {"http://fal.run:80/a", "http://fal.run", 1},
    {"wss://fal.run:443/a", "wss://fal.run", 1},
    {"ws://fal.run:80/a", "ws://fal.run", 1},
    {"http://127.0.0.1:8000/a", "http://127.0.0.1:8000/queue", 1},
    {"http://[::1]:8000/a", "http://[::1]:8000", 1},
    {"https://fal.run?x=@y", "https://fal.run", 1},
    {"http://fal.run/a", "https://fal.run", 0},
    {"https://fal.run:80/a", "https://fal.run", 0},
    {"https://fal.run:8443/a", "https://fal.run", 0},
    {"wss://fal.run/a", "https://fal.run", 0},
    {"https://queue.fal.run/a", "https://fal.run", 0},
    {"https://fal.rum/a", "https://fal.run", 0},
    {"https://fal.run/a\\b", "https://fal.run", 0},
    {"https://evilfal.run/a", "https://fal.run", 0},
    {"https://fal.run.evil.com/a", "https://fal.run", 0},
    {"https://fal.runevil.com/a", "https://fal.run", 0},
    {"https://fal.run./a", "https://fal.run", 0},
    {"https://fal.run@evil.com/a", "https://fal.run", 0},
    {"https://fal.run:443@evil.com/a", "https://fal.run", 0},
    {"https://user@fal.run/a", "https://fal.run", 0},
    {"https://evil.com/https://fal.run", "https://fal.run", 0},
    {"https://fal.run\\@evil.com/a", "https://fal.run", 0},
    {"https://fal.run\\.evil.com/a", "https://fal.run", 0},
    {"https:\\\\fal.run/a", "https://fal.run", 0},
    {"https:/fal.run/a", "https://fal.run", 0},
    {"https:///fal.run/a", "https://fal.run", 0},
    {"//fal.run/a", "https://fal.run", 0},
    {"/a", "https://fal.run", 0},
    {"", "https://fal.run", 0},
    {"", "", 0},
    {" https://fal.run/a", "https://fal.run", 0},
    {"https://fal.run/a b", "https://fal.run", 0},
    {"https://fal.run/a\r\nX: y", "https://fal.run", 0},
    {"https://fal.run\t/a", "https://fal.run", 0},
    {"https://fal.run/\x7f", "https://fal.run", 0},
    {"https://fal.run/\xC3\xA9", "https://fal.run", 0},
    {"https://f%61l.run/a", "https://fal.run", 0},
    {"https://fal.run:/a", "https://fal.run", 0},
    {"https://fal.run:443x/a", "https://fal.run", 0},
    {"https://fal.run:000443/a", "https://fal.run", 0},
    {"https://[::1/a", "https://[::1", 0},
    {"https://[::1]x/a", "https://[::1]", 0},
    {"ftp://fal.run/a", "ftp://fal.run", 0},
    {"file:///etc/passwd", "https://fal.run", 0},
  };
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++)
    check(fal_url_within(t[i].url, t[i].base) == t[i].within, "%s in %s",
          t[i].url, t[i].base);
}

int main(void) {
  cuts_ids();
  refuses_ids();
  makes_run_urls();
  makes_request_urls();
  adds_queries();
  knows_backups();
  finds_what_no_header_may_have();
  guards_the_key();
  return check_result();
}
