/*
** Sockets, asked how many bytes they hold: a slow line may take minutes for
** what one call has handed over, and that is no silence; and bytes that nobody
** asked for must not be taken for an answer.
*/
#include "socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

#define PORTS 65536

int fal_socket_unsent(int fd) {
  int bytes = 0;
#ifdef SIOCOUTQ
  if (fd < 0 || ioctl(fd, SIOCOUTQ, &bytes) != 0) return 0;
#else
  (void)fd;
#endif
  return bytes;
}

int fal_socket_unread(int fd) {
  int bytes = 0;
  return fd >= 0 && ioctl(fd, FIONREAD, &bytes) == 0 ? bytes : 0;
}

/* ------------------------------------------------------------------
** Entries may be out of date: the system is asked before one is believed.
*/

static int socket_at[PORTS];  /* the descriptor plus 1; 0: none */

static int port_of(int fd) {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } name;
  socklen_t len = sizeof name;
  if (getsockname(fd, &name.any, &len) != 0) return 0;
  switch (name.any.sa_family) {
    case AF_INET: return ntohs(name.v4.sin_port);
    case AF_INET6: return ntohs(name.v6.sin6_port);
    default: return 0;
  }
}

void fal_socket_note(int port, int fd) {
  if (port > 0 && port < PORTS) socket_at[port] = fd + 1;
}

int fal_socket_at(int port) {
  int fd = port > 0 && port < PORTS ? socket_at[port] - 1 : -1;
  return fd >= 0 && port_of(fd) == port ? fd : -1;
}
