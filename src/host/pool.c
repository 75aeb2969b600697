/*
** The pool. A free block holds the address of the next one; a chunk that of the
** chunk before.
*/
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK (64 * 1024)  /* a multiple of the step */

void falua_pool_close(falua_pool *pool) {
  void *chunk = pool->chunks;
  while (chunk != NULL) {
    void *before = *(void **)chunk;
    free(chunk);
    chunk = before;
  }
  memset(pool, 0, sizeof *pool);
}

static size_t steps_of(size_t size) {
  return (size + FALUA_POOL_STEP - 1) / FALUA_POOL_STEP;
}

static void give_back(falua_pool *pool, void *block, size_t steps) {
  *(void **)block = pool->free[steps];
  pool->free[steps] = block;
}

/* What is left of the old chunk is a free block too. */
static int add_chunk(falua_pool *pool) {
  char *chunk = malloc(CHUNK);
  if (chunk == NULL) return -1;
  if (pool->fresh_left > 0)
    give_back(pool, pool->fresh, pool->fresh_left / FALUA_POOL_STEP);
  *(void **)chunk = pool->chunks;
  pool->chunks = chunk;
  pool->fresh = chunk + FALUA_POOL_STEP;
  pool->fresh_left = CHUNK - FALUA_POOL_STEP;
  return 0;
}

static void *take(falua_pool *pool, size_t steps) {
  void *block = pool->free[steps];
  size_t size = steps * FALUA_POOL_STEP;
  if (block != NULL) {
    pool->free[steps] = *(void **)block;
    return block;
  }
  if (pool->fresh_left < size && add_chunk(pool) != 0) return NULL;
  block = pool->fresh;
  pool->fresh += size;
  pool->fresh_left -= size;
  return block;
}

static void *new_block(falua_pool *pool, size_t size) {
  return size > FALUA_POOL_LARGEST ? malloc(size) : take(pool, steps_of(size));
}

static void free_block(falua_pool *pool, void *block, size_t size) {
  if (size > FALUA_POOL_LARGEST) free(block);
  else give_back(pool, block, steps_of(size));
}

static void *move(falua_pool *pool, void *block, size_t old, size_t size) {
  void *moved = new_block(pool, size);
  if (moved == NULL) return size < old ? block : NULL;
  memcpy(moved, block, old < size ? old : size);
  free_block(pool, block, old);
  return moved;
}

void *falua_pool_alloc(void *p, void *block, size_t old, size_t size) {
  falua_pool *pool = p;
  if (block == NULL) return size > 0 ? new_block(pool, size) : NULL;
  if (size == 0) {
    free_block(pool, block, old);
    return NULL;
  }
  if (old > FALUA_POOL_LARGEST && size > FALUA_POOL_LARGEST)
    return realloc(block, size);
  if (old <= FALUA_POOL_LARGEST && steps_of(old) == steps_of(size))
    return block;
  return move(pool, block, old, size);
}
