/* wire.c - pass bytes between client and server until it is time not to. */
#include "wire.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PAIRS_MAX 16
#define HEADER    4 /* length and sequence number of a packet */

/* A client and its connection to the server; -1 where there is none. */
struct pair {
	int client, server;
};

struct wire {
	struct sockaddr_un own, server;
	char folder[64];
	int listener;
	int stop[2]; /* a pipe; readable when the thread is to end */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	bool armed, broke, released;
	unsigned skip; /* packets that fit and are still to pass */
	enum wire_fault fault;
	int command;
	const char *text;
	unsigned number;
	const char *sqlstate;
	struct pair pairs[PAIRS_MAX]; /* of the thread alone */
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int connect_server(const struct wire *wire)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&wire->server, sizeof(wire->server)) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void drop_pair(struct pair *pair)
{
	if (pair->client >= 0)
		close(pair->client);
	if (pair->server >= 0)
		close(pair->server);
	pair->client = pair->server = -1;
}

static void accept_client(struct wire *wire)
{
	struct pair pair = {.client = accept4(wire->listener, NULL, NULL, SOCK_CLOEXEC)};

	pair.server = connect_server(wire);
	for (int i = 0; i < PAIRS_MAX && pair.server >= 0; i++)
		if (wire->pairs[i].client < 0) {
			wire->pairs[i] = pair;
			return;
		}
	drop_pair(&pair);
}

static bool send_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

/* True, and no more armed, if this packet is the one. */
static bool is_its_time(struct wire *wire, const char *bytes, size_t length)
{
	bool fits = false;

	pthread_mutex_lock(&wire->lock);
	if (wire->armed && length > HEADER &&
	    (wire->command == WIRE_ANY || bytes[HEADER] == wire->command))
		fits = wire->text == NULL ||
		       memmem(bytes, length, wire->text, strlen(wire->text)) != NULL;
	if (fits && wire->skip > 0) {
		wire->skip--;
		fits = false;
	}
	if (fits) {
		wire->armed = false;
		wire->broke = true;
	}
	pthread_mutex_unlock(&wire->lock);
	return fits;
}

static void answer_error(const struct wire *wire, int client)
{
	static const char message[] = "told to fail";
	char packet[64];
	size_t length = 9 + sizeof(message) - 1;

	memset(packet, 0, sizeof(packet));
	packet[0] = (char)length;
	packet[3] = 1;
	packet[4] = (char)0xFF;
	packet[5] = (char)(wire->number & 0xFF);
	packet[6] = (char)(wire->number >> 8);
	packet[7] = '#';
	memcpy(packet + 8, wire->sqlstate, 5);
	memcpy(packet + 13, message, sizeof(message) - 1);
	send_all(client, packet, HEADER + length);
}

/* End the process at the other end. It may have more connections: they end with it. */
static void kill_client(const struct pair *pair)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(pair->client, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 ||
	    peer.pid == getpid() || kill(peer.pid, SIGKILL) != 0)
		fail("wire: kill");
}

static bool is_released(struct wire *wire)
{
	bool released;

	pthread_mutex_lock(&wire->lock);
	released = wire->released;
	pthread_mutex_unlock(&wire->lock);
	return released;
}

static void hold(struct wire *wire, struct pair *pair, const char *bytes, size_t length)
{
	while (!is_released(wire))
		nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	if (!send_all(pair->server, bytes, length))
		drop_pair(pair);
}

static void act_fault(struct wire *wire, struct pair *pair, const char *bytes, size_t length)
{
	bool is_after = wire->fault == WIRE_CUT_AFTER || wire->fault == WIRE_KILL_AFTER;
	char answer[512];

	if (wire->fault == WIRE_ANSWER) {
		answer_error(wire, pair->client);
		return;
	}
	if (wire->fault == WIRE_HOLD) {
		hold(wire, pair, bytes, length);
		return;
	}
	/* Its answer says that the server is done with it. */
	if (is_after && send_all(pair->server, bytes, length) &&
	    recv(pair->server, answer, sizeof(answer), 0) <= 0)
		fail("wire: no answer");
	if (wire->fault == WIRE_KILL_BEFORE || wire->fault == WIRE_KILL_AFTER)
		kill_client(pair);
	drop_pair(pair);
}

static void pass_on(struct wire *wire, struct pair *pair, bool from_client)
{
	char bytes[65536];
	ssize_t length = recv(from_client ? pair->client : pair->server, bytes, sizeof(bytes), 0);

	if (length <= 0)
		drop_pair(pair);
	else if (from_client && is_its_time(wire, bytes, (size_t)length))
		act_fault(wire, pair, bytes, (size_t)length);
	else if (!send_all(from_client ? pair->server : pair->client, bytes, (size_t)length))
		drop_pair(pair);
}

static void *run(void *argument)
{
	struct wire *wire = argument;
	struct pollfd fds[2 + 2 * PAIRS_MAX];

	for (;;) {
		fds[0] = (struct pollfd){.fd = wire->stop[0], .events = POLLIN};
		fds[1] = (struct pollfd){.fd = wire->listener, .events = POLLIN};
		for (int i = 0; i < PAIRS_MAX; i++) {
			fds[2 + 2 * i] =
			    (struct pollfd){.fd = wire->pairs[i].client, .events = POLLIN};
			fds[3 + 2 * i] =
			    (struct pollfd){.fd = wire->pairs[i].server, .events = POLLIN};
		}
		if (poll(fds, 2 + 2 * PAIRS_MAX, -1) < 0 || fds[0].revents != 0)
			return NULL;
		for (int i = 0; i < PAIRS_MAX; i++) {
			if (fds[2 + 2 * i].revents != 0)
				pass_on(wire, &wire->pairs[i], true);
			if (fds[3 + 2 * i].revents != 0 && wire->pairs[i].server >= 0)
				pass_on(wire, &wire->pairs[i], false);
		}
		if (fds[1].revents != 0)
			accept_client(wire);
	}
}

struct wire *wire_open(const char *server_socket)
{
	struct wire *wire = calloc(1, sizeof(*wire));

	if (wire == NULL)
		fail("wire");
	wire->own.sun_family = wire->server.sun_family = AF_UNIX;
	snprintf(wire->server.sun_path, sizeof(wire->server.sun_path), "%s", server_socket);
	snprintf(wire->folder, sizeof(wire->folder), "/tmp/lethe-wire-XXXXXX");
	if (mkdtemp(wire->folder) == NULL)
		fail("wire: folder");
	snprintf(wire->own.sun_path, sizeof(wire->own.sun_path), "%s/db.sock", wire->folder);
	for (int i = 0; i < PAIRS_MAX; i++)
		wire->pairs[i] = (struct pair){-1, -1};
	pthread_mutex_init(&wire->lock, NULL);
	wire->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(wire->listener, (const struct sockaddr *)&wire->own, sizeof(wire->own)) != 0 ||
	    listen(wire->listener, PAIRS_MAX) != 0 || pipe2(wire->stop, O_CLOEXEC) != 0 ||
	    pthread_create(&wire->thread, NULL, run, wire) != 0)
		fail("wire: listen");
	return wire;
}

const char *wire_socket(const struct wire *wire)
{
	return wire->own.sun_path;
}

static void arm(struct wire *wire, enum wire_fault fault, int command, const char *text)
{
	wire->armed = true;
	wire->broke = wire->released = false;
	wire->skip = 0;
	wire->fault = fault;
	wire->command = command;
	wire->text = text;
}

void wire_break(struct wire *wire, enum wire_fault fault, int command, const char *text,
    unsigned number, const char *sqlstate)
{
	pthread_mutex_lock(&wire->lock);
	arm(wire, fault, command, text);
	wire->number = number;
	wire->sqlstate = sqlstate;
	pthread_mutex_unlock(&wire->lock);
}

void wire_break_after(
    struct wire *wire, enum wire_fault fault, int command, const char *text, unsigned skip)
{
	pthread_mutex_lock(&wire->lock);
	arm(wire, fault, command, text);
	wire->skip = skip;
	pthread_mutex_unlock(&wire->lock);
}

void wire_disarm(struct wire *wire)
{
	pthread_mutex_lock(&wire->lock);
	wire->armed = false;
	pthread_mutex_unlock(&wire->lock);
}

void wire_release(struct wire *wire)
{
	pthread_mutex_lock(&wire->lock);
	wire->released = true;
	wire->armed = wire->armed && wire->fault != WIRE_HOLD;
	pthread_mutex_unlock(&wire->lock);
}

bool wire_broke(struct wire *wire)
{
	bool broke;

	pthread_mutex_lock(&wire->lock);
	broke = wire->broke;
	pthread_mutex_unlock(&wire->lock);
	return broke;
}

void wire_close(struct wire **wire)
{
	struct wire *closing = *wire;

	*wire = NULL;
	if (closing == NULL)
		return;
	wire_release(closing);
	if (write(closing->stop[1], "", 1) != 1)
		fail("wire: stop");
	pthread_join(closing->thread, NULL);
	for (int i = 0; i < PAIRS_MAX; i++)
		drop_pair(&closing->pairs[i]);
	close(closing->listener);
	close(closing->stop[0]);
	close(closing->stop[1]);
	unlink(closing->own.sun_path);
	rmdir(closing->folder);
	pthread_mutex_destroy(&closing->lock);
	free(closing);
}
