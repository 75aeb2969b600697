/*
** Clients and their options. The one place that knows option names,
** environment variables and defaults. Sources of the defaults: the service's
** documented hosts; timeouts as the official Python client has them.
*/
#include "client.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../engine/endpoint.h"
#include "error.h"
#include "loop.h"

#define CLIENT "fal.client"
#define MAX_ANSWER (256.0 * 1024 * 1024)

enum kind {
  TEXT, URL, SECONDS, DELAY, COUNT, POSITIVE, FLAG, TABLE, FUNCTION, KEY, PATH,
  TEXTS
};

typedef struct option {
  const char *name;
  enum kind kind;
  const char *environment;
  const char *fallback;
} option;

static const option options[] = {
  {"key", KEY, "FAL_KEY", NULL},
  {"run_url", URL, "FAL_RUN_URL", "https://fal.run"},
  {"queue_url", URL, "FAL_QUEUE_URL", "https://queue.fal.run"},
  {"rest_url", URL, "FAL_REST_URL", "https://rest.fal.ai"},
  {"cdn_url", URL, "FAL_CDN_URL", "https://v3.fal.media"},
  {"realtime_url", URL, "FAL_REALTIME_URL", "wss://fal.run"},
  {"api_url", URL, "FAL_API_URL", "https://api.fal.ai/v1"},
  {"site_url", URL, "FAL_SITE_URL", "https://fal.ai"},
  {"proxy_url", URL, "FAL_PROXY_URL", NULL},
  {"connect_timeout", SECONDS, NULL, "30"},
  {"exchange_timeout", SECONDS, NULL, "120"},
  {"retries", COUNT, NULL, "5"},
  {"retry_base", DELAY, NULL, "0.5"},
  {"retry_max", DELAY, NULL, "30"},
  {"history", PATH, "FAL_HISTORY", NULL},
  {"max_connections", POSITIVE, NULL, NULL},
  {"max_answer", COUNT, NULL, NULL},
  {"validate", FLAG, NULL, NULL},
  {"user_agent", TEXT, NULL, "fal-lua/" FAL_VERSION},
  {"headers", TABLE, NULL, NULL},
  {"ca_file", TEXT, NULL, NULL},
  {"connect_to", TEXTS, NULL, NULL},
  {"on_request", FUNCTION, NULL, NULL},
  {"on_response", FUNCTION, NULL, NULL},
  {"webhook_token", TEXT, "FAL_WEBHOOK_TOKEN", NULL},
  {NULL, TEXT, NULL, NULL}
};

static const char *const url_names[FAL_HOSTS] = {
  "run_url", "queue_url", "rest_url", "cdn_url", "realtime_url", "api_url",
  "site_url"
};

static const option *option_named(const char *name) {
  const option *o = options;
  while (o->name != NULL && strcmp(o->name, name) != 0) o++;
  return o->name != NULL ? o : NULL;
}

/* ------------------------------------------------------------------
** Checking what a caller gave
*/

static int is_text(lua_State *L, int idx) {
  return lua_type(L, idx) == LUA_TSTRING &&
         strlen(lua_tostring(L, idx)) == lua_rawlen(L, idx);
}

static int is_list_of_texts(lua_State *L, int idx) {
  lua_Integer n = lua_type(L, idx) == LUA_TTABLE ? luaL_len(L, idx) : 0;
  int good = n > 0;
  for (lua_Integer i = 1; good && i <= n; i++) {
    lua_rawgeti(L, idx, i);
    good = is_text(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  return good;
}

static int fits(lua_State *L, int idx, enum kind kind) {
  int type = lua_type(L, idx);
  switch (kind) {
    case TEXT: case URL: return is_text(L, idx);
    case TEXTS: return is_text(L, idx) || is_list_of_texts(L, idx);
    case DELAY: return type == LUA_TNUMBER && lua_tonumber(L, idx) >= 0;
    case SECONDS:
      return type == LUA_TNUMBER && lua_tonumber(L, idx) > 0;
    case COUNT: return lua_isinteger(L, idx) && lua_tointeger(L, idx) >= 0;
    case POSITIVE: return lua_isinteger(L, idx) && lua_tointeger(L, idx) > 0;
    case FLAG: return type == LUA_TBOOLEAN;
    case TABLE: return type == LUA_TTABLE;
    case FUNCTION: return type == LUA_TFUNCTION;
    case KEY: return type == LUA_TSTRING || type == LUA_TFUNCTION;
    case PATH:
      return type == LUA_TSTRING ||
             (type == LUA_TBOOLEAN && !lua_toboolean(L, idx));
  }
  return 0;
}

static const char *wanted(enum kind kind) {
  static const char *const words[] = {
    "a string without zeros", "a URL", "a number of seconds above 0",
    "a number of seconds, 0 or more", "a whole number, 0 or more",
    "a whole number, 1 or more", "a boolean", "a table", "a function",
    "a string or a function", "a path or false", "a string or a list of them"
  };
  return words[kind];
}

/* [-0, +(0|1), m] Pushes what is wrong with the value on the top and returns 1
   when it cannot be the option 'name'. */
static int is_wrong(lua_State *L, const char *name) {
  const option *o = option_named(name);
  if (o == NULL)
    lua_pushfstring(L, "unknown option '%s'", name);
  else if (!fits(L, lua_gettop(L), o->kind))
    lua_pushfstring(L, "option '%s' must be %s, not %s", name, wanted(o->kind),
                    luaL_typename(L, -1));
  else return 0;
  return 1;
}

int fal_client_complaint(lua_State *L, int given) {
  lua_pushnil(L);
  while (lua_next(L, given)) {
    if (lua_type(L, -2) != LUA_TSTRING) {
      lua_pushliteral(L, "option names must be strings");
      return 1;
    }
    if (is_wrong(L, lua_tostring(L, -2))) return 1;
    lua_pop(L, 1);
  }
  return 0;
}

/* ------------------------------------------------------------------
** Completing them
*/

static const char *environment(const char *name) {
  const char *value = name != NULL ? getenv(name) : NULL;
  return value != NULL && *value != '\0' ? value : NULL;
}

/* The key pair and the bare host names that the official client reads. */
static int push_other_environment(lua_State *L, const char *name) {
  const char *run = environment("FAL_RUN_HOST");
  const char *queue = environment("FAL_QUEUE_RUN_HOST");
  if (strcmp(name, "key") == 0 && environment("FAL_KEY_ID") != NULL &&
      environment("FAL_KEY_SECRET") != NULL)
    lua_pushfstring(L, "%s:%s", environment("FAL_KEY_ID"),
                    environment("FAL_KEY_SECRET"));
  else if (strcmp(name, "run_url") == 0 && run != NULL)
    lua_pushfstring(L, "https://%s", run);
  else if (strcmp(name, "queue_url") == 0 && queue != NULL)
    lua_pushfstring(L, "https://%s", queue);
  else if (strcmp(name, "queue_url") == 0 && run != NULL)
    lua_pushfstring(L, "https://queue.%s", run);
  else return 0;
  return 1;
}

/* [-0, +(0|1), m] */
static int push_default(lua_State *L, const option *o) {
  const char *text = environment(o->environment);
  if (text != NULL) lua_pushstring(L, text);
  else if (push_other_environment(L, o->name)) return 1;
  else if (o->fallback == NULL) return 0;
  else if (o->kind == SECONDS || o->kind == DELAY || o->kind == COUNT ||
           o->kind == POSITIVE)
    lua_stringtonumber(L, o->fallback);
  else lua_pushstring(L, o->fallback);
  return 1;
}

static void complete(lua_State *L, fal_client *c, int table) {
  if (c->completed) return;
  for (const option *o = options; o->name != NULL; o++) {
    if (lua_getfield(L, table, o->name) == LUA_TNIL && push_default(L, o))
      lua_setfield(L, table, o->name);
    lua_pop(L, 1);
  }
  c->completed = 1;
}

/* [-0, +0, e] The string field, or NULL. Anchored in the table. */
static const char *text_of(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  const char *text =
      lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  lua_pop(L, 1);
  return text;
}

static long ms_option(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  long ms = fal_ms(lua_tonumber(L, -1));
  lua_pop(L, 1);
  return ms;
}

static int plain_text(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 127)
      return 0;
  return 1;
}

/* An absolute URL (it lies within itself) with the scheme of 'like'. */
static int url_is_good(const char *url, const char *like) {
  return fal_url_within(url, url) && strpbrk(url, "?#") == NULL &&
         (strncasecmp(url, "ws", 2) == 0) == (strncmp(like, "ws", 2) == 0);
}

static int push_bad_url(lua_State *L, const char *name, const char *url,
                        const char *like) {
  fal_error_push(L, "config", "%s: \"%s\" is not a URL such as %s", name, url,
                 like);
  return -1;
}

static int read_urls(lua_State *L, fal_client *c, int table) {
  for (int i = 0; i < FAL_HOSTS; i++) {
    const char *like = option_named(url_names[i])->fallback;
    c->url[i] = text_of(L, table, url_names[i]);
    if (!url_is_good(c->url[i], like))
      return push_bad_url(L, url_names[i], c->url[i], like);
  }
  if (c->proxy_url != NULL && !url_is_good(c->proxy_url, "http"))
    return push_bad_url(L, "proxy_url", c->proxy_url, "https://ex.org/fal");
  return 0;
}

/* [-1, +1, m] Replaces the string on the top by itself without white space at
   its ends. */
static void trim(lua_State *L) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL) len--;
  while (len > 0 && strchr(" \t\r\n", *text) != NULL) text++, len--;
  lua_pushlstring(L, text, len);
  lua_remove(L, -2);
}

/* [-0, +(1|2), e] Pushes the option, or what the function in it returns. The
   function may say why there is no key: nil, message. 0, or -1 and an error. */
static int push_key(lua_State *L, int table) {
  if (lua_getfield(L, table, "key") != LUA_TFUNCTION) return 0;
  lua_call(L, 0, 2);
  if (lua_isnil(L, -2) && lua_type(L, -1) == LUA_TSTRING) {
    fal_error_push(L, "config", "no key: %s", lua_tostring(L, -1));
    return -1;
  }
  lua_pop(L, 1);
  if (lua_isnil(L, -1) || lua_type(L, -1) == LUA_TSTRING) return 0;
  fal_error_push(L, "config", "the key function returned a %s, not a string",
                 luaL_typename(L, -1));
  return -1;
}

/* Turns the key into the whole header line, which serves until the option is
   changed: a function is asked until it has given one. */
static int read_key(lua_State *L, fal_client *c, int table) {
  if (push_key(L, table) != 0) return -1;
  if (lua_isnil(L, -1)) return 0;
  trim(L);
  if (lua_rawlen(L, -1) == 0 ||
      !plain_text(lua_tostring(L, -1), lua_rawlen(L, -1))) {
    fal_error_push(L, "config", "the key is empty or has a character that no "
                   "key has; it looks like id:secret");
    return -1;
  }
  lua_pushfstring(L, "Authorization: Key %s", lua_tostring(L, -1));
  const char *line = lua_tostring(L, -1);
  lua_rawsetp(L, table, line);  /* for good: an exchange may still hold it */
  c->authorization = line;
  return 0;
}

int fal_client_authorize(lua_State *L, int idx) {
  fal_client *c = lua_touserdata(L, idx);
  if (c->authorization != NULL) return 0;
  int top = lua_gettop(L);
  lua_getiuservalue(L, idx, 1);
  int failed = read_key(L, c, top + 1);
  if (failed) lua_replace(L, top + 1);
  lua_settop(L, failed ? top + 1 : top);
  return failed;
}

static void read_limits(lua_State *L, fal_client *c, int table) {
  c->connect_ms = ms_option(L, table, "connect_timeout");
  c->exchange_ms = ms_option(L, table, "exchange_timeout");
  lua_getfield(L, table, "max_answer");
  c->max_answer = (size_t)luaL_optnumber(L, -1, MAX_ANSWER);
  lua_getfield(L, table, "max_connections");
  long most = (long)lua_tointeger(L, -1);
  lua_pop(L, 2);
  if (most == 0) return;  /* as it is: 64, or what another client was told */
  fal_reactor_max_connections(fal_reactor_push(L), most);
  lua_pop(L, 1);
}

/* [-0, +0, m] The text, or the list of texts joined by commas; or NULL. */
static const char *joined_text(lua_State *L, int table, const char *name) {
  if (lua_getfield(L, table, name) == LUA_TTABLE) {
    lua_Integer n = luaL_len(L, -1);
    lua_pushliteral(L, "");
    for (lua_Integer i = 1; i <= n; i++) {
      lua_rawgeti(L, -2, i);
      lua_pushfstring(L, i > 1 ? "%s,%s" : "%s%s", lua_tostring(L, -2),
                      lua_tostring(L, -1));
      lua_replace(L, -3);
      lua_pop(L, 1);
    }
    lua_setfield(L, table, name);
  }
  lua_pop(L, 1);
  return text_of(L, table, name);
}

static int is_set(lua_State *L, int table, const char *name) {
  int set = lua_getfield(L, table, name) != LUA_TNIL;
  lua_pop(L, 1);
  return set;
}

static int read_options(lua_State *L, fal_client *c, int table) {
  const char *agent = text_of(L, table, "user_agent");
  c->proxy_url = text_of(L, table, "proxy_url");
  c->shows_requests = is_set(L, table, "on_request");
  c->shows_answers = is_set(L, table, "on_response");
  c->adds_headers = is_set(L, table, "headers");
  c->ca_file = text_of(L, table, "ca_file");
  c->connect_to = joined_text(L, table, "connect_to");
  lua_pushfstring(L, "User-Agent: %s", agent);
  c->user_agent = lua_tostring(L, -1);
  lua_rawsetp(L, table, &c->user_agent);
  if (strpbrk(c->user_agent, "\r\n") != NULL) {
    fal_error_push(L, "config", "user_agent: a line break is not allowed");
    return -1;
  }
  read_limits(L, c, table);
  return read_urls(L, c, table);
}

fal_client *fal_client_resolve(lua_State *L, int idx) {
  fal_client *c = lua_touserdata(L, idx);
  if (c->resolved) return c;
  int top = lua_gettop(L);
  lua_getiuservalue(L, idx, 1);
  complete(L, c, top + 1);
  if (read_options(L, c, top + 1) != 0) {
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
    return NULL;
  }
  lua_settop(L, top);
  c->resolved = 1;
  return c;
}

/* ------------------------------------------------------------------ */

static void copy_all(lua_State *L, int from, int to) {
  lua_pushnil(L);
  while (lua_next(L, from)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_settable(L, to);
  }
}

/* The old table of options stays as it is: exchanges point into it. */
void fal_client_config(lua_State *L, int client, int given) {
  fal_client *c = lua_touserdata(L, client);
  if (fal_client_complaint(L, given)) luaL_error(L, "%s", lua_tostring(L, -1));
  lua_newtable(L);
  lua_getiuservalue(L, client, 1);
  copy_all(L, lua_gettop(L), lua_gettop(L) - 1);
  lua_pop(L, 1);
  copy_all(L, given, lua_gettop(L));
  if (is_set(L, given, "key")) c->authorization = NULL;
  lua_setiuservalue(L, client, 1);
  c->resolved = c->completed = 0;
  c->shows_answers = 1;  /* maybe: an answer may come before the next call */
}

void fal_client_new(lua_State *L, int idx) {
  fal_client *c = lua_newuserdatauv(L, sizeof *c, 1);
  int client = lua_gettop(L);
  memset(c, 0, sizeof *c);
  luaL_setmetatable(L, CLIENT);
  lua_newtable(L);
  lua_setiuservalue(L, client, 1);
  if (lua_isnoneornil(L, idx)) return;
  luaL_checktype(L, idx, LUA_TTABLE);
  fal_client_config(L, client, idx);
}

void fal_client_option(lua_State *L, int idx, const char *name) {
  lua_getiuservalue(L, idx, 1);
  complete(L, lua_touserdata(L, idx), lua_gettop(L));
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
  if (strcmp(name, "key") != 0) return;
  lua_pushboolean(L, !lua_isnil(L, -1));
  lua_remove(L, -2);
}

void fal_client_anchor(lua_State *L, int idx) {
  lua_getiuservalue(L, idx, 1);
}

void fal_client_option_names(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; options[i].name != NULL; i++) {
    lua_pushstring(L, options[i].name);
    lua_rawseti(L, -2, i + 1);
  }
}

static int client_tostring(lua_State *L) {
  lua_pushfstring(L, "fal.client: %p", lua_topointer(L, 1));
  return 1;
}

void fal_client_open(lua_State *L) {
  luaL_newmetatable(L, CLIENT);
  lua_pushcfunction(L, client_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pop(L, 1);
}
