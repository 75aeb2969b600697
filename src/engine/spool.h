/*
** Bytes that arrive piece by piece: in memory while they are few, in a
** temporary file once they are many. Whoever holds the struct owns both, the
** file included: it is removed when the spool is freed.
*/
#ifndef FAL_SPOOL_H
#define FAL_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

typedef struct fal_spool {
  fal_bytes memory;  /* the bytes, as long as path is NULL */
  char *path;        /* of the temporary file that has them instead */
  uint64_t size;     /* of all bytes so far */
  int fd;            /* open while bytes still arrive in the file, or -1 */
} fal_spool;

/* At most 'in_memory' bytes stay in memory. */
void fal_spool_init(fal_spool *s, size_t in_memory);
/* 'size' bytes are expected: saves growing. A wrong guess does no harm. */
void fal_spool_expect(fal_spool *s, uint64_t size);
/* 0, or -1 with errno set. The file, if it comes to one, is made in 'dir'. */
int fal_spool_add(fal_spool *s, const char *dir, const void *data, size_t len);
/* No more bytes come: closes the file. 0, or -1 with errno set. */
int fal_spool_end(fal_spool *s);
void fal_spool_free(fal_spool *s);

#endif
