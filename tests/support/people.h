/* people.h - what tests of accounts need beside a world: keys, passwords, sessions, what rows say.
 */
#ifndef LETHE_TESTS_PEOPLE_H
#define LETHE_TESTS_PEOPLE_H

#include "trash.h"

#include <auth/auth.h>
#include <domain/accounts.h>

#define DAY_US (24 * HOUR_US)

/* Give the world's domain what makes links (domain->auth), on its connection and clock; `keys` is a
 * folder inside the storage's that is made. Call after world_clear. */
void people_authorize(struct world *world);
/* The same for a second domain (world_second_domain): `auth` is filled. */
void people_authorize_other(const struct world *world, struct domain *domain, struct auth *auth);
void people_close(void);

/* A password for a user, so that they re-authenticate; a session of theirs. */
void people_password(struct world *world, const struct actor *actor);
struct id people_session(struct world *world, const struct actor *actor);
int64_t people_sessions(struct world *world, const struct actor *actor);

/* An event of theirs. */
struct id people_event(struct world *world, const struct actor *actor, const char *title);

/* Make the actor one who has just re-authenticated. */
struct actor people_proven(const struct world *world, const struct actor *actor);

/* Leave, cancel; the code of the refusal, or "". */
const char *people_leave(struct world *world, const struct actor *actor,
    const struct account_choices *choices, struct account_status *status_r);
const char *people_cancel(struct world *world, const struct actor *actor);
const struct error *people_error(void);

/* Delete as an admin. */
const char *people_delete(struct world *world, const struct actor *admin, const struct actor *user,
    bool hard, const struct account_choices *choices, struct deletion *deletion_r);

/* How an account stands. */
struct account_status people_status(struct world *world, const struct actor *actor);

/* How many mails of a template wait; the token of the newest one's link. */
int64_t people_mails(struct world *world, const char *template);
const char *people_token(struct world *world, const char *template);

#endif
