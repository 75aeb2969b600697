/*
** A server for test programs that says exactly what the case wants: answers
** good and bad, large and slow, and none. It is a child process and serves one
** connection at a time; the path of the request names the answer.
*/
#ifndef SPEC_SERVER_H
#define SPEC_SERVER_H

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define LARGE 4000000  /* bytes that a few kilobytes inflate to */

/* A client that hangs up in between is part of some cases. */
static void say(int fd, const char *text) {
  (void)!write(fd, text, strlen(text));
}

static void say_ok(int fd, const char *headers, const char *body) {
  char text[2000];
  snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nConnection: close\r\n"
           "Content-Length: %zu\r\n%s\r\n%s", strlen(body), headers, body);
  say(fd, text);
}

/* LARGE zeros, compressed by the system's gzip. */
static void say_bomb(int fd) {
  char piece[4096], command[80];
  size_t n;
  say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
      "\r\n");
  snprintf(command, sizeof command, "head -c %d /dev/zero | gzip", LARGE);
  FILE *zip = popen(command, "r");
  while ((n = fread(piece, 1, sizeof piece, zip)) > 0)
    if (write(fd, piece, n) < 0) break;
  pclose(zip);
}

static void say_many_headers(int fd) {
  say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n");
  for (int i = 0; i < 2000; i++)
    say(fd, "X-Long: 0123456789012345678901234567890123456789\r\n");
  say(fd, "\r\n");
}

static void wait_for_hangup(int fd) {
  char byte;
  while (read(fd, &byte, 1) > 0) continue;
}

static void answer(int fd, const char *path, const char *request) {
  if (strcmp(path, "/ok") == 0) say_ok(fd, "X-Word: a b \r\n", "hello");
  else if (strcmp(path, "/empty") == 0) say_ok(fd, "", "");
  else if (strcmp(path, "/echo") == 0) say_ok(fd, "", request);
  else if (strcmp(path, "/bomb") == 0) say_bomb(fd);
  else if (strcmp(path, "/headers") == 0) say_many_headers(fd);
  else if (strcmp(path, "/not-gzip") == 0)
    say_ok(fd, "Content-Encoding: gzip\r\n", "this is not compressed");
  else if (strcmp(path, "/cut") == 0)
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  else if (strcmp(path, "/nonsense") == 0) say(fd, "SSH-2.0-OpenSSH_9.2\r\n");
  else if (strcmp(path, "/redirect") == 0)
    say(fd, "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /ok\r\n"
        "Content-Length: 4\r\n\r\nthis");
  else if (strcmp(path, "/again") == 0)
    say(fd, "HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\nHTTP/1.1 201 Created\r\n"
        "Connection: close\r\nX-New: 1\r\nContent-Length: 2\r\n\r\nok");
  else if (strcmp(path, "/hang") == 0) wait_for_hangup(fd);
}

/* Reads until the body that was announced is there. */
static size_t read_request(int fd, char *room, size_t size) {
  size_t len = 0, want = 0;
  for (;;) {
    ssize_t n = read(fd, room + len, size - 1 - len);
    if (n <= 0) return len;
    len += (size_t)n;
    room[len] = '\0';
    const char *end = strstr(room, "\r\n\r\n");
    const char *length = strstr(room, "Content-Length: ");
    if (end == NULL) continue;
    want = (size_t)(end + 4 - room);
    if (length != NULL && length < end) want += (size_t)atol(length + 16);
    if (len >= want) return len;
  }
}

static void serve(int listening) {
  static char request[70000];
  char path[100] = "";
  for (;;) {
    int fd = accept(listening, NULL, NULL);
    if (fd < 0) _exit(0);
    if (read_request(fd, request, sizeof request) > 0 &&
        sscanf(request, "%*s %99s", path) == 1)
      answer(fd, path, request);
    close(fd);
  }
}

static int listen_on_any(int backlog, int *chosen) {
  struct sockaddr_in a;
  socklen_t len = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(bind(fd, (struct sockaddr *)&a, len) == 0, "bind");
  check(listen(fd, backlog) == 0, "listen");
  getsockname(fd, (struct sockaddr *)&a, &len);
  *chosen = ntohs(a.sin_port);
  return fd;
}

/* Starts it and returns its pid; 'port' is where it listens. */
static pid_t start_server(int *port) {
  int fd = listen_on_any(16, port);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGPIPE, SIG_IGN);
    serve(fd);
  }
  close(fd);
  return child;
}

#endif
