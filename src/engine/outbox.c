/*
** The outbox of a socket: a slow line may take minutes for what one call has
** handed over, and that is no silence.
*/
#include "outbox.h"

#include <sys/ioctl.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

int fal_outbox_bytes(int fd) {
  int bytes = 0;
#ifdef SIOCOUTQ
  if (fd < 0 || ioctl(fd, SIOCOUTQ, &bytes) != 0) return 0;
#else
  (void)fd;
#endif
  return bytes;
}
