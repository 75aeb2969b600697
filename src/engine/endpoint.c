/*
** Endpoint ids and URLs. What may stand in an id is a short list of harmless
** characters, so nothing in one ever needs escaping.
*/
#include "endpoint.h"

#include <string.h>
#include <strings.h>

#define LONGEST_PORT 5

/*
** {======================================================
** Characters and segments
** =======================================================
*/

static int is_digit(char c) {
  return c >= '0' && c <= '9';
}

static int is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The characters that RFC 3986 calls unreserved. */
static int is_plain(char c) {
  return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
}

static fal_span span(const char *at, size_t len) {
  fal_span s;
  s.at = at;
  s.len = len;
  return s;
}

static int equals(fal_span s, const char *text) {
  return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

/* What comes before the first '/', and the rest after it. */
static fal_span first_segment(fal_span s, fal_span *rest) {
  const char *slash = s.len > 0 ? memchr(s.at, '/', s.len) : NULL;
  size_t len = slash != NULL ? (size_t)(slash - s.at) : s.len;
  *rest = slash != NULL ? span(slash + 1, s.len - len - 1)
                        : span(s.at + s.len, 0);
  return span(s.at, len);
}

static const char *segment_fault(fal_span s) {
  size_t i;
  if (s.len == 0) return "has an empty part between slashes";
  if (equals(s, ".") || equals(s, "..")) return "must not contain . or ..";
  for (i = 0; i < s.len; i++)
    if (!is_plain(s.at[i]))
      return "may contain letters, digits, - _ . ~ and / only";
  return NULL;
}

static const char *path_fault(fal_span s) {
  size_t i, start = 0;
  for (i = 0; i <= s.len; i++) {
    const char *fault;
    if (i < s.len && s.at[i] != '/') continue;
    fault = segment_fault(span(s.at + start, i - start));
    if (fault != NULL) return fault;
    start = i + 1;
  }
  return NULL;
}

/* }====================================================== */

/*
** {======================================================
** Endpoint ids
** =======================================================
*/

/* Where the '-' of an old id such as 110602490-sdxl stands; 0: no such id. */
static size_t legacy_dash(fal_span id) {
  size_t dash = 0, i;
  while (dash < id.len && is_digit(id.at[dash])) dash++;
  if (dash == 0 || dash + 1 >= id.len || id.at[dash] != '-') return 0;
  for (i = dash + 1; i < id.len; i++)
    if (!is_alnum(id.at[i]) && id.at[i] != '-') return 0;
  return dash;
}

static const char *id_fault(const char *id, size_t len) {
  if (len == 0) return "is empty";
  if (len > FAL_ENDPOINT_MAX) return "is longer than 512 characters";
  if (memchr(id, ':', len) != NULL)
    return "must be the id alone, such as fal-ai/flux/dev, and not a URL";
  if (id[0] == '/' || id[len - 1] == '/')
    return "must not begin or end with a slash";
  return path_fault(span(id, len));
}

/* Fills in the parts of the id that 'e->id' holds. */
static const char *cut(fal_endpoint *e) {
  fal_span rest, alias;
  fal_span owner = first_segment(e->id, &rest);
  if (equals(owner, "workflows") || equals(owner, "comfy"))
    owner = first_segment(rest, &rest);
  alias = first_segment(rest, &e->path);
  if (owner.len == 0 || alias.len == 0)
    return "needs an owner and a name, as in fal-ai/flux/dev";
  e->prefix = span(e->id.at, (size_t)(alias.at - e->id.at) + alias.len);
  return NULL;
}

const char *fal_endpoint_parse(fal_endpoint *e, fal_bytes *store,
                               const char *id, size_t len) {
  const char *fault = id_fault(id, len);
  size_t dash;
  memset(e, 0, sizeof *e);
  if (fault != NULL) return fault;
  fal_bytes_clear(store);
  if (fal_bytes_add(store, id, len) != 0) return "does not fit in memory";
  dash = legacy_dash(span(id, len));
  if (dash != 0) store->data[dash] = '/';
  e->id = span(store->data, store->len);
  return cut(e);
}

/* }====================================================== */

/*
** {======================================================
** The parts of a URL
** =======================================================
*/

typedef struct url_parts {
  fal_span scheme, host, port;
  const char *rest;  /* path, query, fragment */
} url_parts;

/* Length of the leading part of 'at' made of what 'fits'. */
static size_t run_of(const char *at, int (*fits)(char)) {
  size_t n = 0;
  while (at[n] != '\0' && fits(at[n])) n++;
  return n;
}

static int in_host(char c) {
  return is_alnum(c) || c == '-' || c == '.' || c == '_';
}

static int in_address(char c) {
  return is_alnum(c) || c == ':' || c == '.';
}

/* Printable ASCII without the characters that readers of URLs disagree on. */
static int in_url(char c) {
  return c > ' ' && c < 0x7f && c != '\\';
}

static int known_scheme(fal_span s) {
  static const char *const known[] = {"http", "https", "ws", "wss"};
  size_t i;
  for (i = 0; i < sizeof known / sizeof *known; i++)
    if (s.len == strlen(known[i]) && strncasecmp(s.at, known[i], s.len) == 0)
      return 1;
  return 0;
}

/* A name, or an IPv6 address in brackets; returns what follows, or NULL. */
static const char *cut_host(url_parts *u, const char *at) {
  size_t n = *at == '[' ? 1 + run_of(at + 1, in_address) : run_of(at, in_host);
  if (*at == '[' && at[n++] != ']') return NULL;
  u->host = span(at, n);
  return n > 0 ? at + n : NULL;
}

static const char *cut_port(url_parts *u, const char *at) {
  size_t n = 0;
  if (*at == ':') {
    n = run_of(++at, is_digit);
    if (n == 0 || n > LONGEST_PORT) return NULL;
  }
  u->port = span(at, n);
  return at + n;
}

/* 1 when 'url' is absolute and of the plainest form; user names are not. */
static int cut_url(url_parts *u, const char *url) {
  const char *at = url;
  u->scheme = span(url, run_of(url, is_alnum));
  if (url[run_of(url, in_url)] != '\0' || !known_scheme(u->scheme)) return 0;
  at += u->scheme.len;
  if (strncmp(at, "://", 3) != 0) return 0;
  at = cut_host(u, at + 3);
  if (at != NULL) at = cut_port(u, at);
  if (at == NULL || (*at != '\0' && strchr("/?#", *at) == NULL)) return 0;
  u->rest = at;
  return 1;
}

static int same_text(fal_span a, fal_span b) {
  return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static long port_number(const url_parts *u) {
  long n = 0;
  size_t i;
  if (u->port.len == 0)
    return same_text(u->scheme, span("https", 5)) ||
           same_text(u->scheme, span("wss", 3)) ? 443 : 80;
  for (i = 0; i < u->port.len; i++) n = n * 10 + (u->port.at[i] - '0');
  return n;
}

int fal_url_is_clean(const char *url, size_t len) {
  return strcspn(url, " \t\r\n") == len;
}

int fal_url_within(const char *url, const char *base) {
  url_parts u, b;
  return cut_url(&u, url) && cut_url(&b, base) &&
         same_text(u.scheme, b.scheme) && same_text(u.host, b.host) &&
         port_number(&u) == port_number(&b);
}

int fal_url_backup(fal_bytes *out, const char *url) {
  url_parts u;
  const char *name;
  if (!cut_url(&u, url) || !same_text(u.scheme, span("https", 5))) return 0;
  if (same_text(u.host, span("fal.run", 7))) name = "falrun.com";
  else if (same_text(u.host, span("queue.fal.run", 13)))
    name = "queue.falrun.com";
  else return 0;
  fal_bytes_clear(out);
  fal_bytes_add(out, url, (size_t)(u.host.at - url));
  fal_bytes_add_text(out, name);
  return fal_bytes_add_text(out, u.host.at + u.host.len) == 0;
}

/* }====================================================== */

/*
** {======================================================
** Making URLs
** =======================================================
*/

/* The base without its final slash; it must not have a query. */
static int add_base(fal_bytes *out, const char *base) {
  url_parts u;
  size_t len = strlen(base);
  if (!cut_url(&u, base) || strpbrk(u.rest, "?#") != NULL) return -1;
  if (base[len - 1] == '/') len--;
  return fal_bytes_add(out, base, len);
}

static int add_segment(fal_bytes *out, fal_span s) {
  fal_bytes_add_char(out, '/');
  return fal_bytes_add(out, s.at, s.len);
}

int fal_endpoint_run_url(fal_bytes *out, const char *base,
                         const fal_endpoint *e, const char *path) {
  fal_span extra = span(path, path != NULL ? strlen(path) : 0);
  if (extra.len > 0 && extra.at[0] == '/') {
    extra.at++;
    extra.len--;
  }
  if (extra.len > 0 && extra.at[extra.len - 1] == '/') extra.len--;
  if (extra.len > 0 && path_fault(extra) != NULL) return -1;
  if (add_base(out, base) != 0) return -1;
  if (add_segment(out, e->id) != 0) return -1;
  return extra.len > 0 ? add_segment(out, extra) : 0;
}

static int good_request_id(const char *id, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    if (!is_alnum(id[i]) && id[i] != '-' && id[i] != '_') return 0;
  return len > 0 && len <= FAL_REQUEST_ID_MAX;
}

int fal_endpoint_request_url(fal_bytes *out, const char *base,
                             const fal_endpoint *e, const char *request_id,
                             size_t id_len, const char *suffix) {
  if (!good_request_id(request_id, id_len)) return -1;
  if (add_base(out, base) != 0) return -1;
  add_segment(out, e->prefix);
  fal_bytes_add_text(out, "/requests/");
  fal_bytes_add(out, request_id, id_len);
  return fal_bytes_add_text(out, suffix);
}

static int add_escaped(fal_bytes *out, const char *text) {
  static const char hex[] = "0123456789ABCDEF";
  int failed = 0;
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    char code[3] = {'%', hex[c >> 4], hex[c & 15]};
    failed |= is_plain(*text) ? fal_bytes_add_char(out, *text)
                              : fal_bytes_add(out, code, sizeof code);
  }
  return failed;
}

int fal_endpoint_add_query(fal_bytes *url, const char *name,
                           const char *value) {
  int more = url->len > 0 && memchr(url->data, '?', url->len) != NULL;
  int failed = fal_bytes_add_char(url, more ? '&' : '?');
  failed |= add_escaped(url, name);
  failed |= fal_bytes_add_char(url, '=');
  return failed | add_escaped(url, value);
}

/* }====================================================== */
