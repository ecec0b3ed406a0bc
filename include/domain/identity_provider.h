/* identity_provider.h - what knows a person besides Lethe: asked, at the end of an erasure, to
 * forget them too. domain->identity is one; where it is NULL (outside the worker) an account that
 * one may know of waits, at the end of its erasure, for a worker. */
#ifndef LETHE_DOMAIN_IDENTITY_PROVIDER_H
#define LETHE_DOMAIN_IDENTITY_PROVIDER_H

#include <base/error.h>
#include <base/id.h>
#include <stddef.h>

enum identity_outcome {
	IDENTITY_DONE,   /* the user is removed there */
	IDENTITY_ABSENT, /* there is none (any more): as good as done */
	IDENTITY_RETRY,  /* not now: out of reach, refused, too slow */
};

/* Whose identity is to go. Texts are borrowed. */
struct identity_subject {
	const char *uid; /* what the provider calls the user: never NULL */
	struct id user_id;
	struct id organization_id;
	struct id deletion_id; /* the same in every attempt: names the act */
};

/* A provider. `remove` is called outside transactions, by the worker alone, after the account's
 * content is gone and before its row is; again, with growing pauses (5 seconds to an hour), until
 * it says done or absent. After a crash it may be called once more for what it did already. For
 * IDENTITY_RETRY it may say in `why` (of `size` bytes, no personal data) what was wrong, for the
 * log and the dashboard. Not longer than 20 seconds. */
struct identity_provider {
	const char *name; /* "none", "firebase", "webhook" */
	enum identity_outcome (*remove)(
	    void *context, const struct identity_subject *subject, char *why, size_t size);
	void *context;
};

/* The one that knows nobody: every user is absent there. */
extern const struct identity_provider identity_provider_none;

#endif
