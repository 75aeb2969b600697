/*
** libcurl's lists of strings, made of one string with commas.
*/
#include "slist.h"

#include <stdlib.h>
#include <string.h>

static int append(struct curl_slist **list, const char *piece, size_t len) {
  char *text = strndup(piece, len);
  struct curl_slist *longer =
      text != NULL ? curl_slist_append(*list, text) : NULL;
  free(text);
  if (longer == NULL) return -1;
  *list = longer;
  return 0;
}

int fal_slist_split(struct curl_slist **list, const char *text) {
  while (text != NULL && *text != '\0') {
    size_t len = strcspn(text, ",");
    if (append(list, text, len) != 0) return -1;
    text += len + (text[len] == ',');
  }
  return 0;
}
