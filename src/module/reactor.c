/*
** fal.core.reactor: the loop's Lua face for the scheduler and for hosts with a
** loop of their own. Times are seconds.
*/
#include <lauxlib.h>

#include "await.h"
#include "loop.h"
#include "modules.h"
#include "waitable.h"

#define TIMER "fal.timer"

typedef struct timer_box {
  fal_waitable wait;
  fal_timer timer;
  fal_signal signal;
  fal_reactor *reactor;
} timer_box;

static fal_reactor *reactor_of(lua_State *L) {
  fal_reactor *r = fal_reactor_push(L);
  lua_pop(L, 1);
  return r;
}

static int reactor_loop(lua_State *L) {
  lua_pushlightuserdata(L, fal_loop_push(L));
  return 1;
}

/* The most exchanges under way at once. */
static int reactor_most(lua_State *L) {
  lua_pushinteger(L, fal_reactor_most(reactor_of(L)));
  return 1;
}

/* ------------------------------------------------------------------ */

/* breathe(): a hook that could not raise in our caller gets its chance. */
static int reactor_breathe(lua_State *L) {
  fal_await_let_hooks_run(L);
  return 0;
}

/* step([seconds]): waits for that long at most, and does what is ready. */
static int reactor_step(lua_State *L) {
  int ms = lua_isnoneornil(L, 1) ? -1 : fal_ms(luaL_checknumber(L, 1));
  int outcome;
  fal_await_let_hooks_run(L);
  outcome = fal_reactor_step(reactor_of(L), ms);
  if (outcome == FAL_STEP_INTERRUPTED) fal_await_let_hooks_run(L);
  if (outcome == FAL_STEP_FAILED) return fal_await_failed(L);
  return 0;
}

static int reactor_ready(lua_State *L) {
  fal_reactor *r = reactor_of(L);
  fal_signal *s;
  fal_waitables_push(L);
  while ((s = fal_reactor_ready(r)) != NULL)
    if (lua_rawgetp(L, -1, s) == LUA_TUSERDATA) return 1;
    else lua_pop(L, 1);
  lua_pushnil(L);
  return 1;
}

/* [-0, +0, m] Whether the value at 1 is open and one of ours. */
static int is_waitable(lua_State *L) {
  const fal_waitable *w = lua_touserdata(L, 1);
  if (w == NULL || lua_rawlen(L, 1) < sizeof *w) return 0;
  fal_waitables_push(L);
  lua_rawgetp(L, -1, w->signal);
  int same = lua_rawequal(L, -1, 1);
  lua_pop(L, 2);
  return same;
}

static int reactor_is_waitable(lua_State *L) {
  lua_pushboolean(L, is_waitable(L));
  return 1;
}

static int reactor_wait(lua_State *L) {
  luaL_argcheck(L, is_waitable(L), 1, "nothing to wait for, or closed");
  lua_settop(L, 1);
  return fal_await(L);
}

static fal_waitable *check_waitable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TUSERDATA);
  return lua_touserdata(L, 1);
}

static int reactor_is_set(lua_State *L) {
  const fal_waitable *w = check_waitable(L);
  lua_pushboolean(L, w->signal == NULL || w->signal->set);
  return 1;
}

static int reactor_is_shielded(lua_State *L) {
  lua_pushboolean(L, check_waitable(L)->shielded);
  return 1;
}

/* is_sent(waitable): whether the other side may know of it */
static int reactor_is_sent(lua_State *L) {
  const fal_waitable *w = check_waitable(L);
  lua_pushboolean(L, w->sent != NULL && *w->sent);
  return 1;
}

/* cancel(waitable): nobody waits for it any more */
static int reactor_cancel(lua_State *L) {
  fal_waitable *w = check_waitable(L);
  if (w->cancel != NULL) w->cancel(w);
  return 0;
}

static int reactor_pollfd(lua_State *L) {
  lua_pushinteger(L, fal_reactor_fd(reactor_of(L)));
  return 1;
}

static int reactor_timeout(lua_State *L) {
  int ms = fal_reactor_timeout(reactor_of(L));
  if (ms < 0) lua_pushnil(L);
  else lua_pushnumber(L, ms / 1000.0);
  return 1;
}

static int reactor_census(lua_State *L) {
  fal_census c;
  fal_reactor_census(reactor_of(L), &c);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, c.transfers);
  lua_setfield(L, -2, "transfers");
  lua_pushinteger(L, c.timers);
  lua_setfield(L, -2, "timers");
  lua_pushinteger(L, c.pollables);
  lua_setfield(L, -2, "pollables");
  return 1;
}

/* ------------------------------------------------------------------ */

static void timer_fire(fal_timer *t) {
  timer_box *box = (void *)((char *)t - offsetof(timer_box, timer));
  fal_reactor_signal(box->reactor, &box->signal);
}

static void timer_end(timer_box *box) {
  if (box->reactor == NULL) return;
  fal_timer_stop(box->reactor, &box->timer);
  fal_reactor_forget(box->reactor, &box->signal);
  box->reactor = NULL;
}

static void timer_cancel(fal_waitable *w) { timer_end((timer_box *)w); }

static int timer_gc(lua_State *L) {
  timer_end(luaL_checkudata(L, 1, TIMER));
  return 0;
}

static int timer_stop(lua_State *L) {
  timer_box *box = luaL_checkudata(L, 1, TIMER);
  timer_end(box);
  box->signal.set = 1;
  return 0;
}

/* after(seconds): a timer to wait for. */
static int reactor_after(lua_State *L) {
  int64_t us = fal_us(luaL_checknumber(L, 1));
  fal_reactor *r = fal_reactor_push(L);  /* older than what it must outlive */
  timer_box *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (timer_box){0};
  luaL_setmetatable(L, TIMER);
  lua_pushvalue(L, -2);
  lua_setiuservalue(L, -2, 1);
  box->wait.signal = &box->signal;
  box->wait.cancel = timer_cancel;
  box->timer.fire = timer_fire;
  fal_waitable_register(L, -1);
  box->reactor = r;
  if (fal_timer_start(r, &box->timer, us) != 0)
    return luaL_error(L, "not enough memory");
  return 1;
}

static const luaL_Reg library[] = {
  {"after", reactor_after},
  {"breathe", reactor_breathe},
  {"cancel", reactor_cancel},
  {"census", reactor_census},
  {"drive_with", fal_await_set_driver},
  {"is_sent", reactor_is_sent},
  {"is_set", reactor_is_set},
  {"is_shielded", reactor_is_shielded},
  {"is_waitable", reactor_is_waitable},
  {"loop", reactor_loop},
  {"mark_task", fal_await_mark_task},
  {"most", reactor_most},
  {"pollfd", reactor_pollfd},
  {"ready", reactor_ready},
  {"step", reactor_step},
  {"timeout", reactor_timeout},
  {"wait", reactor_wait},
  {NULL, NULL}
};

static const luaL_Reg timer_methods[] = {{"stop", timer_stop}, {NULL, NULL}};

static const luaL_Reg timer_meta[] = {{"__gc", timer_gc}, {NULL, NULL}};

int luaopen_fal_core_reactor(lua_State *L) {
  luaL_newmetatable(L, TIMER);
  luaL_setfuncs(L, timer_meta, 0);
  luaL_newlib(L, timer_methods);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, library);
  return 1;
}
