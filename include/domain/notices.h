/* notices.h - which mails people may end, their choices, and the links in mails that end them.
 *
 * Some mails always go: the receipt of a request, decisions on it, links that somebody asked for,
 * everything about one's own account. The law or the addressee needs them. The others are notices,
 * each with a column of users, and each of their mails carries a link that ends them. */
#ifndef LETHE_DOMAIN_NOTICES_H
#define LETHE_DOMAIN_NOTICES_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/clock.h>
#include <base/error.h>
#include <domain/domain.h>
#include <stdbool.h>

#define NOTICES_LINK_US (30 * CLOCK_DAY_US) /* how long a mail's link ends notices */

enum notice {
	NOTICE_RETENTION, /* before archived photos are purged */
	NOTICE_REQUESTS,  /* new requests for deletion: to admins */
	NOTICE_COUNT,
};

/* What a notice is called in forms, in the audit trail and in links: "retention", "requests". */
const char *notice_name(enum notice notice);

/* A person's choices. */
struct notices {
	bool wanted[NOTICE_COUNT];
};

/* The path of the page that ends such notices for a user: for struct mail's `unsubscribe`. It is
 * good for NOTICES_LINK_US, any number of times. NULL where the domain has no keys, or they fail:
 * the mail then goes without. Text in `arena`. */
const char *notices_path(
    const struct domain *domain, struct arena *arena, const struct id *user_id, enum notice notice);

/* The actor's own choices. Errors: not_found where the account is gone; unavailable. */
bool notices_get(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct notices *notices_r, struct error *error) __attribute__((warn_unused_result));

/* Change the actor's own choices. Audit, where one is different: user.notices with each changed
 * one's value and the one before ("retention", "retention_before"). Errors: as notices_get. */
bool notices_change(const struct domain *domain, const struct actor *actor,
    const struct notices *notices, struct error *error) __attribute__((warn_unused_result));

/* What a mail's link is about. */
struct notices_link {
	enum notice notice;
	bool wanted;           /* still */
	const char *recipient; /* the account's address */
};

/* Look where a link leads; changes nothing. Errors: not_found (none of ours); gone "link_expired",
 * "account_gone"; unavailable. */
bool notices_open(const struct domain *domain, struct arena *arena, const char *token,
    struct notices_link *link_r, struct error *error) __attribute__((warn_unused_result));

/* End the notices that the link is about; doing it again changes nothing. Audit as notices_change,
 * by the user, with "by_link" true. `link_r` says what stands then. Errors: as notices_open. */
bool notices_end(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct notices_link *link_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
