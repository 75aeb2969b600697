/*
** Exchanges. Headers are built line by line in a buffer that the userdata
** owns, so nothing leaks when Lua raises in between.
*/
#include "exchange.h"

#include <lauxlib.h>
#include <string.h>

#include "../engine/header.h"
#include "await.h"
#include "error.h"
#include "json.h"
#include "loop.h"

#define EXCHANGE "fal.exchange"
#define MAX_URL 8192
#define MAX_HEADER 16384
#define MAX_SHOWN (64 * 1024)

fal_exchange *fal_exchange_at(lua_State *L, int idx) {
  return lua_touserdata(L, idx);
}

static void forget_texts(fal_exchange *x) {
  fal_bytes_free(&x->url);
  fal_bytes_free(&x->backup);
  fal_bytes_free(&x->scratch);
  fal_bytes_free(&x->id_text);
  fal_bytes_free(&x->shown);
}

void fal_exchange_spent(fal_exchange *x) {
  forget_texts(x);
  fal_bytes_free(&x->transfer.headers);
  fal_bytes_free(&x->transfer.body);
}

static int exchange_gc(lua_State *L) {
  fal_exchange *x = luaL_checkudata(L, 1, EXCHANGE);
  fal_transfer_free(&x->transfer);
  forget_texts(x);
  x->wait.signal = NULL;
  return 0;
}

static void exchange_cancel(fal_waitable *w) {
  fal_transfer_abort(&((fal_exchange *)w)->transfer, "cancelled");
}

void fal_exchange_keep(lua_State *L, int self, int slot, int idx) {
  lua_pushvalue(L, idx);
  lua_setiuservalue(L, self, slot);
}

static void clear(fal_exchange *x) {
  memset(x, 0, sizeof *x);
  fal_bytes_init(&x->url, MAX_URL);
  fal_bytes_init(&x->backup, MAX_URL);
  fal_bytes_init(&x->scratch, MAX_HEADER);
  fal_bytes_init(&x->id_text, MAX_URL);
  fal_bytes_init(&x->shown, MAX_SHOWN);
}

static void fill_in(fal_exchange *x, fal_client *c, const char *method) {
  x->client = c;
  x->ask.method = method;
  x->ask.connect_ms = c->connect_ms;
  x->ask.exchange_ms = c->exchange_ms;
  x->ask.max_answer = c->max_answer;
  x->ask.ca_file = c->ca_file;
  x->ask.connect_to = c->connect_to;
}

static int lacks_key(lua_State *L, const fal_client *c) {
  if (c->authorization != NULL || c->proxy_url != NULL) return 0;
  fal_error_push(L, "config", "no key: set FAL_KEY or the option key");
  fal_error_text(L, "hint", "make one at https://fal.ai/dashboard/keys, or try "
                 "the script with falua --sandbox");
  return 1;
}

fal_exchange *fal_exchange_new(lua_State *L, const char *method, int keyless) {
  int client = lua_upvalueindex(1);
  fal_client *c = fal_client_resolve(L, client);
  if (c == NULL || (!keyless && (fal_client_authorize(L, client) != 0 ||
                                 lacks_key(L, c)))) {
    fal_error_text(L, "billed", "no");
    return NULL;
  }
  fal_reactor *r = fal_reactor_push(L); /* older than what it must outlive */
  fal_exchange *x = lua_newuserdatauv(L, sizeof *x, FAL_X_COUNT);
  clear(x);
  luaL_setmetatable(L, EXCHANGE);
  lua_insert(L, -2);
  int self = lua_gettop(L) - 1;
  lua_setiuservalue(L, self, FAL_X_REACTOR);
  fal_exchange_keep(L, self, FAL_X_CLIENT, client);
  fal_client_anchor(L, client);
  lua_setiuservalue(L, self, FAL_X_OPTIONS);
  fal_transfer_init(&x->transfer, r);
  x->wait.signal = &x->transfer.signal;
  x->wait.cancel = exchange_cancel;
  x->wait.sent = &x->transfer.sent;
  fal_waitable_register(L, self);
  fill_in(x, c, method);
  return x;
}

/* ------------------------------------------------------------------
** What is sent
*/

int fal_exchange_endpoint(lua_State *L, fal_exchange *x, int idx) {
  size_t len;
  const char *id = luaL_checklstring(L, idx, &len);
  const char *wrong = fal_endpoint_parse(&x->endpoint, &x->id_text, id, len);
  if (wrong == NULL) return 0;
  fal_error_push(L, "validation", "endpoint: %s", wrong);
  fal_error_text(L, "field", "endpoint");
  fal_error_text(L, "billed", "no");
  return -1;
}

int fal_exchange_json(lua_State *L, fal_exchange *x, int self, int idx) {
  if (!fal_json_encode(L, idx)) {
    fal_error_push(L, "validation", "%s", lua_tostring(L, -1));
    fal_error_text(L, "billed", "no");
    return -1;
  }
  x->ask.body = lua_tolstring(L, -1, &x->ask.body_len);
  lua_setiuservalue(L, self, FAL_X_BODY);
  fal_exchange_header(L, x, "Content-Type", "application/json", 16);
  return 0;
}

static void add_line(lua_State *L, fal_exchange *x, const char *line) {
  if (fal_transfer_header(&x->transfer, line) != 0)
    luaL_error(L, "not enough memory");
  if (!x->client->shows_requests) return;
  fal_bytes_add_text(&x->shown, line);
  fal_bytes_add_text(&x->shown, "\n");
}

void fal_exchange_header(lua_State *L, fal_exchange *x, const char *name,
                         const char *value, size_t len) {
  fal_bytes *line = &x->scratch;
  if (name[strspn(name, FAL_HEADER_NAME)] != '\0' || *name == '\0')
    luaL_error(L, "'%s' is not a header name", name);
  if (memchr(value, '\r', len) || memchr(value, '\n', len) ||
      memchr(value, '\0', len))
    luaL_error(L, "header '%s': a line break or a zero is not allowed", name);
  fal_bytes_clear(line);
  fal_bytes_add_text(line, name);
  fal_bytes_add_text(line, len > 0 ? ": " : ";");
  if (fal_bytes_add(line, value, len) != 0)
    luaL_error(L, "header '%s' is too long", name);
  add_line(L, x, line->data);
}

void fal_exchange_headers(lua_State *L, fal_exchange *x, int idx) {
  if (lua_isnoneornil(L, idx)) return;
  luaL_checktype(L, idx, LUA_TTABLE);
  idx = lua_absindex(L, idx);
  lua_pushnil(L);
  while (lua_next(L, idx)) {
    size_t len;
    if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1) ||
        strlen(lua_tostring(L, -2)) != lua_rawlen(L, -2))
      luaL_error(L, "headers must be a table from names to strings");
    const char *value = lua_tolstring(L, -1, &len);
    fal_exchange_header(L, x, lua_tostring(L, -2), value, len);
    lua_pop(L, 1);
  }
}

/* The key goes to configured hosts and nowhere else. */
static int is_trusted(const fal_exchange *x) {
  const char *url = x->url.data;
  const fal_client *c = x->client;
  if (x->anonymous || url == NULL) return 0;  /* NULL: it was too long */
  return fal_url_within(url, c->url[FAL_QUEUE]) ||
         fal_url_within(url, c->url[FAL_RUN]) ||
         fal_url_within(url, c->url[FAL_REST]) ||
         fal_url_within(url, c->url[FAL_API]);
}

int fal_exchange_authorize(lua_State *L, const fal_exchange *x) {
  return is_trusted(x) ? fal_client_authorize(L, lua_upvalueindex(1)) : 0;
}

/* Through a fal server-side proxy only the URL changes; the real one goes into
   a header. */
static void turn_to_proxy(lua_State *L, fal_exchange *x) {
  const char *proxy = x->client->proxy_url;
  if (proxy == NULL || !x->trusted) return;
  fal_exchange_header(L, x, "X-Fal-Target-Url", x->url.data, x->url.len);
  fal_bytes_clear(&x->url);
  if (fal_bytes_add_text(&x->url, proxy) != 0)
    luaL_error(L, "proxy_url is too long");
}

static void add_standard_headers(lua_State *L, fal_exchange *x, int self) {
  add_line(L, x, x->client->user_agent);
  if (x->ask.body != NULL || x->ask.source != NULL) add_line(L, x, "Expect:");
  if (!x->trusted || !x->client->adds_headers) return;
  lua_getiuservalue(L, self, FAL_X_CLIENT);
  fal_client_option(L, lua_gettop(L), "headers");
  fal_exchange_headers(L, x, lua_gettop(L));
  lua_pop(L, 2);
}

static void set_backup(fal_exchange *x) {
  if (x->client->proxy_url == NULL && fal_url_backup(&x->backup, x->url.data))
    x->ask.backup_url = x->backup.data;
}

/* ------------------------------------------------------------------
** Headers as tables, and the hooks that are shown them
*/

/* [-0, +1, m] The name of a header, lower-case. */
static void push_lower(lua_State *L, const char *name, size_t len) {
  luaL_Buffer b;
  char *room = luaL_buffinitsize(L, &b, len);
  for (size_t i = 0; i < len; i++)
    room[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
  luaL_pushresultsize(&b, len);
}

/* [-0, +1, m] A block of header lines as a table. */
static void push_block(lua_State *L, const fal_bytes *block) {
  const char *rest = block->data;
  fal_header h;
  lua_newtable(L);
  while (fal_header_next(&rest, &h)) {
    push_lower(L, h.name, h.name_len);
    lua_pushlstring(L, h.value, h.len);
    lua_settable(L, -3);
  }
}

int fal_exchange_push_hook(lua_State *L, int self, const char *name) {
  lua_getiuservalue(L, self, FAL_X_CLIENT);
  fal_client_option(L, lua_gettop(L), name);
  lua_remove(L, -2);
  if (!lua_isnil(L, -1)) return 1;
  lua_pop(L, 1);
  return 0;
}

static void show_request(lua_State *L, fal_exchange *x, int self) {
  if (!x->client->shows_requests ||
      !fal_exchange_push_hook(L, self, "on_request")) return;
  lua_createtable(L, 0, 5);
  push_block(L, &x->shown);
  lua_pushnil(L);
  lua_setfield(L, -2, "authorization");
  lua_pushnil(L);
  lua_setfield(L, -2, "expect");  /* libcurl was only told to leave it out */
  lua_setfield(L, -2, "headers");
  fal_error_text(L, "method", x->ask.method);
  fal_error_text(L, "url", x->url.data);
  lua_getiuservalue(L, self, FAL_X_BODY);
  lua_setfield(L, -2, "body");
  lua_getiuservalue(L, self, FAL_X_NOTE);
  lua_setfield(L, -2, "note");
  lua_call(L, 1, 0);
}

static void start(lua_State *L, fal_exchange *x) {
  int self = lua_gettop(L);
  if (x->url.state != FAL_BYTES_OK) luaL_error(L, "the URL is too long");
  x->trusted = is_trusted(x);
  turn_to_proxy(L, x);
  add_standard_headers(L, x, self);
  x->secret = x->client->authorization;  /* which may change meanwhile */
  if (x->trusted && x->secret != NULL &&
      fal_transfer_header(&x->transfer, x->secret) != 0)
    luaL_error(L, "not enough memory");
  set_backup(x);
  show_request(L, x, self);
  x->ask.url = x->url.data;
  x->ask.once = x->paid;
  fal_transfer_start(&x->transfer, &x->ask);
}

int fal_exchange_go(lua_State *L, fal_exchange *x, lua_KFunction finish) {
  start(L, x);
  x->wait.finish = finish;
  return fal_await(L);
}

/* ------------------------------------------------------------------
** What came back
*/

int fal_exchange_ok(const fal_exchange *x) {
  const fal_transfer *t = &x->transfer;
  return t->outcome == FAL_ANSWERED && t->status >= 200 && t->status <= 299;
}

int fal_exchange_fail(lua_State *L) {
  lua_pushnil(L);
  lua_insert(L, -2);
  return 2;
}

void fal_exchange_push_header(lua_State *L, const fal_exchange *x,
                              const char *name) {
  size_t len;
  const char *value = fal_transfer_answer_header(&x->transfer, name, &len);
  if (value != NULL) lua_pushlstring(L, value, len);
  else lua_pushnil(L);
}

void fal_exchange_push_headers(lua_State *L, const fal_exchange *x) {
  push_block(L, &x->transfer.headers);
}

void fal_exchange_open(lua_State *L) {
  luaL_newmetatable(L, EXCHANGE);
  lua_pushcfunction(L, exchange_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}
