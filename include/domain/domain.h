/* domain.h - what the rules work with: one per thread, made in main, handed to every act. */
#ifndef LETHE_DOMAIN_DOMAIN_H
#define LETHE_DOMAIN_DOMAIN_H

#include <base/clock.h>
#include <base/error.h>
#include <db/db.h>

struct auth;
struct storage;
struct identity_provider;

/* Borrowed parts; the domain owns none of them. Limits on step sizes are here so that a test can
 * make them small. */
struct domain {
	struct db *db;
	const struct clock *clock;
	const struct storage *storage;
	struct auth *auth; /* of the same thread: makes the tokens of links in mails (auth/link.h);
			    * NULL where nothing needs them */
	const struct identity_provider *identity; /* asked to forget who is erased; NULL: not
						   * known here, it is left to the worker */
	unsigned step_rows; /* rows a marking, restoring or purging step handles; at most 1,000 */
	unsigned look_rows; /* rows that a list or a preview looks at, fitting or not; 0:
			     * DOMAIN_LOOK_ROWS */

	bool webhook_private; /* whether events may be posted to private networks */

	/* Called after each committed step of work that outlives a request ("mark", "restore",
	 * "purge", "retention"), so that a worker can rest and a test can stop there. May be
	 * NULL. */
	void (*after_step)(void *context, const char *name);
	void *after_step_context;
};

#define DOMAIN_STEP_ROWS 1000
#define DOMAIN_LOOK_ROWS 3000

/* How many rows a list or a preview looks at. */
unsigned domain_look_rows(const struct domain *domain);

struct config;

/* Connect as the application and fill `domain`; everything but the connection is borrowed. False
 * (unavailable) if the store cannot be reached. */
bool domain_open(struct domain *domain, const struct config *config, const struct clock *clock,
    const struct storage *storage, struct error *error) __attribute__((warn_unused_result));

/* Disconnect. A domain that was never opened is fine. */
void domain_close(struct domain *domain);

/* True if the store answers and has exactly the migrations that this program comes with. */
bool domain_is_ready(const struct domain *domain, const struct config *config, struct error *error)
    __attribute__((warn_unused_result));

#endif
