/*
** A tool of the build, not part of the binary: writes the C file with the
** tables of embedded.h.
**
**   embed OUTPUT ROOT MODULE... -- FILE...
**
** A MODULE is the name of a C module, "fal.core.json". A FILE is the path of
** a Lua file under ROOT, "fal/queue.lua"; it becomes the module "fal.queue",
** and "fal/init.lua" becomes "fal". Each goes in twice: compiled, which loads
** six times as fast, and as text, for another release of Lua than this one.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

static void fail(const char *what, const char *name) {
  fprintf(stderr, "embed: cannot %s '%s'\n", what, name);
  exit(EXIT_FAILURE);
}

/* Prints 'name' up to 'len' with every 'from' as 'to'. */
static void put_name(FILE *out, const char *name, size_t len, char from,
                     char to) {
  size_t i;
  for (i = 0; i < len; i++) putc(name[i] == from ? to : name[i], out);
}

/* The part of a path that names the module: without ".lua" and "/init.lua". */
static size_t module_length(const char *path) {
  static const char *const endings[] = { "/init.lua", ".lua" };
  size_t len = strlen(path), i;
  for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
    size_t n = strlen(endings[i]);
    if (len > n && strcmp(path + len - n, endings[i]) == 0) return len - n;
  }
  fail("name a module after", path);
  return 0;
}

/* One byte inside a string literal; returns how many characters it took. */
static int put_byte(FILE *out, int c) {
  if (c == '"' || c == '\\') return fprintf(out, "\\%c", c);
  if (c < ' ' || c > '~' || c == '?') /* '?' may begin a trigraph */
    return fprintf(out, "\\%03o", c); /* three digits end by themselves */
  putc(c, out);
  return 1;
}

/* [-0, +0, -] Defines an array with the bytes of the string on the top. */
static void put_string(lua_State *L, FILE *out, const char *name, int index) {
  size_t len, i;
  const char *bytes = lua_tolstring(L, -1, &len);
  int column = 0;
  fprintf(out, "\nstatic const char %s%d[] =\n  \"", name, index);
  for (i = 0; i < len; i++) {
    column += put_byte(out, (unsigned char)bytes[i]);
    if (bytes[i] != '\n' && column < 72) continue;
    fputs("\"\n  \"", out);
    column = 0;
  }
  fputs("\";\n", out);
}

/* [-0, +1, m] Pushes what the file holds. */
static void read_file(lua_State *L, const char *name) {
  luaL_Buffer b;
  FILE *in = fopen(name, "rb");
  size_t n;
  if (in == NULL) fail("open", name);
  luaL_buffinit(L, &b);
  do {
    n = fread(luaL_prepbuffer(&b), 1, LUAL_BUFFERSIZE, in);
    luaL_addsize(&b, n);
  } while (n > 0);
  if (ferror(in)) fail("read", name);
  fclose(in);
  luaL_pushresult(&b);
}

/* [-0, +1, e] Pushes the text on the top compiled, with its line numbers. */
static void compile(lua_State *L, const char *path) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  const char *chunk = lua_pushfstring(L, "@%s", path);
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 0);
  lua_getfield(L, -1, "dump");
  if (luaL_loadbufferx(L, text, len, chunk, "t") != LUA_OK)
    fail("compile", lua_tostring(L, -1));
  lua_call(L, 1, 1);
  lua_replace(L, -3); /* the chunk's name */
  lua_pop(L, 1);      /* the library */
}

static void put_modules(FILE *out, char **names, int n) {
  int i;
  for (i = 0; i < n; i++) {
    fputs("int luaopen_", out);
    put_name(out, names[i], strlen(names[i]), '.', '_');
    fputs("(lua_State *L);\n", out);
  }
  fputs("\nconst luaL_Reg falua_modules[] = {\n", out);
  for (i = 0; i < n; i++) {
    fprintf(out, "  { \"%s\", luaopen_", names[i]);
    put_name(out, names[i], strlen(names[i]), '.', '_');
    fputs(" },\n", out);
  }
  fputs("  { NULL, NULL }\n};\n", out);
}

static void put_source(lua_State *L, FILE *out, int index, const char *root,
                       const char *path) {
  read_file(L, lua_pushfstring(L, "%s/%s", root, path));
  put_string(L, out, "text", index);
  compile(L, path);
  put_string(L, out, "code", index);
  lua_settop(L, 0);
}

static void put_sources(FILE *out, const char *root, char **paths, int n) {
  lua_State *L = luaL_newstate();
  int i;
  if (L == NULL) fail("create", "a Lua state");
  for (i = 0; i < n; i++) put_source(L, out, i, root, paths[i]);
  lua_close(L);
  fputs("\nconst falua_source falua_sources[] = {\n", out);
  for (i = 0; i < n; i++) {
    fputs("  { \"", out);
    put_name(out, paths[i], module_length(paths[i]), '/', '.');
    fprintf(out, "\", \"@%s\",\n    text%d, sizeof(text%d) - 1, code%d, "
            "sizeof(code%d) - 1 },\n", paths[i], i, i, i, i);
  }
  fputs("  { NULL, NULL, NULL, 0, NULL, 0 }\n};\n", out);
}

int main(int argc, char **argv) {
  int split = 3;
  FILE *out;
  while (split < argc && strcmp(argv[split], "--") != 0) split++;
  if (split >= argc) {
    fputs("usage: embed OUTPUT ROOT MODULE... -- FILE...\n", stderr);
    return EXIT_FAILURE;
  }
  if ((out = fopen(argv[1], "wb")) == NULL) fail("write", argv[1]);
  fputs("/* Written by embed.c when the binary is built. */\n"
        "#include \"embedded.h\"\n\n", out);
  put_modules(out, argv + 3, split - 3);
  put_sources(out, argv[2], argv + split + 1, argc - split - 1);
  if (ferror(out) | fclose(out)) fail("write", argv[1]);
  return EXIT_SUCCESS;
}
