/*
** One pass over the text. Strings are leapt over with memchr; for the rest a
** stack of open containers knows where we are, so that a note can be written
** when a value calls for one: a value's key is the last string before it.
*/
#include "jsontext.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAFE_DIGITS 18      /* any integer of so many digits fits in 64 bits */
#define FLOAT_DIGITS 15     /* and any of so many in a float, beside which no
                               other number of so many digits becomes it */
#define MANY_DIGITS 200     /* so many and a small exponent stay in a double */

/*
** {======================================================
** Numbers
** =======================================================
*/

typedef struct number {
  size_t len;       /* 0: malformed */
  size_t digits;    /* before the point */
  size_t fraction;  /* and after it */
  size_t exponent;  /* digits of the exponent */
  int integer;
} number;

static int is_digit(char c) {
  return c >= '0' && c <= '9';
}

static inline size_t count_digits(const char *at, const char *end) {
  const char *p = at;
  while (p < end && is_digit(*p)) p++;
  return (size_t)(p - at);
}

/* After the digits at 'p': a fraction and an exponent. NULL: malformed. */
static const char *read_rest(number *n, const char *p, const char *end) {
  if (p < end && *p == '.') {
    n->fraction = count_digits(++p, end);
    if (n->fraction == 0) return NULL;
    n->integer = 0;
    p += n->fraction;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    p++;
    if (p < end && (*p == '+' || *p == '-')) p++;
    n->exponent = count_digits(p, end);
    if (n->exponent == 0) return NULL;
    n->integer = 0;
    p += n->exponent;
  }
  return p;
}

/* Something after a number that makes it malformed, such as 01 or 1.2.3. */
static int goes_on(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '.' || c == '+' || c == '-';
}

static inline number read_number(const char *at, const char *end) {
  number n = {0, 0, 0, 0, 1};
  const char *p = at;
  if (p < end && *p == '-') p++;
  n.digits = p < end && *p == '0' ? 1 : count_digits(p, end);
  if (n.digits == 0) return n;
  p += n.digits;
  if (p < end && goes_on(*p)) {
    p = read_rest(&n, p, end);
    if (p == NULL || (p < end && goes_on(*p))) return n;
  }
  n.len = (size_t)(p - at);
  return n;
}

int fal_jsontext_is_number(const char *at, size_t len) {
  return len > 0 && read_number(at, at + len).len == len;
}

/* Whether the number at 'at', which is no integer, may become a whole float,
   as 2.0 or 1e3 do, or 1.9999999999999999 by rounding. */
static int may_be_whole(const number *n, const char *at) {
  const char *fraction = at + (*at == '-') + n->digits + 1;
  size_t i, most = n->fraction;
  if (n->exponent > 0 || n->digits >= FLOAT_DIGITS) return 1;
  if (n->digits + most > FLOAT_DIGITS) most = FLOAT_DIGITS - n->digits;
  for (i = 0; i < most; i++)
    if (fraction[i] != '0' && (fraction[i] != '9' || most == n->fraction))
      return 0;
  return 1;
}

int fal_jsontext_integer(const char *at, size_t len, long long *value) {
  int negative = at[0] == '-';
  unsigned long long most = (unsigned long long)INT64_MAX + (negative ? 1 : 0);
  unsigned long long n = 0;
  size_t i;
  for (i = negative ? 1 : 0; i < len; i++) {
    unsigned digit = (unsigned)(at[i] - '0');
    if (n > (most - digit) / 10) return 0;
    n = n * 10 + digit;
  }
  *value = negative ? (n == 0 ? 0 : -(long long)(n - 1) - 1) : (long long)n;
  return 1;
}

int fal_jsontext_short_float(double x) {
  double size = fabs(x), scale = size < 1e4 ? 1e10 : 1e5;
  double digits = floor(x * scale + 0.5);
  return size < 1e9 && floor(x) != x && digits / scale == x;
}

void fal_jsontext_float(char out[FAL_JSONTEXT_FLOAT], double x) {
  int digits = 14, whole = 1;
  size_t i;
  do {
    snprintf(out, FAL_JSONTEXT_FLOAT, "%.*g", ++digits, x);
  } while (digits < 17 && strtod(out, NULL) != x);
  for (i = 0; out[i] != '\0'; i++) {
    if (is_digit(out[i]) || out[i] == '-' || out[i] == '+') continue;
    whole = 0;
    if (out[i] != 'e') out[i] = '.';
  }
  if (whole) strcpy(out + i, ".0");
}

/* }====================================================== */

/*
** {======================================================
** The scan
** =======================================================
*/

typedef struct scanner {
  fal_jsontext *j;
  const char *end;
  const char *slash;  /* no backslash stands between here and this one */
  fal_jsontext_place *top;      /* of the containers below, the innermost */
  fal_jsontext_place *entered;  /* and the one that the notes have led into */
  size_t integers;    /* numbers without point and exponent */
  fal_jsontext_place open[FAL_JSONTEXT_DEPTH + 1];  /* from 1; 0: the root */
} scanner;

/* Ends the scan. */
static const char *refuse(scanner *s, const char *at, const char *why) {
  s->j->error = why;
  s->j->error_at = (size_t)(at - s->j->text);
  return s->end;
}

static void add_note(scanner *s, enum fal_jsontext_kind kind,
                     const fal_jsontext_place *place, const char *at,
                     size_t len) {
  fal_jsontext *j = s->j;
  if (j->count < j->room) {
    fal_jsontext_note *note = &j->notes[j->count];
    note->kind = kind;
    note->place = *place;
    note->at = (size_t)(at - j->text);
    note->len = len;
  }
  j->count++;
}

/* Leads the notes into the innermost open container. */
static void enter(scanner *s) {
  for (; s->entered < s->top; s->entered++)
    if (s->entered > s->open)
      add_note(s, FAL_NOTE_ENTER, s->entered, s->j->text, 0);
}

static const char *skip_space(const scanner *s, const char *p) {
  while (p < s->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;
  return p;
}

static const char *open_container(scanner *s, const char *p) {
  size_t depth = (size_t)(++s->top - s->open);
  if (depth > FAL_JSONTEXT_DEPTH)
    return refuse(s, p, "nested deeper than 1000 levels");
  if (depth > s->j->depth) s->j->depth = depth;
  memset(s->top, 0, sizeof *s->top);
  if (*p++ == '{') return p;
  s->top->array = 1;
  s->top->len = 1;
  p = skip_space(s, p);
  if (p < s->end && *p == ']') {
    enter(s);
    add_note(s, FAL_NOTE_EMPTY, s->top, p, 0);
  }
  return p;
}

static const char *close_container(scanner *s, const char *p) {
  if (s->top == s->open)
    return refuse(s, p, "a bracket closed that is not open");
  if (s->entered == s->top) {
    s->entered--;
    if (s->top > s->open + 1) add_note(s, FAL_NOTE_LEAVE, s->top, p, 0);
  }
  s->top--;
  return p + 1;
}

/* The code of an escape such as \ud83d at 'p', or -1. */
static int unicode_escape(const char *p, const char *end) {
  int code = 0, i;
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
  for (i = 2; i < 6; i++) {
    char c = p[i], low = (char)(c | 0x20);
    if (is_digit(c)) code = code * 16 + (c - '0');
    else if (low >= 'a' && low <= 'f') code = code * 16 + (low - 'a' + 10);
    else return -1;
  }
  return code;
}

/* The escape at 'p', whose length is returned; halves of pairs are noted. */
static size_t read_escape(scanner *s, const char *p) {
  int code = unicode_escape(p, s->end);
  if (code < 0xD800 || code > 0xDFFF) return 2;
  if (code < 0xDC00 && (unicode_escape(p + 6, s->end) & ~0x3FF) == 0xDC00)
    return 12;
  add_note(s, FAL_NOTE_SURROGATE, s->top, p, 6);
  s->j->surrogates++;
  return 6;
}

static const char *find(const scanner *s, char c, const char *p) {
  const char *at = p < s->end ? memchr(p, c, (size_t)(s->end - p)) : NULL;
  return at != NULL ? at : s->end;
}

/* The end of a string with a backslash in it, or of the text. */
static const char *read_escapes(scanner *s, const char *p, const char *quote) {
  while (s->slash < quote) {
    if (s->slash >= p) p = s->slash + read_escape(s, s->slash);
    if (p > quote) quote = find(s, '"', p);
    s->slash = find(s, '\\', p);
  }
  return quote;
}

/* The string whose quote is before 'p'. A missing end is the codec's affair. */
static const char *read_string(scanner *s, const char *p) {
  const char *quote = find(s, '"', p);
  int escaped = s->slash < quote;
  if (escaped) quote = read_escapes(s, p, quote);
  if (quote == s->end) return quote;
  if (!s->top->array) {
    s->top->key = (size_t)(p - s->j->text);
    s->top->len = (size_t)(quote - p);
    s->top->escaped = (unsigned char)escaped;
  }
  return quote + 1;
}

static void note_number(scanner *s, enum fal_jsontext_kind kind,
                        const char *at, size_t len) {
  enter(s);
  add_note(s, kind, s->top, at, len);
}

static const char *scan_number(scanner *s, const char *p) {
  number n = read_number(p, s->end);
  int whole;
  if (n.len == 0) return refuse(s, p, "a malformed number");
  whole = s->j->floats_only && (n.integer || may_be_whole(&n, p));
  s->integers += (size_t)n.integer;
  s->j->wholes += (size_t)whole;
  if (n.integer) {
    if (n.digits > (whole ? FLOAT_DIGITS : SAFE_DIGITS))
      note_number(s, FAL_NOTE_INTEGER, p, n.len);
  } else if (whole || n.exponent > 2 || n.digits > MANY_DIGITS)
    note_number(s, FAL_NOTE_FLOAT, p, n.len);
  return p + n.len;
}

/* One step from 'p'. To the codec a zero byte would be the end. */
static inline const char *step(scanner *s, const char *p) {
  switch (*p) {
    case '"': return read_string(s, p + 1);
    case '{': case '[': return open_container(s, p);
    case '}': case ']': return close_container(s, p);
    case ',':
      if (s->top->array) s->top->len++;
      return p + 1;
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      return scan_number(s, p);
    case '\0': return refuse(s, p, "a zero byte");
    default: return p + 1;
  }
}

int fal_jsontext_scan(fal_jsontext *j) {
  scanner s;
  const char *p = j->text;
  j->count = j->surrogates = j->wholes = j->depth = 0;
  j->error = NULL;
  s.j = j;
  s.end = p + j->len;
  s.slash = find(&s, '\\', p);
  s.top = s.entered = s.open;
  s.integers = 0;
  memset(s.open, 0, sizeof *s.open);
  while (p < s.end) p = step(&s, p);
  if (s.integers == 0) j->wholes = 0;
  return j->error == NULL ? 0 : -1;
}

/* }====================================================== */

/*
** {======================================================
** UTF-8
** =======================================================
*/

/* Length of the character at 'p', or 0: cut, overlong, surrogate, too big. */
static size_t utf8_length(const unsigned char *p, size_t len) {
  static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
  unsigned long code;
  size_t n = *p < 0x80 ? 1 : *p < 0xC0 ? 0 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
  size_t i;
  if (n < 2) return n;
  if (n > len || *p > 0xF4) return 0;
  code = *p & (0x7Fu >> n);
  for (i = 1; i < n; i++) {
    if ((p[i] & 0xC0) != 0x80) return 0;
    code = code << 6 | (p[i] & 0x3Fu);
  }
  if (code < least[n] || code > 0x10FFFF) return 0;
  return code >= 0xD800 && code <= 0xDFFF ? 0 : n;
}

/* How many of the first bytes are surely ASCII, looked at many at a time. */
static size_t skip_ascii(const char *at, size_t len) {
  const uint64_t high = UINT64_C(0x8080808080808080);
  uint64_t w[4];
  size_t i;
  for (i = 0; len - i >= sizeof w; i += sizeof w) {
    memcpy(w, at + i, sizeof w);
    if (((w[0] | w[1] | w[2] | w[3]) & high) != 0) break;
  }
  while (i < len && (unsigned char)at[i] < 0x80) i++;
  return i;
}

size_t fal_jsontext_utf8(const char *at, size_t len) {
  size_t i = 0;
  while (i < len) {
    size_t n;
    i += skip_ascii(at + i, len - i);
    if (i == len) break;
    n = utf8_length((const unsigned char *)at + i, len - i);
    if (n == 0) return i;
    i += n;
  }
  return len;
}

/* }====================================================== */
