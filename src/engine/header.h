/*
** Finds a header in the raw block of an answer, as it came over the wire.
*/
#ifndef FAL_HEADER_H
#define FAL_HEADER_H

#include <stddef.h>

/* The value of the first header of that name in the NUL-terminated block (or
   NULL), without white space around it; its length in 'len'. NULL: none. */
const char *fal_header_find(const char *block, const char *name, size_t *len);

/* Whether the line is the first of an answer, and the status in such a one. */
int fal_header_begins(const char *line, size_t len);
int fal_header_status(const char *line, size_t len);

#endif
