/*
** fal.core.json: the JSON rooms as a Lua module, with the values that stand
** for what Lua has no word for: null, arrays that may be empty, and numbers
** that fit in neither of Lua's number types.
*/
#include "json.h"

#include <lauxlib.h>
#include <string.h>

#include "../engine/jsontext.h"
#include "codec.h"
#include "modules.h"

/* json.encode(value) -> text, or nil and a message */
static int json_encode(lua_State *L) {
  luaL_checkany(L, 1);
  if (fal_json_encode(L, 1)) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* json.decode(text) -> value, or nil and a message */
static int json_decode(lua_State *L) {
  luaL_checkstring(L, 1);
  if (fal_json_decode_at(L, 1)) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* json.array([table]) -> the same table, marked as an array */
static int json_array(lua_State *L) {
  fal_codec *codec;
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_newtable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  codec = fal_codec_push(L);
  luaL_argcheck(L, fal_codec_is_array(L, 1, codec) || !lua_getmetatable(L, 1),
                1, "the table has a metatable");
  fal_codec_get(L, -1, FAL_CODEC_ARRAY);
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}

/* json.number(digits) -> a number that is sent with exactly these digits */
static int json_number(lua_State *L) {
  size_t len;
  const char *digits = luaL_checklstring(L, 1, &len);
  luaL_argcheck(L, fal_jsontext_is_number(digits, len), 1,
                "not a number as JSON writes it");
  fal_codec_push_number(L, digits, len);
  return 1;
}

/* json.is_array(value) -> whether it would be sent as an array */
static int json_is_array(lua_State *L) {
  int array = 0;
  luaL_checkany(L, 1);
  if (lua_istable(L, 1)) {
    fal_codec *codec = fal_codec_push(L);
    lua_Unsigned length = lua_rawlen(L, 1), keys = 0;
    array = fal_codec_is_array(L, 1, codec);
    if (!array && length > 0) {
      lua_pushnil(L);
      for (; lua_next(L, 1); keys++) lua_pop(L, 1);
      array = keys == length;
    }
  }
  lua_pushboolean(L, array);
  return 1;
}

/* json.is_number(value) -> whether it is a fal.number */
static int json_is_number(lua_State *L) {
  size_t len;
  luaL_checkany(L, 1);
  lua_pushboolean(L, fal_codec_number(L, 1, &len) != NULL);
  return 1;
}

static int number_tostring(lua_State *L) {
  size_t len;
  const char *digits = fal_codec_number(L, 1, &len);
  luaL_argexpected(L, digits != NULL, 1, "fal.number");
  lua_pushlstring(L, digits, len);
  return 1;
}

static int number_eq(lua_State *L) {
  size_t alen, blen;
  const char *a = fal_codec_number(L, 1, &alen);
  const char *b = fal_codec_number(L, 2, &blen);
  lua_pushboolean(L, a != NULL && b != NULL && alen == blen &&
                     memcmp(a, b, alen) == 0);
  return 1;
}

static const luaL_Reg library[] = {
    {"encode", json_encode},
    {"decode", json_decode},
    {"array", json_array},
    {"number", json_number},
    {"is_array", json_is_array},
    {"is_number", json_is_number},
    {NULL, NULL},
};

static const luaL_Reg number_metamethods[] = {
    {"__tostring", number_tostring},
    {"__eq", number_eq},
    {NULL, NULL},
};

int luaopen_fal_core_json(lua_State *L) {
  fal_codec_push(L);
  fal_codec_get(L, -1, FAL_CODEC_NUMBER);
  luaL_setfuncs(L, number_metamethods, 0);
  luaL_newlib(L, library);
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
  return 1;
}
