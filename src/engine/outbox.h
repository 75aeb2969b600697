/*
** What the system still holds of a socket's outgoing bytes: taken from us, not
** yet confirmed by the other side.
*/
#ifndef FAL_OUTBOX_H
#define FAL_OUTBOX_H

/* The number of bytes; 0 where the system does not tell. */
int fal_outbox_bytes(int fd);

#endif
