/*
** Headers. Names are compared without regard to case; the block is walked line
** by line each time, since an answer has few of them.
*/
#include "header.h"

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
