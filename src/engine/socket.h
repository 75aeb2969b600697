/*
** What the system holds of a socket's bytes, and which socket has a port:
** libcurl tells of a connection that it uses again the local port only.
*/
#ifndef FAL_SOCKET_H
#define FAL_SOCKET_H

/* Outgoing: taken from us, not yet confirmed by the other side. The number; 0
   where the system does not tell. */
int fal_socket_unsent(int fd);
/* Incoming: not yet read by us. */
int fal_socket_unread(int fd);

void fal_socket_note(int local_port, int fd);
/* The socket noted for the port, if it still has it; or -1. */
int fal_socket_at(int local_port);

#endif
