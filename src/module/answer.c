/*
** What came back of an exchange: the body as a Lua value, and what hooks are
** shown. The key, should a server repeat it, is struck out first.
*/
#include "answer.h"

#include <lauxlib.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "verdict.h"

#define LEAST_SECRET 8  /* bytes of a secret that is looked for in answers */

static int is_json(const fal_exchange *x) {
  size_t len;
  const char *type =
      fal_transfer_answer_header(&x->transfer, "content-type", &len);
  return type == NULL || memmem(type, len, "json", 4) != NULL;
}

/* [-0, +1, e] */
static int push_body(lua_State *L, int self) {
  const fal_exchange *x = fal_exchange_at(L, self);
  const fal_bytes *body = &x->transfer.body;
  const char *text = body->data != NULL ? body->data : "";
  if (!is_json(x)) {
    lua_pushlstring(L, text, body->len);
    return 0;
  }
  if (fal_json_decode(L, text, body->len)) return 0;
  fal_verdict_nonsense(L, self, lua_tostring(L, -1));
  lua_remove(L, -2);
  return -1;
}

static void strike_out(fal_bytes *b, const char *secret) {
  size_t len = strlen(secret);
  char *at = b->data;
  if (at == NULL || len < LEAST_SECRET) return;
  while ((at = memmem(at, (size_t)(b->data + b->len - at), secret, len))) {
    memset(at, '*', len);
    at += len;
  }
}

/* A server that repeats the key must not bring it into an error or a hook. The
   stars take as many bytes, so that JSON stays JSON. */
static void conceal(fal_exchange *x, int with_body) {
  if (x->secret == NULL) return;
  const char *key = strrchr(x->secret, ' ') + 1, *colon = strchr(key, ':');
  const char *parts[] = {key, colon != NULL ? colon + 1 : key};
  for (int i = 0; i < 2; i++) {
    strike_out(&x->transfer.headers, parts[i]);
    if (with_body) strike_out(&x->transfer.body, parts[i]);
  }
}

/* [-2, +0, m] A hook that fails after something was paid for must not take the
   answer with it: its error becomes a warning. */
static void call_hook(lua_State *L) {
  if (lua_pcall(L, 1, 0, 0) == LUA_OK) return;
  luaL_tolstring(L, -1, NULL);
  lua_warning(L, "fal: on_response: ", 1);
  lua_warning(L, lua_tostring(L, -1), 0);
  lua_pop(L, 2);
}

void fal_answer_seen(lua_State *L, int self) {
  fal_exchange *x = fal_exchange_at(L, self);
  int shown = x->client->shows_answers &&
              fal_exchange_push_hook(L, self, "on_response");
  conceal(x, shown || !fal_exchange_ok(x));
  if (!shown) return;
  lua_createtable(L, 0, 5);
  fal_error_text(L, "method", x->ask.method);
  fal_error_text(L, "url", x->url.data);
  if (x->transfer.status > 0) {
    lua_pushinteger(L, x->transfer.status);
    lua_setfield(L, -2, "status");
  }
  fal_exchange_push_headers(L, x);
  lua_setfield(L, -2, "headers");
  lua_pushlstring(L, x->transfer.body.data ? x->transfer.body.data : "",
                  x->transfer.body.len);
  lua_setfield(L, -2, "body");
  call_hook(L);
}

int fal_answer_push(lua_State *L, int self) {
  fal_answer_seen(L, self);
  if (fal_exchange_ok(fal_exchange_at(L, self))) return push_body(L, self);
  fal_verdict(L, self);
  return -1;
}
