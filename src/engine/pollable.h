/*
** How anything meets the reactor: something with a descriptor, a timeout and
** a step, and a flag that somebody waits for. No code lives here, so that
** shared objects other than fal.so can take part.
*/
#ifndef FAL_POLLABLE_H
#define FAL_POLLABLE_H

#define FAL_LOOP_VERSION 1

/*
** A state that somebody waits for. 'set' means: what was waited for has
** happened, look again. Setting it twice is harmless; whoever consumed what
** there was clears it.
*/
typedef struct fal_signal {
  int set;
  int queued;  /* on the reactor's ready list */
  struct fal_signal *next;
} fal_signal;

/*
** Something the reactor drives. The owner fills in fd, timeout and step; the
** reactor owns the links.
*/
typedef struct fal_pollable {
  int fd;  /* readable: call 'step'; -1: no descriptor */
  int (*timeout)(struct fal_pollable *p);  /* ms until 'step' is due, or -1 */
  void (*step)(struct fal_pollable *p);  /* does what is ready, never blocks */
  struct fal_pollable *prev, *next;
} fal_pollable;

/* The reactor as other shared objects see it. */
typedef struct fal_loop {
  int version;
  void *reactor;
  int (*adopt)(void *reactor, fal_pollable *p);  /* 0, or -1 */
  void (*release)(void *reactor, fal_pollable *p);
  void (*signal)(void *reactor, fal_signal *s);  /* sets and announces it */
  void (*forget)(void *reactor, fal_signal *s);  /* before its memory goes */
} fal_loop;

#endif
