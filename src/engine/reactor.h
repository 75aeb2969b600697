/*
** The loop: owns the curl multi handle, the timers, the poller and the list
** of signals that were set. One 'step' waits once and does what is ready.
** It calls no Lua and decides nothing; whoever waits looks at signals.
*/
#ifndef FAL_REACTOR_H
#define FAL_REACTOR_H

#include <stddef.h>
#include <stdint.h>

#include "pollable.h"

typedef struct fal_reactor fal_reactor;

/* A moment in the future. Lives in its owner's struct. */
typedef struct fal_timer {
  int64_t due;   /* microseconds on the monotonic clock */
  size_t place;  /* in the reactor's heap, from 1; 0: not running */
  void (*fire)(struct fal_timer *t);
} fal_timer;

typedef struct fal_census {  /* what is alive, for leak checks */
  int transfers, timers, pollables;
} fal_census;

enum { FAL_STEP_OK = 0, FAL_STEP_INTERRUPTED = 1, FAL_STEP_FAILED = -1 };

fal_reactor *fal_reactor_new(void);  /* NULL: out of memory or descriptors */
void fal_reactor_free(fal_reactor *r);

int fal_reactor_fd(const fal_reactor *r);
/* How long the host may sleep before the next step, in ms; -1: for ever. */
int fal_reactor_timeout(const fal_reactor *r);
/* Waits at most 'ms' (-1: until something happens), does what is ready. Fails
   in a process that was forked off since the reactor was made. */
int fal_reactor_step(fal_reactor *r, int ms);
void fal_reactor_census(const fal_reactor *r, fal_census *c);
/* Most exchanges under way at once, and so connections, over all hosts. */
void fal_reactor_max_connections(fal_reactor *r, long n);
long fal_reactor_most(const fal_reactor *r);

/* Sets 's' and puts it on the ready list. */
void fal_reactor_signal(void *r, fal_signal *s);
/* Takes 's' off the ready list, before its memory goes. */
void fal_reactor_forget(void *r, fal_signal *s);
fal_signal *fal_reactor_ready(fal_reactor *r);  /* the next one, or NULL */

int fal_reactor_adopt(void *r, fal_pollable *p);
void fal_reactor_release(void *r, fal_pollable *p);

int fal_timer_start(fal_reactor *r, fal_timer *t, int64_t us);  /* 0, or -1 */
void fal_timer_stop(fal_reactor *r, fal_timer *t);

int64_t fal_now_us(void);         /* monotonic */
int64_t fal_us(double seconds);   /* rounded up, clamped to 0 .. ten years */
int fal_ms(double seconds);       /* the same, up to INT_MAX */

#endif
