/* requests.h - what the files of domain/requests share, and the values of their mails.
 *
 * Times are values named *_at or *_until (the mail layer adds *_text); `path` is an address below
 * the base URL. Absent: there is none. photo_title is absent too where the mail goes to a visitor
 * who has not been shown the photo.
 *
 * request_new (to admins)  name, photo_title, requester (name or address), role, role_words,
 *                          reason, due_at, path (/admin/requests), at_once (true: approving purges)
 * request_received         name (with an account), visitor (true without), photo_title, reason,
 *                          due_at, path (/requests; of a visitor /removal/{token}: state, cancel)
 * request_approved         name, photo_title, recover_until (until then an admin can restore it;
 *                          then it is purged), at_once (true: it is purged now)
 * request_rejected         name, photo_title, rejection_reason
 * removal_link             path (/removal/{token}), expires_at, one_photo (true: an address of a
 *                          photo was given) */
#ifndef LETHE_DOMAIN_REQUESTS_PRIVATE_H
#define LETHE_DOMAIN_REQUESTS_PRIVATE_H

#include "photos.h"

#include <auth/link.h>
#include <base/doc.h>
#include <domain/requests.h>
#include <store/users.h>

#define REQUESTS_HOUR_US (3600 * CLOCK_SECOND_US)

/* Purposes of links. The item: none; a photo; a share; the request. */
#define LINK_SUBMITTED "removal"
#define LINK_PHOTO     "removal.photo"
#define LINK_SHARE     "removal.share"
#define LINK_STATUS    "request.cancel"

/* Somebody asking, for the transaction that may run several times. */
struct asking {
	const struct domain *domain;
	const struct actor *actor; /* of a visitor: one in the photo's organisation */
	struct request request;    /* id, organisation, photo, requester, role, reason and times are
				    * set by the caller, the rest under the photo's lock */
	const struct link *link;   /* the visitor's, spent by it; or NULL */
	const char *path;          /* where the requester sees it, for the mail */
	const char *name;          /* of the requester, or NULL */

	/* Whether this person may ask about the photo, as it is now. */
	bool (*check)(const struct asking *asking, const struct photo *photo, struct error *error);
};

/* Count the hits of rate limits, then insert, change the photo's status, write the audit entry and
 * queue the mails. `request` is complete then. */
bool request_ask(struct asking *asking, const char *ip, struct error *error)
    __attribute__((warn_unused_result));

/* A reason of `min` to REQUESTS_REASON_MAX characters that are not only white space, trimmed. */
bool request_reason(struct arena *arena, const char *text, size_t min, const char **reason_r,
    struct error *error) __attribute__((warn_unused_result));

/* Someone taking back their request. */
struct cancelling {
	const struct domain *domain;
	const struct actor *actor;
	struct id request_id;
	struct id photo_id;
	const struct link *link; /* spent by it, or NULL */
};
bool request_cancel(const struct cancelling *cancelling, struct error *error)
    __attribute__((warn_unused_result));

/* Give the photo of a request that was settled the status back that it had before, where no other
 * is pending on it. */
bool request_give_back(struct db_tx *tx, const struct request *request, struct error *error)
    __attribute__((warn_unused_result));

/* Take back the pending requests of a person who is being erased, about `budget` of them, which are
 * taken off it; it is not used up where none is left. Audit: request.cancel, by the worker. */
bool requests_cancel_of_erased(struct db_tx *tx, const struct domain *domain,
    const struct request_person *person, int64_t *budget, struct error *error)
    __attribute__((warn_unused_result));

/* Who looks. */
struct request_viewer request_viewer_of(const struct actor *actor);

/* The actor's address, NULL where there is none. */
bool request_address(const struct domain *domain, struct arena *arena, const struct actor *actor,
    struct user *user_r, struct error *error) __attribute__((warn_unused_result));

/* Whether the request is this person's, by account or by address (or NULL). */
bool request_is_of(const struct request *request, const struct id *user_id, const char *email);

/* request.create and so on, on the photo. */
bool request_audit(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct request *request, const char *action, const char *reason, struct error *error)
    __attribute__((warn_unused_result));

/* Add the request in the way to a conflict. */
bool request_refuse(
    const struct id *request_id, const char *code, const char *message, struct error *error);

/* Queue the mails of a new request. */
bool request_mail_new(struct db_tx *tx, const struct asking *asking, const struct photo *photo,
    struct error *error) __attribute__((warn_unused_result));
/* Queue the mail of a decided one to its requester; `deletion` is that of an approval. */
bool request_mail_decided(struct db_tx *tx, const struct domain *domain,
    const struct request *request, const struct photo *photo, int64_t recover_until_us,
    struct error *error) __attribute__((warn_unused_result));

#endif
