/*
** Byte buffers: what is added comes out, the maximum holds to the byte, and a
** failed buffer is empty, owns nothing and stays failed.
*/
#include "bytes.h"

#include <stdint.h>
#include <string.h>

#include "check.h"

static void keeps_what_is_added(void) {
  fal_bytes b;
  fal_bytes_init(&b, 100);
  check(b.data == NULL && b.len == 0, "a new buffer owns nothing");
  check(fal_bytes_add(&b, NULL, 0) == 0, "adding nothing");
  check(fal_bytes_add(&b, "a\0b", 3) == 0, "zeros are bytes");
  check(fal_bytes_add_text(&b, "cd") == 0, "text");
  check(fal_bytes_add_char(&b, 'e') == 0, "a character");
  check(b.len == 6 && memcmp(b.data, "a\0bcde", 7) == 0, "with final zero");
  fal_bytes_clear(&b);
  check(b.len == 0 && b.data[0] == '\0', "cleared");
  fal_bytes_free(&b);
  check(b.data == NULL && b.max == 100, "freed, and as after init");
  check(fal_bytes_add_text(&b, "again") == 0 && b.len == 5, "usable again");
  fal_bytes_free(&b);
}

static void grows_byte_by_byte(void) {
  fal_bytes b;
  size_t i, wrong = 0;
  fal_bytes_init(&b, 10000);
  for (i = 0; i < 10000; i++) fal_bytes_add_char(&b, (char)(i % 251));
  for (i = 0; i < b.len; i++) wrong += b.data[i] != (char)(i % 251);
  check(b.len == 10000 && wrong == 0, "%zu bytes wrong", wrong);
  fal_bytes_free(&b);
}

static void keeps_to_its_maximum(void) {
  static const size_t limits[] = {0, 1, 63, 64, 65, 1000};
  static const char block[1001];
  size_t i;
  for (i = 0; i < sizeof limits / sizeof *limits; i++) {
    fal_bytes b;
    fal_bytes_init(&b, limits[i]);
    check(fal_bytes_add(&b, block, limits[i]) == 0, "up to %zu", limits[i]);
    check(fal_bytes_add_char(&b, 'x') == -1, "beyond %zu", limits[i]);
    check(b.state == FAL_BYTES_TOO_LARGE, "the reason at %zu", limits[i]);
    check(b.data == NULL && b.len == 0, "freed at %zu", limits[i]);
    check(fal_bytes_add(&b, "", 0) == -1, "failed for good at %zu", limits[i]);
    fal_bytes_free(&b);
    check(b.state == FAL_BYTES_OK, "free begins anew at %zu", limits[i]);
  }
}

static void takes_no_maximum(void) {
  fal_bytes b;
  fal_bytes_init(&b, SIZE_MAX);
  check(fal_bytes_add_text(&b, "some") == 0 && b.len == 4, "unlimited");
  check(fal_bytes_reserve(&b, SIZE_MAX - 4) == NULL, "more than there is");
  check(b.state != FAL_BYTES_OK && b.data == NULL, "failed and freed");
  fal_bytes_free(&b);
  fal_bytes_init(&b, SIZE_MAX);
  check(fal_bytes_reserve(&b, SIZE_MAX / 5) == NULL, "a fifth of the space");
  check(b.state == FAL_BYTES_NO_MEMORY, "no memory");
  fal_bytes_free(&b);
}

static void reserves(void) {
  fal_bytes b;
  char *end;
  fal_bytes_init(&b, 1000);
  fal_bytes_add_text(&b, "ab");
  end = fal_bytes_reserve(&b, 500);
  check(end == b.data + 2, "room at the end");
  memset(end, 'c', 3);
  fal_bytes_grown(&b, 3);
  check(strcmp(b.data, "abccc") == 0, "grown by what was used");
  fal_bytes_free(&b);
}

int main(void) {
  keeps_what_is_added();
  grows_byte_by_byte();
  keeps_to_its_maximum();
  takes_no_maximum();
  reserves();
  return check_result();
}
