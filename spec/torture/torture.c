/*
** Usage: torture FOLDER | FILE.lua...
** Runs each snippet again and again, letting every allocation after the Nth
** fail, N rising until it succeeds: those of Lua, of the engine (the linker
** leads its malloc here) and of libcurl are one count. After each failure the
** state must be usable: the same snippet then runs with all memory, the state
** is closed, and no block or descriptor may be left.
**
** A snippet returns a function. What the file does before is not tortured.
*/
#include <dirent.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#define UNLIMITED (-1L)
#define TOO_MANY 100000L  /* a snippet that never succeeds */

static struct {
  long left;    /* allocations that may still succeed, or UNLIMITED */
  long denied;  /* how many have failed */
  long blocks;  /* of Lua and the engine, alive now */
} meter = {UNLIMITED, 0, 0};

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);

static int denied(void) {
  if (meter.left == UNLIMITED) return 0;
  if (meter.left > 0) {
    meter.left--;
    return 0;
  }
  meter.denied++;
  return 1;
}

static void *counted(void *block) {
  if (block != NULL) meter.blocks++;
  return block;
}

/* The engine's allocator. */

void *__wrap_malloc(size_t size) {
  return denied() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size) {
  return denied() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *block, size_t size) {
  if (block == NULL) return __wrap_malloc(size);
  return denied() ? NULL : __real_realloc(block, size);
}

void __wrap_free(void *block) {
  if (block != NULL) meter.blocks--;
  __real_free(block);
}

char *__wrap_strndup(const char *text, size_t most) {
  size_t size = strnlen(text, most);
  char *copy = __wrap_malloc(size + 1);
  if (copy == NULL) return NULL;
  copy[size] = '\0';
  return memcpy(copy, text, size);
}

char *__wrap_strdup(const char *text) {
  return __wrap_strndup(text, SIZE_MAX);
}

/* libcurl's allocator: denied like the others, but its blocks may outlive a
   state (caches), so that the leak checker alone judges them. */

static void *curl_malloc(size_t size) {
  return denied() ? NULL : __real_malloc(size);
}

static void *curl_calloc(size_t n, size_t size) {
  return denied() ? NULL : __real_calloc(n, size);
}

static void *curl_realloc(void *block, size_t size) {
  return denied() ? NULL : __real_realloc(block, size);
}

static void curl_release(void *block) { __real_free(block); }

static char *curl_copy(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = curl_malloc(size);
  return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* Lua's allocator: shrinking never fails. */
static void *lua_memory(void *ud, void *block, size_t old, size_t size) {
  (void)ud;
  if (size == 0) {
    __wrap_free(block);
    return NULL;
  }
  if (block == NULL) return __wrap_malloc(size);
  if (size > old && denied()) return NULL;
  return __real_realloc(block, size);
}

/* Finds luaopen_a_b for "a.b" among the functions of this program. */
static int own_modules(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *symbol;
  lua_CFunction open;
  luaL_gsub(L, name, ".", "_");
  symbol = lua_pushfstring(L, "luaopen_%s", lua_tostring(L, -1));
  *(void **)&open = dlsym(RTLD_DEFAULT, symbol);
  if (open == NULL) return 0;
  lua_pushcfunction(L, open);
  lua_pushstring(L, ":linked:");
  return 2;
}

/* The long string makes Lua set up the metatable of its own buffers: 5.4.4 does
   not survive running out of memory in the middle of that. */
static const char prelude[] =
    "local _ = ('x'):rep(10000)\n"
    "package.path = 'lua/?.lua;lua/?/init.lua;' .. package.path\n"
    "table.insert(package.searchers, 2, (...))\n";

/* Opens the state and leaves the snippet's function on its stack. */
static lua_State *prepare(const char *path) {
  lua_State *L = lua_newstate(lua_memory, NULL);
  luaL_openlibs(L);
  if (luaL_loadstring(L, prelude) == LUA_OK) {
    lua_pushcfunction(L, own_modules);
    lua_call(L, 1, 0);
  }
  if (luaL_loadfile(L, path) != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK ||
      !lua_isfunction(L, -1)) {
    fprintf(stderr, "%s: %s\n", path, luaL_tolstring(L, -1, NULL));
    lua_close(L);
    return NULL;
  }
  return L;
}

static int open_files(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL) return 0;
  while (readdir(folder) != NULL) count++;
  closedir(folder);
  return count;
}

/* Runs a copy of the function on the top; NULL, or what it raised. */
static const char *attempt(lua_State *L) {
  lua_settop(L, 1);
  lua_pushvalue(L, 1);
  if (lua_pcall(L, 0, 0, 0) == LUA_OK) return NULL;
  return luaL_tolstring(L, -1, NULL);
}

static int complain(const char *path, long n, const char *what) {
  fprintf(stderr, "%s, after %ld allocations: %s\n", path, n, what);
  return -1;
}

/* One run with n allocations. 1: it went through, 0: memory ran out as it
   should, -1: something is wrong and was said. */
static int trial(const char *path, long n, int frantic) {
  long blocks = meter.blocks;
  int files = open_files(), verdict;
  const char *raised;
  lua_State *L = prepare(path);
  if (L == NULL) return -1;
  if (frantic) lua_gc(L, LUA_GCINC, 0, 1000, 0);
  meter.denied = 0;
  meter.left = n;
  raised = attempt(L);
  meter.left = UNLIMITED;
  verdict = meter.denied == 0 && raised == NULL;
  if (raised != NULL && (meter.denied == 0 || !strstr(raised, "memory")))
    verdict = complain(path, n, raised);
  if (verdict == 0 && (raised = attempt(L)) != NULL)
    verdict = complain(path, n, lua_pushfstring(L, "not usable: %s", raised));
  lua_close(L);
  if (meter.blocks != blocks) verdict = complain(path, n, "a block was left");
  if (open_files() != files) verdict = complain(path, n, "a file was left");
  return verdict;
}

static int torture(const char *path) {
  long n = 0;
  int verdict = trial(path, UNLIMITED, 1);
  if (verdict != 1) return 1;
  do {
    verdict = trial(path, n++, 0);
  } while (verdict == 0 && n < TOO_MANY);
  if (n == TOO_MANY) verdict = complain(path, n, "it never succeeds");
  if (verdict == 1) printf("%s: %ld allocations\n", path, n - 1);
  fflush(stdout);
  return verdict != 1;
}

static int is_snippet(const struct dirent *entry) {
  size_t len = strlen(entry->d_name);
  return len > 4 && strcmp(entry->d_name + len - 4, ".lua") == 0;
}

static int torture_folder(const char *folder) {
  struct dirent **list;
  int failed = 0, i, n = scandir(folder, &list, is_snippet, alphasort);
  if (n < 0) return torture(folder);
  for (i = 0; i < n; i++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
    failed |= torture(path);
    __real_free(list[i]);
  }
  __real_free(list);
  return failed;
}

int main(int argc, char **argv) {
  int i, failed = 0;
  curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, curl_release,
                       curl_realloc, curl_copy, curl_calloc);
  for (i = 1; i < argc; i++) failed |= torture_folder(argv[i]);
  curl_global_cleanup();
  return failed;
}
