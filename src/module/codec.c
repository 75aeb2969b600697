/*
** Finding lua-cjson. Its abilities are tried out rather than read from a
** version, since packages of one version differ.
*/
#include "codec.h"

#include <lauxlib.h>
#include <string.h>

#include "../engine/jsontext.h"

#define NUMBER_NAME "fal.number"
#define ARRAY_NAME "fal.array"

static const char registry_key = 0;

fal_codec *fal_codec_push(lua_State *L) {
  fal_codec *codec;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &registry_key) == LUA_TUSERDATA)
    return lua_touserdata(L, -1);
  lua_pop(L, 1);
  codec = lua_newuserdatauv(L, sizeof *codec, FAL_CODEC_NUMBER);
  memset(codec, 0, sizeof *codec);
  luaL_newmetatable(L, NUMBER_NAME);
  lua_setiuservalue(L, -2, FAL_CODEC_NUMBER);
  luaL_newmetatable(L, ARRAY_NAME);
  codec->array = lua_topointer(L, -1);
  lua_setiuservalue(L, -2, FAL_CODEC_ARRAY);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &registry_key);
  return codec;
}

void fal_codec_get(lua_State *L, int idx, enum fal_codec_value value) {
  lua_getiuservalue(L, idx, value);
}

/*
** {======================================================
** lua-cjson
** =======================================================
*/

/* [-1, +0, e] Gives the value on the top to a setting of the codec below. */
static void set_option(lua_State *L, const char *name) {
  lua_getfield(L, -2, name);
  lua_insert(L, -2);
  lua_call(L, 1, 0);
}

/* [-0, +0, e] Learns what the instance on the top can do by trying. */
static void try_out(lua_State *L, fal_codec *codec) {
  int instance = lua_gettop(L);
  lua_getfield(L, instance, "decode");
  lua_pushliteral(L, "[1]");
  lua_call(L, 1, 1);
  lua_rawgeti(L, -1, 1);
  codec->gives_integers = lua_isinteger(L, -1);
  lua_getfield(L, instance, "encode");
  lua_pushinteger(L, LUA_MAXINTEGER);
  lua_call(L, 1, 1);
  lua_pushfstring(L, "%I", LUA_MAXINTEGER);
  codec->sends_integers = lua_rawequal(L, -1, -2);
  lua_settop(L, instance);
}

/* [-0, +0, m] Keeps a function of the instance on the top in the userdata. */
static void keep(lua_State *L, const char *name, enum fal_codec_value value) {
  lua_getfield(L, -1, name);
  lua_setiuservalue(L, 1, value);
}

/* A Lua function of the userdata: requires lua-cjson, takes an instance. */
static int load(lua_State *L) {
  fal_codec *codec = lua_touserdata(L, 1);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "cjson");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "new");
  lua_call(L, 0, 1);
  lua_pushboolean(L, 0);
  set_option(L, "decode_invalid_numbers");
  lua_pushinteger(L, 14);
  set_option(L, "encode_number_precision");
  lua_pushinteger(L, FAL_JSONTEXT_DEPTH);
  set_option(L, "decode_max_depth");
  lua_pushinteger(L, FAL_JSONTEXT_DEPTH);
  set_option(L, "encode_max_depth");
  try_out(L, codec);
  keep(L, "decode", FAL_CODEC_DECODE);
  keep(L, "encode", FAL_CODEC_ENCODE);
  keep(L, "encode_keep_buffer", FAL_CODEC_KEEP_BUFFER);
  codec->loaded = 1;
  return 0;
}

int fal_codec_call(lua_State *L, int n, const char *what) {
  int status = lua_pcall(L, n, 1, 0);
  const char *text;
  if (status == LUA_OK) return 1;
  if (status != LUA_ERRRUN) lua_error(L);
  text = luaL_tolstring(L, -1, NULL);
  lua_pushlstring(L, text, strcspn(text, "\n"));
  lua_pushfstring(L, "%s: %s", what, lua_tostring(L, -1));
  lua_replace(L, -4);
  lua_pop(L, 2);
  return 0;
}

int fal_codec_need(lua_State *L, fal_codec *codec, int idx) {
  if (codec->loaded) return 1;
  idx = lua_absindex(L, idx);
  lua_pushcfunction(L, load);
  lua_pushvalue(L, idx);
  if (!fal_codec_call(L, 1, "JSON needs lua-cjson (apt install lua-cjson, or "
                            "luarocks install lua-cjson)")) return 0;
  lua_pop(L, 1);
  return 1;
}

/* }====================================================== */

/*
** {======================================================
** Exact numbers and arrays
** =======================================================
*/

void fal_codec_push_number(lua_State *L, const char *digits, size_t len) {
  char *copy = lua_newuserdatauv(L, len, 0);
  memcpy(copy, digits, len);
  luaL_setmetatable(L, NUMBER_NAME);
}

const char *fal_codec_number(lua_State *L, int idx, size_t *len) {
  const char *digits = luaL_testudata(L, idx, NUMBER_NAME);
  if (digits != NULL) *len = lua_rawlen(L, idx);
  return digits;
}

int fal_codec_is_array(lua_State *L, int idx, const fal_codec *codec) {
  int marked;
  if (!lua_getmetatable(L, idx)) return 0;
  marked = lua_topointer(L, -1) == codec->array;
  lua_pop(L, 1);
  return marked;
}

/* }====================================================== */
