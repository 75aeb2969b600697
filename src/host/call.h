/*
** Runs chunks: traced, ended by SIGINT, failures printed as 'lua' prints
** them. Owns the process's signals. Also the module falua.host, by which the
** prompt runs what was typed.
*/
#ifndef FALUA_CALL_H
#define FALUA_CALL_H

#include <lua.h>

/* The name in front of messages; NULL at the prompt. */
extern const char *falua_name;

void falua_signals(void); /* once, at the start */
int falua_interrupted(void); /* whether SIGINT ended the last call */

void falua_message(const char *message);
/* [-(status != LUA_OK), +0, -] Prints the message of a call that failed. */
int falua_report(lua_State *L, int status);
/* [-(nargs + 1), +(nresults|1), -] lua_pcall with traceback and SIGINT. */
int falua_call(lua_State *L, int narg, int nres);
/* As falua_call, but SIGINT is kept: the next falua_call inside is ended by
   it, or who reads a line takes it. */
int falua_call_patient(lua_State *L, int narg, int nres);
/* As falua_call_patient, but a call that is not over a second after SIGINT is
   ended where it waits next. */
int falua_call_briefly(lua_State *L, int narg, int nres);
int falua_take_interrupt(void);

/* [-0, +0, m] Runs a file (NULL: standard input) or a text, and reports. */
int falua_file(lua_State *L, const char *name);
int falua_code(lua_State *L, const char *code, const char *name);
/* [-0, +1, m] Pushes a function that requires 'module' and calls its 'name'. */
void falua_push(lua_State *L, const char *module, const char *name);

int luaopen_falua_host(lua_State *L);

#endif
