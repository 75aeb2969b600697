/*
** What the service says in the body of an error: lists of entries with a path
** and a message, plain strings, other objects, or an ingress's HTML. This room
** only reads; what it means is decided in 'verdict'.
*/
#include "complaint.h"

#include <lauxlib.h>
#include <string.h>

#define EXCERPT 200  /* bytes of an unreadable error body that are shown */
#define ENTRIES 4    /* of a list that go into the message */

int fal_complaint_field(lua_State *L, int body, const char *name) {
  if (lua_type(L, body) != LUA_TTABLE) {
    lua_pushnil(L);
    return LUA_TNIL;
  }
  return lua_getfield(L, body, name);
}

const char *fal_complaint_text(lua_State *L, int table, const char *name) {
  const char *text = NULL;
  if (fal_complaint_field(L, table, name) == LUA_TSTRING)
    text = lua_tostring(L, -1);
  lua_pop(L, 1);
  return text;
}

int fal_complaint_first(lua_State *L, int body) {
  if (fal_complaint_field(L, body, "detail") == LUA_TTABLE) {
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
    if (lua_istable(L, -1)) return 1;
  }
  lua_pop(L, 1);
  lua_pushnil(L);
  return 0;
}

void fal_complaint_path(lua_State *L, int entry) {
  lua_pushliteral(L, "");
  if (fal_complaint_field(L, entry, "loc") != LUA_TTABLE) {
    lua_pop(L, 1);
    return;
  }
  lua_Integer n = luaL_len(L, -1);
  for (lua_Integer i = 1; i <= n && i <= 16; i++) {
    int type = lua_rawgeti(L, -1, i);
    if (type != LUA_TSTRING && type != LUA_TNUMBER) {
      lua_pop(L, 1);
      continue;
    }
    const char *part = luaL_tolstring(L, -1, NULL);
    const char *path = lua_tostring(L, -4);
    if (i == 1 && strcmp(part, "body") == 0) {
      lua_pop(L, 2);
      continue;
    }
    lua_pushfstring(L, type == LUA_TNUMBER ? "%s[%s]"
                       : *path == '\0'     ? "%s%s"
                                           : "%s.%s", path, part);
    lua_replace(L, -5);
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

/* [-0, +1, m] "prompt: field required" */
static void push_entry(lua_State *L, int entry) {
  const char *msg = fal_complaint_text(L, entry, "msg");
  fal_complaint_path(L, entry);
  const char *path = lua_tostring(L, -1);
  lua_pushfstring(L, *path != '\0' ? "%s: %s" : "%s%s", path,
                  msg != NULL ? msg : "refused");
  lua_remove(L, -2);
}

/* [-0, +1, m] The first entries of a list 'detail' at 'list'. */
static void push_entries(lua_State *L, int list) {
  lua_Integer n = luaL_len(L, list);
  int pieces = 0;
  for (lua_Integer i = 1; i <= n && i <= ENTRIES; i++) {
    if (lua_rawgeti(L, list, i) == LUA_TTABLE) {
      push_entry(L, lua_gettop(L));
      lua_pushliteral(L, "; ");
      pieces += 2;
      lua_remove(L, -3);
    } else {
      lua_pop(L, 1);
    }
  }
  if (pieces > 0) lua_pop(L, 1), pieces--;
  lua_concat(L, pieces);
}

/* [-0, +1, m] The beginning of a body that is not JSON, tags left out; it ends
   with a whole character. */
static void push_excerpt(lua_State *L, const fal_bytes *body) {
  luaL_Buffer b;
  int in_tag = 0;
  size_t kept = 0;
  luaL_buffinit(L, &b);
  for (size_t i = 0; i < body->len; i++) {
    char c = body->data[i];
    if (kept >= EXCERPT && ((unsigned char)c & 0xC0) != 0x80) break;
    if (c == '<') in_tag = 1;
    if (!in_tag && c != '\r' && c != '\n') {
      luaL_addchar(&b, c);
      kept++;
    }
    if (c == '>') in_tag = 0;
  }
  luaL_pushresult(&b);
}

/* [-0, +(0|1), m] Each place in which the service has been seen to say what is
   wrong. */
static int push_said(lua_State *L, int body) {
  static const char *const places[] = {"detail", "message", "status"};
  if (fal_complaint_field(L, body, "detail") == LUA_TTABLE) {
    push_entries(L, lua_gettop(L));
    if (lua_rawlen(L, -1) > 0) return 1;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  for (int i = 0; i < 3; i++) {
    if (fal_complaint_field(L, body, places[i]) == LUA_TSTRING) return 1;
    lua_pop(L, 1);
  }
  fal_complaint_field(L, body, "error");
  return fal_complaint_field(L, lua_gettop(L), "message") == LUA_TSTRING;
}

void fal_complaint_message(lua_State *L, int body, int status,
                           const fal_bytes *raw) {
  if (lua_type(L, body) == LUA_TTABLE && push_said(L, body)) return;
  if (lua_type(L, body) == LUA_TTABLE) lua_pushliteral(L, "");
  else push_excerpt(L, raw);
  if (lua_rawlen(L, -1) == 0)
    lua_pushfstring(L, "refused with status %d, no reason given", status);
}
