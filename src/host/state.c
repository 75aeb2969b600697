/*
** The state. The sanitized build takes each block from the heap, where the
** sanitizer watches over it.
*/
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

static falua_pool pool;

static struct {
  int on;      /* -W, or warn "@on" */
  int inside;  /* more pieces of a message are to come */
} warnings;

/* A lua_WarnFunction. One piece that begins with @ is a command. */
static void warn(void *ud, const char *text, int more) {
  (void)ud;
  if (!warnings.inside && !more && *text == '@') {
    if (strcmp(text, "@on") == 0) warnings.on = 1;
    if (strcmp(text, "@off") == 0) warnings.on = 0;
    return;
  }
  if (warnings.on) {
    fprintf(stderr, "%s%s%s", warnings.inside ? "" : "Lua warning: ", text,
            more ? "" : "\n");
    fflush(stderr);
  }
  warnings.inside = more;
}

#if defined(FAL_ASAN)
static void *allocate(void *ud, void *block, size_t old, size_t size) {
  (void)ud, (void)old;
  if (size > 0) return realloc(block, size);
  free(block);
  return NULL;
}
#else
#define allocate falua_pool_alloc
#endif

lua_State *falua_open(void) {
  lua_State *L = lua_newstate(allocate, &pool);
  if (L != NULL) lua_setwarnf(L, warn, NULL);
  return L;
}

void falua_close(lua_State *L) {
  lua_close(L);
  falua_pool_close(&pool);
}
