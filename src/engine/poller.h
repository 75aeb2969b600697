/*
** Waiting for descriptors: epoll on Linux, kqueue elsewhere, behind one
** descriptor that is itself pollable. Knows nothing of what the descriptors
** mean.
*/
#ifndef FAL_POLLER_H
#define FAL_POLLER_H

enum { FAL_READ = 1, FAL_WRITE = 2, FAL_HANGUP = 4 };

typedef struct fal_poll_event {
  int fd;
  int ready;  /* FAL_READ, FAL_WRITE, FAL_HANGUP, or'ed */
} fal_poll_event;

int fal_poller_open(void);  /* the descriptor, or -1 */
void fal_poller_close(int poller);
/* Watches 'fd' for 'want'; 'had' is what it was watched for before, 0 for a
   new one; 'want' 0 ends the watch. Returns 0, or -1. */
int fal_poller_watch(int poller, int fd, int had, int want);
/* Waits 'ms' (-1: for ever). Returns how many events, 0 on a signal too, with
   'interrupted' set; -1 on failure. */
int fal_poller_wait(int poller, fal_poll_event *events, int max, int ms,
                    int *interrupted);

#endif
