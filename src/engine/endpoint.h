/*
** Endpoint ids and the URLs made of them. This room alone knows how an id is
** cut into parts, that the URLs of a request drop the sub-path, which hosts
** have a backup name, and whether a URL belongs to a configured host. It opens
** no connection and knows no default host but the two that have a backup.
*/
#ifndef FAL_ENDPOINT_H
#define FAL_ENDPOINT_H

#include "bytes.h"

#define FAL_ENDPOINT_MAX 512    /* longest endpoint id, in bytes */
#define FAL_REQUEST_ID_MAX 128  /* longest request id */

typedef struct fal_span {
  const char *at;
  size_t len;
} fal_span;

/* All spans lie in the 'store' that was given to the parser. */
typedef struct fal_endpoint {
  fal_span id;      /* the whole id, in its modern form */
  fal_span prefix;  /* "owner/alias" or "workflows/owner/alias" */
  fal_span path;    /* what follows the prefix, without '/'; empty if absent */
} fal_endpoint;

/*
** Cuts 'id' into its parts. 'store' is emptied and holds the normalised id
** (110602490-sdxl becomes 110602490/sdxl); the endpoint points into it. NULL,
** or what is wrong, to be read after "the endpoint id ".
*/
const char *fal_endpoint_parse(fal_endpoint *e, fal_bytes *store,
                               const char *id, size_t len);

/*
** These append a URL to 'out' and return 0, or -1 when a part cannot stand in
** a URL or (see out->state) memory ran out; 'out' is then not to be used. A
** base is http, https, ws or wss, may have a path prefix and may end in '/'.
*/

/* The whole id, then 'path' unless NULL, whose outer slashes are dropped. */
int fal_endpoint_run_url(fal_bytes *out, const char *base,
                         const fal_endpoint *e, const char *path);
/* A request's URL: 'suffix' is "", "/status" or "/cancel". */
int fal_endpoint_request_url(fal_bytes *out, const char *base,
                             const fal_endpoint *e, const char *request_id,
                             size_t id_len, const char *suffix);
/* Appends name=value, percent-encoded, after '?' or '&'. */
int fal_endpoint_add_query(fal_bytes *url, const char *name,
                           const char *value);

/* Whether no blank, line break or zero is in it, as in a header it must not. */
int fal_url_is_clean(const char *url, size_t len);

/*
** 1 and the same URL under the backup name when it is https and the host
** exactly fal.run or queue.fal.run; 0 when there is none (or no memory:
** out->state).
** Without TLS a proxy that serves the backup only would see the key.
*/
int fal_url_backup(fal_bytes *out, const char *url);

/*
** 1 only when 'url' has the scheme, host and port of 'base'. It decides where
** the key may be sent, so whatever looks odd is a 0.
*/
int fal_url_within(const char *url, const char *base);

#endif
