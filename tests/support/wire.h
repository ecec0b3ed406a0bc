/* wire.h - a unix socket between a test and its MariaDB that can be told to break at a chosen
 * moment. */
#ifndef LETHE_TESTS_WIRE_H
#define LETHE_TESTS_WIRE_H

#include <stdbool.h>

struct wire;

/* Commands of the protocol, the byte after a packet's header. */
#define WIRE_QUERY   0x03
#define WIRE_PREPARE 0x16
#define WIRE_EXECUTE 0x17
#define WIRE_COMMIT  "\003COMMIT" /* text of a WIRE_QUERY; "READ COMMITTED" is none */
#define WIRE_ANY     (-1)         /* whatever a client sends, its part of the handshake too */

/* What happens to the first packet that fits. */
enum wire_fault {
	WIRE_CUT_BEFORE, /* it never reaches the server; both sides lose their connection */
	WIRE_CUT_AFTER,  /* the server gets it and works on it, but the answer never comes back */
	WIRE_ANSWER,     /* it never reaches the server; the client gets an error instead */
	/* The client, which must be another process, is ended by SIGKILL. */
	WIRE_KILL_BEFORE, /* the packet never reaches the server */
	WIRE_KILL_AFTER,  /* the server is done with it, but its answer never comes back */
	WIRE_HOLD,        /* it waits, and everything else on the wire, until wire_release */
};

/* Listen on a socket of its own and pass on to `server_socket`. Ends the program on failure. */
struct wire *wire_open(const char *server_socket) __attribute__((warn_unused_result));

/* The socket to connect to; lives as long as the wire. */
const char *wire_socket(const struct wire *wire);

/* Once, at the next packet of `command` whose text contains `text` (NULL: any text). `number` and
 * `sqlstate` (five characters, static) are of WIRE_ANSWER. */
void wire_break(struct wire *wire, enum wire_fault fault, int command, const char *text,
    unsigned number, const char *sqlstate);

/* The same at the packet after `skip` that fit; not for WIRE_ANSWER. */
void wire_break_after(
    struct wire *wire, enum wire_fault fault, int command, const char *text, unsigned skip);

/* Take back a fault that has not happened. */
void wire_disarm(struct wire *wire);

/* Let a held packet go on; one that is not there yet will not be held. */
void wire_release(struct wire *wire);

/* True if the fault asked for has happened. */
bool wire_broke(struct wire *wire);

/* Close all connections and end the thread. NULL is fine. */
void wire_close(struct wire **wire);

#endif
