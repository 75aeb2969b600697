/*
** Headers. Names are compared without regard to case; the block is walked line
** by line each time, since an answer has few of them.
*/
#include "header.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *fal_header_find(const char *block, const char *name, size_t *len) {
  size_t name_len = strlen(name);
  const char *line = block;
  while (line != NULL && *line != '\0') {
    const char *end = strchr(line, '\n');
    if (end == NULL) end = line + strlen(line);
    if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':') {
      const char *value = line + name_len + 1;
      while (*value == ' ' || *value == '\t') value++;
      while (end > value && (end[-1] == '\r' || end[-1] == ' ')) end--;
      *len = (size_t)(end - value);
      return value;
    }
    line = *end == '\n' ? end + 1 : end;
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
