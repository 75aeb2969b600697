/*
** Options of a submit or run. One row an option: its name, what it must be,
** the header it becomes. Header names and value rules are the service's
** (docs/protocol.md, "Headers").
*/
#include "options.h"

#include <lauxlib.h>
#include <string.h>

#include "json.h"

typedef void writer(lua_State *L, fal_exchange *x, const char *header);

typedef struct option {
  const char *name;
  int type;             /* of the Lua value */
  const char *header;   /* NULL: not a header */
  writer *write;
} option;

/* Writers find the option's value on the top of the stack and leave it. */

static void write_text(lua_State *L, fal_exchange *x, const char *header) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  fal_exchange_header(L, x, header, text, len);
}

static void write_if_true(lua_State *L, fal_exchange *x, const char *header) {
  if (lua_toboolean(L, -1)) fal_exchange_header(L, x, header, "true", 4);
}

static void write_bit(lua_State *L, fal_exchange *x, const char *header) {
  fal_exchange_header(L, x, header, lua_toboolean(L, -1) ? "1" : "0", 1);
}

static void write_priority(lua_State *L, fal_exchange *x, const char *header) {
  const char *word = lua_tostring(L, -1);
  if (strcmp(word, "normal") != 0 && strcmp(word, "low") != 0)
    luaL_error(L, "option 'priority' must be \"normal\" or \"low\", not \"%s\"",
               word);
  write_text(L, x, header);
}

/* The service insists on more than 0.1 s. */
static void write_start_timeout(lua_State *L, fal_exchange *x,
                                const char *header) {
  if (!(lua_tonumber(L, -1) > 0.1))
    luaL_error(L, "option 'start_timeout' must be more than 0.1 seconds");
  lua_pushfstring(L, "%f", lua_tonumber(L, -1));
  write_text(L, x, header);
  lua_pop(L, 1);
}

static void write_tags(lua_State *L, fal_exchange *x, const char *header) {
  int tags = lua_gettop(L), n = 0;
  luaL_checkstack(L, 64, "too many tags");
  lua_pushnil(L);
  while (lua_next(L, tags)) {
    if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1) || n >= 10)
      luaL_error(L, "option 'tags' must be at most 10 pairs of strings");
    lua_pushfstring(L, "%s%s=%s", n > 0 ? "," : "", lua_tostring(L, -2),
                    lua_tostring(L, -1));
    lua_insert(L, tags + 1 + n++);
    lua_pop(L, 1);
  }
  lua_concat(L, n);
  write_text(L, x, header);
  lua_pop(L, 1);
}

void fal_options_push_seconds(lua_State *L) {
  static const char *const words[] = {"immediate", "1h", "1d", "7d", "30d",
                                      "1y", NULL};
  static const lua_Integer seconds[] = {60, 3600, 86400, 604800, 2592000,
                                        31536000};
  if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0) {
    lua_pushvalue(L, -1);
    return;
  }
  for (int i = 0; words[i] != NULL; i++)
    if (lua_type(L, -1) == LUA_TSTRING &&
        strcmp(lua_tostring(L, -1), words[i]) == 0) {
      lua_pushinteger(L, seconds[i]);
      return;
    }
  if (lua_type(L, -1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), "never"))
    luaL_error(L, "lifecycle.expires_in must be whole seconds or one of "
               "immediate, 1h, 1d, 7d, 30d, 1y, never");
  lua_pushnil(L);  /* the service is told none: the account's own holds */
}

static void write_lifecycle(lua_State *L, fal_exchange *x,
                            const char *header) {
  int given = lua_gettop(L);
  lua_newtable(L);
  if (lua_getfield(L, given, "expires_in") != LUA_TNIL) {
    fal_options_push_seconds(L);
    lua_setfield(L, given + 1, "expiration_duration_seconds");
  }
  lua_getfield(L, given, "acl");
  lua_setfield(L, given + 1, "initial_acl");
  if (!fal_json_encode(L, given + 1))
    luaL_error(L, "lifecycle: %s", lua_tostring(L, -1));
  write_text(L, x, header);
  lua_settop(L, given);
}

static void write_all(lua_State *L, fal_exchange *x, const char *header) {
  (void)header;
  fal_exchange_headers(L, x, lua_gettop(L));
}

static const option options[] = {
  {"priority", LUA_TSTRING, "X-Fal-Queue-Priority", write_priority},
  {"hint", LUA_TSTRING, "X-Fal-Runner-Hint", write_text},
  {"start_timeout", LUA_TNUMBER, "X-Fal-Request-Timeout", write_start_timeout},
  {"no_retry", LUA_TBOOLEAN, "X-Fal-No-Retry", write_if_true},
  {"no_fallback", LUA_TBOOLEAN, "x-app-fal-disable-fallback", write_if_true},
  {"store_io", LUA_TBOOLEAN, "X-Fal-Store-IO", write_bit},
  {"tags", LUA_TTABLE, "X-Fal-Tags", write_tags},
  {"lifecycle", LUA_TTABLE, "X-Fal-Object-Lifecycle-Preference",
   write_lifecycle},
  {"headers", LUA_TTABLE, "", write_all},
  {"webhook_url", LUA_TSTRING, NULL, NULL},
  {"max_queue_length", LUA_TNUMBER, NULL, NULL},
  {"path", LUA_TSTRING, NULL, NULL},
  {"validate", LUA_TBOOLEAN, NULL, NULL},
  {"note", LUA_TSTRING, NULL, NULL},  /* of the Lua layer, for on_request */
  {NULL, 0, NULL, NULL}
};

static const option *option_named(const char *name) {
  const option *o = options;
  while (o->name != NULL && strcmp(o->name, name) != 0) o++;
  return o->name != NULL ? o : NULL;
}

static const option *checked_option(lua_State *L) {
  const char *name =
      lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
  const option *o = option_named(name);
  if (o == NULL) luaL_error(L, "unknown option '%s'", name);
  else if (lua_type(L, -1) != o->type)
    luaL_error(L, "option '%s' must be a %s, not a %s", name,
               lua_typename(L, o->type), luaL_typename(L, -1));
  return o;
}

void fal_options_headers(lua_State *L, fal_exchange *x, int idx) {
  if (lua_isnoneornil(L, idx)) return;
  luaL_checktype(L, idx, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, idx)) {
    const option *o = checked_option(L);
    if (o->header != NULL) o->write(L, x, o->header);
    lua_pop(L, 1);
  }
}

void fal_options_note(lua_State *L, int self, int idx) {
  if (lua_isnoneornil(L, idx)) return;
  lua_getfield(L, idx, "note");
  lua_setiuservalue(L, self, FAL_X_NOTE);
}

static void add_query(lua_State *L, fal_exchange *x, const char *name,
                      const char *value) {
  if (fal_endpoint_add_query(&x->url, name, value) != 0)
    luaL_error(L, "%s: \"%s\" cannot stand in a URL", name, value);
}

void fal_options_query(lua_State *L, fal_exchange *x, int idx) {
  int top = lua_gettop(L);
  if (lua_isnoneornil(L, idx)) return;
  if (lua_getfield(L, idx, "webhook_url") != LUA_TNIL)
    add_query(L, x, "fal_webhook", lua_tostring(L, -1));
  if (lua_getfield(L, idx, "max_queue_length") != LUA_TNIL)
    add_query(L, x, "fal_max_queue_length", luaL_tolstring(L, -1, NULL));
  lua_settop(L, top);
}

void fal_options_lifecycle(lua_State *L, fal_exchange *x, int idx) {
  if (lua_isnoneornil(L, idx)) return;
  luaL_checktype(L, idx, LUA_TTABLE);
  lua_pushvalue(L, idx);
  write_lifecycle(L, x, "X-Fal-Object-Lifecycle");
  lua_pop(L, 1);
}

const char *fal_options_path(lua_State *L, int idx) {
  if (lua_isnoneornil(L, idx)) return NULL;
  lua_getfield(L, idx, "path");
  const char *path = lua_tostring(L, -1);
  lua_pop(L, 1);
  return path;
}
