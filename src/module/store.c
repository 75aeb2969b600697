/*
** fal.core.store: one SQLite file, for what must not be lost: journals,
** history, ledgers. Statements take bound parameters only. It knows no table;
** what is stored, and when, is decided in Lua.
**
** The file is in WAL mode with full synchronisation: what was committed before
** a paid request is sent is there after a power cut.
*/
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "modules.h"

#define STORE "fal.store"
#define KEPT 1  /* user value: the statements of a store, by their text */
#define STATEMENT "fal.store.statement"
#define PATIENCE 5.0  /* seconds to wait for another process's lock */

typedef struct store { sqlite3 *db; } store;
typedef struct statement { sqlite3_stmt *stmt; } statement;

/* ------------------------------------------------------------------
** Failures
*/

static const char *type_of(sqlite3 *db, int code) {
  switch (code & 0xff) {
    case SQLITE_IOERR:
      return sqlite3_system_errno(db) == ENOSPC ? "full" : "other";
    case SQLITE_BUSY: case SQLITE_LOCKED: return "locked";
    case SQLITE_CORRUPT: case SQLITE_NOTADB: return "damaged";
    case SQLITE_FULL: return "full";
    case SQLITE_READONLY: case SQLITE_PERM: case SQLITE_CANTOPEN:
    case SQLITE_AUTH: return "access";
    case SQLITE_CONSTRAINT: return "constraint";
    default: return "other";
  }
}

static int fail(lua_State *L, sqlite3 *db, const char *path) {
  int code = db != NULL ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
  const char *text = db != NULL ? sqlite3_errmsg(db) : "out of memory";
  if (path == NULL) path = sqlite3_db_filename(db, "main");
  fal_failure(L, "io", "%s: %s", path != NULL ? path : "store", text);
  lua_pushstring(L, type_of(db, code));
  lua_setfield(L, -2, "type");
  return 2;
}

/* ------------------------------------------------------------------
** Statements, each owned by a userdata. A store keeps its statements, for the
** same few are run again and again.
*/

static int statement_gc(lua_State *L) {
  statement *s = luaL_checkudata(L, 1, STATEMENT);
  sqlite3_finalize(s->stmt);
  s->stmt = NULL;
  return 0;
}

/* [-0, +1, m] */
static statement *push_statement(lua_State *L) {
  statement *s = lua_newuserdatauv(L, sizeof *s, 0);
  s->stmt = NULL;
  luaL_setmetatable(L, STATEMENT);
  return s;
}

static int bind_value(lua_State *L, sqlite3_stmt *stmt, int place, int idx) {
  size_t len;
  const char *text;
  switch (lua_type(L, idx)) {
    case LUA_TNIL: return sqlite3_bind_null(stmt, place);
    case LUA_TBOOLEAN:
      return sqlite3_bind_int(stmt, place, lua_toboolean(L, idx));
    case LUA_TNUMBER:
      if (lua_isinteger(L, idx))
        return sqlite3_bind_int64(stmt, place, lua_tointeger(L, idx));
      return sqlite3_bind_double(stmt, place, lua_tonumber(L, idx));
    case LUA_TSTRING:
      text = lua_tolstring(L, idx, &len);  /* on the stack until the end */
      return sqlite3_bind_text64(stmt, place, text, len, SQLITE_STATIC,
                                 SQLITE_UTF8);
    default:
      return luaL_error(L, "parameter %d: a %s cannot be stored", place,
                        luaL_typename(L, idx));
  }
}

/* [-0, +0, e] Binds the arguments from 'first' on; 0, or an error code. */
static int bind_all(lua_State *L, sqlite3_stmt *stmt, int first, int last) {
  int wanted = sqlite3_bind_parameter_count(stmt);
  if (wanted != last - first + 1)
    return luaL_error(L, "the statement takes %d parameters, not %d", wanted,
                      last - first + 1);
  for (int i = first; i <= last; i++) {
    int code = bind_value(L, stmt, i - first + 1, i);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

static void push_column(lua_State *L, sqlite3_stmt *stmt, int i) {
  switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER:
      lua_pushinteger(L, sqlite3_column_int64(stmt, i));
      break;
    case SQLITE_FLOAT:
      lua_pushnumber(L, sqlite3_column_double(stmt, i));
      break;
    case SQLITE_NULL:
      lua_pushnil(L);
      break;
    default: {
      const void *data = sqlite3_column_blob(stmt, i);
      lua_pushlstring(L, data != NULL ? data : "",
                      (size_t)sqlite3_column_bytes(stmt, i));
    }
  }
}

static void push_row(lua_State *L, sqlite3_stmt *stmt) {
  int n = sqlite3_column_count(stmt);
  lua_createtable(L, 0, n);
  for (int i = 0; i < n; i++) {
    push_column(L, stmt, i);
    lua_setfield(L, -2, sqlite3_column_name(stmt, i));
  }
}

/* ------------------------------------------------------------------
** The store
*/

static store *store_at(lua_State *L) {
  store *s = luaL_checkudata(L, 1, STORE);
  if (s->db == NULL) luaL_error(L, "attempt to use a closed store");
  return s;
}

/* [-0, +0, -] The file is let go of only when its last statement is gone. */
static void drop_statements(lua_State *L) {
  lua_getiuservalue(L, 1, KEPT);
  if (lua_istable(L, -1))
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
      statement *s = lua_touserdata(L, -1);
      sqlite3_finalize(s->stmt);
      s->stmt = NULL;
    }
  lua_pop(L, 1);
}

static int store_close(lua_State *L) {
  store *s = luaL_checkudata(L, 1, STORE);
  if (s->db == NULL) return 0;
  drop_statements(L);
  sqlite3_close_v2(s->db);
  s->db = NULL;
  return 0;
}

/* [-0, +1, m] Pushes the statement whose text is at 2; NULL: no SQL. */
static sqlite3_stmt *push_prepared(lua_State *L, sqlite3 *db) {
  size_t len;
  const char *sql = luaL_checklstring(L, 2, &len);
  lua_getiuservalue(L, 1, KEPT);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    statement *made = push_statement(L);
    if (sqlite3_prepare_v2(db, sql, (int)len, &made->stmt, NULL) != SQLITE_OK)
      return NULL;
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -4);
  }
  lua_remove(L, -2);
  return ((statement *)lua_touserdata(L, -1))->stmt;
}

/* [-0, +1, e] The same, with the arguments bound. */
static sqlite3_stmt *prepare(lua_State *L, sqlite3 *db) {
  int last = lua_gettop(L);
  sqlite3_stmt *stmt = push_prepared(L, db);
  if (stmt == NULL) return NULL;
  sqlite3_reset(stmt);  /* an error may have left it in the middle */
  return bind_all(L, stmt, 3, last) == SQLITE_OK ? stmt : NULL;
}

/* A statement ends now, not when the collector comes: it holds locks. */
static int finished(sqlite3_stmt *stmt) {
  int code = sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return code;
}

/* run(sql, ...) -> how many rows it changed, the number of the last new one */
static int store_run(lua_State *L) {
  sqlite3 *db = store_at(L)->db;
  sqlite3_stmt *stmt = prepare(L, db);
  if (stmt == NULL) return fail(L, db, NULL);
  while (sqlite3_step(stmt) == SQLITE_ROW) continue;
  if (finished(stmt) != SQLITE_OK) return fail(L, db, NULL);
  lua_pushinteger(L, sqlite3_changes(db));
  lua_pushinteger(L, sqlite3_last_insert_rowid(db));
  return 2;
}

/* rows(sql, ...) -> list of tables, columns by name */
static int store_rows(lua_State *L) {
  sqlite3 *db = store_at(L)->db;
  sqlite3_stmt *stmt = prepare(L, db);
  if (stmt == NULL) return fail(L, db, NULL);
  lua_newtable(L);
  for (lua_Integer n = 1; sqlite3_step(stmt) == SQLITE_ROW; n++) {
    push_row(L, stmt);
    lua_rawseti(L, -2, n);
  }
  if (finished(stmt) != SQLITE_OK) return fail(L, db, NULL);
  return 1;
}

/* exec(sql): several statements without parameters -> true */
static int store_exec(lua_State *L) {
  sqlite3 *db = store_at(L)->db;
  if (sqlite3_exec(db, luaL_checkstring(L, 2), NULL, NULL, NULL) != SQLITE_OK)
    return fail(L, db, NULL);
  lua_pushboolean(L, 1);
  return 1;
}

static int store_tostring(lua_State *L) {
  const store *s = luaL_checkudata(L, 1, STORE);
  const char *path = s->db ? sqlite3_db_filename(s->db, "main") : NULL;
  lua_pushfstring(L, "fal.store (%s)", path != NULL ? path : "closed");
  return 1;
}

/* Makes an empty file that only its owner can read; SQLite gives the files
   beside it the same mode. One that is there stays as it is, unopened: to
   close it would end the locks that this process holds on it. */
static void make_private(const char *path) {
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
}

/* [-0, +1, m] The name of a file that can only be read. To read from a log
   beside it, SQLite shares memory in a file there; where there is no log, or
   an empty one, it is told that nobody changes the file, and needs none. */
static const char *push_readonly(lua_State *L, const char *path) {
  struct stat log;
  int has_log = stat(lua_pushfstring(L, "%s-wal", path), &log) == 0 &&
                log.st_size > 0;
  luaL_gsub(L, path, "%", "%25");
  luaL_gsub(L, lua_tostring(L, -1), "?", "%3f");
  luaL_gsub(L, lua_tostring(L, -1), "#", "%23");
  return lua_pushfstring(L, "file:%s?%s", lua_tostring(L, -1),
                         has_log ? "mode=ro" : "immutable=1");
}

/* SQLite's own patience does not hold while others open a new file: the change
   to a log gives up at once. */
static int set_modes(sqlite3 *db, int patience_ms) {
  static const int pause_ms = 5;
  int rc;
  while ((rc = sqlite3_exec(db, "PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA foreign_keys = ON", NULL, NULL, NULL))
             == SQLITE_BUSY && patience_ms > 0) {
    sqlite3_sleep(pause_ms);
    patience_ms -= pause_ms;
  }
  return rc;
}

/* open(path [, {readonly = boolean, private = boolean, patience = seconds}])
   -> store */
static int library_open(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *name = path;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  lua_Number patience = PATIENCE;
  if (!lua_isnoneornil(L, 2)) {
    lua_getfield(L, 2, "private");
    if (lua_toboolean(L, -1)) make_private(path);
    lua_getfield(L, 2, "patience");
    patience = luaL_optnumber(L, -1, PATIENCE);
    lua_getfield(L, 2, "readonly");
    if (lua_toboolean(L, -1)) flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  luaL_argcheck(L, patience >= 0 && patience < 1e6, 2, "strange patience");
  if (flags & SQLITE_OPEN_READONLY) name = push_readonly(L, path);
  store *s = lua_newuserdatauv(L, sizeof *s, 1);
  s->db = NULL;
  luaL_setmetatable(L, STORE);
  lua_newtable(L);
  lua_setiuservalue(L, -2, KEPT);
  if (sqlite3_open_v2(name, &s->db, flags, NULL) != SQLITE_OK)
    return fail(L, s->db, path);
  sqlite3_busy_timeout(s->db, (int)(patience * 1e3));
  if (!(flags & SQLITE_OPEN_READONLY) &&
      set_modes(s->db, (int)(patience * 1e3)) != SQLITE_OK)
    return fail(L, s->db, path);
  return 1;
}

static const luaL_Reg library[] = {{"open", library_open}, {NULL, NULL}};

static const luaL_Reg methods[] = {
  {"close", store_close}, {"exec", store_exec}, {"rows", store_rows},
  {"run", store_run}, {NULL, NULL}
};

static const luaL_Reg metamethods[] = {
  {"__close", store_close}, {"__gc", store_close},
  {"__tostring", store_tostring}, {NULL, NULL}
};

FAL_EXPORT int luaopen_fal_core_store(lua_State *L);

int luaopen_fal_core_store(lua_State *L) {
  if (luaL_newmetatable(L, STATEMENT)) {
    lua_pushcfunction(L, statement_gc);
    lua_setfield(L, -2, "__gc");
  }
  if (luaL_newmetatable(L, STORE)) {
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
  }
  luaL_newlib(L, library);
  return 1;
}
