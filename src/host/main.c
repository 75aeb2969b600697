/*
** falua, the host: runs Lua scripts as 'lua' does, with fal inside. It owns
** the state, the command line, the 'arg' table and the exit status, in the
** manner of PUC-Rio's lua.c: options are collected first and run afterwards,
** all inside one protected call. What it knows of fal are names of modules;
** commands, help and the prompt are Lua (lua/falua).
*/
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "call.h"
#include "embedded.h"
#include "line.h"
#include "state.h"

enum { /* exit status; lua/falua/exits.lua has the commands' own */
  DONE = EXIT_SUCCESS,
  FAILED = EXIT_FAILURE,
  USAGE = 2,
  INTERRUPTED = 130
};

enum { /* what was seen on the command line */
  BAD_OPTION = 1,
  INTERACTIVE = 2, /* -i */
  SHOW_LUA = 4,    /* -v, and -i implies it */
  HAS_CODE = 8,    /* -e */
  NO_ENV = 16,     /* -E */
  SANDBOX = 32,    /* --sandbox */
  HELP = 64,       /* --help */
  VERSION = 128,   /* --version */
  NO_HISTORY = 256 /* --no-history */
};

/*
** {==================================================================
** The command line
** ===================================================================
*/

/* The flag of a long option, or BAD_OPTION. */
static int long_option(const char *name) {
  if (strcmp(name, "sandbox") == 0) return SANDBOX;
  if (strcmp(name, "help") == 0) return HELP;
  if (strcmp(name, "version") == 0) return VERSION;
  if (strcmp(name, "no-history") == 0) return NO_HISTORY;
  return BAD_OPTION;
}

/*
** The flags of one option, which may take *i on to its argument. Everything
** but -e and -l stands alone: letters do not combine.
*/
static int option_flags(char **argv, int *i) {
  const char *option = argv[*i];
  int flags = BAD_OPTION;
  switch (option[1]) {
    case '-': return long_option(option + 2);
    case 'E': flags = NO_ENV; break;
    case 'W': flags = 0; break;
    case 'i': flags = INTERACTIVE | SHOW_LUA; break;
    case 'v': flags = SHOW_LUA; break;
    case 'e':
    case 'l':
      if (option[2] != '\0') return (option[1] == 'e') ? HAS_CODE : 0;
      if (argv[*i + 1] == NULL || argv[*i + 1][0] == '-') return BAD_OPTION;
      (*i)++;
      return (option[1] == 'e') ? HAS_CODE : 0;
  }
  return (option[2] == '\0') ? flags : BAD_OPTION;
}

/*
** Looks at all options and does nothing yet. 'first' becomes the index of the
** script, of argc when there is none, or of the option at fault.
*/
static int collect_options(char **argv, int *first) {
  int flags = 0, i;
  for (i = 1; argv[i] != NULL; i++) {
    *first = i;
    if (argv[i][0] != '-' || argv[i][1] == '\0') return flags;
    if (strcmp(argv[i], "--") == 0) {
      *first = i + 1;
      return flags;
    }
    flags |= option_flags(argv, &i);
    if (flags & BAD_OPTION) return BAD_OPTION;
  }
  *first = i;
  return flags;
}

/* [-0, +0, m] Sets the global 'arg'; the script is its index 0. */
static void set_arg(lua_State *L, char **argv, int argc, int script) {
  int i;
  if (script == argc) script = 0; /* no script: the binary is the base */
  lua_createtable(L, argc - script, script + 1);
  for (i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - script);
  }
  lua_setglobal(L, "arg");
}

/* [-0, +n, e] Pushes arg[1] to arg[#arg], as the script's arguments. */
static int push_args(lua_State *L) {
  int i, n;
  if (lua_getglobal(L, "arg") != LUA_TTABLE)
    luaL_error(L, "'arg' is not a table");
  n = (int)luaL_len(L, -1);
  luaL_checkstack(L, n + 3, "too many arguments to script");
  for (i = 1; i <= n; i++) lua_rawgeti(L, -i, i);
  lua_remove(L, -i); /* the table */
  return n;
}

/* -l [name=]module */
static int require_option(lua_State *L, char *name) {
  char *module = strchr(name, '=');
  int status;
  if (module != NULL)
    *module++ = '\0'; /* the global's name ends here */
  else
    module = name;
  lua_getglobal(L, "require");
  lua_pushstring(L, module);
  status = falua_call(L, 1, 1);
  if (status == LUA_OK) lua_setglobal(L, name);
  return falua_report(L, status);
}

/* Runs -e, -l and -W in their order; returns 0 when one fails. */
static int run_options(lua_State *L, char **argv, int n) {
  int i, status = LUA_OK;
  for (i = 1; i < n && status == LUA_OK; i++) {
    int option = argv[i][1];
    if (option == 'W')
      lua_warning(L, "@on", 0);
    else if (option == 'e' || option == 'l') {
      char *value = argv[i] + 2;
      if (*value == '\0') value = argv[++i];
      status = (option == 'e') ? falua_code(L, value, "=(command line)")
                               : require_option(L, value);
    }
  }
  return status == LUA_OK;
}

static int run_init(lua_State *L) {
  const char *name = "=" "LUA_INIT" LUA_VERSUFFIX;
  const char *init = getenv(name + 1);
  if (init == NULL) {
    name = "=LUA_INIT";
    init = getenv(name + 1);
  }
  if (init == NULL) return LUA_OK;
  if (init[0] == '@') return falua_file(L, init + 1);
  return falua_code(L, init, name);
}

/* }================================================================== */

/*
** {==================================================================
** Running
** ===================================================================
*/

/* There is no script of this name; perhaps it was meant for a command. */
static void suggest_command(lua_State *L, const char *name) {
  falua_push(L, "falua.help", "suggest");
  lua_pushstring(L, name);
  falua_report(L, falua_call(L, 1, 0));
}

static int run_script(lua_State *L, char **argv, int script) {
  const char *name = argv[script];
  int status, loaded;
  if (strcmp(name, "-") == 0 && strcmp(argv[script - 1], "--") != 0)
    name = NULL; /* standard input */
  status = loaded = luaL_loadfile(L, name);
  if (status == LUA_OK) {
    int n = push_args(L);
    status = falua_call(L, n, LUA_MULTRET);
  }
  falua_report(L, status);
  if (loaded == LUA_ERRFILE && name != NULL) suggest_command(L, name);
  return status == LUA_OK ? DONE : FAILED;
}

/* A word is a command when a module falua.commands.WORD is embedded. */
static int is_command(lua_State *L, char **argv, int script) {
  int found;
  if (script > 1 && strcmp(argv[script - 1], "--") == 0) return 0;
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushfstring(L, "falua.commands.%s", argv[script]);
  found = (lua_rawget(L, -2) != LUA_TNIL);
  lua_pop(L, 2);
  return found;
}

static int run_command(lua_State *L, char **argv, int argc, int script) {
  int i, status;
  luaL_checkstack(L, argc, "too many arguments");
  falua_push(L, "falua.command", "run");
  for (i = script; i < argc; i++) lua_pushstring(L, argv[i]);
  status = falua_call(L, argc - script, 1);
  if (status == LUA_OK) {
    status = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return status;
  }
  if (falua_interrupted()) return INTERRUPTED; /* no news to them */
  falua_report(L, status);
  return FAILED;
}

/*
** The prompt sees to SIGINT in what it reads and in what it runs; between
** the two there is nothing to interrupt.
*/
static int run_prompt(lua_State *L) {
  const char *name = falua_name;
  int status;
  falua_name = NULL;
  falua_push(L, "falua.repl", "run");
  status = falua_report(L, falua_call_patient(L, 0, 0));
  falua_name = name;
  return status == LUA_OK ? DONE : FAILED;
}

static void print_lua_version(void) {
  puts(LUA_COPYRIGHT);
  fflush(stdout);
}

/* What there is to do once the options have been run. */
static int run_rest(lua_State *L, char **argv, int argc, int script,
                     int flags) {
  int status = DONE;
  if (script < argc) {
    if (is_command(L, argv, script))
      return run_command(L, argv, argc, script);
    status = run_script(L, argv, script);
  }
  if (status != DONE) return status;
  if (flags & INTERACTIVE) return run_prompt(L);
  if (script < argc || (flags & (HAS_CODE | SHOW_LUA))) return DONE;
  if (!isatty(STDIN_FILENO))
    return falua_file(L, NULL) == LUA_OK ? DONE : FAILED;
  print_lua_version();
  return run_prompt(L);
}

/* Calls 'name' of one of our modules, which prints or sets up something. */
static int run_ours(lua_State *L, const char *module, const char *name) {
  falua_push(L, module, name);
  return falua_report(L, falua_call(L, 0, 0)) == LUA_OK ? DONE : FAILED;
}

static int is_loaded(lua_State *L, const char *module) {
  int loaded;
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  loaded = (lua_getfield(L, -1, module) == LUA_TTABLE);
  lua_pop(L, 2);
  return loaded;
}

/* Tasks that are still under way run to their end. */
static int finish_tasks(lua_State *L) {
  return is_loaded(L, "fal.task") ? run_ours(L, "falua.finish", "run") : DONE;
}

/* A script that ended badly may have left requests behind. */
static void tell_requests(lua_State *L) {
  if (is_loaded(L, "fal.queue")) run_ours(L, "falua.finish", "tell");
}

static void open_libraries(lua_State *L) {
  luaL_openlibs(L);
  falua_preload(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, luaopen_falua_host);
  lua_setfield(L, -2, "falua.host");
  lua_pushcfunction(L, luaopen_falua_line);
  lua_setfield(L, -2, "falua.line");
  lua_pop(L, 1);
}

/* Says what is wrong with an option, and what there is. */
static int complain(lua_State *L, const char *option) {
  const char *problem = (option[1] == 'e' || option[1] == 'l')
                            ? "'%s' needs argument"
                            : "unrecognized option '%s'";
  falua_message(lua_pushfstring(L, problem, option));
  run_ours(L, "falua.help", "usage");
  return USAGE;
}

/*
** A service has no HOME. What belongs there would go to the folder it happens
** to run in.
*/
static void set_home(void) {
  const char *home = getenv("HOME");
  const struct passwd *user;
  if (home != NULL && *home != '\0') return;
  user = getpwuid(getuid());
  if (user != NULL) setenv("HOME", user->pw_dir, 1);
}

/*
** The history is on here, where SQLite is built in; the environment tells it
** to all clients, and to the processes that we start. Who set it decided.
*/
static void set_history(lua_State *L, int flags) {
  int built;
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  built = (lua_getfield(L, -1, "fal.core.store") != LUA_TNIL);
  lua_pop(L, 2);
  if (flags & NO_HISTORY) setenv("FAL_HISTORY", "off", 1);
  else if (built) setenv("FAL_HISTORY", "on", 0);
}

/* Everything, in its order; returns the exit status. */
static int run_all(lua_State *L, int argc, char **argv) {
  int script, status = FAILED;
  int flags = collect_options(argv, &script);
  if (flags & SHOW_LUA) print_lua_version();
  if (flags & NO_ENV) {
    lua_pushboolean(L, 1); /* read by the package library */
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  open_libraries(L);
  if (flags & BAD_OPTION) return complain(L, argv[script]);
  set_arg(L, argv, argc, script);
  set_home();
  set_history(L, flags);
  lua_gc(L, LUA_GCINC, 150, 0, 0);  /* when young collections do not suffice,
                                       do not wait until memory has doubled */
  lua_gc(L, LUA_GCGEN, 0, 60);
  if (flags & HELP) return run_ours(L, "falua.help", "print");
  if (flags & VERSION) return run_ours(L, "falua.help", "version");
  if (!(flags & NO_ENV) && run_init(L) != LUA_OK) return FAILED;
  if ((flags & SANDBOX) && run_ours(L, "falua.attach", "sandbox") != DONE)
    return FAILED;
  if (run_options(L, argv, script))
    status = run_rest(L, argv, argc, script, flags);
  if (!falua_interrupted() && finish_tasks(L) != DONE && status == DONE)
    status = FAILED;
  if (status == FAILED && falua_interrupted()) status = INTERRUPTED;
  if (status != DONE && !is_command(L, argv, script)) tell_requests(L);
  return status;
}

static int protected_main(lua_State *L) {
  int argc = (int)lua_tointeger(L, 1);
  char **argv = lua_touserdata(L, 2);
  luaL_checkversion(L);
  lua_settop(L, 0);
  lua_pushinteger(L, run_all(L, argc, argv));
  return 1;
}

/*
** What our caller has closed of the standard files is taken by one that can
** neither be read nor written: else a connection would get its number, and
** what a script prints would go to the service.
*/
static void fill_standard_files(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) == -1) {
      int way = (fd == STDIN_FILENO) ? O_WRONLY : O_RDONLY;
      if (open("/dev/null", way | O_CLOEXEC) != fd) return;
    }
}

int main(int argc, char **argv) {
  lua_State *L = falua_open();
  int status;
  if (argc > 0 && argv[0][0] != '\0') falua_name = argv[0];
  if (L == NULL || argc == 0) {
    falua_message("cannot create state: not enough memory");
    return FAILED;
  }
  fill_standard_files();
  falua_signals();
  lua_pushcfunction(L, protected_main);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  if (falua_report(L, lua_pcall(L, 2, 1, 0)) == LUA_OK)
    status = (int)lua_tointeger(L, -1);
  else
    status = FAILED;
  falua_close(L);
  return status;
}

/* }================================================================== */
