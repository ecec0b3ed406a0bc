/* link.h - tokens in the links of mails: PASETO v4.local, bound to a purpose and an item. */
#ifndef LETHE_AUTH_LINK_H
#define LETHE_AUTH_LINK_H

#include <auth/auth.h>
#include <base/id.h>

#define LINK_LIFE_US CLOCK_DAY_US

/* What a link says. `subject` is a text of the purpose's choosing, sealed in the token (the
 * visitor's address, say), or NULL. */
struct link {
	const char *purpose; /* e.g. "removal", "request.cancel", "account.cancel" */
	struct id item;      /* or none */
	const char *subject; /* at most 254 bytes, or NULL */
	int64_t expires_us;  /* 0 when issuing: 24 hours from now */
	struct id id;        /* names the token; spent (tokens_spend with expires_us) by the act */
};

/* Make a token, safe in a path. `id` is chosen here; text in `arena`. */
bool link_issue(struct auth *auth, struct arena *arena, const struct link *link,
    const char **token_r, struct error *error) __attribute__((warn_unused_result));

/* Open a token. False: not_found if it is none of ours or for another purpose; gone
 * ("link_expired", "link_used"); unavailable. Shows only that it is good now: the act must spend
 * it. */
bool link_open(struct auth *auth, struct arena *arena, const char *token, const char *purpose,
    struct link *link_r, struct error *error) __attribute__((warn_unused_result));

/* The error for a link whose tokens_spend said DB_CONFLICT: gone, "link_used"; returns false. */
bool link_used(struct error *error);

#endif
