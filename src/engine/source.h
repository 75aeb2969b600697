/*
** Where the bytes of a request's body come from: memory that somebody else
** keeps, or a slice of a file, read piece by piece. Owns the descriptor, knows
** whether the file is still what it was, and adds what was read to a counter.
** Does not know what the bytes are for.
*/
#ifndef FAL_SOURCE_H
#define FAL_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum { FAL_STAMP = 96 };  /* bytes of a stamp, the final NUL counted */

typedef struct fal_source {
  const char *data;      /* memory; NULL: the file */
  int fd;                /* -1: none */
  int64_t first, len;    /* the slice */
  int64_t at;            /* bytes of it that were read */
  uint64_t *progress;    /* grows by what is read; or NULL */
  char stamp[FAL_STAMP]; /* of the file when it was opened */
  char why[96];          /* what went wrong; "" while nothing did */
} fal_source;

/* Tells a file in the state it is in from any other, as text. */
void fal_stamp_of(const struct stat *st, char *stamp);

void fal_source_none(fal_source *s);
void fal_source_memory(fal_source *s, const char *data, size_t len);
/* The slice of a regular file; 'len' -1: up to its end. 0, or -1 and 'why'. */
int fal_source_open(fal_source *s, const char *path, int64_t first,
                    int64_t len);
/* At most 'max' bytes; 0 at the end; -1 and 'why' when the file failed. */
ptrdiff_t fal_source_read(fal_source *s, char *room, size_t max);
/* Back to the beginning; the counter forgets what was read. */
void fal_source_rewind(fal_source *s);
/* Whether the file is as it was when it was opened; else sets 'why'. */
int fal_source_is_unchanged(fal_source *s);
/* Whether all of it was read; else sets 'why'. */
int fal_source_is_spent(fal_source *s);
void fal_source_close(fal_source *s);

#endif
