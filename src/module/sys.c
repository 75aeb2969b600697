/*
** fal.core.sys: the little that Lua's own libraries lack: clocks with
** fractions, random bytes, the process id, and files and folders.
*/
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../engine/library.h"
#include "../engine/reactor.h"
#include "../engine/source.h"
#include "modules.h"

#define MOST_RANDOM 1024
#define COPY_AT_ONCE ((size_t)64 * 1024 * 1024)

static int sys_now(lua_State *L) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
  return 1;
}

static int sys_monotonic(lua_State *L) {
  lua_pushnumber(L, (lua_Number)fal_now_us() / 1e6);
  return 1;
}

/* random(n): n random bytes, at most 1024 */
static int sys_random(lua_State *L) {
  unsigned char room[MOST_RANDOM];
  lua_Integer n = luaL_checkinteger(L, 1);
  luaL_argcheck(L, n >= 0 && n <= MOST_RANDOM, 1, "0 to 1024 bytes");
  for (lua_Integer at = 0; at < n; at += 256) {
    size_t piece = n - at < 256 ? (size_t)(n - at) : 256;
    if (getentropy(room + at, piece) != 0)
      return luaL_error(L, "no random bytes: %s", strerror(errno));
  }
  lua_pushlstring(L, (char *)room, (size_t)n);
  return 1;
}

static int sys_pid(lua_State *L) {
  lua_pushinteger(L, getpid());
  return 1;
}

/* libraries() -> "libcurl/8.5.0 OpenSSL/3.0.13 nghttp2/1.59.0" */
static int sys_libraries(lua_State *L) {
  lua_pushstring(L, fal_library_versions());
  return 1;
}

static int sys_isatty(lua_State *L) {
  luaL_Stream *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  lua_pushboolean(L, file->closef != NULL && isatty(fileno(file->f)));
  return 1;
}

/* stat(path) -> {size, mtime, kind = "file"|"folder"|"other", stamp}; the stamp
   changes whenever the file does. nil, message */
static int sys_stat(lua_State *L) {
  struct stat st;
  char stamp[FAL_STAMP];
  const char *path = luaL_checkstring(L, 1);
  if (stat(path, &st) != 0) return luaL_fileresult(L, 0, path);
  fal_stamp_of(&st, stamp);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, stamp);
  lua_setfield(L, -2, "stamp");
  lua_pushinteger(L, (lua_Integer)st.st_size);
  lua_setfield(L, -2, "size");
  lua_pushinteger(L, (lua_Integer)st.st_mtime);
  lua_setfield(L, -2, "mtime");
  lua_pushstring(L, S_ISREG(st.st_mode)   ? "file"
                    : S_ISDIR(st.st_mode) ? "folder"
                                          : "other");
  lua_setfield(L, -2, "kind");
  return 1;
}

/* mkdir(path) -> true; nil, message. A folder that is there is a success. */
static int sys_mkdir(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct stat st;
  if (mkdir(path, 0777) == 0) return luaL_fileresult(L, 1, path);
  int error = errno;
  int there = error == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
  errno = error;
  return luaL_fileresult(L, there, path);
}

/* makedirs(path) -> true; nil, message. With the folders above it. */
static int sys_makedirs(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *end = path;
  while (*end != '\0' && (end = strchr(end + 1, '/')) != NULL) {
    mkdir(lua_pushlstring(L, path, (size_t)(end - path)), 0777);
    lua_pop(L, 1);
  }
  return sys_mkdir(L);
}

/* File systems without links get the second best: a look before. */
static int rename_if_free(const char *from, const char *to) {
  struct stat st;
  if (lstat(to, &st) == 0) {
    errno = EEXIST;
    return -1;
  }
  return rename(from, to);
}

static int settle(const char *from, const char *to) {
  if (link(from, to) == 0) return unlink(from);
  if (errno == EPERM || errno == ENOTSUP || errno == ENOSYS)
    return rename_if_free(from, to);
  return -1;
}

/* settle(from, to) -> true; nil, message, code: renames, but never replaces
   what is there; then 'code' is "exists" */
static int sys_settle(lua_State *L) {
  const char *from = luaL_checkstring(L, 1), *to = luaL_checkstring(L, 2);
  if (settle(from, to) == 0) return luaL_fileresult(L, 1, to);
  int exists = errno == EEXIST;
  int n = luaL_fileresult(L, 0, to);
  if (!exists) return n;
  lua_pushliteral(L, "exists");
  lua_replace(L, -2);
  return n;
}

/* sync(file) -> true; nil, message: what was written is on the disk */
static int sys_sync(lua_State *L) {
  luaL_Stream *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  luaL_argcheck(L, file->closef != NULL, 1, "closed file");
  int good = fflush(file->f) == 0 && fsync(fileno(file->f)) == 0;
  return luaL_fileresult(L, good, NULL);
}

/* Copies all of 'from' into 'to' at 'offset', inside the kernel where it can.
   The number of bytes, or -1. */
static lua_Integer copy_bytes(int from, int to, off_t offset) {
  char block[16 * 1024];
  lua_Integer sum = 0;
  for (;;) {
    ssize_t n = -1;
#ifdef __linux__
    n = copy_file_range(from, NULL, to, &offset, COPY_AT_ONCE, 0);
    if (n > 0) sum += n;
#endif
    if (n < 0) {
      n = read(from, block, sizeof block);
      if (n > 0 && pwrite(to, block, (size_t)n, offset) != n) return -1;
      if (n > 0) offset += n, sum += n;
    }
    if (n <= 0) return n < 0 ? -1 : sum;
  }
}

/* copy(from, to, offset) -> bytes; nil, message: puts a file into another */
static int sys_copy(lua_State *L) {
  const char *from = luaL_checkstring(L, 1), *to = luaL_checkstring(L, 2);
  off_t offset = (off_t)luaL_checkinteger(L, 3);
  int in = open(from, O_RDONLY | O_CLOEXEC);
  int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  lua_Integer n = in < 0 || out < 0 ? -1 : copy_bytes(in, out, offset);
  int why = errno;
  if (in >= 0) close(in);
  if (out >= 0) close(out);
  errno = why;
  if (n < 0) return luaL_fileresult(L, 0, to);
  lua_pushinteger(L, n);
  return 1;
}

static const luaL_Reg library[] = {
  {"copy", sys_copy},           {"isatty", sys_isatty},
  {"libraries", sys_libraries}, {"makedirs", sys_makedirs},
  {"mkdir", sys_mkdir},         {"monotonic", sys_monotonic},
  {"now", sys_now},             {"pid", sys_pid},
  {"random", sys_random},       {"settle", sys_settle},
  {"stat", sys_stat},           {"sync", sys_sync},
  {NULL, NULL}
};

int luaopen_fal_core_sys(lua_State *L) {
  luaL_newlib(L, library);
  return 1;
}
