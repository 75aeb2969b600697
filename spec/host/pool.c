/*
** The pool of small blocks: blocks do not overlap, keep what is in them when
** they grow and shrink, come aligned, and are used again; small ones leave
** nothing behind when the pool is closed.
*/
#include "../../src/host/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/check.h"

#define BLOCKS 2000

static struct { unsigned char *at, fill; size_t size; } blocks[BLOCKS];
static falua_pool pool;

static unsigned long long seed = 88172645463325252ULL;

static size_t random_size(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % 8 == 0 ? seed / 8 % 3000 : seed / 8 % (FALUA_POOL_LARGEST + 2);
}

static int holds(size_t i, size_t len) {
  size_t at;
  for (at = 0; at < len; at++)
    if (blocks[i].at[at] != blocks[i].fill) return 0;
  return 1;
}

static void resize(size_t i, size_t size) {
  size_t kept = blocks[i].size < size ? blocks[i].size : size;
  blocks[i].at =
      falua_pool_alloc(&pool, blocks[i].at, blocks[i].size, size);
  check((blocks[i].at != NULL) == (size > 0), "size %zu", size);
  check((uintptr_t)blocks[i].at % FALUA_POOL_STEP == 0, "aligned");
  if (size > 0) check(holds(i, kept), "block %zu of %zu kept", i, kept);
  blocks[i].size = size;
  blocks[i].fill = (unsigned char)(seed >> 32);
  if (size > 0) memset(blocks[i].at, blocks[i].fill, size);
}

static void keeps_blocks_apart(void) {
  size_t i, turn;
  for (turn = 0; turn < 200000; turn++)
    resize((size_t)(seed >> 20) % BLOCKS, random_size());
  for (i = 0; i < BLOCKS; i++) {
    if (blocks[i].size > 0) check(holds(i, blocks[i].size), "block %zu", i);
    resize(i, 0);
  }
  falua_pool_close(&pool);
}

static void uses_blocks_again(void) {
  void *first, *second;
  first = falua_pool_alloc(&pool, NULL, 0, 40);
  check(falua_pool_alloc(&pool, first, 40, 48) == first, "room for more");
  falua_pool_alloc(&pool, first, 48, 0);
  second = falua_pool_alloc(&pool, NULL, 0, 33);
  check(first == second, "the block that was freed last");
  falua_pool_close(&pool);
}

int main(void) {
  keeps_blocks_apart();
  uses_blocks_again();
  return check_result();
}
