/* listener.c - the unix socket that the gateway connects to. */
#include "listener.h"
#include <base/log.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static bool fail_socket(struct error *error, const char *what, const char *path)
{
	return error_set(error, ERROR_UNAVAILABLE, "socket_failed", "%s at %.200s: %s.", what, path,
	    strerror(errno));
}

static bool fill_address(const char *path, struct sockaddr_un *address_r, struct error *error)
{
	*address_r = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address_r->sun_path))
		return error_set(error, ERROR_UNAVAILABLE, "socket_failed",
		    "The socket's path is longer than %zu bytes: %.150s.",
		    sizeof(address_r->sun_path) - 1, path);
	memcpy(address_r->sun_path, path, strlen(path) + 1);
	return true;
}

/* True if a server answers at the address; one whose queue is full is alive as well. */
static bool is_answered(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	int result = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	bool is_alive = result == 0 || errno == EAGAIN;
	close(fd);
	return is_alive;
}

/* Make way for a new socket file. */
static bool clear_path(const struct sockaddr_un *address, struct error *error)
{
	struct stat status;
	const char *path = address->sun_path;
	if (lstat(path, &status) != 0)
		return errno == ENOENT ? true : fail_socket(error, "Cannot look", path);
	if (!S_ISSOCK(status.st_mode))
		return error_set(error, ERROR_UNAVAILABLE, "socket_failed",
		    "%.200s is there and is not a socket.", path);
	if (is_answered(address))
		return error_set(error, ERROR_UNAVAILABLE, "socket_failed",
		    "Another server is running at %.200s.", path);
	return unlink(path) == 0 ? true : fail_socket(error, "Cannot remove the old socket", path);
}

/* Bind with mode 0660, so that the gateway's group may connect and nobody else. */
static bool bind_and_listen(
    int fd, const struct sockaddr_un *address, int backlog, struct error *error)
{
	const char *path = address->sun_path;
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0)
		return fail_socket(error, "Cannot bind", path);
	if (chmod(path, 0660) != 0 || listen(fd, backlog) != 0)
		return fail_socket(error, "Cannot listen", path);
	return true;
}

bool listener_open(const char *path, int backlog, struct listener *listener_r, struct error *error)
{
	struct sockaddr_un address;
	struct stat status;
	*listener_r = (struct listener){.fd = -1, .path = path};
	if (!fill_address(path, &address, error) || !clear_path(&address, error))
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail_socket(error, "Cannot make a socket", path);
	if (!bind_and_listen(fd, &address, backlog, error)) {
		close(fd);
		return false;
	}
	listener_r->fd = fd;
	if (stat(path, &status) == 0) {
		listener_r->device = status.st_dev;
		listener_r->inode = status.st_ino;
	}
	return true;
}

/* A peer that stalls must not hold a thread for ever. */
static void set_limits(int fd, int io_s)
{
	struct timeval limit = {.tv_sec = io_s};
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

int listener_accept(struct listener *listener, int io_s)
{
	for (;;) {
		atomic_fetch_add(&listener->idle, 1);
		int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
		atomic_fetch_sub(&listener->idle, 1);
		if (fd >= 0) {
			set_limits(fd, io_s);
			return fd;
		}
		if (errno == EINVAL || errno == EBADF)
			return -1;
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		/* Out of descriptors or memory: let the others finish something first. */
		log_event(LOG_ERROR, "accept_failed", log_text("reason", strerror(errno)));
		nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
	}
}

bool listener_is_short(struct listener *listener)
{
	struct pollfd wait = {.fd = listener->fd, .events = POLLIN};
	return atomic_load(&listener->idle) == 0 && poll(&wait, 1, 0) > 0;
}

void listener_shutdown(const struct listener *listener)
{
	(void)shutdown(listener->fd, SHUT_RDWR);
}

void listener_close(struct listener *listener)
{
	struct stat status;
	if (listener->fd < 0)
		return;
	close(listener->fd);
	listener->fd = -1;
	if (stat(listener->path, &status) == 0 && status.st_dev == listener->device &&
	    status.st_ino == listener->inode)
		unlink(listener->path);
}
