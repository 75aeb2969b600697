/*
** The scan of JSON text: which values are noted, how they are reached, what is
** refused; the grammar of numbers, shortest floats, UTF-8. Notes are compared
** in a short form: > enter, < leave, [] empty array, # integer, ~ float,
** ? half a pair; each with the place (.key or index) and the token; =n at the
** end for n numbers that may be whole floats, if one of them is an integer.
*/
#include "jsontext.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define MOST 4000

static char shown[MOST];

static void show(const char *format, const char *at, size_t len) {
  size_t used = strlen(shown);
  snprintf(shown + used, MOST - used, format, (int)len, at);
}

static void show_count(size_t n) {
  size_t used = strlen(shown);
  snprintf(shown + used, MOST - used, "=%zu", n);
}

static void show_place(const char *text, const fal_jsontext_place *place) {
  size_t used = strlen(shown);
  if (place->array) snprintf(shown + used, MOST - used, "%zu", place->len);
  else show(place->escaped ? "\\%.*s" : ".%.*s", text + place->key, place->len);
}

static void show_note(const char *text, const fal_jsontext_note *n) {
  const char *token = text + n->at;
  switch (n->kind) {
    case FAL_NOTE_ENTER: show("%.*s", ">", 1); break;
    case FAL_NOTE_LEAVE: show("%.*s", "<", 1); return;
    case FAL_NOTE_EMPTY: show("%.*s", "[]", 2); return;
    case FAL_NOTE_INTEGER: show("#%.*s@", token, n->len); break;
    case FAL_NOTE_FLOAT: show("~%.*s@", token, n->len); break;
    case FAL_NOTE_SURROGATE: show("?%.*s", token, n->len); return;
  }
  show_place(text, &n->place);
  show("%.*s", " ", 1);
}

/* The notes of a text in short form, or "!" and why it was refused. */
static const char *notes_of(const char *text, size_t len, int floats_only) {
  static fal_jsontext_note notes[MOST];
  char *exact = malloc(len + 1);  /* not a byte more may be read */
  fal_jsontext j = {0};
  size_t i;
  memcpy(exact, text, len);
  exact = realloc(exact, len > 0 ? len : 1);
  j.text = exact;
  j.len = len;
  j.floats_only = floats_only;
  j.notes = notes;
  j.room = MOST;
  shown[0] = '\0';
  if (fal_jsontext_scan(&j) == 0) {
    for (i = 0; i < j.count; i++) show_note(exact, &notes[i]);
    if (j.wholes > 0) show_count(j.wholes);
  } else snprintf(shown, MOST, "!%s@%zu", j.error, j.error_at);
  free(exact);
  return shown;
}

typedef struct example { const char *text, *floats, *integers; } example;

static const example examples[] = {
    {"", "", ""},
    {"  \n", "", ""},
    {"{}", "", ""},
    {"[]", "[]", "[]"},
    {" [ \t\r\n] ", "[]", "[]"},
    {"\"a\"", "", ""},
    {"7", "=1", ""},
    {" -12 ", "=1", ""},
    {"7.5", "", ""},
    {"true", "", ""},
    {"[1,2.5,3]", "=2", ""},
    {"[-0,0]", "=2", ""},
    {"{\"a\":1,\"b\":\"2\",\"c\":[3]}", "=2", ""},
    {"[1.0,-2.00,3.01,0.09,99.99]", "~1.0@1 ~-2.00@2 ", ""},
    {"[1e3,1E+2,-0.5e-07]", "~1e3@1 ~1E+2@2 ~-0.5e-07@3 ", ""},
    {"2.0", "~2.0@. ", ""},
    {"[2.0,3,4.5]", "~2.0@1 =2", ""},
    {"[0.3333333333333333,0.99999999999999,0.9999999999998]", "", ""},
    {"[0.999999999999999999]", "~0.999999999999999999@1 ", ""},
    {"[0.000000000000000001]", "~0.000000000000000001@1 ", ""},
    {"[99999999999999.9,100000000000000.5]", "~100000000000000.5@2 ", ""},
    {"[9007199254740993.5]", "~9007199254740993.5@1 ", ""},
    {"{\"\":1.0}", "~1.0@. ", ""},
    {"{\"a\\nb\":1.0}", "~1.0@\\a\\nb ", ""},
    {"{\"a\":{\"b\":1.0},\"c\":2.0}", ">.a ~1.0@.b <~2.0@.c ", ""},
    {"{\"a\":{\"b\":\"x\"},\"c\":2.0}", "~2.0@.c ", ""},
    {"[[],[[]],{\"a\":[]}]", ">1 []<>2 >1 []<<>3 >.a []<<",
     ">1 []<>2 >1 []<<>3 >.a []<<"},
    {"[[1.0,2.0],[3.0]]", ">1 ~1.0@1 ~2.0@2 <>2 ~3.0@1 <", ""},
    {"{\"a\":[{\"b\":1.0},{\"c\":\"\"},{\"d\":4.0}]}",
     ">.a >1 ~1.0@.b <>3 ~4.0@.d <<", ""},
    {"{\"a\":\"[]{}:,1\",\"b\":1.0}", "~1.0@.b ", ""},
    {"{\"a\":\"\\\"\",\"b\":1.0}", "~1.0@.b ", ""},
    {"{\"a\":\"\\\\\",\"b\":1.0}", "~1.0@.b ", ""},
    {"{\"a\":\"\\\\\\\"\",\"b\":1.0}", "~1.0@.b ", ""},
    {"[\\\"a\",1.0]", "~1.0@2 ", ""},  /* the codec refuses the backslash */
    {"[999999999999999,1000000000000000]", "#1000000000000000@2 =2", ""},
    {"[999999999999999999]", "#999999999999999999@1 =1", ""},
    {"[1000000000000000000]", "#1000000000000000000@1 =1",
     "#1000000000000000000@1 "},
    {"{\"s\":18446744073709551615}", "#18446744073709551615@.s =1",
     "#18446744073709551615@.s "},
    {"[1e99,1e100,1e-400,1E+400]", "~1e99@1 ~1e100@2 ~1e-400@3 ~1E+400@4 ",
     "~1e100@2 ~1e-400@3 ~1E+400@4 "},
    {"[\"\\ud83d\\ude00\"]", "", ""},
    {"[\"\\uD83D\\uDE00\",1.0]", "~1.0@2 ", ""},
    {"[\"\\ud83d\"]", "?\\ud83d", "?\\ud83d"},
    {"[\"\\ude00\\ud83d\"]", "?\\ude00?\\ud83d", "?\\ude00?\\ud83d"},
    {"[\"\\ude00\\ude00\"]", "?\\ude00?\\ude00", "?\\ude00?\\ude00"},
    {"[\"\\ud83d\\ud83d\\ude00\"]", "?\\ud83d", "?\\ud83d"},
    {"[\"\\ud83dx\",\"\\\\ud83d\"]", "?\\ud83d", "?\\ud83d"},
    {"[\"\\ud83\"]", "", ""},
    {"[\"\\ud83", "", ""},
    {"[\"\\", "", ""},
    {"[\"", "", ""},
    {"[1.0", "~1.0@1 ", ""},
    {"]", "!a bracket closed that is not open@0",
     "!a bracket closed that is not open@0"},
    {"[]]", "!a bracket closed that is not open@2",
     "!a bracket closed that is not open@2"},
    {"[}", "", ""},
    {"[01]", "!a malformed number@1", "!a malformed number@1"},
    {"[1.]", "!a malformed number@1", "!a malformed number@1"},
    {"[.5]", "=1", ""},  /* the codec refuses the point */
    {"[1e]", "!a malformed number@1", "!a malformed number@1"},
    {"[-]", "!a malformed number@1", "!a malformed number@1"},
    {"[--1]", "!a malformed number@1", "!a malformed number@1"},
    {"[0x10]", "!a malformed number@1", "!a malformed number@1"},
    {"[12abc]", "!a malformed number@1", "!a malformed number@1"},
    {"[1-2]", "!a malformed number@1", "!a malformed number@1"},
};

/* A number that is not noted and not counted must not become a whole float. */
static void overlooks_no_whole_float(void) {
  static const char digits[] = "0000999991";
  unsigned long long seed = 88172645463325252ULL;
  int i;
  for (i = 0; i < 200000; i++) {
    char text[40];
    size_t n = 0, point = 1 + (size_t)(seed % 18), len;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    len = point + 1 + (size_t)(seed % 19);
    for (text[n++] = '1'; n <= len; n++)
      text[n] = n == point ? '.' : digits[(seed >> n) % 10];
    text[n] = '\0';
    if (notes_of(text, n, 1)[0] == '\0')
      check(floor(strtod(text, NULL)) != strtod(text, NULL), "%s", text);
  }
}

static void notes_what_would_be_lost(void) {
  size_t i;
  for (i = 0; i < sizeof examples / sizeof *examples; i++) {
    const example *e = &examples[i];
    const char *got = notes_of(e->text, strlen(e->text), 1);
    check(strcmp(got, e->floats) == 0, "%s: %s", e->text, got);
    got = notes_of(e->text, strlen(e->text), 0);
    check(strcmp(got, e->integers) == 0, "%s: %s", e->text, got);
  }
  check(strcmp(notes_of("[1]\0x", 5, 0), "!a zero byte@3") == 0, "%s", shown);
}

/* A scan of any beginning of a text ends, and reads nothing beyond it. */
static void bears_cut_texts(void) {
  size_t i, len;
  for (i = 0; i < sizeof examples / sizeof *examples; i++)
    for (len = 0; len < strlen(examples[i].text); len++)
      notes_of(examples[i].text, len, 1);
}

static const char *brackets(size_t opened) {
  static char text[200000];
  memset(text, '[', opened);
  return notes_of(text, opened, 1);
}

static void limits_depth(void) {
  check(brackets(1000)[0] != '!', "1000 levels: %s", shown);
  check(strcmp(brackets(1001), "!nested deeper than 1000 levels@1000") == 0,
        "1001 levels: %s", shown);
  check(brackets(200000)[0] == '!', "200000 levels: %s", shown);
}

/* Counting goes on when the room is used up; nothing is written beyond it. */
static void counts_without_room(void) {
  fal_jsontext_note notes[4];
  fal_jsontext j = {0};
  memset(notes, 0x55, sizeof notes);
  j.text = "[1.0,2.0,3.0,[4.0],5.0]";
  j.len = strlen(j.text);
  j.floats_only = 1;
  j.notes = notes;
  j.room = 3;
  check(fal_jsontext_scan(&j) == 0 && j.count == 7, "%zu notes", j.count);
  check(notes[2].kind == FAL_NOTE_FLOAT && notes[2].place.len == 3, "third");
  check(notes[3].at == (size_t)0x5555555555555555, "nothing in the fourth");
  check(j.depth == 2, "depth %zu", j.depth);
}

static void knows_numbers(void) {
  static const char *const good[] = {"0", "-0", "10", "0.5", "-1.25e+10", "1e5",
                                     "1E-5", "18446744073709551615"};
  static const char *const bad[] = {"", "-", "+1", "01", "1.", ".5", "1e",
                                    "1e+", "0x1", "1 ", " 1", "nan", "1.5.5",
                                    "1e5.5", "--1", "1a", "Infinity"};
  size_t i;
  for (i = 0; i < sizeof good / sizeof *good; i++)
    check(fal_jsontext_is_number(good[i], strlen(good[i])), "%s", good[i]);
  for (i = 0; i < sizeof bad / sizeof *bad; i++)
    check(!fal_jsontext_is_number(bad[i], strlen(bad[i])), "%s", bad[i]);
}

static void reads_integers(void) {
  static const struct { const char *text; int fits; long long value; } t[] = {
    {"0", 1, 0}, {"-0", 1, 0}, {"-1", 1, -1},
    {"9007199254740993", 1, 9007199254740993},
    {"9223372036854775807", 1, 9223372036854775807},
    {"9223372036854775808", 0, 0},
    {"-9223372036854775808", 1, -9223372036854775807 - 1},
    {"-9223372036854775809", 0, 0},
    {"18446744073709551615", 0, 0},
    {"92233720368547758070", 0, 0},
    {"100000000000000000000000000000000000000000", 0, 0},
  };
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++) {
    long long value = 0;
    int fits = fal_jsontext_integer(t[i].text, strlen(t[i].text), &value);
    check(fits == t[i].fits && value == t[i].value, "%s: %lld", t[i].text,
          value);
  }
}

static void writes_floats(void) {
  static const struct { double x; const char *text; int is_short; } t[] = {
    {0.0, "0.0", 0}, {-0.0, "-0.0", 0}, {3.0, "3.0", 0}, {-7.0, "-7.0", 0},
    {0.1, "0.1", 1}, {0.5, "0.5", 1}, {2.4137, "2.4137", 1},
    {-0.00001, "-1e-05", 1}, {1e-7, "1e-07", 1}, {0.3, "0.3", 1},
    {0.1 + 0.2, "0.30000000000000004", 0},
    {1.0 / 3, "0.3333333333333333", 0},
    {123456789.12345678, "123456789.12345678", 0},
    {99999999999999.0, "99999999999999.0", 0},
    {1e14, "100000000000000.0", 0}, {1e15, "1e+15", 0},
    {123456789012345678.0, "1.2345678901234568e+17", 0},
    {9007199254740993.0, "9007199254740992.0", 0},
    {1e100, "1e+100", 0}, {1e22, "1e+22", 0}, {12345.678901, "12345.678901", 0},
    {9999.0123456789, "9999.0123456789", 1}, {0.00012345, "0.00012345", 1},
    {5e-324, "4.94065645841247e-324", 0},
    {DBL_MAX, "1.7976931348623157e+308", 0},
    {DBL_MIN, "2.2250738585072014e-308", 0},
  };
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++) {
    char text[FAL_JSONTEXT_FLOAT];
    fal_jsontext_float(text, t[i].x);
    check(strcmp(text, t[i].text) == 0, "%s: %s", t[i].text, text);
    check(fal_jsontext_short_float(t[i].x) == t[i].is_short, "%s", t[i].text);
    check(strtod(text, NULL) == t[i].x, "%s back", text);
  }
}

/* Whatever is called short must come out of 14 digits as it was. */
static void calls_floats_short_that_are(void) {
  unsigned long long seed = 88172645463325252ULL;
  int i;
  for (i = 0; i < 200000; i++) {
    double x, scale = pow(10, (int)(seed % 16));
    char text[FAL_JSONTEXT_FLOAT];
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    x = (double)(long long)(seed >> (i % 50 + 13)) / scale;
    snprintf(text, sizeof text, "%.14g", x);
    if (fal_jsontext_short_float(x))
      check(strtod(text, NULL) == x && strpbrk(text, ".e"), "%.17g", x);
    fal_jsontext_float(text, x);
    check(strtod(text, NULL) == x && strpbrk(text, ".e"), "%.17g", x);
  }
}

static void knows_utf8(void) {
  static const struct { const char *text; size_t good; } t[] = {
    {"", 0}, {"plain", 5}, {"long enough for eight bytes at once", 35},
    {"\xC3\xA9", 2}, {"\xE2\x82\xAC", 3}, {"\xF0\x9F\x8E\xAC", 4},
    {"12345678\xC3\xA9\xE2\x82\xAC" "12345678", 21},
    {"\xED\x9F\xBF", 3}, {"\xEE\x80\x80", 3}, {"\xF4\x8F\xBF\xBF", 4},
    {"a\x80", 1}, {"a\xC3", 1}, {"a\xC3z", 1}, {"\xE2\x82", 0},
    {"\xC0\x80", 0}, {"\xC1\xBF", 0}, {"\xE0\x80\x80", 0},
    {"\xF0\x80\x80\x80", 0}, {"\xED\xA0\x80", 0}, {"\xED\xBF\xBF", 0},
    {"\xF4\x90\x80\x80", 0}, {"\xF5\x80\x80\x80", 0}, {"\xFF", 0},
    {"\xFC\x80\x80\x80", 0}, {"\xF8\x90\x80\x80", 0},
    {"12345678\xFF", 8}, {"1234567\xC3", 7}, {"1234567\xC3\xA9\xFF", 9},
  };
  size_t i;
  for (i = 0; i < sizeof t / sizeof *t; i++) {
    size_t good = fal_jsontext_utf8(t[i].text, strlen(t[i].text));
    check(good == t[i].good, "case %zu: %zu", i, good);
  }
  check(fal_jsontext_utf8("a\0b", 3) == 3, "a zero is a character");
}

int main(void) {
  notes_what_would_be_lost();
  overlooks_no_whole_float();
  bears_cut_texts();
  limits_depth();
  counts_without_room();
  knows_numbers();
  reads_integers();
  writes_floats();
  calls_floats_short_that_are();
  knows_utf8();
  return check_result();
}
