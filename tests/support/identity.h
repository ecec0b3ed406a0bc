/* identity.h - two organisations and their people, with keys, hasher and clock, for tests. */
#ifndef LETHE_TESTS_IDENTITY_H
#define LETHE_TESTS_IDENTITY_H

#include "database.h"

#include <auth/auth.h>
#include <base/config.h>
#include <store/users.h>

#define IDENTITY_PASSWORD "correct horse battery"
#define IDENTITY_START_US (INT64_C(1770000000) * CLOCK_SECOND_US)

/* Everything a test needs. `other` is a second connection with an auth of its own, as a second
 * machine would have. */
struct identity {
	struct test_database *database;
	struct db *owner; /* for what no function does */
	struct db *db;
	struct db *other_db;
	struct clock clock;
	struct arena *arena; /* emptied by identity_reset */
	struct arena *keys_arena;
	char folder[64]; /* of the keys */
	const struct keys *keys;
	struct password_hasher *hasher;
	struct config config;
	struct paseto_secret_key host; /* the host application's, whose public half is configured */
	struct auth auth;
	struct auth other;
	struct auth_caller caller;
	struct user
	    ada; /* member of Alder, with IDENTITY_PASSWORD and the identity uid "idp-ada" */
	struct user ben;  /* admin of Alder, without a password */
	struct user root; /* platform admin, in Birch, with IDENTITY_PASSWORD */
	struct id alder;
	struct id birch;
};

/* A database of its own, keys in a folder of its own. Ends the program when that fails. */
struct identity *identity_open(void);

/* Empty tables, then organisations and users as above; the clock stands at IDENTITY_START_US. */
void identity_reset(struct identity *identity);

/* Drop all of it and null the handle. */
void identity_close(struct identity **identity);

/* Run SQL as the owner; `id`'s hexadecimal form stands for %s in `format` (NULL: there is none). */
void identity_sql(struct identity *identity, const char *format, const struct id *id);

/* The one integer that `sql` gives, read as the owner. */
int64_t identity_count(struct identity *identity, const char *sql);

/* A v4.public token signed by the host application. */
const char *identity_host_token(struct identity *identity, const char *payload);

#endif
