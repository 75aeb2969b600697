/*
** Owns the EditLine and its history. While a line is being read SIGINT only
** abandons that line; what it does otherwise is call.c's affair.
**
** Two Lua functions may be called while libedit reads: one that does what is
** ready elsewhere, one that completes. They are called protected, so that no
** error jumps across libedit.
*/
#include "line.h"

#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include <histedit.h>
#include <lauxlib.h>

#define EDITOR "falua.editor"
#define HISTORY_SIZE 1000

typedef struct editor {
  EditLine *el;      /* NULL: not a terminal */
  History *history;
  const char *prompt; /* on the stack of the call that reads */
  mbstate_t shift;    /* of a character that has come in part */
  int lively;         /* others are at work, and may print */
  sigset_t mask;      /* the signals that are blocked outside of reading */
} editor;

enum { PROMPT = 2, HELPER, IDLE, COMPLETE }; /* the stack in editor_read */

static lua_State *reading; /* the state in editor_read, for the callbacks */
static volatile sig_atomic_t noticed; /* the last signal while reading */

static void notice(int sig) {
  if (noticed != SIGINT) noticed = sig;
}

/*
** {==================================================================
** Callbacks of libedit
** ===================================================================
*/

static char *get_prompt(EditLine *el) {
  editor *e = NULL;
  el_get(el, EL_CLIENTDATA, &e);
  return (char *)e->prompt;
}

/* Does what a signal other than SIGINT asks for. */
static void attend(EditLine *el) {
  if (noticed == SIGWINCH) el_resize(el);
  if (noticed == SIGCONT) {
    el_set(el, EL_PREP_TERM, 0); /* it believes to be in its mode still, */
    el_set(el, EL_PREP_TERM, 1); /* but the shell has left its own */
    el_set(el, EL_REFRESH);
  }
  noticed = 0;
}

/* What the idle function wants: a descriptor to watch, and not to be left
   alone for longer than 'limit'; returns that, or NULL. */
static struct timespec *wanted(lua_State *L, int *fd, struct timespec *limit) {
  lua_Number seconds = lua_tonumber(L, -2);
  if (lua_isinteger(L, -3)) *fd = (int)lua_tointeger(L, -3);
  if (*fd >= FD_SETSIZE) *fd = -1;
  if (lua_type(L, -2) != LUA_TNUMBER || seconds > 1e6) return NULL;
  if (seconds < 0) seconds = 0;
  limit->tv_sec = (time_t)seconds;
  limit->tv_nsec = (long)((seconds - (lua_Number)limit->tv_sec) * 1e9);
  return limit;
}

/* What others print takes the place of the line that is being edited, which
   is then drawn again below it. */
static int call_idle(lua_State *L, const editor *e) {
  sigset_t before;
  int status;
  if (e->lively) fputs("\r\033[K", stdout);
  sigprocmask(SIG_SETMASK, &e->mask, &before); /* Ctrl-C may end it */
  lua_pushvalue(L, IDLE);
  status = falua_call_briefly(L, 0, 4);
  sigprocmask(SIG_SETMASK, &before, NULL);
  if (falua_take_interrupt()) noticed = SIGINT;
  if (status != LUA_OK && falua_interrupted()) {
    noticed = SIGINT;
    lua_pushnil(L); /* in place of a message: nothing to print */
  }
  return status;
}

/*
** [-0, +0, -] Lets others work while nothing is typed: idle() -> whether they
** may print, descriptor, seconds, text to print.
*/
static struct timespec *idle(EditLine *el, editor *e, int *fd,
                             struct timespec *limit) {
  lua_State *L = reading;
  struct timespec *wait = NULL;
  int drawn = !e->lively;
  const char *text;
  if (!lua_isfunction(L, IDLE)) return NULL;
  if (call_idle(L, e) == LUA_OK) {
    wait = wanted(L, fd, limit);
    e->lively = lua_toboolean(L, -4);
  }
  text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  if (text != NULL) printf("%s%s\n", drawn ? "\r\033[K" : "", text);
  if (text != NULL || !drawn) el_set(el, EL_REFRESH);
  lua_settop(L, COMPLETE);
  return wait;
}

static int is_typed(void) {
  struct pollfd in = { STDIN_FILENO, POLLIN, 0 };
  return poll(&in, 1, 0) > 0;
}

/*
** Waits for a byte: 1, 0 at the end of input, -1 after SIGINT. Signals are let
** in while waiting and while others work, so that none can slip by.
*/
static int read_byte(EditLine *el, editor *e, char *byte) {
  for (;;) {
    struct timespec limit;
    fd_set in;
    int n, fd = -1;
    const struct timespec *wait = NULL;
    if (!is_typed()) wait = idle(el, e, &fd, &limit);
    if (noticed == SIGINT) return -1;
    FD_ZERO(&in);
    FD_SET(STDIN_FILENO, &in);
    if (fd > STDIN_FILENO) FD_SET(fd, &in);
    n = pselect((fd > STDIN_FILENO ? fd : STDIN_FILENO) + 1, &in, NULL, NULL,
                wait, &e->mask);
    if (noticed == SIGINT) return -1;
    attend(el);
    if (n > 0 && FD_ISSET(STDIN_FILENO, &in)) {
      if (!is_typed()) continue; /* Ctrl-C has thrown it away */
      return read(STDIN_FILENO, byte, 1) == 1;
    }
    if (n < 0 && errno != EINTR) return 0;
  }
}

static int read_character(EditLine *el, wchar_t *c) {
  editor *e = NULL;
  el_get(el, EL_CLIENTDATA, &e);
  for (;;) {
    char byte;
    size_t used;
    int n = read_byte(el, e, &byte);
    if (n != 1) return n;
    used = mbrtowc(c, &byte, 1, &e->shift);
    if (used == (size_t)-1) /* not text in this locale: leave it out */
      memset(&e->shift, 0, sizeof(e->shift));
    else if (used != (size_t)-2)
      return 1;
  }
}

/* complete(text before the cursor), called with the LineInfo */
static int call_complete(lua_State *L) {
  const LineInfo *line = lua_touserdata(L, 2);
  lua_pushvalue(L, 1);
  lua_pushlstring(L, line->buffer, (size_t)(line->cursor - line->buffer));
  lua_call(L, 1, 2);
  return 2;
}

/* The Tab key: complete(text) -> text to insert, text to show. */
static unsigned char complete_word(EditLine *el, int key) {
  lua_State *L = reading;
  unsigned char done = CC_ERROR;
  (void)key;
  if (!lua_isfunction(L, COMPLETE)) return done;
  lua_pushcfunction(L, call_complete);
  lua_pushvalue(L, COMPLETE);
  lua_pushlightuserdata(L, (void *)el_line(el));
  if (falua_call(L, 2, 2) == LUA_OK) {
    if (lua_type(L, -1) == LUA_TSTRING) {
      printf("\n%s\n", lua_tostring(L, -1));
      fflush(stdout);
      done = CC_REDISPLAY;
    }
    if (lua_type(L, -2) == LUA_TSTRING &&
        el_insertstr(el, lua_tostring(L, -2)) == 0 && done == CC_ERROR)
      done = CC_REFRESH;
  }
  lua_settop(L, COMPLETE);
  return done;
}

/* }================================================================== */

static editor *check_editor(lua_State *L) {
  return luaL_checkudata(L, 1, EDITOR);
}

/* Calls el_gets with our signal handlers in place. The terminal gets into its
   mode before the prompt is shown: who types at its sight is heard, also a
   Ctrl-D, which the terminal would otherwise keep for itself. */
static const char *edit(editor *e, int *count) {
  static const int signals[] = { SIGINT, SIGWINCH, SIGCONT };
  struct sigaction now, before[3];
  const char *text;
  int i;
  memset(&now, 0, sizeof(now));
  now.sa_handler = notice;
  sigemptyset(&now.sa_mask);
  for (i = 0; i < 3; i++) sigaddset(&now.sa_mask, signals[i]);
  noticed = 0;
  for (i = 0; i < 3; i++) sigaction(signals[i], &now, &before[i]);
  if (falua_take_interrupt()) noticed = SIGINT;
  sigprocmask(SIG_BLOCK, &now.sa_mask, &e->mask);
  el_set(e->el, EL_PREP_TERM, 1);
  text = el_gets(e->el, count);
  sigprocmask(SIG_SETMASK, &e->mask, NULL);
  for (i = 0; i < 3; i++) sigaction(signals[i], &before[i], NULL);
  return text;
}

/* [-0, +1, m] Pushes a line without its end. */
static int push_line(lua_State *L, const char *text, size_t len) {
  if (len > 0 && text[len - 1] == '\n') len--;
  lua_pushlstring(L, text, len);
  return 1;
}

/* From a pipe or a file: the prompt is shown all the same, as 'lua' does. */
static int read_plain(lua_State *L, const char *prompt) {
  luaL_Buffer b;
  int c;
  fputs(prompt, stdout);
  fflush(stdout);
  luaL_buffinit(L, &b);
  while ((c = getchar()) != EOF && c != '\n') luaL_addchar(&b, (char)c);
  luaL_pushresult(&b);
  if (c == EOF && lua_rawlen(L, -1) == 0) lua_pushnil(L);
  return 1;
}

/* editor:read(prompt [, {idle = f, complete = f}]) -> line; nil at the end;
   nil, "interrupted" */
static int editor_read(lua_State *L) {
  editor *e = check_editor(L);
  lua_State *outer = reading;
  const char *text;
  int count = 0;
  e->prompt = luaL_checkstring(L, PROMPT);
  if (e->el == NULL) return read_plain(L, e->prompt);
  lua_settop(L, HELPER);
  if (lua_isnil(L, HELPER)) lua_newtable(L), lua_replace(L, HELPER);
  lua_getfield(L, HELPER, "idle");
  lua_getfield(L, HELPER, "complete");
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  fflush(stdout);
  reading = L;
  text = edit(e, &count);
  reading = outer;
  if (noticed == SIGINT) {
    lua_pushnil(L);
    lua_pushliteral(L, "interrupted");
    return 2;
  }
  if (text != NULL && count > 0) return push_line(L, text, (size_t)count);
  lua_pushnil(L);
  return 1;
}

/* editor:remember(text) puts it at the end of the history */
static int editor_remember(lua_State *L) {
  editor *e = check_editor(L);
  const char *text = luaL_checkstring(L, 2);
  HistEvent event;
  if (e->history != NULL && *text != '\0')
    history(e->history, &event, H_ENTER, text);
  return 0;
}

static int editor_close(lua_State *L) {
  editor *e = check_editor(L);
  if (e->el != NULL) el_end(e->el);
  if (e->history != NULL) history_end(e->history);
  e->el = NULL;
  e->history = NULL;
  return 0;
}

static void start(editor *e) {
  HistEvent event;
  setlocale(LC_CTYPE, ""); /* what is a character, and how wide */
  e->el = el_init("falua", stdin, stdout, stderr);
  e->history = history_init();
  if (e->el == NULL || e->history == NULL) return;
  history(e->history, &event, H_SETSIZE, HISTORY_SIZE);
  history(e->history, &event, H_SETUNIQUE, 1);
  el_set(e->el, EL_CLIENTDATA, e);
  el_set(e->el, EL_PROMPT, get_prompt);
  el_set(e->el, EL_EDITOR, "emacs");
  el_set(e->el, EL_SIGNAL, 0);
  el_set(e->el, EL_HIST, history, e->history);
  el_set(e->el, EL_GETCFN, read_character);
  /* el_set would leak copies of the two words */
  el_wset(e->el, EL_ADDFN, L"complete", L"completes a word", complete_word);
  el_set(e->el, EL_BIND, "^I", "complete", NULL);
  el_set(e->el, EL_BIND, "^R", "em-inc-search-prev", NULL); /* as shells do */
  el_set(e->el, EL_BIND, "\\e[1;5D", "ed-prev-word", NULL);
  el_set(e->el, EL_BIND, "\\e[1;5C", "em-next-word", NULL);
  el_source(e->el, NULL); /* the person's ~/.editrc */
}

/* editor:is_terminal() */
static int editor_is_terminal(lua_State *L) {
  lua_pushboolean(L, check_editor(L)->el != NULL);
  return 1;
}

/* width() -> columns of the terminal that output, else messages, go to; 80
   when neither tells */
static int line_width(lua_State *L) {
  static const int ways[] = { STDOUT_FILENO, STDERR_FILENO };
  lua_Integer columns = 0;
  for (int i = 0; i < 2 && columns == 0; i++) {
    struct winsize size;
    if (ioctl(ways[i], TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  }
  lua_pushinteger(L, columns > 0 ? columns : 80);
  return 1;
}

/* append(path, text): in one piece, to a file for its owner's eyes alone */
static int line_append(lua_State *L) {
  size_t len;
  const char *path = luaL_checkstring(L, 1);
  const char *text = luaL_checklstring(L, 2, &len);
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  int good = fd >= 0 && write(fd, text, len) == (ssize_t)len;
  if (fd >= 0) close(fd);
  return luaL_fileresult(L, good, path);
}

/* open() -> editor */
static int line_open(lua_State *L) {
  editor *e = lua_newuserdatauv(L, sizeof(editor), 0);
  memset(e, 0, sizeof(*e));
  luaL_setmetatable(L, EDITOR);
  if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) start(e);
  return 1;
}

int luaopen_falua_line(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "append", line_append },
    { "open", line_open },
    { "width", line_width },
    { NULL, NULL }
  };
  static const luaL_Reg methods[] = {
    { "is_terminal", editor_is_terminal },
    { "read", editor_read },
    { "remember", editor_remember },
    { NULL, NULL }
  };
  static const luaL_Reg metamethods[] = {
    { "__gc", editor_close },
    { "__close", editor_close },
    { NULL, NULL }
  };
  if (luaL_newmetatable(L, EDITOR)) {
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
