/*
** Where the bytes of an answer go: a file that may already have the first of
** them. Owns the descriptor, and with it a lock: as long as it is open, nobody
** else may fill the file, in any process. A server that cannot go on in the
** middle makes it begin again. Which file, and what becomes of it afterwards,
** others decide.
*/
#ifndef FAL_TARGET_H
#define FAL_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include "transfer.h"

enum fal_target_state {
  FAL_TARGET_OK,
  FAL_TARGET_FAILED,     /* the file: see 'why' */
  FAL_TARGET_BUSY,       /* somebody else is filling it */
  FAL_TARGET_TOO_LARGE,  /* more than 'max' bytes, or announced as more */
  FAL_TARGET_ELSEWHERE   /* the server went on at another place than asked */
};

typedef struct fal_target {
  int fd;              /* -1: none */
  int begun;
  int64_t at;          /* bytes that are there */
  int64_t synced;      /* of those, how many are on their way to the disk */
  int64_t max;         /* most bytes; -1: any number */
  uint64_t *progress;  /* follows 'at'; or NULL */
  const fal_transfer *transfer;
  enum fal_target_state state;
  char why[96];
} fal_target;

void fal_target_none(fal_target *f);
/* Opens or makes the file and keeps its first 'keep' bytes. 0, or -1. */
int fal_target_open(fal_target *f, const char *path, int64_t keep);
fal_sink fal_target_sink;  /* its 'ctx' is the target */
/* After a good answer: everything is on the disk. 0, or -1. */
int fal_target_finish(fal_target *f);
void fal_target_close(fal_target *f);

#endif
