/*
** Encoding JSON. The value is checked first, so that every refusal names the
** path of the culprit. Where lua-cjson would lose something, it is given a
** copy in which such values are marked strings, and the marks are replaced in
** its text. A table that holds nothing of the kind is not copied.
*/
#include <ctype.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../engine/jsontext.h"
#include "codec.h"
#include "json.h"

#define LEVELS 8            /* of the check that the stack has room for */
#define KEYS_SHOWN 12       /* of a path in a message */
#define KEY_SHOWN 40        /* bytes of a key in a message */
#define FIELDS 8            /* room made at first for the copy of an object */
#define LARGE_TEXT 1000000  /* lua-cjson shall not keep a buffer so large */
#define EXACT 100000000000000  /* integers below come out right as floats */

/* How a string begins that is marked in the copy */
#define MARK_RAW "\1="   /* and stands for the JSON text after the mark, */
#define MARK_TEXT "\1-"  /* or means itself, but happened to begin with \1. */
#define ENCODED "\"\\u0001"  /* how a mark looks in the text */

typedef struct check {
  const fal_codec *codec;
  int base;         /* stack index of the whole value */
  int strings;      /* look at the bytes of strings as well */
  int loses;        /* lua-cjson would lose something */
  const char *what; /* is wrong, if anything: subject */
  const char *why;  /* and rest of the sentence */
} check;

/*
** {======================================================
** The check. On failure the stack shows the way to the culprit: from the base
** upward each table, the key in it, and the value of that key.
** =======================================================
*/

static int fits(lua_State *L, check *c, int type);

static int refuse(check *c, const char *what, const char *why) {
  c->what = what;
  c->why = why;
  return 0;
}

static int fits_number(lua_State *L, check *c) {
  lua_Number x = lua_tonumber(L, -1);
  if (lua_isinteger(L, -1)) {
    if (!c->codec->sends_integers && !(fabs(x) < EXACT)) c->loses = 1;
    return 1;
  }
  if (isnan(x)) return refuse(c, "NaN", "is not a JSON number");
  if (isinf(x)) return refuse(c, "infinity", "is not a JSON number");
  if (!fal_jsontext_short_float(x)) c->loses = 1;
  return 1;
}

/* The string at 'idx', if strings are to be looked at. */
static int fits_string(lua_State *L, check *c, int idx, const char *what) {
  size_t len;
  const char *s;
  if (!c->strings) return 1;
  s = lua_tolstring(L, idx, &len);
  return fal_jsontext_utf8(s, len) == len || refuse(c, what, "is not UTF-8");
}

/* The key below the value on the top, in a table of this length. */
static int fits_key(lua_State *L, check *c, int type, lua_Unsigned length) {
  if (type == LUA_TSTRING) return fits_string(L, c, -2, "a key");
  if (!lua_isinteger(L, -2))
    return refuse(c, "a key", "is neither a string nor an index");
  return (lua_Unsigned)lua_tointeger(L, -2) - 1 < length ||
         refuse(c, "the array", "has gaps");
}

/* The entries of the table on the top. */
static int fits_entries(lua_State *L, check *c, int marked) {
  lua_Unsigned keys = 0, names = 0, length = lua_rawlen(L, -1);
  lua_pushnil(L);
  for (; lua_next(L, -2); keys++) {
    int type = lua_type(L, -2);
    names += type == LUA_TSTRING;
    if (!fits_key(L, c, type, length)) {
      lua_pop(L, 2);  /* the culprit is the table */
      return 0;
    }
    type = lua_type(L, -1);
    if ((type != LUA_TSTRING || c->strings) && !fits(L, c, type)) return 0;
    lua_pop(L, 1);
  }
  if (names > 0 && (names < keys || marked))
    return refuse(c, "the array", "has named fields as well");
  if (keys - names != length) return refuse(c, "the array", "has gaps");
  if (keys == 0 && marked) c->loses = 1;
  return 1;
}

static int fits_table(lua_State *L, check *c) {
  int marked = 0, depth = (lua_gettop(L) - c->base) / 2;
  if (depth >= FAL_JSONTEXT_DEPTH)
    return refuse(c, "the value", "is nested deeper than 1000 levels");
  if (depth % LEVELS == 0)
    luaL_checkstack(L, 2 * LEVELS + 10, "JSON value");
  if (lua_getmetatable(L, -1)) {
    marked = lua_topointer(L, -1) == c->codec->array;
    lua_pop(L, 1);
    if (!marked) c->loses = 1;  /* lua-cjson may call its metamethods */
  }
  return fits_entries(L, c, marked);
}

static int fits_userdata(lua_State *L, check *c) {
  size_t len;
  if (fal_codec_number(L, -1, &len) == NULL)
    return refuse(c, luaL_typename(L, -1), "is not a JSON value");
  c->loses = 1;
  return 1;
}

/* The value on the top, of this type. */
static int fits(lua_State *L, check *c, int type) {
  switch (type) {
    case LUA_TSTRING: return fits_string(L, c, -1, "the string");
    case LUA_TNUMBER: return fits_number(L, c);
    case LUA_TTABLE: return fits_table(L, c);
    case LUA_TBOOLEAN: return 1;
    case LUA_TUSERDATA: return fits_userdata(L, c);
    case LUA_TLIGHTUSERDATA:
      if (lua_touserdata(L, -1) == NULL) return 1;
      /* FALLTHROUGH */
    default: return refuse(c, lua_typename(L, type), "is not a JSON value");
  }
}

/* }====================================================== */

/*
** {======================================================
** The message of a refusal
** =======================================================
*/

static int is_name(const char *s, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    if (s[i] != '_' && !isalpha((unsigned char)s[i]) &&
        (i == 0 || !isdigit((unsigned char)s[i]))) return 0;
  return len > 0 && len <= KEY_SHOWN;
}

/* [-0, +0, m] Adds the key at 'idx', such as .name, [2] or ["two words"]. */
static void add_key(lua_State *L, luaL_Buffer *b, int idx, int first) {
  size_t len, i;
  const char *s;
  if (lua_isinteger(L, idx)) {
    lua_pushfstring(L, "[%I]", lua_tointeger(L, idx));
    luaL_addvalue(b);
    return;
  }
  s = lua_tolstring(L, idx, &len);
  if (is_name(s, len)) {
    if (!first) luaL_addchar(b, '.');
    luaL_addlstring(b, s, len);
    return;
  }
  luaL_addstring(b, "[\"");
  for (i = 0; i < len && i < KEY_SHOWN; i++)
    luaL_addchar(b, isprint((unsigned char)s[i]) ? s[i] : '?');
  luaL_addstring(b, i < len ? "...\"]" : "\"]");
}

/* If a table on the way to the top contains itself, that is what is wrong. */
static void look_for_cycle(lua_State *L, check *c) {
  int above, below, top = lua_gettop(L);
  for (below = c->base + 2; below <= top; below += 2)
    for (above = c->base; above < below; above += 2)
      if (lua_rawequal(L, above, below)) {
        lua_settop(L, below);
        refuse(c, "the table", "contains itself");
        return;
      }
}

/* [-0, +1, m] Pushes the path to the culprit on the top, and what is wrong. */
static void push_message(lua_State *L, check *c) {
  luaL_Buffer b;
  int idx, top;
  if (lua_gettop(L) - c->base >= 2 * FAL_JSONTEXT_DEPTH) look_for_cycle(L, c);
  top = lua_gettop(L);
  luaL_buffinit(L, &b);
  for (idx = c->base + 1; idx < top; idx += 2) {
    if (idx > c->base + 2 * KEYS_SHOWN) {
      luaL_addstring(&b, "...");
      break;
    }
    add_key(L, &b, idx, idx == c->base + 1);
  }
  if (top > c->base) luaL_addstring(&b, ": ");
  luaL_addstring(&b, c->what);
  luaL_addchar(&b, ' ');
  luaL_addstring(&b, c->why);
  luaL_pushresult(&b);
}

/* }====================================================== */

/*
** {======================================================
** The marked copy
** =======================================================
*/

static int substitute(lua_State *L, const fal_codec *codec);

/* [-1, +1, m] Replaces the value on the top by a marked string. */
static int mark(lua_State *L, const char *how, const char *s, size_t len) {
  lua_pushstring(L, how);
  lua_pushlstring(L, s, len);
  lua_concat(L, 2);
  lua_replace(L, -2);
  return 1;
}

/* These replace the value on the top by a substitute; 0 if it needs none. */

static int substitute_string(lua_State *L) {
  size_t len;
  const char *s = lua_tolstring(L, -1, &len);
  return s[0] == MARK_TEXT[0] && mark(L, MARK_TEXT, s, len);
}

static int substitute_number(lua_State *L) {
  char text[FAL_JSONTEXT_FLOAT];
  if (lua_isinteger(L, -1)) {
    lua_Integer n = lua_tointeger(L, -1);
    if (-EXACT < n && n < EXACT) return 0;
    snprintf(text, sizeof text, LUA_INTEGER_FMT, n);
  } else {
    lua_Number x = lua_tonumber(L, -1);
    if (fal_jsontext_short_float(x)) return 0;
    fal_jsontext_float(text, x);
  }
  return mark(L, MARK_RAW, text, strlen(text));
}

static int substitute_userdata(lua_State *L) {
  size_t len;
  const char *digits = fal_codec_number(L, -1, &len);
  return mark(L, MARK_RAW, digits, len);
}

/* [-0, +0, m] Puts a copy of the entries before 'key' in the slot 'copy'. */
static void start_copy(lua_State *L, int table, int copy, int key) {
  int length = (int)lua_rawlen(L, table);
  lua_createtable(L, length, length > 0 ? 0 : FIELDS);
  lua_replace(L, copy);
  lua_pushnil(L);
  while (lua_next(L, table) && !lua_rawequal(L, -2, key)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, copy);
  }
  lua_settop(L, key + 3);
}

/* [-1, +0, m] Of the entry whose key and value are on the top; pops the value.
   The copy is started when there is a reason. */
static void copy_entry(lua_State *L, const fal_codec *codec, int table,
                       int copy) {
  int key = lua_gettop(L) - 1, changed;
  lua_pushvalue(L, key);
  changed = lua_type(L, key) == LUA_TSTRING && substitute_string(L);
  lua_pushvalue(L, key + 1);
  changed |= substitute(L, codec);
  if (changed && lua_isnil(L, copy)) start_copy(L, table, copy, key);
  if (!lua_isnil(L, copy)) lua_rawset(L, copy);
  lua_settop(L, key);
}

/* An empty table that is marked, or else a table with any metatable: that
   calls for a copy without it. */
static int substitute_table(lua_State *L, const fal_codec *codec) {
  int table = lua_gettop(L), copy = table + 1;
  int marked = fal_codec_is_array(L, table, codec);
  luaL_checkstack(L, 10, "JSON value");
  if (!marked && lua_getmetatable(L, table)) {
    lua_pop(L, 1);
    lua_newtable(L);
  } else lua_pushnil(L);
  lua_pushnil(L);
  if (!lua_next(L, table)) {
    if (marked) lua_pushliteral(L, MARK_RAW "[]");
  } else do copy_entry(L, codec, table, copy); while (lua_next(L, table));
  marked = !lua_isnil(L, -1);
  if (marked) lua_replace(L, table);
  lua_settop(L, table);
  return marked;
}

static int substitute(lua_State *L, const fal_codec *codec) {
  switch (lua_type(L, -1)) {
    case LUA_TSTRING: return substitute_string(L);
    case LUA_TNUMBER: return substitute_number(L);
    case LUA_TUSERDATA: return substitute_userdata(L);
    case LUA_TTABLE: return substitute_table(L, codec);
    default: return 0;
  }
}

/* The next mark in the text; a quote that is escaped begins no string. */
static const char *find_mark(const char *text, const char *p, const char *end) {
  for (; p < end; p++) {
    p = memmem(p, (size_t)(end - p), ENCODED, sizeof ENCODED - 1);
    if (p == NULL) return end;
    if (p == text || p[-1] != '\\') return p;
  }
  return end;
}

/* [-1, +1, m] Replaces the marks in the text on the top by what they mean. */
static void replace_marks(lua_State *L) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  const char *end = text + len, *p = text, *at;
  luaL_Buffer b;
  luaL_buffinitsize(L, &b, len);
  while ((at = find_mark(text, p, end)) < end) {
    luaL_addlstring(&b, p, (size_t)(at - p));
    p = at + sizeof ENCODED;
    if (p[-1] == MARK_RAW[1]) {
      const char *quote = memchr(p, '"', (size_t)(end - p));
      luaL_addlstring(&b, p, (size_t)(quote - p));
      p = quote + 1;
    } else luaL_addchar(&b, '"');
  }
  luaL_addlstring(&b, p, (size_t)(end - p));
  luaL_pushresult(&b);
  lua_remove(L, -2);
}

/* }====================================================== */

/* [-0, +0, e] After a large text lua-cjson drops the buffer it keeps. */
static void drop_buffer(lua_State *L, int codec) {
  int keep;
  for (keep = 0; keep <= 1; keep++) {
    fal_codec_get(L, codec, FAL_CODEC_KEEP_BUFFER);
    lua_pushboolean(L, keep);
    lua_call(L, 1, 0);
  }
}

/* [-2, +1, e] Calls lua-cjson's function below the value on the top, which
   fits: 1, or 0 when the text is not UTF-8. */
static int encode(lua_State *L, const check *c, int codec) {
  const char *text;
  size_t len;
  if (c->loses) substitute(L, c->codec);
  lua_call(L, 1, 1);
  if (c->loses) replace_marks(L);
  text = lua_tolstring(L, -1, &len);
  if (len > LARGE_TEXT) drop_buffer(L, codec);
  return fal_jsontext_utf8(text, len) == len;
}

/* [-0, +1, -] Pushes the value to check. */
static int check_value(lua_State *L, check *c, int idx) {
  lua_pushvalue(L, idx);
  c->base = lua_gettop(L);
  return fits(L, c, lua_type(L, -1));
}

/* [-0, +1+, e] Leaves the text, or a message and 0, on the top. lua-cjson takes
   and gives any bytes, so strings are only looked at if its text is wrong. */
static int check_and_encode(lua_State *L, int idx) {
  check c = {0};
  fal_codec *codec = fal_codec_push(L);
  int self = lua_gettop(L);
  c.codec = codec;
  if (!fal_codec_need(L, codec, self)) return 0;
  fal_codec_get(L, self, FAL_CODEC_ENCODE);
  if (check_value(L, &c, idx)) {
    if (encode(L, &c, self)) return 1;
    c.strings = 1;
    check_value(L, &c, idx);
  }
  push_message(L, &c);
  return 0;
}

int fal_json_encode(lua_State *L, int idx) {
  int top = lua_gettop(L), done;
  luaL_checkstack(L, 10, "JSON value");
  done = check_and_encode(L, lua_absindex(L, idx));
  lua_copy(L, -1, top + 1);
  lua_settop(L, top + 1);
  return done;
}
