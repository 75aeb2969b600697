/*
** The JSON codec, lua-cjson, as the json rooms use it: found at first use,
** a private instance, and what this release of it can and cannot do. The
** identities of exact numbers and of marked arrays live here too.
*/
#ifndef FAL_CODEC_H
#define FAL_CODEC_H

#include <lua.h>

/* One for each Lua state: a userdata with the values below. */
typedef struct fal_codec {
  const void *array;   /* identity of the metatable of arrays */
  int loaded;          /* lua-cjson has been found */
  int gives_integers;  /* it decodes 1 as an integer */
  int sends_integers;  /* it encodes all digits of integers */
} fal_codec;

enum fal_codec_value {
  FAL_CODEC_DECODE = 1,  /* functions of the instance */
  FAL_CODEC_ENCODE,
  FAL_CODEC_KEEP_BUFFER,
  FAL_CODEC_ARRAY,       /* metatables */
  FAL_CODEC_NUMBER
};

/* [-0, +1, m] Pushes the userdata; lua-cjson need not be there yet. */
fal_codec *fal_codec_push(lua_State *L);
/* [-0, +0|1, m] 1 when lua-cjson is there; otherwise pushes a message. */
int fal_codec_need(lua_State *L, fal_codec *codec, int idx);
/* [-0, +1, -] Pushes one of the values of the userdata at 'idx'. */
void fal_codec_get(lua_State *L, int idx, enum fal_codec_value value);
/* [-(n+1), +1, m] Calls a function with n arguments: 1 and its result, or 0
   and a message that begins with 'what'. Lack of memory is raised. */
int fal_codec_call(lua_State *L, int n, const char *what);

/* [-0, +1, m] Pushes a fal.number of these digits. */
void fal_codec_push_number(lua_State *L, const char *digits, size_t len);
/* [-0, +0, -] The digits of the fal.number at 'idx', or NULL. */
const char *fal_codec_number(lua_State *L, int idx, size_t *len);
/* [-0, +0, -] 1 when the value at 'idx' is a table marked as an array. */
int fal_codec_is_array(lua_State *L, int idx, const fal_codec *codec);

#endif
