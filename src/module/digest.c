/*
** fal.core.digest: hashes, Ed25519 signatures, random bytes, base64 and hex.
** Everything but the hashes of files works on strings and fails only for what
** comes from outside: text that is not what it should be gives nil and an
** error.
*/
#include "../engine/digest.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "failure.h"
#include "modules.h"

#define HASHING "fal.hashing"

static int push_hex(lua_State *L, const void *data, size_t len) {
  luaL_Buffer b;
  fal_hex_encode(data, len, luaL_buffinitsize(L, &b, 2 * len));
  luaL_pushresultsize(&b, 2 * len);
  return 1;
}

static int digest_sha256(lua_State *L) {
  unsigned char hash[FAL_SHA256_SIZE];
  size_t len;
  const char *data = luaL_checklstring(L, 1, &len);
  if (fal_sha256(data, len, hash) != 0) return luaL_error(L, "cannot hash");
  return push_hex(L, hash, sizeof hash);
}

static int fail_at(lua_State *L, const char *path) {
  return fal_failure(L, "io", "%s: %s", path,
                     errno != 0 ? strerror(errno) : "cannot hash");
}

static int digest_sha256_file(lua_State *L) {
  unsigned char hash[FAL_SHA256_SIZE];
  const char *path = luaL_checkstring(L, 1);
  if (fal_sha256_file(path, hash) != 0) return fail_at(L, path);
  return push_hex(L, hash, sizeof hash);
}

/*
** Hashing a file step by step. The user value is its path, for messages.
*/

/* hashing(path) -> hashing; or nil and an error */
static int digest_hashing(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  fal_hashing *h = lua_newuserdatauv(L, sizeof *h, 1);
  fal_hashing_none(h);
  luaL_setmetatable(L, HASHING);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return fal_hashing_open(h, path) == 0 ? 1 : fail_at(L, path);
}

/* step() -> false while there is more, then the hash; or nil and an error */
static int hashing_step(lua_State *L) {
  unsigned char hash[FAL_SHA256_SIZE];
  fal_hashing *h = luaL_checkudata(L, 1, HASHING);
  luaL_argcheck(L, h->fd >= 0, 1, "it is closed");
  int more = fal_hashing_step(h);
  if (more == 0) more = fal_hashing_end(h, hash);
  if (more < 0) {
    lua_getiuservalue(L, 1, 1);
    return fail_at(L, lua_tostring(L, -1));
  }
  if (more == 0) {
    fal_hashing_close(h);
    return push_hex(L, hash, sizeof hash);
  }
  lua_pushboolean(L, 0);
  return 1;
}

static int hashing_gc(lua_State *L) {
  fal_hashing_close(luaL_checkudata(L, 1, HASHING));
  return 0;
}

/*
** Ed25519
*/

/* The argument, which must have exactly 'size' bytes. */
static const unsigned char *check_bytes(lua_State *L, int arg, size_t size) {
  size_t len;
  const char *data = luaL_checklstring(L, arg, &len);
  if (len != size)
    luaL_argerror(L, arg, lua_pushfstring(L, "must have %d bytes, has %d",
                                          (int)size, (int)len));
  return (const unsigned char *)data;
}

static int digest_ed25519_public(lua_State *L) {
  unsigned char key[FAL_ED25519_KEY];
  if (fal_ed25519_public(check_bytes(L, 1, FAL_ED25519_KEY), key) != 0)
    return luaL_error(L, "cannot make the public key");
  lua_pushlstring(L, (const char *)key, sizeof key);
  return 1;
}

static int digest_ed25519_sign(lua_State *L) {
  unsigned char signature[FAL_ED25519_SIGNATURE];
  const unsigned char *seed = check_bytes(L, 1, FAL_ED25519_KEY);
  size_t len;
  const char *data = luaL_checklstring(L, 2, &len);
  if (fal_ed25519_sign(seed, data, len, signature) != 0)
    return luaL_error(L, "cannot sign");
  lua_pushlstring(L, (const char *)signature, sizeof signature);
  return 1;
}

/* ed25519_verify(public, message, signature): whether it is genuine. The key
   and the signature come from outside: of a wrong size they are not. */
static int digest_ed25519_verify(lua_State *L) {
  size_t key_len, len, signature_len;
  const char *key = luaL_checklstring(L, 1, &key_len);
  const char *data = luaL_checklstring(L, 2, &len);
  const char *signature = luaL_checklstring(L, 3, &signature_len);
  lua_pushboolean(L, key_len == FAL_ED25519_KEY &&
                         signature_len == FAL_ED25519_SIGNATURE &&
                         fal_ed25519_verify((const unsigned char *)key, data,
                                            len, (const unsigned char *)
                                            signature) == 1);
  return 1;
}

static int digest_random(lua_State *L) {
  lua_Integer n = luaL_checkinteger(L, 1);
  luaL_Buffer b;
  luaL_argcheck(L, n >= 0 && n <= 0x1000000, 1, "must be from 0 to 16777216");
  if (fal_random_bytes(luaL_buffinitsize(L, &b, (size_t)n), (size_t)n) != 0)
    return luaL_error(L, "no random bytes to be had");
  luaL_pushresultsize(&b, (size_t)n);
  return 1;
}

/*
** Bytes as text
*/

static int encode(lua_State *L, enum fal_base64 kind) {
  luaL_Buffer b;
  size_t len, room;
  const char *data = luaL_checklstring(L, 1, &len);
  char *out;
  room = fal_base64_size(len);
  luaL_argcheck(L, room != 0, 1, "too long");
  out = luaL_buffinitsize(L, &b, room);
  luaL_pushresultsize(&b, fal_base64_encode(kind, data, len, out));
  return 1;
}

static int decode(lua_State *L, enum fal_base64 kind, const char *name) {
  luaL_Buffer b;
  size_t len, n;
  const char *text = luaL_checklstring(L, 1, &len);
  unsigned char *out =
      (unsigned char *)luaL_buffinitsize(L, &b, len / 4 * 3 + 3);
  n = fal_base64_decode(kind, text, len, out);
  if (n == (size_t)-1)
    return fal_failure(L, "protocol", "the text is no %s", name);
  luaL_pushresultsize(&b, n);
  return 1;
}

static int digest_base64(lua_State *L) { return encode(L, FAL_BASE64); }

static int digest_base64url(lua_State *L) { return encode(L, FAL_BASE64URL); }

static int digest_unbase64(lua_State *L) {
  return decode(L, FAL_BASE64, "base64");
}

static int digest_unbase64url(lua_State *L) {
  return decode(L, FAL_BASE64URL, "base64url");
}

static int digest_hex(lua_State *L) {
  size_t len;
  const char *data = luaL_checklstring(L, 1, &len);
  return push_hex(L, data, len);
}

static int digest_unhex(lua_State *L) {
  luaL_Buffer b;
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  unsigned char *out = (unsigned char *)luaL_buffinitsize(L, &b, len / 2 + 1);
  if (fal_hex_decode(text, len, out) != 0)
    return fal_failure(L, "protocol", "the text is no hex");
  luaL_pushresultsize(&b, len / 2);
  return 1;
}

static const luaL_Reg library[] = {
  {"base64", digest_base64},
  {"base64url", digest_base64url},
  {"ed25519_public", digest_ed25519_public},
  {"ed25519_sign", digest_ed25519_sign},
  {"ed25519_verify", digest_ed25519_verify},
  {"hashing", digest_hashing},
  {"hex", digest_hex},
  {"random", digest_random},
  {"sha256", digest_sha256},
  {"sha256_file", digest_sha256_file},
  {"unbase64", digest_unbase64},
  {"unbase64url", digest_unbase64url},
  {"unhex", digest_unhex},
  {NULL, NULL}
};

static const luaL_Reg hashing_methods[] = {
  {"step", hashing_step}, {NULL, NULL}
};

static const luaL_Reg hashing_meta[] = {
  {"__close", hashing_gc}, {"__gc", hashing_gc}, {NULL, NULL}
};

FAL_EXPORT int luaopen_fal_core_digest(lua_State *L);

int luaopen_fal_core_digest(lua_State *L) {
  if (luaL_newmetatable(L, HASHING)) {
    luaL_setfuncs(L, hashing_meta, 0);
    luaL_newlib(L, hashing_methods);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
  luaL_newlib(L, library);
  return 1;
}
