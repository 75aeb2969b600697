/*
** The signals and calls of the host; call.h says what for. Like lua.c it keeps
** the state that SIGINT is meant for in a variable of the process.
*/
#include "call.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

const char *falua_name = "falua";

/*
** {==================================================================
** Signals
** ===================================================================
*/

static lua_State *running = NULL; /* the state that SIGINT is meant for */
static volatile sig_atomic_t interrupted = 0; /* SIGINT ended a call */
static volatile sig_atomic_t kept = 0; /* a SIGINT for the next who can end */
static volatile sig_atomic_t putting_off = 0; /* in falua_call_briefly */

/* Sets what a signal does, and returns what it did. */
static struct sigaction set_signal(int sig, void (*handler)(int)) {
  struct sigaction now, before;
  memset(&now, 0, sizeof(now));
  now.sa_handler = handler; /* no SA_RESTART: a wait must end */
  sigemptyset(&now.sa_mask);
  sigaction(sig, &now, &before);
  return before;
}

static void stop(lua_State *L, lua_Debug *ar);

/*
** SIGALRM, every second from SIGINT until the hook has run: ends a wait that
** began when the signal had come but the hook had had no occasion to run.
*/
static void nudge(int sig) {
  (void)sig;
  if (running != NULL && lua_gethook(running) == stop) alarm(1);
}

/* Where the function at 'level' was written. */
static const char *source_at(lua_State *L, int level) {
  lua_Debug ar;
  if (!lua_getstack(L, level, &ar) || !lua_getinfo(L, "S", &ar)) return "";
  return ar.source;
}

/*
** The scheduler and what it calls are not ended halfway: a task that it has in
** its hands would be lost. Between two tasks, and before it waits, it calls C
** that calls C, where it may be ended. Tasks that it makes meanwhile inherit
** the hook, which is not meant for them.
*/
static int may_raise(lua_State *L) {
  static const char scheduler[] = "@fal/scheduler.lua", c[] = "=[C]";
  const char *here = source_at(L, 0), *caller = source_at(L, 1);
  if (L != running) return strcmp(here, c) == 0 && strcmp(caller, c) == 0;
  return strcmp(here, scheduler) != 0 && strcmp(caller, scheduler) != 0;
}

/* The hook that SIGINT leaves behind: raises where that is safe. A coroutine
   in which fal waits may run it in place of the state it was left for. */
static void stop(lua_State *L, lua_Debug *ar) {
  (void)ar;
  if (!may_raise(L)) {
    if (L != running) lua_sethook(L, NULL, 0, 0);
    return;
  }
  alarm(0);
  lua_sethook(L, NULL, 0, 0);
  if (running != NULL) lua_sethook(running, NULL, 0, 0);
  interrupted = 1;
  luaL_error(L, "interrupted!");
}

static void stop_soon(void) {
  int mask = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;
  lua_sethook(running, stop, mask, 1);
}

/* SIGINT. A second one before the call has ended leaves at once. */
static void on_interrupt(int sig) {
  set_signal(sig, SIG_DFL);
  set_signal(SIGALRM, nudge);
  alarm(1);
  stop_soon();
}

/* SIGINT while the prompt itself is at work. */
static void keep_interrupt(int sig) {
  (void)sig;
  kept = 1;
}

/* SIGALRM, a second after a SIGINT that was put off. */
static void end_overdue(int sig) {
  (void)sig;
  if (!putting_off || !kept) return;
  kept = 0;
  on_interrupt(SIGINT);
}

/* SIGINT during a call that is over in a moment, most likely. */
static void put_off_interrupt(int sig) {
  (void)sig;
  if (!kept) {
    set_signal(SIGALRM, end_overdue);
    alarm(1);
  }
  kept = 1;
}

/*
** SIGPIPE. Who prints to a closed pipe goes quietly, as every filter does;
** but a peer that closed its socket must not take us along.
*/
static void on_pipe(int sig) {
  struct pollfd out[2] = { { STDOUT_FILENO, 0, 0 }, { STDERR_FILENO, 0, 0 } };
  if (poll(out, 2, 0) > 0 && ((out[0].revents | out[1].revents) & POLLERR)) {
    set_signal(sig, SIG_DFL);
    raise(sig);
  }
}

void falua_signals(void) {
  struct sigaction before = set_signal(SIGPIPE, on_pipe);
  if (before.sa_handler == SIG_IGN) /* our caller wants no such deaths */
    set_signal(SIGPIPE, SIG_IGN);
}

int falua_interrupted(void) {
  return interrupted;
}

int falua_take_interrupt(void) {
  int taken = kept;
  kept = 0;
  return taken;
}

/* }================================================================== */

/*
** {==================================================================
** Calls and reports
** ===================================================================
*/

void falua_message(const char *message) {
  fflush(stdout);
  if (falua_name != NULL) fprintf(stderr, "%s: ", falua_name);
  fprintf(stderr, "%s\n", message);
  fflush(stderr);
}

int falua_report(lua_State *L, int status) {
  if (status != LUA_OK) {
    falua_message(lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  return status;
}

/* [-1, +1, e] Turns an error object into text, with a traceback. */
static int message_handler(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  if (message == NULL) { /* not a string? */
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
      return 1; /* it speaks for itself */
    message = lua_pushfstring(L, "(error object is a %s value)",
                              luaL_typename(L, 1));
  }
  luaL_traceback(L, L, message, 1);
  return 1;
}

/* lua_pcall with the message handler, while SIGINT does 'handler'. */
static int guarded_call(lua_State *L, int narg, int nres,
                        void (*handler)(int)) {
  int base = lua_gettop(L) - narg; /* the function */
  lua_State *outer = running;
  struct sigaction before;
  int status;
  lua_pushcfunction(L, message_handler);
  lua_insert(L, base);
  running = L;
  before = set_signal(SIGINT, handler);
  if (falua_take_interrupt()) stop_soon();
  status = lua_pcall(L, narg, nres, base);
  putting_off = 0;
  sigaction(SIGINT, &before, NULL);
  if (lua_gethook(L) == stop) { /* it came too late to end this call */
    alarm(0);
    lua_sethook(L, NULL, 0, 0);
    kept = 1;
  }
  if (status == LUA_OK) interrupted = 0; /* caught on the way */
  running = outer;
  lua_remove(L, base);
  return status;
}

int falua_call(lua_State *L, int narg, int nres) {
  return guarded_call(L, narg, nres, on_interrupt);
}

int falua_call_patient(lua_State *L, int narg, int nres) {
  return guarded_call(L, narg, nres, keep_interrupt);
}

int falua_call_briefly(lua_State *L, int narg, int nres) {
  int status;
  putting_off = 1;
  status = guarded_call(L, narg, nres, put_off_interrupt);
  alarm(0);
  return status;
}

/* [-(status == LUA_OK), +0, m] Runs what was just loaded, and reports. */
static int run_chunk(lua_State *L, int status) {
  if (status == LUA_OK) status = falua_call(L, 0, 0);
  return falua_report(L, status);
}

int falua_file(lua_State *L, const char *name) {
  return run_chunk(L, luaL_loadfile(L, name));
}

int falua_code(lua_State *L, const char *code, const char *name) {
  return run_chunk(L, luaL_loadbuffer(L, code, strlen(code), name));
}

/* [-n, +m, e] What falua_push pushes; upvalues are module and name. */
static int call_field(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_call(L, 1, 1);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_gettable(L, -2);
  lua_insert(L, 1);
  lua_pop(L, 1); /* the module */
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

void falua_push(lua_State *L, const char *module, const char *name) {
  lua_pushstring(L, module);
  lua_pushstring(L, name);
  lua_pushcclosure(L, call_field, 2);
}

/* }================================================================== */

/*
** {==================================================================
** falua.host
** ===================================================================
*/

/* call(f, ...) -> true, results; or false, message with traceback */
static int host_call(lua_State *L) {
  int status;
  luaL_checkany(L, 1);
  luaL_checkstack(L, 2, NULL);
  status = falua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  lua_pushboolean(L, status == LUA_OK);
  lua_insert(L, 1);
  return lua_gettop(L);
}

/* setenv(name, value or nil): for us, and for the processes we start */
static int host_setenv(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *value = luaL_optstring(L, 2, NULL);
  int failed = (value != NULL) ? setenv(name, value, 1) : unsetenv(name);
  return failed ? luaL_error(L, "cannot set '%s': %s", name, strerror(errno))
                : 0;
}

int luaopen_falua_host(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "call", host_call },
    { "setenv", host_setenv },
    { NULL, NULL }
  };
  luaL_newlib(L, functions);
  lua_pushliteral(L, FAL_VERSION);
  lua_setfield(L, -2, "version");
  lua_pushliteral(L, LUA_RELEASE);
  lua_setfield(L, -2, "lua");
  return 1;
}

/* }================================================================== */
