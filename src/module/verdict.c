/*
** What a failed exchange means. Everything that looks at an engine outcome, a
** status code or the service's error body stands here; the sources are the
** service's error pages as retold in docs/protocol.md.
**
** 'accepted' is false where it is certain that no application saw the request,
** so that even a paid one may be sent again.
*/
#include "verdict.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.h"
#include "error.h"
#include "json.h"

#define LONGEST_INPUT 80    /* bytes of an input that an error repeats */
#define LONGEST_DETAIL 300  /* and of any other string in its details */
#define DEEPEST_DETAIL 8

/* ------------------------------------------------------------------
** No answer
*/

/* [-0, +0, m] Which request the error on the top is about: by the id that was
   asked for, or else the one that the service gave. */
static void add_name(lua_State *L, int self) {
  lua_getiuservalue(L, self, FAL_X_NAME);
  lua_setfield(L, -2, "endpoint");
  if (lua_getiuservalue(L, self, FAL_X_ID) == LUA_TNIL) {
    lua_pop(L, 1);
    fal_exchange_push_header(L, fal_exchange_at(L, self), "x-fal-request-id");
  }
  lua_setfield(L, -2, "request_id");
}

static void not_sent(lua_State *L, int retryable) {
  fal_error_text(L, "billed", "no");
  fal_error_flag(L, "accepted", 0);
  fal_error_flag(L, "retryable", retryable);
}

static void push_unreached(lua_State *L, const fal_transfer *t) {
  if (t->outcome == FAL_CONNECT_SLOW) {
    fal_error_push(L, "timeout", "too slow to connect (connect): %s",
                   t->message);
    fal_error_text(L, "limit", "connect");
  } else {
    fal_error_push(L, "network", "%s", t->message);
  }
  not_sent(L, t->outcome != FAL_UNTRUSTED && t->outcome != FAL_BAD_URL);
}

static void push_broken(lua_State *L, const fal_transfer *t) {
  switch (t->outcome) {
    case FAL_EXCHANGE_SLOW:
      fal_error_push(L, "timeout", "no answer in %f s (exchange): %s",
                     (lua_Number)t->ask.exchange_ms / 1000, t->message);
      fal_error_text(L, "limit", "exchange");
      break;
    case FAL_TOO_LARGE:
      if (t->headers.state == FAL_BYTES_TOO_LARGE)
        fal_error_push(L, "protocol", "the answer's headers are too large");
      else
        fal_error_push(L, "protocol", "the answer is larger than %d MB",
                       (int)(t->ask.max_answer >> 20));
      break;
    case FAL_NONSENSE:
      fal_error_push(L, "protocol", "not an HTTP answer: %s", t->message);
      break;
    case FAL_NO_MEMORY:
      fal_error_push(L, "network", "not enough memory for the answer");
      break;
    case FAL_ABORTED:
      fal_error_push(L, "cancelled", "%s", t->message);
      break;
    default:
      fal_error_push(L, "network", "%s", t->message);
  }
  fal_error_flag(L, "retryable",
                 t->outcome == FAL_CUT || t->outcome == FAL_EXCHANGE_SLOW);
}

/* [-1, +1, m] A paid request whose fate nobody knows; the error on the top
   becomes its cause. */
static void wrap_unconfirmed(lua_State *L) {
  lua_getfield(L, -1, "message");
  fal_error_push(L, "unconfirmed",
                 "the answer was lost, the service may have accepted the "
                 "request: %s", lua_tostring(L, -1));
  lua_remove(L, -2);
  fal_error_text(L, "billed", "unknown");
  fal_error_flag(L, "retryable", 0);
  fal_error_text(L, "hint", "look at https://fal.ai/dashboard before you send "
                 "it again");
  lua_insert(L, -2);
  lua_setfield(L, -2, "cause");
}

static void push_no_answer(lua_State *L, const fal_exchange *x) {
  const fal_transfer *t = &x->transfer;
  switch (t->outcome) {
    case FAL_UNREACHED: case FAL_UNTRUSTED: case FAL_CONNECT_SLOW:
    case FAL_BAD_URL:
      push_unreached(L, t);
      return;
    default: break;
  }
  push_broken(L, t);
  if (!x->paid) return;
  if (t->sent) wrap_unconfirmed(L);
  else not_sent(L, t->outcome == FAL_CUT || t->outcome == FAL_EXCHANGE_SLOW);
}

/* ------------------------------------------------------------------
** An answer with an error status. The decoded body (nil when it is not JSON)
** lies at index 'body' while the error is put together.
*/

typedef struct refusal {
  const fal_exchange *x;
  int status;
  int body;              /* stack index of the decoded body */
  const char *type;      /* the service's error type, or NULL */
  int is_model;          /* the model refused: 'detail' is a list with types */
  int has_id;            /* the platform, not its ingress, answered */
  int user_timeout;
  int advice;            /* of the needs-retry headers: 1, 0, or -1 for none */
} refusal;

static int header_is(const fal_exchange *x, const char *name,
                     const char *value) {
  size_t len;
  const char *got = fal_transfer_answer_header(&x->transfer, name, &len);
  return got != NULL && len == strlen(value) && memcmp(got, value, len) == 0;
}

static int advice_of(const fal_exchange *x) {
  static const char *const names[] = {"x-fal-needs-retry", "x-fal-retryable"};
  for (int i = 0; i < 2; i++) {
    if (header_is(x, names[i], "1") || header_is(x, names[i], "true")) return 1;
    if (header_is(x, names[i], "0") || header_is(x, names[i], "false"))
      return 0;
  }
  return -1;
}

static void read_types(lua_State *L, refusal *r) {
  r->type = fal_complaint_text(L, r->body, "error_type");
  if (fal_complaint_first(L, r->body)) {
    const char *type = fal_complaint_text(L, lua_gettop(L), "type");
    r->is_model = type != NULL;
    if (type != NULL) r->type = type;
  }
  lua_pop(L, 1);
  if (r->status == 422) r->is_model = 1;
}

/* [-0, +1, e] Leaves the header with the type behind, as its anchor. */
static void read_refusal(lua_State *L, const fal_exchange *x, refusal *r) {
  size_t len;
  *r = (refusal){.x = x, .status = x->transfer.status, .body = lua_gettop(L)};
  read_types(L, r);
  fal_exchange_push_header(L, x, "x-fal-error-type");
  if (r->type == NULL) r->type = lua_tostring(L, -1);
  r->has_id = fal_transfer_answer_header(&x->transfer, "x-fal-request-id",
                                         &len) != NULL;
  r->user_timeout = header_is(x, "x-fal-request-timeout-type", "user");
  r->advice = advice_of(x);
}

/* ------------------------------------------------------------------
** The decision
*/

/* The service's own, that is. One in front of a server-side proxy may speak
   after the proxy has passed the request on. */
static int is_ingress(const fal_exchange *x) {
  const fal_bytes *body = &x->transfer.body;
  return x->client->proxy_url == NULL && body->data != NULL &&
         memmem(body->data, body->len, "nginx", 5) != NULL;
}

static int is_turned_away(const refusal *r) {
  return r->status == 429 || ((r->status == 502 || r->status == 503) &&
                              !r->has_id && is_ingress(r->x));
}

/* A gateway that gave up, with no word from the platform behind it. */
static int is_lost_behind_gateway(lua_State *L, const refusal *r) {
  return r->x->paid && r->status >= 500 && !r->has_id && r->type == NULL &&
         lua_type(L, r->body) != LUA_TTABLE && !is_turned_away(r);
}

static int is_pending(lua_State *L, const refusal *r) {
  const char *detail = fal_complaint_text(L, r->body, "detail");
  return r->status == 400 && !r->x->paid && detail != NULL &&
         strstr(detail, "in progress") != NULL;
}

static int is_one_of(const char *type, const char *const *list) {
  if (type == NULL) return 0;
  while (*list != NULL && strcmp(*list, type) != 0) list++;
  return *list != NULL;
}

static const char *kind_of(lua_State *L, const refusal *r) {
  static const char *const cancelled[] = {"client_cancelled", NULL};
  if (is_pending(L, r)) return "pending";
  if (r->status == 499 || is_one_of(r->type, cancelled)) return "cancelled";
  if (r->user_timeout) return "timeout";
  if (r->is_model) return "model";
  return "http";
}

static int is_retryable(const refusal *r) {
  static const char *const passing[] = {
    "request_timeout", "startup_timeout", "runner_scheduling_failure",
    "runner_connection_timeout", "runner_disconnected",
    "runner_connection_refused", "runner_connection_error",
    "runner_incomplete_response", "runner_server_error", "internal_error",
    "concurrent_requests_limit", NULL
  };
  if (r->user_timeout) return 0;
  if (r->advice >= 0) return r->advice;
  if (is_one_of(r->type, passing)) return 1;
  return !r->is_model && (r->status == 408 || r->status == 429 ||
                          r->status == 502 || r->status == 503 ||
                          r->status == 504);
}

/* 5xx is never charged; a refused input may be when work was done. */
static const char *billed(const refusal *r) {
  size_t len;
  const char *units = fal_transfer_answer_header(
      &r->x->transfer, "x-fal-billable-units", &len);
  if (units != NULL) return strtod(units, NULL) > 0 ? "yes" : "no";
  if (r->status >= 500) return "no";
  if (r->status == 422 || r->status < 400) return "unknown";
  return "no";
}

static const char *hint_of(const refusal *r) {
  switch (r->status) {
    case 401: return "check the key (FAL_KEY)";
    case 403: return "see https://fal.ai/dashboard/billing";
    case 404: return r->x->paid ? "check the endpoint id" : NULL;
    default: break;
  }
  if (r->status >= 300 && r->status <= 399)
    return "redirects are not followed";
  return NULL;
}

/* ------------------------------------------------------------------
** The details
*/

/* [-0, +1, m] Pushes the beginning of the string on the top. */
static void push_beginning(lua_State *L, size_t most) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  lua_pushlstring(L, text, fal_error_cut(text, len, most));
}

/* [-0, +0, m] The service repeats inputs in its entries, which can be whole
   prompts or images: of long strings only the beginning stays, at any depth,
   and of an entry's own 'input' even less. */
static void shorten(lua_State *L, int table, int depth) {
  luaL_checkstack(L, 8, "error details");
  lua_pushnil(L);
  while (lua_next(L, table)) {
    int is_input = lua_type(L, -2) == LUA_TSTRING &&
                   strcmp(lua_tostring(L, -2), "input") == 0;
    size_t most = is_input ? LONGEST_INPUT : LONGEST_DETAIL;
    int deep = lua_istable(L, -1) && (is_input || depth == DEEPEST_DETAIL);
    if (deep || (lua_type(L, -1) == LUA_TSTRING && lua_rawlen(L, -1) > most)) {
      lua_pushvalue(L, -2);
      if (deep) lua_pushnil(L);
      else lua_pushvalue(L, -2), push_beginning(L, most), lua_remove(L, -2);
      lua_settable(L, table);
    } else if (lua_istable(L, -1)) {
      shorten(L, lua_gettop(L), depth + 1);
    }
    lua_pop(L, 1);
  }
}

/* [-0, +0, m] Sets detail, field and allowed of the error at 'err'. */
static void add_details(lua_State *L, const refusal *r, int err) {
  if (lua_istable(L, r->body)) shorten(L, r->body, 0);
  fal_complaint_field(L, r->body, "detail");
  int list = lua_gettop(L);
  lua_pushvalue(L, list);
  lua_setfield(L, err, "detail");
  if (fal_complaint_first(L, r->body)) {
    fal_complaint_path(L, list + 1);
    if (lua_rawlen(L, -1) > 0) lua_setfield(L, err, "field");
    fal_complaint_field(L, list + 1, "ctx");
    fal_complaint_field(L, lua_gettop(L), "expected");
    if (lua_istable(L, -1)) lua_setfield(L, err, "allowed");
  }
  lua_settop(L, list - 1);
}

/* [-0, +1, e] */
static void push_refusal(lua_State *L, const refusal *r, int self) {
  fal_complaint_message(L, r->body, r->status, &r->x->transfer.body);
  fal_error_push(L, kind_of(L, r), "%s", lua_tostring(L, -1));
  int err = lua_gettop(L);
  lua_pushinteger(L, r->status);
  lua_setfield(L, err, "status");
  fal_error_text(L, "type", r->type);
  fal_error_text(L, "hint", hint_of(r));
  fal_error_flag(L, "retryable", is_retryable(r));
  if (r->advice >= 0) fal_error_flag(L, "needs_retry", r->advice);
  if (r->user_timeout) fal_error_text(L, "limit", "start");
  if (r->x->paid || r->is_model) fal_error_text(L, "billed", billed(r));
  if (r->x->paid && is_turned_away(r)) fal_error_flag(L, "accepted", 0);
  add_name(L, self);
  add_details(L, r, err);
  fal_exchange_push_header(L, r->x, "retry-after");
  lua_setfield(L, err, "retry_after");
}

/* [-0, +1, e] The error body decoded, or nil. */
static void push_decoded(lua_State *L, const fal_exchange *x) {
  const fal_bytes *body = &x->transfer.body;
  if (body->len > 0 && fal_json_decode(L, body->data, body->len)) return;
  if (body->len > 0) lua_pop(L, 1);
  lua_pushnil(L);
}

void fal_verdict(lua_State *L, int self) {
  const fal_exchange *x = fal_exchange_at(L, self);
  refusal r;
  int top = lua_gettop(L);
  luaL_checkstack(L, 40, "error details");
  if (x->transfer.outcome != FAL_ANSWERED) {
    push_no_answer(L, x);
    add_name(L, self);
    return;
  }
  push_decoded(L, x);
  read_refusal(L, x, &r);
  push_refusal(L, &r, self);
  if (is_lost_behind_gateway(L, &r)) {
    wrap_unconfirmed(L);
    add_name(L, self);
  }
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
}

void fal_verdict_nonsense(lua_State *L, int self, const char *what) {
  const fal_exchange *x = fal_exchange_at(L, self);
  fal_error_push(L, "protocol", "the service's answer cannot be understood: %s",
                 what);
  fal_error_flag(L, "retryable", 0);
  if (x->paid) wrap_unconfirmed(L);
  add_name(L, self);
}
