/*
** Waiting. A task of ours yields the waitable and is resumed when its signal
** is set; everything else (the main thread, a stranger's coroutine, a callback
** that cannot yield) drives the reactor until then. Completion is a state of
** the waitable, so being resumed once too often does no harm.
*/
#include "await.h"

#include <lauxlib.h>

#include "loop.h"
#include "waitable.h"

static const char tasks_key = 't';   /* registry: weak set of task threads */
static const char driver_key = 'd';  /* registry: function(waitable) or nil */

static void push_tasks(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &tasks_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &tasks_key);
}

static int in_task(lua_State *L) {
  push_tasks(L);
  lua_pushthread(L);
  int is_task = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 2);
  return is_task && lua_isyieldable(L);
}

int fal_await_mark_task(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTHREAD);
  push_tasks(L);
  lua_pushvalue(L, 1);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  return 0;
}

int fal_await_set_driver(lua_State *L) {
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &driver_key);
  return 0;
}

static fal_waitable *waitable_at(lua_State *L, int idx) {
  fal_waitable *w = lua_touserdata(L, idx);
  if (w->signal == NULL) luaL_error(L, "attempt to wait for a closed object");
  return w;
}

static int nothing(lua_State *L) {
  (void)L;
  return 0;
}

/* [-0, +0, -] A host sets SIGINT's hook on the main thread; when it is another
   thread that waits, the hook is meant for that one all the same. */
static void share_hook(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main = lua_tothread(L, -1);
  lua_pop(L, 1);
  if (main != L && lua_gethook(L) == NULL && lua_gethook(main) != NULL)
    lua_sethook(L, lua_gethook(main), lua_gethookmask(main),
                lua_gethookcount(main));
}

/* Calling any function gives a debug hook, such as the one that SIGINT
   installs, the occasion to raise. */
void fal_await_let_hooks_run(lua_State *L) {
  share_hook(L);
  if (lua_gethook(L) == NULL) return;
  lua_pushcfunction(L, nothing);
  lua_call(L, 0, 0);
}

int fal_await_failed(lua_State *L) {
  return luaL_error(L, "the event loop failed; it is not for processes that "
                    "were forked off since fal was first used");
}

/* Drives the reactor where there is no scheduler. Nobody asks who is ready
   then, and a list of those would keep the loop from sleeping. */
static void pump(lua_State *L, int idx) {
  fal_reactor *r = fal_reactor_push(L);
  while (!waitable_at(L, idx)->signal->set) {
    while (fal_reactor_ready(r) != NULL) continue;
    int outcome = fal_reactor_step(r, -1);
    if (outcome == FAL_STEP_INTERRUPTED) fal_await_let_hooks_run(L);
    if (outcome == FAL_STEP_FAILED) fal_await_failed(L);
  }
  lua_pop(L, 1);
}

static void block(lua_State *L, int idx) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &driver_key) != LUA_TFUNCTION) {
    lua_pop(L, 1);
    pump(L, idx);
    return;
  }
  lua_pushvalue(L, idx);
  lua_call(L, 1, 0);
}

static int finish(lua_State *L, int idx) {
  fal_waitable *w = waitable_at(L, idx);
  return w->finish != NULL ? w->finish(L, LUA_OK, idx) : 0;
}

/* The scheduler resumes with nothing, or with the error to raise here; one
   value more says that the waitable is to live on. */
static int resumed(lua_State *L, int status, lua_KContext idx) {
  fal_waitable *w = waitable_at(L, (int)idx);
  (void)status;
  if (lua_gettop(L) > (int)idx) {
    if (lua_gettop(L) > (int)idx + 1) lua_settop(L, (int)idx + 1);
    else if (w->cancel != NULL) w->cancel(w);
    return lua_error(L);
  }
  if (w->signal->set) return finish(L, (int)idx);
  lua_pushvalue(L, (int)idx);
  return lua_yieldk(L, 1, idx, resumed);
}

int fal_await(lua_State *L) {
  int idx = lua_gettop(L);
  if (waitable_at(L, idx)->signal->set) return finish(L, idx);
  if (in_task(L)) {
    lua_pushvalue(L, idx);
    return lua_yieldk(L, 1, idx, resumed);
  }
  block(L, idx);
  return finish(L, idx);
}
