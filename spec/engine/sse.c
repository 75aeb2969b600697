/*
** The event-stream parser. Every input is fed whole, byte by byte, and cut in
** two at every point; the events must be the same, and so must what is left.
*/
#include "sse.h"

#include <string.h>

#include "check.h"

#define BOM "\xEF\xBB\xBF"

typedef struct example {
  const char *what;
  const char *input;
  const char *events;  /* each "[data]" */
  int partial;
} example;

static const example examples[] = {
    {"one event", "data: a\n\n", "[a]", 0},
    {"no space after the colon", "data:a\n\n", "[a]", 0},
    {"only one space is taken", "data:  a \n\n", "[ a ]", 0},
    {"two events", "data: a\n\ndata: b\n\n", "[a][b]", 0},
    {"CR", "data: a\r\rdata: b\r\r", "[a][b]", 0},
    {"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", "[a][b]", 0},
    {"CRLF between lines", "data: a\r\ndata: b\r\n\r\n", "[a\nb]", 0},
    {"mixed ends", "data: a\r\n\ndata: b\r\r\ndata: c\n\r", "[a][b][c]", 0},
    {"LF CR is two ends", "data: a\n\rdata: b\n\n", "[a][b]", 0},
    {"lines are joined", "data: a\ndata: b\ndata: c\n\n", "[a\nb\nc]", 0},
    {"empty lines of data count", "data: a\ndata\ndata:\ndata: b\n\n",
     "[a\n\n\nb]", 0},
    {"comments", ": ping\n\n:\n\ndata: a\n: in between\ndata: b\n\n", "[a\nb]",
     0},
    {"other fields", "event: x\nid: 7\nretry: 10\ndata: a\n\n", "[a]", 0},
    {"unknown fields", "datas: x\ndat: y\n data: z\nfoo\ndata: a\n\n", "[a]",
     0},
    {"case matters", "Data: a\nDATA: b\n\n", "", 0},
    {"a colon in the data", "data: a: b\n\n", "[a: b]", 0},
    {"a tab is data", "data:\ta\n\n", "[\ta]", 0},
    {"byte order mark", BOM "data: a\n\n", "[a]", 0},
    {"only the first mark", BOM BOM "data: a\n\n", "", 0},
    {"a mark later is text", "\n" BOM "data: a\n\ndata: b\n\n", "[b]", 0},
    {"half a mark", "\xEF\xBB" "data: a\n\n", "", 0},
    {"a mark in the data", "data: " BOM "a\n\n", "[" BOM "a]", 0},
    {"UTF-8", "data: \xE2\x82\xAC\xF0\x9F\x8E\xAC\n\n",
     "[\xE2\x82\xAC\xF0\x9F\x8E\xAC]", 0},
    {"empty data is no event", "data:\n\ndata\n\ndata: \n\n", "", 0},
    {"two lines of nothing", "data\ndata\n\n", "[\n]", 0},
    {"an event name alone", "event: x\n\ndata: a\n\n", "[a]", 0},
    {"nothing", "", "", 0},
    {"blank lines", "\n\r\r\n\n", "", 0},
    {"an unfinished event is dropped", "data: a\n\ndata: b\n", "[a]", 1},
    {"an unfinished line is dropped", "data: a\n\ndata: b", "[a]", 1},
    {"an unfinished field name", "data: a\n\nda", "[a]", 1},
    {"the blank line may end the stream", "data: a\r\n\r", "[a]", 0},
    {"WHATWG: YHOO", "data: YHOO\ndata: +2\ndata: 10\n\n", "[YHOO\n+2\n10]", 0},
    {"WHATWG: three blocks",
     ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
     "data:  third event\n\n",
     "[first event][second event][ third event]", 0},
    {"WHATWG: space", "data:test\n\ndata: test\n\n", "[test][test]", 0},
    {"escapes are left alone", "data: \"\\n\\r\"\n\n", "[\"\\n\\r\"]", 0},
};

typedef struct seen {
  fal_bytes text;
  int stop_after;
  int count;
} seen;

static int collect(void *ctx, const char *data, size_t len) {
  seen *s = ctx;
  check(data[len] == '\0', "data has a final zero");
  fal_bytes_add_char(&s->text, '[');
  fal_bytes_add(&s->text, data, len);
  fal_bytes_add_char(&s->text, ']');
  return ++s->count == s->stop_after;
}

/* Feeds the first 'cut' bytes, then the rest; 0 means byte by byte. */
static void feed_cut(const example *e, size_t cut) {
  size_t len = strlen(e->input), i;
  seen got = {0};
  fal_sse s;
  fal_bytes_init(&got.text, 10000);
  fal_bytes_add_text(&got.text, "");
  fal_sse_init(&s, 1000, collect, &got);
  if (cut > 0) {
    fal_sse_feed(&s, e->input, cut);
    fal_sse_feed(&s, e->input + cut, len - cut);
  } else {
    for (i = 0; i < len; i++) fal_sse_feed(&s, e->input + i, 1);
  }
  check(s.error == 0, "%s, cut %zu: error %d", e->what, cut, s.error);
  check(strcmp(got.text.data, e->events) == 0, "%s, cut %zu: %s", e->what, cut,
        got.text.data);
  check(fal_sse_partial(&s) == e->partial, "%s, cut %zu", e->what, cut);
  fal_sse_free(&s);
  fal_bytes_free(&got.text);
}

static void gives_equal_events_however_cut(void) {
  size_t i, cut;
  for (i = 0; i < sizeof examples / sizeof *examples; i++)
    for (cut = 0; cut <= strlen(examples[i].input); cut++)
      feed_cut(&examples[i], cut);
}

static void keeps_zeros(void) {
  seen got = {0};
  fal_sse s;
  fal_bytes_init(&got.text, 100);
  fal_sse_init(&s, 100, collect, &got);
  fal_sse_feed(&s, "data: a\0b\n\n", 11);
  check(got.text.len == 5 && memcmp(got.text.data, "[a\0b]", 5) == 0, "zero");
  fal_sse_free(&s);
  fal_bytes_free(&got.text);
}

static void stops_when_told(void) {
  seen got = {0};
  fal_sse s;
  fal_bytes_init(&got.text, 100);
  fal_sse_init(&s, 100, collect, &got);
  got.stop_after = 2;
  check(fal_sse_feed(&s, "data:a\n\ndata:b\n\ndata:c\n\n", 24) ==
            FAL_SSE_STOPPED, "stopped");
  check(got.count == 2, "%d events", got.count);
  check(fal_sse_feed(&s, "data:d\n\n", 8) == FAL_SSE_STOPPED, "for good");
  check(got.count == 2, "%d events", got.count);
  fal_sse_free(&s);
  fal_bytes_free(&got.text);
}

/* 'lines' times "data:xxxx\n", then a blank line, with a maximum of 100. */
static int fed_with(size_t lines, size_t width, size_t step) {
  static char line[2000];
  seen got = {0};
  fal_sse s;
  size_t i, at, len = width + 6;
  memset(line, 'x', sizeof line);
  memcpy(line, "data:", 5);
  line[5 + width] = '\n';
  fal_bytes_init(&got.text, 10000);
  fal_sse_init(&s, 100, collect, &got);
  for (i = 0; i < lines; i++)
    for (at = 0; at < len; at += step)
      fal_sse_feed(&s, line + at, step < len - at ? step : len - at);
  fal_sse_feed(&s, "\n", 1);
  fal_bytes_free(&got.text);
  fal_sse_free(&s);
  return s.error != 0 ? s.error : got.count;
}

static void keeps_to_its_maximum(void) {
  size_t step;
  for (step = 1; step < 2000; step = step * 3 + 1) {
    check(fed_with(1, 100, step) == 1, "100 bytes by %zu", step);
    check(fed_with(1, 101, step) == FAL_SSE_TOO_LARGE, "101 by %zu", step);
    check(fed_with(10, 9, step) == 1, "ten lines by %zu", step);
    check(fed_with(10, 10, step) == FAL_SSE_TOO_LARGE, "more by %zu", step);
    check(fed_with(1, 1900, step) == FAL_SSE_TOO_LARGE, "a line by %zu", step);
  }
}

int main(void) {
  gives_equal_events_however_cut();
  keeps_zeros();
  stops_when_told();
  keeps_to_its_maximum();
  return check_result();
}
