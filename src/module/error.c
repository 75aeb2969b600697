/*
** Error objects: plain tables with a metatable that prints them as one clear
** line. This room gives them their form; what happened is decided in
** 'verdict', and what to do about it in Lua.
*/
#include "error.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <string.h>

#include "modules.h"

#define ERROR "fal.error"
#define LONGEST 400  /* bytes of the printed line */

size_t fal_error_cut(const char *text, size_t len, size_t max) {
  if (len <= max) return len;
  len = max;
  while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80) len--;
  return len;
}

/* [-1, +1, m] Makes the string on the top one line of at most 'max' bytes. */
static void one_line(lua_State *L, size_t max) {
  luaL_Buffer b;
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  size_t keep = len > max ? fal_error_cut(text, len, max - 3) : len;
  char *room = luaL_buffinitsize(L, &b, keep + 3);
  for (size_t i = 0; i < keep; i++)
    room[i] = ((unsigned char)text[i] < ' ' || text[i] == 127) ? ' ' : text[i];
  if (keep < len) memcpy(room + keep, "...", 3);
  luaL_pushresultsize(&b, keep < len ? keep + 3 : keep);
  lua_remove(L, -2);
}

/* [-0, +(0|1), e] Pushes before .. field .. after when the field is there. */
static int piece(lua_State *L, const char *before, const char *field,
                 const char *after) {
  if (lua_getfield(L, 1, field) == LUA_TNIL) {
    lua_pop(L, 1);
    return 0;
  }
  lua_pushstring(L, before);
  luaL_tolstring(L, -2, NULL);
  lua_pushstring(L, after);
  lua_concat(L, 3);
  lua_remove(L, -2);
  return 1;
}

/* The tail that says where, kept whole while the message is cut for it. */
static int push_tail(lua_State *L) {
  int n = piece(L, " (HTTP ", "status", ")");
  n += piece(L, "; ", "hint", "");
  if (piece(L, " [", "endpoint", "")) {
    n += 1 + piece(L, "#", "request_id", "");
    lua_pushliteral(L, "]");
    n++;
  } else {
    n += piece(L, " [", "request_id", "]");
  }
  lua_concat(L, n);
  one_line(L, LONGEST * 3 / 4);
  return n;
}

/* "kind: message (HTTP 422); hint [endpoint#id]" */
static int error_tostring(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_tail(L);
  size_t tail = lua_rawlen(L, -1);
  int n = piece(L, "", "kind", ": ");
  n += piece(L, "", "message", "");
  lua_concat(L, n);
  one_line(L, LONGEST - tail);
  lua_pushvalue(L, 2);
  lua_concat(L, 2);
  return 1;
}

static int error_concat(lua_State *L) {
  lua_settop(L, 2);
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

void fal_error_text(lua_State *L, const char *field, const char *text) {
  if (text == NULL) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, field);
}

void fal_error_flag(lua_State *L, const char *field, int flag) {
  lua_pushboolean(L, flag);
  lua_setfield(L, -2, field);
}

void fal_error_push(lua_State *L, const char *kind, const char *fmt, ...) {
  va_list args;
  lua_createtable(L, 0, 8);
  luaL_setmetatable(L, ERROR);
  fal_error_text(L, "kind", kind);
  va_start(args, fmt);
  lua_pushvfstring(L, fmt, args);
  va_end(args);
  one_line(L, LONGEST);
  lua_setfield(L, -2, "message");
}

/* new(fields): the fields become an error object. */
static int error_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "kind");
  luaL_argcheck(L, lua_isstring(L, -1), 1, "an error needs a kind");
  lua_settop(L, 1);
  luaL_setmetatable(L, ERROR);
  return 1;
}

static int error_is(lua_State *L) {
  luaL_checkany(L, 1);
  int same = 0;
  if (lua_type(L, 1) == LUA_TTABLE && lua_getmetatable(L, 1)) {
    luaL_getmetatable(L, ERROR);
    same = lua_rawequal(L, -1, -2);
  }
  lua_pushboolean(L, same);
  return 1;
}

static const luaL_Reg library[] = {
  {"is", error_is}, {"new", error_new}, {NULL, NULL}
};

static const luaL_Reg metamethods[] = {
  {"__tostring", error_tostring}, {"__concat", error_concat}, {NULL, NULL}
};

int luaopen_fal_core_error(lua_State *L) {
  luaL_newmetatable(L, ERROR);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, library);
  return 1;
}
