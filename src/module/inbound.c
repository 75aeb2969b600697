/*
** The userdata of a request that a server received: its fields, and the ways
** to answer it. Fields are made when they are first asked for; what is
** answered is the caller's affair.
*/
#include "inbound.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "../engine/header.h"
#include "failure.h"
#include "waitable.h"

#define REQUEST "fal.server.request"

typedef struct request_box {
  fal_waitable wait;
  fal_inbound *inbound; /* NULL once closed */
} request_box;

enum { UV_SERVER = 1, UV_HEADERS, UV_BODY, UV_COUNT = UV_BODY };

/* Waiting for a request gives whether its answer was sent whole. */
static int request_finish(lua_State *L, int status, lua_KContext idx) {
  const request_box *box = lua_touserdata(L, (int)idx);
  (void)status;
  lua_pushboolean(L, box->inbound->complete);
  return 1;
}

/* The box comes first: what is taken from the queue has an owner. */
void fal_inbound_push_next(lua_State *L, int server, fal_httpd *h) {
  request_box *box = lua_newuserdatauv(L, sizeof *box, UV_COUNT);
  *box = (request_box){.wait = {.finish = request_finish}};
  luaL_setmetatable(L, REQUEST);
  lua_pushvalue(L, server);
  lua_setiuservalue(L, -2, UV_SERVER);
  box->inbound = fal_httpd_next(h);
  box->wait.signal = &box->inbound->signal;
  fal_waitable_register(L, -1);
}

/*
** Headers of an answer, as the block that the engine takes
*/

typedef struct block {
  char *text; /* NULL while only the size is wanted */
  size_t size;
} block;

static void put(block *b, const char *text, size_t len) {
  if (b->text != NULL) {
    memcpy(b->text + b->size, text, len);
    b->text[b->size + len] = '\0';
  }
  b->size += len + 1;
}

static void check_name(lua_State *L, const char *name, size_t len) {
  if (len == 0 || strspn(name, FAL_HEADER_NAME) != len)
    luaL_error(L, "'%s' is no name for a header", name);
}

static int is_text(const char *value, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    if ((unsigned char)value[i] < ' ' || value[i] == 0x7f) return 0;
  return len > 0;
}

/* The field 'name' with the string or number on the top. */
static void put_field(lua_State *L, block *b, const char *name, size_t len) {
  size_t size;
  const char *value = lua_tolstring(L, -1, &size);
  if (value == NULL || !is_text(value, size))
    luaL_error(L, "header '%s' must be one line of text", name);
  put(b, name, len);
  put(b, value, size);
}

/* The field whose name and value, or list of values, lua_next has pushed. */
static void put_entry(lua_State *L, block *b) {
  size_t len;
  const char *name;
  lua_Integer i;
  if (lua_type(L, -2) != LUA_TSTRING)
    luaL_error(L, "names of headers must be strings");
  name = lua_tolstring(L, -2, &len);
  check_name(L, name, len);
  if (lua_type(L, -1) != LUA_TTABLE) {
    put_field(L, b, name, len);
    return;
  }
  for (i = 1; lua_geti(L, -1, i) != LUA_TNIL; i++, lua_pop(L, 1))
    put_field(L, b, name, len);
  lua_pop(L, 1);
}

static void put_all(lua_State *L, int idx, block *b) {
  for (lua_pushnil(L); lua_next(L, idx) != 0; lua_pop(L, 1)) put_entry(L, b);
  put(b, "", 0);
}

/* [-0, +1, e] The headers at 'idx' as a block, which lives on the stack. */
static const char *push_headers(lua_State *L, int idx) {
  block b = {NULL, 0};
  if (lua_isnoneornil(L, idx)) return "";
  luaL_checktype(L, idx, LUA_TTABLE);
  put_all(L, idx, &b);
  b.text = lua_newuserdatauv(L, b.size, 0);
  b.size = 0;
  put_all(L, idx, &b);
  return b.text;
}

/*
** Methods
*/

static fal_inbound *check_request(lua_State *L) {
  const request_box *box = luaL_checkudata(L, 1, REQUEST);
  if (box->inbound == NULL) luaL_error(L, "the request is closed");
  return box->inbound;
}

static fal_inbound *check_unanswered(lua_State *L) {
  fal_inbound *r = check_request(L);
  if (r->answered) luaL_error(L, "the request was answered already");
  return r;
}

static fal_inbound *check_open(lua_State *L) {
  fal_inbound *r = check_request(L);
  if (!r->open) luaL_error(L, "the answer is not a stream that is open");
  return r;
}

static unsigned check_status(lua_State *L) {
  lua_Integer status = luaL_checkinteger(L, 2);
  luaL_argcheck(L, status >= 200 && status <= 599, 2, "no status of an answer");
  return (unsigned)status;
}

static uint64_t check_size(lua_State *L, int arg, uint64_t usual) {
  lua_Integer n;
  if (lua_isnoneornil(L, arg)) return usual;
  n = luaL_checkinteger(L, arg);
  luaL_argcheck(L, n >= 0, arg, "must not be negative");
  return (uint64_t)n;
}

/* true, or nil and an error. */
static int push_outcome(lua_State *L, enum fal_inbound_outcome outcome) {
  switch (outcome) {
    case FAL_INBOUND_DONE:
      lua_pushboolean(L, 1);
      return 1;
    case FAL_INBOUND_GONE:
      return fal_failure(L, "network", "the client has gone");
    case FAL_INBOUND_NO_FILE:
      return fal_failure(L, "io", "%s: %s", lua_tostring(L, 4),
                         errno == EOVERFLOW ? "shorter than that"
                                            : strerror(errno));
    case FAL_INBOUND_NO_MEMORY:
      return luaL_error(L, "not enough memory");
    default:
      return luaL_error(L, "such an answer cannot be sent");
  }
}

static int request_respond(lua_State *L) {
  fal_inbound *r = check_unanswered(L);
  unsigned status = check_status(L);
  size_t len;
  const char *headers, *body = luaL_optlstring(L, 4, "", &len);
  headers = push_headers(L, 3);
  return push_outcome(L, fal_inbound_respond(r, status, headers, body, len));
}

static int request_send_file(lua_State *L) {
  fal_inbound *r = check_unanswered(L);
  unsigned status = check_status(L);
  const char *path = luaL_checkstring(L, 4);
  uint64_t first = check_size(L, 5, 0);
  uint64_t count = check_size(L, 6, UINT64_MAX);
  const char *headers = push_headers(L, 3);
  return push_outcome(
      L, fal_inbound_send_file(r, status, headers, path, first, count));
}

static int request_start(lua_State *L) {
  fal_inbound *r = check_unanswered(L);
  unsigned status = check_status(L);
  lua_settop(L, 3);
  return push_outcome(L, fal_inbound_start(r, status, push_headers(L, 3)));
}

static int request_write(lua_State *L) {
  fal_inbound *r = check_open(L);
  size_t len;
  const char *data = luaL_checklstring(L, 2, &len);
  return push_outcome(L, fal_inbound_write(r, data, len));
}

static int request_finish_stream(lua_State *L) {
  return push_outcome(L, fal_inbound_finish(check_open(L)));
}

/* cut(status, headers, bytes [, announced]): breaks off in the middle. */
static int request_cut(lua_State *L) {
  fal_inbound *r = check_unanswered(L);
  unsigned status = check_status(L);
  size_t len;
  const char *headers, *data = luaL_checklstring(L, 4, &len);
  uint64_t announced = check_size(L, 5, UINT64_MAX);
  luaL_argcheck(L, announced > len, 5, "must be more than is sent");
  headers = push_headers(L, 3);
  return push_outcome(
      L, fal_inbound_cut(r, status, headers, data, len, announced));
}

static int request_abort(lua_State *L) {
  static const char *const names[] = {"close", "reset", NULL};
  static const enum fal_inbound_fault faults[] = {FAL_FAULT_CLOSE,
                                                  FAL_FAULT_RESET};
  fal_inbound *r = check_request(L);
  int how = luaL_checkoption(L, 2, "close", names);
  if (!r->open) check_unanswered(L);
  fal_inbound_abort(r, faults[how]);
  return 0;
}

static int request_alive(lua_State *L) {
  lua_pushboolean(L, fal_inbound_alive(check_request(L)));
  return 1;
}

/* [-0, +1, m] name -> value; what came more than once is joined. */
static void push_header_table(lua_State *L, const char *at) {
  lua_newtable(L);
  while (*at != '\0') {
    const char *name = at, *value = at + strlen(at) + 1;
    at = value + strlen(value) + 1;
    if (lua_getfield(L, -1, name) == LUA_TNIL) lua_pushstring(L, value);
    else lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), value);
    lua_setfield(L, -3, name);
    lua_pop(L, 1);
  }
}

static int request_headers(lua_State *L, fal_inbound *r) {
  if (lua_getiuservalue(L, 1, UV_HEADERS) != LUA_TNIL) return 1;
  push_header_table(L, r->headers);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, 1, UV_HEADERS);
  return 1;
}

static int request_body(lua_State *L, fal_inbound *r) {
  if (r->body.path != NULL) return 0;
  if (lua_getiuservalue(L, 1, UV_BODY) != LUA_TNIL) return 1;
  lua_pushlstring(L, r->body.memory.data, r->body.memory.len);
  fal_bytes_free(&r->body.memory);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, 1, UV_BODY);
  return 1;
}

/* Upvalue 1: the methods. Everything else is a field. */
static int request_index(lua_State *L) {
  fal_inbound *r = check_request(L);
  const char *name = luaL_checkstring(L, 2);
  if (lua_getfield(L, lua_upvalueindex(1), name) != LUA_TNIL) return 1;
  if (strcmp(name, "method") == 0) lua_pushstring(L, r->method);
  else if (strcmp(name, "path") == 0) lua_pushstring(L, r->path);
  else if (strcmp(name, "query") == 0) lua_pushstring(L, r->query);
  else if (strcmp(name, "headers") == 0) return request_headers(L, r);
  else if (strcmp(name, "body") == 0) return request_body(L, r);
  else if (strcmp(name, "body_path") == 0) lua_pushstring(L, r->body.path);
  else if (strcmp(name, "body_size") == 0)
    lua_pushinteger(L, (lua_Integer)r->body.size);
  else lua_pushnil(L);
  return 1;
}

static int request_gc(lua_State *L) {
  request_box *box = luaL_checkudata(L, 1, REQUEST);
  fal_inbound *r = box->inbound;
  box->inbound = NULL;
  box->wait.signal = NULL;
  if (r != NULL) fal_inbound_drop(r);
  return 0;
}

static int request_tostring(lua_State *L) {
  const request_box *box = luaL_checkudata(L, 1, REQUEST);
  if (box->inbound == NULL) lua_pushliteral(L, REQUEST " (closed)");
  else lua_pushfstring(L, REQUEST " (%s %s)", box->inbound->method,
                       box->inbound->path);
  return 1;
}

static const luaL_Reg request_methods[] = {
  {"abort", request_abort},
  {"alive", request_alive},
  {"cut", request_cut},
  {"finish", request_finish_stream},
  {"respond", request_respond},
  {"send_file", request_send_file},
  {"start", request_start},
  {"write", request_write},
  {NULL, NULL}
};

static const luaL_Reg request_meta[] = {
  {"__close", request_gc},
  {"__gc", request_gc},
  {"__tostring", request_tostring},
  {NULL, NULL}
};

void fal_inbound_open(lua_State *L) {
  luaL_newmetatable(L, REQUEST);
  luaL_setfuncs(L, request_meta, 0);
  luaL_newlib(L, request_methods);
  lua_pushcclosure(L, request_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
