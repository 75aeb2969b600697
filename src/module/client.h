/*
** A client: the options it was given, completed from the environment and the
** defaults when the first call needs them. The verbs share it as upvalue 1.
*/
#ifndef FAL_CLIENT_H
#define FAL_CLIENT_H

#include <lua.h>

enum fal_host {
  FAL_RUN, FAL_QUEUE, FAL_REST, FAL_CDN, FAL_REALTIME, FAL_API, FAL_SITE,
  FAL_HOSTS
};

typedef struct fal_client {
  int completed;  /* the options, by environment and defaults */
  int resolved;   /* and read into this struct */
  /* strings are anchored in the user value */
  const char *authorization;  /* the whole header line; NULL: none yet */
  const char *url[FAL_HOSTS];
  const char *proxy_url, *ca_file, *connect_to, *user_agent;
  long connect_ms, exchange_ms;
  /* whether these options are set: on_request, on_response, headers */
  int shows_requests, shows_answers, adds_headers;
  size_t max_answer;
} fal_client;

/* [-0, +1, e] Makes a client from the options table at 'idx' (or nil). */
void fal_client_new(lua_State *L, int idx);
/* [-0, +0, e] Replaces options; raises on unknown names and wrong types. */
void fal_client_config(lua_State *L, int client, int options);
/* [-0, +(0|1), m] Pushes what is wrong with the options at 'given' (an absolute
   index) and returns 1, or 0; leaves more behind. */
int fal_client_complaint(lua_State *L, int given);
/* [-0, +(0|1), e] The client, complete; or NULL with an error pushed. */
fal_client *fal_client_resolve(lua_State *L, int idx);
/* [-0, +(0|1), e] Sees to the key, if there is one: asks the user's function.
   0, or -1 with an error pushed. */
int fal_client_authorize(lua_State *L, int idx);
/* [-0, +1, m] Pushes the table of options, anchor of the struct's strings. */
void fal_client_anchor(lua_State *L, int idx);
/* [-0, +1, e] Pushes the value of an option (nil: not set); of the key only
   whether there is one. */
void fal_client_option(lua_State *L, int idx, const char *name);
/* [-0, +1, m] Pushes a list of all option names. */
void fal_client_option_names(lua_State *L);
/* [-0, +0, m] Creates the metatable. */
void fal_client_open(lua_State *L);

#endif
