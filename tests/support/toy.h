/* toy.h - a small server on the FastCGI edge, run as a process of its own by the tests of app/http.
 */
#ifndef LETHE_TESTS_TOY_H
#define LETHE_TESTS_TOY_H

#include <http/server.h>
#include <stdbool.h>
#include <sys/types.h>

#define TOY_STOP_S 3

/* A server with the toy's pages: /hello, /slow (0.6 s), /hang, /sum, /large (200 KiB), /broken and
 * /state. With a context its threads fail to open, "toy_failed". */
struct http_server toy_server(const char *socket_path, int threads);

/* True if the program was started by toy_start: it has then served, and `*status_r` is what main
 * must return at once. */
bool toy_main(int count, char **args, int *status_r);

/* Start this very program again as a server, and wait until it answers. */
pid_t toy_start(const char *socket_path, int threads);

/* Send SIGTERM and demand a clean end; nulls the process id. */
void toy_stop(pid_t *toy);

/* Start a program; wait for its end: its exit status, or -1 if it takes longer than `limit_ms`. */
pid_t toy_spawn(char *const args[]);
int toy_wait(pid_t pid, int limit_ms);

/* Connect to a unix socket, or -1; send all of some bytes. Receiving is limited to 20 seconds. */
int toy_connect(const char *path);
void toy_send(int fd, const char *bytes, size_t length);

#endif
