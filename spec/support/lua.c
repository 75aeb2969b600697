/*
** A small Lua interpreter for the sanitized build: the sanitizers must be in
** the program before a sanitized fal.so is loaded, and Debian's lua5.4 has
** none. Knows scripts with arguments, -e, -l and Ctrl-C. Not for users.
*/
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

static lua_State *interruptible;

static void stop(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted!");
}

static void on_interrupt(int number) {
  signal(number, SIG_DFL);
  lua_sethook(interruptible, stop,
              LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static int traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

/* Calls the chunk on the top, when it was loaded, with the given words; 0, or
   1 after a message. */
static int call(lua_State *L, int status, int count, char **words) {
  int i;
  if (status == LUA_OK) {
    lua_pushcfunction(L, traceback);
    lua_insert(L, -2);
    luaL_checkstack(L, count, "too many arguments");
    for (i = 0; i < count; i++) lua_pushstring(L, words[i]);
    interruptible = L;
    signal(SIGINT, on_interrupt);
    status = lua_pcall(L, count, 0, -2 - count);
    signal(SIGINT, SIG_DFL);
  }
  if (status == LUA_OK) return 0;
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  return 1;
}

static void set_arg(lua_State *L, int argc, char **argv, int script) {
  int i;
  lua_newtable(L);
  for (i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - script);
  }
  lua_setglobal(L, "arg");
}

static int run(lua_State *L, int argc, char **argv) {
  int i = 1, failed = 0;
  for (; i + 1 < argc && argv[i][0] == '-' && !failed; i += 2) {
    if (strcmp(argv[i], "-l") == 0) {
      lua_pushfstring(L, "require '%s'", argv[i + 1]);
      failed = call(L, luaL_loadstring(L, lua_tostring(L, -1)), 0, NULL);
    } else {
      failed = call(L, luaL_loadstring(L, argv[i + 1]), 0, NULL);
    }
  }
  if (failed || i >= argc) return failed;
  set_arg(L, argc, argv, i);
  return call(L, luaL_loadfile(L, argv[i]), argc - i - 1, argv + i + 1);
}

int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  int failed;
  if (L == NULL) return 1;
  luaL_openlibs(L);
  failed = run(L, argc, argv);
  lua_close(L);
  return failed;
}
