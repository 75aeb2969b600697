/*
** Headers of HTTP: their names, and the raw block of an answer, as it came over
** the wire.
*/
#ifndef FAL_HEADER_H
#define FAL_HEADER_H

#include <stddef.h>

/* What a header's name may have in it. */
#define FAL_HEADER_NAME "!#$%&'*+-.^_`|~0123456789" \
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

typedef struct fal_header {
  const char *name, *value;  /* the value has no white space around it */
  size_t name_len, len;
} fal_header;

/* Takes the next header from the NUL-terminated block (or NULL), which then
   begins after it. 0: there is none. */
int fal_header_next(const char **block, fal_header *h);

/* The value of the first header of that name in such a block, its length in
   'len'. NULL: none. */
const char *fal_header_find(const char *block, const char *name, size_t *len);

/* Whether the line is the first of an answer, and the status in such a one. */
int fal_header_begins(const char *line, size_t len);
int fal_header_status(const char *line, size_t len);

#endif
