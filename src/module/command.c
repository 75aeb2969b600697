/*
** fal.core.command: a command that runs beside Lua, as something to wait for.
** Which command, for how long, and what its end means is decided in Lua.
*/
#include <lauxlib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "../engine/child.h"
#include "error.h"
#include "loop.h"
#include "modules.h"
#include "waitable.h"

#define COMMAND "fal.command"

typedef struct command {
  fal_waitable wait;
  fal_child child;
} command;

/* [-0, +1, e] The words at 1 as C has them; the table keeps the strings. */
static char **push_words(lua_State *L) {
  lua_Integer n = luaL_len(L, 1);
  luaL_argcheck(L, n > 0 && n < 10000, 1, "a list of words expected");
  const char **words = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *words, 0);
  for (lua_Integer i = 1; i <= n; i++) {
    if (lua_rawgeti(L, 1, i) != LUA_TSTRING ||
        strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
      luaL_error(L, "word %I is no string without zeros", i);
    words[i - 1] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  words[n] = NULL;
  return (char **)words;
}

/* Waiting for a command gives "exit" and its status, or "signal" and which. */
static int command_finish(lua_State *L, int status, lua_KContext idx) {
  const command *c = lua_touserdata(L, (int)idx);
  int end = c->child.status, killed = WIFSIGNALED(end);
  (void)status;
  lua_pushstring(L, killed ? "signal" : "exit");
  lua_pushinteger(L, killed ? WTERMSIG(end) : WEXITSTATUS(end));
  return 2;
}

/* start(words [, output]) -> command; nil, err */
static int command_start(lua_State *L) {
  const char *output = luaL_optstring(L, 2, NULL);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  char **words = push_words(L);
  const fal_loop *loop = fal_loop_push(L);  /* older than what it outlives */
  command *c = lua_newuserdatauv(L, sizeof *c, 1);
  *c = (command){.wait = {.finish = command_finish}};
  luaL_setmetatable(L, COMMAND);
  lua_pushvalue(L, -2);
  lua_setiuservalue(L, -2, 1);
  c->wait.signal = &c->child.signal;
  fal_waitable_register(L, -1);
  int fault = fal_child_start(&c->child, words, output, loop);
  if (fault == 0) return 1;
  lua_pushnil(L);
  fal_error_push(L, "io", "cannot run %s: %s", words[0], strerror(fault));
  return 2;
}

/* command:kill(name): "INT", "TERM" or "KILL", to all that it has started */
static int command_kill(lua_State *L) {
  static const char *const names[] = {"INT", "TERM", "KILL", NULL};
  static const int signals[] = {SIGINT, SIGTERM, SIGKILL};
  const command *c = luaL_checkudata(L, 1, COMMAND);
  fal_child_kill(&c->child, signals[luaL_checkoption(L, 2, "TERM", names)]);
  return 0;
}

static int command_gc(lua_State *L) {
  command *c = luaL_checkudata(L, 1, COMMAND);
  fal_child_free(&c->child);
  c->wait.signal = NULL;
  return 0;
}

static int command_tostring(lua_State *L) {
  const command *c = luaL_checkudata(L, 1, COMMAND);
  if (c->child.pid == 0) lua_pushliteral(L, COMMAND " (ended)");
  else lua_pushfstring(L, COMMAND " (process %d)", (int)c->child.pid);
  return 1;
}

static const luaL_Reg library[] = {{"start", command_start}, {NULL, NULL}};

static const luaL_Reg methods[] = {{"kill", command_kill}, {NULL, NULL}};

static const luaL_Reg metamethods[] = {
  {"__close", command_gc}, {"__gc", command_gc},
  {"__tostring", command_tostring}, {NULL, NULL}
};

int luaopen_fal_core_command(lua_State *L) {
  if (luaL_newmetatable(L, COMMAND)) {
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
  }
  luaL_newlib(L, library);
  return 1;
}
