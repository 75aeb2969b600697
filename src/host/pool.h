/*
** Memory for the many small blocks of a Lua state: lists of free blocks by
** size, carved from chunks that live as long as the pool. Faster than a heap
** for everybody, and what was freed is used next, while it is still in the
** processor's cache. Large blocks come from the heap. For one thread. A pool of
** zeroes is a new one.
*/
#ifndef FALUA_POOL_H
#define FALUA_POOL_H

#include <stddef.h>

#define FALUA_POOL_STEP 16      /* sizes are rounded up to multiples of it */
#define FALUA_POOL_LARGEST 512  /* blocks above come from the heap */

typedef struct falua_pool {
  void *free[FALUA_POOL_LARGEST / FALUA_POOL_STEP + 1];  /* by size in steps */
  char *fresh;        /* of the newest chunk, what was never used, */
  size_t fresh_left;  /* and how much of it there is */
  void *chunks;
} falua_pool;

/* A lua_Alloc: the block gets the new size; 0 frees it. NULL without memory,
   but never for a block that shrinks. */
void *falua_pool_alloc(void *pool, void *block, size_t old, size_t size);
void falua_pool_close(falua_pool *pool);  /* all small blocks are gone */

#endif
