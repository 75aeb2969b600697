/*
** Decoding JSON. The engine's scan notes where the text has something that
** lua-cjson cannot hold; after lua-cjson has done its work, just these values
** are put right in its tables. An ordinary answer has few of them or none. A
** lua-cjson that gives integers as floats is followed by a walk, before that,
** which makes integers of all whole floats; the scan has counted them.
*/
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "../engine/jsontext.h"
#include "codec.h"
#include "json.h"

#define NOTES 128          /* more than these are kept in a userdata */
#define FLAT 5             /* levels that the stack has room for anyway */
#define TWO_TO_63 0x1p63   /* the least float beyond all integers */

/*
** {======================================================
** Whole floats
** =======================================================
*/

/* Whether the number on the top is whole, and fits; which integer it is. */
static int is_whole(lua_State *L, lua_Integer *n) {
  lua_Number x = lua_tonumber(L, -1);
  if (!(x >= -TWO_TO_63 && x < TWO_TO_63)) return 0;
  *n = (lua_Integer)x;
  return x == (lua_Number)*n;
}

static void walk(lua_State *L, size_t *wholes);

/* [-0, +0, m] Of the array on the top. */
static void walk_array(lua_State *L, size_t *wholes) {
  lua_Integer i, n, length = (lua_Integer)lua_rawlen(L, -1);
  for (i = 1; i <= length && *wholes > 0; i++) {
    int type = lua_rawgeti(L, -1, i);
    if (type == LUA_TTABLE) walk(L, wholes);
    else if (type == LUA_TNUMBER && is_whole(L, &n)) {
      lua_pushinteger(L, n);
      lua_rawseti(L, -3, i);
      --*wholes;
    }
    lua_pop(L, 1);
  }
}

/* [-2, +0, m] Of the object below its first key and value. */
static void walk_object(lua_State *L, size_t *wholes) {
  lua_Integer n;
  do {
    int type = lua_type(L, -1);
    if (type == LUA_TTABLE) walk(L, wholes);
    else if (type == LUA_TNUMBER && is_whole(L, &n)) {
      lua_pushvalue(L, -2);
      lua_pushinteger(L, n);
      lua_rawset(L, -5);
      --*wholes;
    }
    lua_pop(L, 1);
    if (*wholes == 0) {
      lua_pop(L, 1);
      return;
    }
  } while (lua_next(L, -2));
}

/* [-0, +0, m] Makes integers of the floats in the table on the top, until there
   have been so many. */
static void walk(lua_State *L, size_t *wholes) {
  lua_pushnil(L);
  if (!lua_next(L, -2)) return;
  if (lua_type(L, -2) == LUA_TSTRING) walk_object(L, wholes);
  else {
    lua_pop(L, 2);
    walk_array(L, wholes);
  }
}

/* }====================================================== */

/*
** {======================================================
** Notes
** =======================================================
*/

/* [-0, +0|1, m] Pushes the float of these digits, if the number on the top is
   the same but whole and an integer by now. */
static int push_float(lua_State *L, const char *digits, size_t len) {
  lua_Number x, got = lua_tonumber(L, -1);
  if (!lua_isinteger(L, -1)) return 0;
  lua_pushlstring(L, digits, len);
  x = lua_tonumber(L, -1);
  lua_pop(L, 1);
  if (x != got) return 0;
  lua_pushnumber(L, x);
  return 1;
}

/* [-0, +0|1, m] Pushes what the value on the top should be, if it is not. It
   may be another, from a later field of the same name. */
static int push_exact(lua_State *L, const fal_jsontext *t,
                      const fal_jsontext_note *note) {
  const char *digits = t->text + note->at;
  lua_Number got = lua_tonumber(L, -1);
  long long n;
  if (lua_type(L, -1) != LUA_TNUMBER) return 0;
  if (note->kind == FAL_NOTE_FLOAT) {
    if (!isinf(got)) return push_float(L, digits, note->len);
  } else if (fal_jsontext_integer(digits, note->len, &n)) {
    if (got != (lua_Number)n) return 0;
    lua_pushinteger(L, n);
    return 1;
  } else if (fabs(got) < TWO_TO_63) return 0;
  fal_codec_push_number(L, digits, note->len);
  return 1;
}

/* [-0, +1, e] Pushes the key that a note names. */
static void push_key(lua_State *L, const fal_jsontext *t, int codec,
                     const fal_jsontext_place *place) {
  const char *key = t->text + place->key;
  if (!place->escaped) lua_pushlstring(L, key, place->len);
  else {
    fal_codec_get(L, codec, FAL_CODEC_DECODE);
    lua_pushliteral(L, "[");
    lua_pushlstring(L, key - 1, place->len + 2);
    lua_pushliteral(L, "]");
    lua_concat(L, 3);
    lua_call(L, 1, 1);
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
  }
}

/* [-0, +0, e] In the table on the top. */
static void mend_number(lua_State *L, const fal_jsontext *t, int codec,
                        const fal_jsontext_note *note) {
  int table = lua_gettop(L);
  if (note->place.array) {
    lua_rawgeti(L, table, (lua_Integer)note->place.len);
    if (push_exact(L, t, note))
      lua_rawseti(L, table, (lua_Integer)note->place.len);
  } else {
    push_key(L, t, codec, &note->place);
    lua_pushvalue(L, -1);
    lua_rawget(L, table);
    if (push_exact(L, t, note)) {
      lua_replace(L, -2);
      lua_rawset(L, table);
    }
  }
  lua_settop(L, table);
}

/* [-0, +1, e] Goes to a table in the table on the top; if a later field of
   the same name has taken its place, to one that nobody will see. */
static void enter(lua_State *L, const fal_jsontext *t, int codec,
                  const fal_jsontext_note *note) {
  int type;
  if (note->place.array)
    type = lua_rawgeti(L, -1, (lua_Integer)note->place.len);
  else {
    push_key(L, t, codec, &note->place);
    type = lua_rawget(L, -2);
  }
  if (type == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
}

/* [-0, +0, m] The table on the top came from []. */
static void mark_array(lua_State *L, int codec) {
  lua_pushnil(L);
  if (lua_next(L, -2)) lua_pop(L, 2);
  else {
    fal_codec_get(L, codec, FAL_CODEC_ARRAY);
    lua_setmetatable(L, -2);
  }
}

/* [-0, +0, e] Follows the notes through the table on the top. */
static void follow_notes(lua_State *L, const fal_jsontext *t, int codec) {
  const fal_jsontext_note *note = t->notes, *end = t->notes + t->count;
  for (; note < end; note++) {
    switch (note->kind) {
      case FAL_NOTE_ENTER: enter(L, t, codec, note); break;
      case FAL_NOTE_LEAVE: lua_pop(L, 1); break;
      case FAL_NOTE_EMPTY: mark_array(L, codec); break;
      case FAL_NOTE_SURROGATE: break;
      default: mend_number(L, t, codec, note); break;
    }
  }
}

/* }====================================================== */

/* [-1, +1, e] Puts the decoded value on the top right. */
static void mend(lua_State *L, const fal_jsontext *t, int codec) {
  size_t wholes = t->wholes;
  lua_Integer n;
  if (lua_istable(L, -1)) {
    if (t->depth > FLAT) luaL_checkstack(L, 2 * (int)t->depth, "JSON text");
    if (wholes > 0) walk(L, &wholes);
    follow_notes(L, t, codec);
  } else if (lua_type(L, -1) == LUA_TNUMBER) {
    if (wholes > 0 && is_whole(L, &n)) {
      lua_pushinteger(L, n);
      lua_replace(L, -2);
    }
    if (t->count > 0 && push_exact(L, t, t->notes)) lua_replace(L, -2);
  }
}

/* [-0, +1, m] Pushes the text with U+FFFD for every half of a pair. */
static void push_patched(lua_State *L, const fal_jsontext *t) {
  luaL_Buffer b;
  char *copy = luaL_buffinitsize(L, &b, t->len);
  size_t i;
  memcpy(copy, t->text, t->len);
  for (i = 0; i < t->count; i++)
    if (t->notes[i].kind == FAL_NOTE_SURROGATE)
      memcpy(copy + t->notes[i].at, "\\ufffd", 6);
  luaL_pushresultsize(&b, t->len);
}

/* [-0, +0|1, m] Scans the text: 1, perhaps with a userdata that holds the
   notes; or 0 and a message. */
static int scan(lua_State *L, fal_jsontext *t) {
  if (fal_jsontext_scan(t) == 0 && t->count > t->room) {
    t->room = t->count;
    t->notes = lua_newuserdatauv(L, t->room * sizeof *t->notes, 0);
    fal_jsontext_scan(t);
  }
  if (t->error == NULL) return 1;
  lua_pushfstring(L, "not JSON: %s at character %I", t->error,
                  (lua_Integer)t->error_at + 1);
  return 0;
}

/* [-0, +1+, e] Decodes the string at 'text' and leaves the value, or a message
   and 0, on the top. */
static int decode(lua_State *L, int text) {
  fal_jsontext_note notes[NOTES];
  fal_jsontext t = {0};
  fal_codec *codec = fal_codec_push(L);
  int self = lua_gettop(L);
  if (!fal_codec_need(L, codec, self)) return 0;
  t.text = lua_tolstring(L, text, &t.len);
  t.floats_only = !codec->gives_integers;
  t.notes = notes;
  t.room = NOTES;
  if (!scan(L, &t)) return 0;
  if (t.surrogates > 0) {
    push_patched(L, &t);
    text = lua_gettop(L);
    t.text = lua_tostring(L, text);
  }
  fal_codec_get(L, self, FAL_CODEC_DECODE);
  lua_pushvalue(L, text);
  if (!fal_codec_call(L, 1, "not JSON")) return 0;
  mend(L, &t, self);
  return 1;
}

int fal_json_decode_at(lua_State *L, int idx) {
  int top = lua_gettop(L), done;
  luaL_checkstack(L, 10 + 2 * FLAT, "JSON text");
  done = decode(L, lua_absindex(L, idx));
  lua_copy(L, -1, top + 1);
  lua_settop(L, top + 1);
  return done;
}

int fal_json_decode(lua_State *L, const char *text, size_t len) {
  int done;
  lua_pushlstring(L, text, len);
  done = fal_json_decode_at(L, -1);
  lua_remove(L, -2);
  return done;
}
