/*
** Headers. Names are compared without regard to case; the block is walked line
** by line each time, since an answer has few of them.
*/
#include "header.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void cut(fal_header *h, const char *line, const char *colon,
                const char *end) {
  const char *value = colon + 1;
  while (value < end && (*value == ' ' || *value == '\t')) value++;
  while (end > value && (end[-1] == '\r' || end[-1] == ' ')) end--;
  h->name = line;
  h->name_len = (size_t)(colon - line);
  h->value = value;
  h->len = (size_t)(end - value);
}

int fal_header_next(const char **block, fal_header *h) {
  while (*block != NULL && **block != '\0') {
    const char *line = *block, *end = line + strcspn(line, "\n");
    const char *colon = memchr(line, ':', (size_t)(end - line));
    *block = *end == '\n' ? end + 1 : end;
    if (colon == NULL) continue;
    cut(h, line, colon, end);
    return 1;
  }
  return 0;
}

const char *fal_header_find(const char *block, const char *name, size_t *len) {
  size_t name_len = strlen(name);
  fal_header h;
  while (fal_header_next(&block, &h)) {
    if (h.name_len != name_len || strncasecmp(h.name, name, name_len) != 0)
      continue;
    *len = h.len;
    return h.value;
  }
  return NULL;
}

int fal_header_begins(const char *line, size_t len) {
  return len > 5 && memcmp(line, "HTTP/", 5) == 0;
}

int fal_header_status(const char *line, size_t len) {
  const char *space = memchr(line, ' ', len);
  return space != NULL ? atoi(space + 1) : 0;
}
