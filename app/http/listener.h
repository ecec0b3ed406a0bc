/* listener.h - the unix socket that the gateway connects to; private to the layer. */
#ifndef LETHE_APP_HTTP_LISTENER_H
#define LETHE_APP_HTTP_LISTENER_H

#include <base/error.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

/* A listening socket and the file it has made. */
struct listener {
	int fd;
	const char *path; /* borrowed */
	dev_t device;
	ino_t inode;
	atomic_int idle; /* threads that wait in listener_accept */
};

/* Listen at `path` (at most 107 bytes) with mode 0660. A socket file on which nobody answers is
 * replaced; a living server or another kind of file is refused. Unavailable "socket_failed". */
bool listener_open(const char *path, int backlog, struct listener *listener_r, struct error *error)
    __attribute__((warn_unused_result));

/* Take the next connection, with time limits of `io_s` seconds on reading and writing. -1 once
 * the listener has been shut down; other troubles are waited out. */
int listener_accept(struct listener *listener, int io_s);

/* True if a connection waits to be taken, and no thread waits to take it. */
bool listener_is_short(struct listener *listener);

/* Wake all who wait in listener_accept; it gives -1 from now on. */
void listener_shutdown(const struct listener *listener);

/* Close, and remove the socket file if it is still the one that was made. */
void listener_close(struct listener *listener);

#endif
