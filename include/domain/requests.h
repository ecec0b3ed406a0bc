/* requests.h - asking for the deletion of a photo, by people with an account and by visitors, and
 * what admins decide.
 *
 * While a request is pending its photo's status is deletion_requested. A decision settles all
 * pending requests of the photo; with the last one that is rejected or cancelled the photo gets its
 * former status back; a photo that is deleted otherwise makes them superseded. Mails are queued
 * with the act: request_new, request_received, request_approved, request_rejected, removal_link
 * (their values: app/domain/requests.h). */
#ifndef LETHE_DOMAIN_REQUESTS_H
#define LETHE_DOMAIN_REQUESTS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/bulk.h>
#include <domain/domain.h>
#include <domain/photos.h>
#include <store/requests.h>

#define REQUESTS_REASON_MIN    10   /* characters */
#define REQUESTS_REASON_MAX    2000 /* characters, also of a rejection */
#define REQUESTS_DUE_US        (28 * CLOCK_DAY_US)
#define REQUESTS_PER_HOUR      5
#define REQUESTS_MAX_LIMIT     200
#define REQUESTS_DEFAULT_LIMIT 50

/* Whether the actor may ask for the deletion of a photo that photos_find gave: for the button. A
 * deleted photo: no. Says nothing of requests that are pending. */
bool requests_may_ask(const struct actor *actor, const struct photo *photo);

/* Ask for the deletion of a photo: the uploader of a site's photo, the owner of its site, admins.
 * An archived photo is one too. `ip` (or NULL) is counted besides the person and their address.
 * Audit: request.create on the photo. Mails: request_new to the organisation's live admins who want
 * such notices, request_received to the actor.
 * Errors, in this order: not_found; forbidden ("delete_instead" for the owner of a library photo);
 * invalid "reason" ("missing", "too_short", "too_long"); rate_limited with retry_after_s; conflict
 * "already_deleted" with the deletion_id, "request_pending" with the request_id of the one that the
 * same person (or address) has on the photo already. */
bool requests_create(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, const char *ip, struct request *request_r,
    struct error *error) __attribute__((warn_unused_result));

/* Take back one's own pending request: by its id, or the one on a photo. Audit: request.cancel.
 * Errors: not_found (no request that the actor sees; of requests_cancel_on_photo: no such photo
 * for the actor); forbidden "not_yours" for another person's; conflict "not_pending" with the
 * request_id, "no_request" where the actor has none on the photo. */
bool requests_cancel(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *request_id, struct request *request_r, struct error *error)
    __attribute__((warn_unused_result));
bool requests_cancel_on_photo(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_id, struct request *request_r, struct error *error)
    __attribute__((warn_unused_result));

/* One request that the actor may see: one's own, one on a site of one's own (approved claim), for
 * admins all of the organisation. Else not_found. */
bool requests_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *request_id, struct request *request_r, struct error *error)
    __attribute__((warn_unused_result));

/* The actor's own pending request on one photo: of their account, or under that address (or NULL).
 * `is_there_r` is false where they have none. */
bool requests_own_pending(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_id, const char *email, struct request *request_r,
    bool *is_there_r, struct error *error) __attribute__((warn_unused_result));

/* Requests on one photo that the actor may see: pending ones, then others, each newest first, at
 * most REQUESTS_MAX_LIMIT. The photo itself need not be there any more. */
bool requests_of_photo(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct request_rows *rows_r, struct error *error)
    __attribute__((warn_unused_result));

/* At most `limit` of those that are pending on one photo, the actor's own first, then the newest:
 * admins, others forbidden. */
bool requests_few(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, unsigned limit, struct request_rows *rows_r, struct error *error)
    __attribute__((warn_unused_result));

/* What the actor, or who has that address (or NULL), has pending anywhere: at most
 * REQUESTS_MAX_LIMIT by account and as many by address. */
bool requests_own_all(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const char *email, struct request_rows *rows_r, struct error *error)
    __attribute__((warn_unused_result));

/* Whose requests a list shows. */
enum requests_scope {
	REQUESTS_ALL,      /* the organisation's: admins, others forbidden */
	REQUESTS_OWN,      /* the actor's own, of any status, newest first */
	REQUESTS_ON_SITES, /* on sites that the actor owns; forbidden "no_site" for who owns none */
};

struct requests_query {
	enum requests_scope scope;
	enum request_status status; /* not of REQUESTS_OWN */
	/* Where the page before ended: `next_*` of it; zeroed: from the start. */
	int64_t after_us;
	struct id after_id;
	unsigned limit; /* 1 to 200; 0: 50 */
};

struct requests_page {
	struct request *items;
	size_t count;
	int64_t next_us;
	struct id next_id; /* none: there is no further page */
};

/* A page of requests. Pending ones soonest due first; settled ones and one's own newest first.
 * Pending requests on photos that a deletion is about to reach may still be among them. Errors:
 * forbidden; invalid "limit". */
bool requests_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct requests_query *query, struct requests_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* Whether the actor owns a live site of the organisation (approved claim). */
bool requests_owns_site(const struct domain *domain, const struct actor *actor, struct arena *arena,
    bool *owns_r, struct error *error) __attribute__((warn_unused_result));

/* A page of photos in the trash that can be restored: for admins the organisation's, for site
 * owners those of their sites, newest first, with recover_until. `query` gives limit and before.
 * Others: forbidden "no_site". */
bool requests_recoverable(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct photos_query *query, struct photos_page *page_r,
    struct error *error) __attribute__((warn_unused_result));

#define REQUESTS_COUNTED 100 /* requests_pending counts no further */

/* How many requests of the organisation are pending, up to REQUESTS_COUNTED, and how many of them
 * are overdue (now at or after due_at), likewise: admins. */
bool requests_pending(const struct domain *domain, const struct actor *actor, struct arena *arena,
    int64_t *pending_r, int64_t *overdue_r, struct error *error)
    __attribute__((warn_unused_result));

/* What an admin decides. */
struct request_decision {
	struct id photo_id;   /* the photo, or */
	struct id request_id; /* one of its requests; none otherwise */
	bool approve;
	const char *reason; /* of a rejection: required, 1 to 2,000 characters; of an approval: or
			     * NULL; it is then the deletion's */
	struct id act_id;   /* of a bulk act; none: the deletion gets its own */
};

/* What became of it. */
struct request_outcome {
	struct id photo_id;
	struct id deletion_id;    /* of an approval */
	int64_t recover_until_us; /* likewise */
	unsigned settled;         /* how many requests were decided */
};

/* What of it can be refused before the reason is looked at: not_found and forbidden. For those who
 * must answer these first; requests_review asks again. */
bool requests_may_review(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct request_decision *decision, struct error *error)
    __attribute__((warn_unused_result));

/* Decide all pending requests of a photo: admins. Approving deletes it with the photo window,
 * origin request, initiator the admin; restoring it gives it back its former status. Rejecting
 * gives it that at once.
 * Audit: request.approve or request.reject on the photo, one entry per request. Mails:
 * request_approved, request_rejected to each requester.
 * Errors, in this order: not_found (photo or request); forbidden (not an admin; "own_request" for
 * approving while one has a pending request on the photo, also under one's address); invalid
 * "reason" ("missing", "too_long"); conflict "already_decided" with the request_id and a message
 * that says what was decided, by whom and when (also for cancelled and superseded ones),
 * "no_request" where nobody has asked, "already_deleted" with the deletion_id while a container's
 * deletion is about to take the photo. */
bool requests_review(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct request_decision *decision, struct request_outcome *outcome_r, struct error *error)
    __attribute__((warn_unused_result));

/* The same for 1 to 1,000 request ids (invalid "ids" otherwise), each photo in a transaction of its
 * own, approvals all under one act_id. What is refused for one id is reported there and does not
 * stop the others; a request that was decided along with another of the same act counts as
 * changed; an id given twice is skipped ("repeated"). `rows` counts the requests settled. */
bool requests_bulk_review(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *request_ids, size_t count, bool approve,
    const char *reason, struct bulk_result *result_r, struct error *error)
    __attribute__((warn_unused_result));

/* --- The visitor's way: no account, an address that a mail confirms. --- */

/* The first step: queue the mail with the link ("removal_link") to that address. `photo` is NULL or
 * blank for "what was submitted under my address", else the address (whole, or its path) of a photo
 * (/photos/{id}) or of a share (/s/{token}). Nothing is looked up that would tell whether anything
 * was submitted under the address: the answer, and the time it takes, are always the same.
 * At most REQUESTS_PER_HOUR an hour per address and per IP address, counted apart from requests;
 * what is refused by the IP address does not count for the other. Errors: invalid "email"
 * ("missing", "invalid_email"), "photo" ("invalid_address": of neither form); rate_limited;
 * unavailable. */
bool removal_ask(const struct domain *domain, struct arena *arena, const char *email,
    const char *photo, const char *ip, struct error *error) __attribute__((warn_unused_result));

/* What the link of a mail shows. */
enum removal_kind {
	REMOVAL_SUBMITTED, /* the photos submitted under the address */
	REMOVAL_PHOTO,     /* the one photo whose address was given */
	REMOVAL_STATUS,    /* a request that was made, with its state; it can be cancelled */
};

/* One photo of it. */
struct removal_photo {
	struct id id;
	bool picture_shown; /* the visitor submitted it, or gave the address of a share that is
			     * live: then title, site and picture may be shown. Else they are
			     * NULL, and only the request can be made */
	const char *title;
	const char *site_name;
	int64_t created_at_us; /* 0 unless picture_shown */
	struct id request_id;  /* the pending request of this address on it, or none */
};

struct removal {
	enum removal_kind kind;
	const char *email;            /* the confirmed address */
	int64_t expires_at_us;        /* when the link runs out */
	struct removal_photo *photos; /* not of REMOVAL_STATUS; live and archived, newest first, at
				       * most 200; may be empty: nothing was found */
	size_t count;
	bool more;              /* there are more than that */
	struct request request; /* of REMOVAL_STATUS: as it is now */
};

/* Open a link of either mail (removal_link, request_received). Changes nothing. Errors: not_found;
 * gone "link_expired", "link_used"; gone "request_gone" where the request's record has been pruned;
 * unavailable. */
bool removal_open(const struct domain *domain, struct arena *arena, const char *token,
    struct removal *removal_r, struct error *error) __attribute__((warn_unused_result));

/* The stored file (thumbnail or original) of a photo of it with picture_shown; else not_found. */
bool removal_file(const struct domain *domain, struct arena *arena, const char *token,
    const struct id *photo_id, enum file_part part, struct file *file_r, struct error *error)
    __attribute__((warn_unused_result));

/* Ask for the deletion of one photo of an opened link, which is spent by it. `status_token_r` opens
 * the new request's page (/removal/{token}; it is in the mail request_received too). Errors:
 * not_found, gone as removal_open; invalid "photo" ("missing", "not_yours": none of the link's),
 * invalid "reason" as requests_create; rate_limited; conflict "already_deleted" (without a
 * reference), "request_pending" with the request_id. After an error the link can be used again. */
bool removal_send(const struct domain *domain, struct arena *arena, const char *token,
    const char *photo, const char *reason, const char *ip, const char *request_id,
    struct request *request_r, const char **status_token_r, struct error *error)
    __attribute__((warn_unused_result));

/* Take back the request of a status link, which is spent by it: as long as it is pending, also when
 * it is overdue. Errors: as removal_open; not_found
 * for a link of another kind; conflict "not_pending" with the request_id. */
bool removal_cancel(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct request *request_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
