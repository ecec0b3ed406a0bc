/* actor.h - who acts: the one argument by which every rule knows its user. */
#ifndef LETHE_AUTH_ACTOR_H
#define LETHE_AUTH_ACTOR_H

#include <base/id.h>
#include <stdbool.h>
#include <stdint.h>

enum role {
	ROLE_VISITOR, /* no account */
	ROLE_MEMBER,
	ROLE_ADMIN,
	ROLE_PLATFORM_ADMIN,
	ROLE_SYSTEM, /* the worker, or the operator at the command line */
};

/* Texts are borrowed and outlive the actor (request arena, or static). */
struct actor {
	enum role role;
	struct id user_id;         /* none for visitors and the system */
	struct id organization_id; /* the tenant acted in; of a platform admin the one chosen */
	struct id session_id;      /* none for bearer tokens and the system */
	const unsigned char *token_hash; /* of a bearer token: its BLAKE2b-256; else NULL */
	const char *uid; /* what the audit trail shows: user id, "visitor", "worker", "operator" */
	const char *request_id;    /* X-Request-Id, or NULL */
	struct id reauth_id;       /* the re-auth token the gate accepted (none: there was none);
				    * spent in the transaction of the act it allows */
	int64_t reauth_expires_us; /* until when that token would hold */
};

/* Admin of the organisation acted in, or platform admin. */
bool actor_is_admin(const struct actor *actor);

/* The worker or the operator, acting in one organisation (none: the installation). */
struct actor actor_system(const char *uid, const struct id *organization_id);

#endif
