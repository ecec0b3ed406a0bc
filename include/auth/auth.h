/* auth.h - what identity works with: one per thread, made in main, handed to every call. */
#ifndef LETHE_AUTH_AUTH_H
#define LETHE_AUTH_AUTH_H

#include <auth/paseto.h>
#include <base/clock.h>
#include <base/config.h>
#include <base/error.h>
#include <stdbool.h>

struct db;
struct keys;
struct password_hasher;

/* Borrowed parts, and what auth_open makes of the configuration. */
struct auth {
	struct db *db;
	const struct clock *clock;
	const struct keys *keys;
	struct password_hasher *hasher; /* shared by all threads */
	const char *issuer;             /* `iss` of our own tokens */
	bool has_host;                  /* a host key is configured */
	const char *host_issuer;        /* `iss` of the host application's tokens */
	struct paseto_public_key host_key;
};

/* Where a call came from. Texts are borrowed; each may be NULL where it is not known. */
struct auth_caller {
	const char *ip;         /* counted by limits (rate_network), never stored */
	const char *user_agent; /* shown in the list of sessions */
	const char *request_id; /* X-Request-Id, for the audit trail */
};

/* Fill `auth`. False (invalid, `field` LETHE_HOST_KEY or LETHE_HOST_ISSUER) if the configured host
 * key is not a PASERK k4.public, or comes without an issuer, or with ours. The parts and `config`
 * must outlive `auth`. */
bool auth_open(struct auth *auth, const struct config *config, struct db *db,
    const struct clock *clock, const struct keys *keys, struct password_hasher *hasher,
    struct error *error) __attribute__((warn_unused_result));

#endif
