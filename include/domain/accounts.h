/* accounts.h - accounts: leaving by oneself, being deleted by an admin, coming back, roles.
 *
 * An account that is on its way out is a deletion of kind user (store/deletions.h): origin account
 * where its owner asked (the row of the user stays live, with deletion_status SCHEDULED, so that
 * they can sign in and cancel), origin admin where an admin deleted it (the row of the user bears
 * the mark). Either way its photos, derivatives, notes, AI results, albums, quests and adventures
 * bear the deletion's mark, so that every reader, list and search treats them as deleted; the
 * deletion's recover_until is the end of the grace period or window, and its purge is the erasure
 * (erasure.h). What was chosen stands in the user's row (deletion_photos and so on). Every function
 * here but accounts_status needs domain->auth. */
#ifndef LETHE_DOMAIN_ACCOUNTS_H
#define LETHE_DOMAIN_ACCOUNTS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/deletions.h>
#include <domain/domain.h>
#include <store/users.h>

#define ACCOUNTS_PHRASE "delete my account"

/* Purposes of the links in mails (auth/link.h). The item of a confirm link is the user, that of a
 * cancel link the deletion. The pages they lead to are /account/confirm/{token} and
 * /account/cancel/{token}. */
#define ACCOUNTS_LINK_CONFIRM "account.schedule"
#define ACCOUNTS_LINK_CANCEL  "account.cancel"

/* What becomes of the events of an account; names as in the API. */
enum account_events { EVENTS_ANONYMIZE, EVENTS_TRANSFER, EVENTS_BLOCK, ACCOUNT_EVENTS_COUNT };
const char *account_events_name(enum account_events events);

/* What is chosen about an account that is to go. Zeroed: photos deleted, events anonymised. */
struct account_choices {
	bool keep_photos; /* kept without a name, instead of deleted */
	enum account_events events;
	struct id transfer_to; /* of EVENTS_TRANSFER: a live user of the same organisation */
	const char *reason;    /* up to 2,000 characters, or NULL */
};

/* How an account stands: the shape "account status" of the API. */
struct account_status {
	enum user_deletion status;      /* NONE, REQUESTED, SCHEDULED, DELETED, CANCELED */
	int64_t requested_us;           /* 0: never */
	int64_t scheduled_for_us;       /* when the erasure begins; 0: not scheduled */
	const char *reason;             /* or NULL; in the arena */
	struct id deletion_id;          /* of a scheduled account; else none */
	struct account_choices choices; /* as far as they were made; reason is that above */
	bool has_password;              /* it re-authenticates by password */
	bool enabled; /* the organisation lets members delete their own accounts */
	int64_t grace_us;
};

/* One's own account. Errors: unauthenticated if it is gone. Changes nothing. */
bool accounts_status(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct account_status *status_r, struct error *error) __attribute__((warn_unused_result));

/* What would go with an account: counts by kind as the deletion's would be (events as what would be
 * anonymised or handed over; photos that would be kept count as well, since they lose its name),
 * bytes, and people (1); `most` as in store/impact.h. Of one that is leaving: what its deletion
 * has counted. For the account itself (user_id none or one's
 * own) and for admins. Errors: not_found, conflict "already_deleted". */
bool accounts_impact(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *user_id, int64_t most, struct deletion_impact *impact_r, struct error *error)
    __attribute__((warn_unused_result));

/* Check the typed phrase (white space around it aside), before re-authentication. A wrong one
 * counts as a failed attempt. Errors: invalid (field "phrase") "wrong_phrase"; rate_limited after
 * 10 failed attempts in an hour (wrong passwords for account.delete count too). */
bool accounts_check_phrase(const struct domain *domain, const struct actor *actor,
    const char *phrase, struct error *error) __attribute__((warn_unused_result));

/* What accounts_schedule, accounts_delete_user and accounts_delete_users refuse whoever asks, for
 * gates that ask for a proof afterwards. Whether one may leave at all: forbidden
 * "self_deletion_off". And whether these choices can be made for an account, or (`user_id` none)
 * for several of the organisation: invalid "reason_too_long", (field "transfer_to")
 * "invalid_transfer". Both change nothing. */
bool accounts_may_leave(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct error *error) __attribute__((warn_unused_result));
bool accounts_may_choose(const struct domain *domain, struct arena *arena,
    const struct id *organization_id, const struct id *user_id,
    const struct account_choices *choices, struct error *error) __attribute__((warn_unused_result));

/* Leave. With re-authentication (actor->reauth_id, spent in the transaction) the account is
 * scheduled at once: its content hidden, all its sessions but actor->session_id and all its access
 * tokens but the one in hand ended, mail account_scheduled queued with a link that cancels. An
 * account with no password, and no re-authentication, becomes REQUESTED and is sent mail
 * account_confirm, whose link (24 hours, single use) schedules it. Audit: account.schedule or
 * account.request.
 *
 * Errors, in this order: forbidden "self_deletion_off" (the organisation's switch); invalid
 * "reason_too_long", (field "transfer_to") "invalid_transfer"; forbidden "reauth_required" (no
 * proof although there is a password, or a proof used before); rate_limited (3 schedulings in an
 * hour); conflict "already_scheduled" (with deletion_id), "already_requested" (until the link's 24
 * hours are over), "last_admin", "last_platform_admin", "blocking_events" (accounts_blocking_events
 * lists them). */
bool accounts_schedule(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct account_choices *choices, struct account_status *status_r, struct error *error)
    __attribute__((warn_unused_result));

/* What a link of a mail is about, for the page that shows one button: whose account, and how it
 * stands. Errors: as link_open (not_found, gone); gone "link_used" where the account no longer
 * waits for it. Changes nothing. */
bool accounts_open_link(const struct domain *domain, struct arena *arena, const char *token,
    const char *purpose, struct account_status *status_r, struct error *error)
    __attribute__((warn_unused_result));

/* The button's act: schedule by the confirm link, cancel by the cancel link. The token is spent in
 * the transaction. Errors: as accounts_open_link, accounts_schedule and accounts_cancel. */
bool accounts_confirm(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct account_status *status_r, struct error *error)
    __attribute__((warn_unused_result));
bool accounts_cancel_by_link(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct account_status *status_r, struct error *error)
    __attribute__((warn_unused_result));

/* Change one's mind: the account and its content are as they were (more than step_rows rows: the
 * rest in the background). Mail account_cancelled. Audit: account.cancel. Errors: conflict
 * "nothing_pending"; gone "window_closed" once the grace is over. */
bool accounts_cancel(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct account_status *status_r, struct error *error) __attribute__((warn_unused_result));

/* An event that stands in the way of a deletion with EVENTS_BLOCK. */
struct account_event {
	struct id id;
	const char *title;
	int64_t starts_at_us;
	struct id organization_id, owner_id; /* by the two below alone; owner none: nobody's */
};

/* One live event of one's own, or (admins) of anybody in the organisation. Errors: not_found. */
bool accounts_find_event(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *event_id, struct account_event *event_r,
    struct error *error) __attribute__((warn_unused_result));

/* Settle one event, so that it stands in nobody's way: hand it over to `heir`, or (none) take the
 * name off it. That it has none already is fine. Audit: event.transfer, event.anonymize.
 * Errors: not_found; invalid (field "transfer_to") "invalid_transfer": not another person of the
 * organisation who stays. */
bool accounts_settle_event(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *event_id, const struct id *heir,
    struct account_event *event_r, struct error *error) __attribute__((warn_unused_result));

/* Refuse whoever events cannot be handed over to: invalid "invalid_transfer" (field "transfer_to"),
 * the same for everybody, so that it tells nothing of who has an account elsewhere. */
bool accounts_refuse_heir(struct error *error);

/* The live events of an account (none: one's own), soonest first, at most `limit`; `total_r` is how
 * many there are. For oneself and for admins. */
bool accounts_blocking_events(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *user_id, unsigned limit, struct account_event **events_r,
    size_t *count_r, int64_t *total_r, struct error *error) __attribute__((warn_unused_result));

/* An admin's act on somebody's account. */
struct account_deletion {
	struct id user_id;
	bool hard; /* erased at once (re-authentication is the gate's affair); else the container
		    * window, and then the erasure. A hard one also ends a window or grace period
		    * that is open */
	struct account_choices choices;
	struct id act_id; /* shared by a bulk act; none: one is made */
};

/* Delete an account as an admin. Its sessions and tokens end. Audit: user.delete with the reason.
 * A hard one is erased by the worker's next round, except that up to step_rows rows are erased
 * before this returns. Errors: not_found (also another tenant's); forbidden "admin_deletion_off",
 * "reauth_required"; forbidden for a platform admin's account unless the actor is one; invalid
 * "self_deletion" (field "uid": oneself), "invalid_transfer", "reason_too_long"; conflict
 * "already_deleted" (with deletion_id), "last_admin", "last_platform_admin", "blocking_events". */
bool accounts_delete_user(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct account_deletion *act, struct deletion *deletion_r,
    struct error *error) __attribute__((warn_unused_result));

/* Whether the actor may delete that account at all, before anything else is asked: forbidden, also
 * "admin_deletion_off", or invalid "self_deletion" for one's own. */
bool accounts_may_delete(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct user *user, struct error *error)
    __attribute__((warn_unused_result));

/* The same, soft, for 1 to 1,000 accounts, each its own transaction under one act_id; one result
 * per id asked, in its order; a refusal's code is its reason. */
bool accounts_delete_users(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *user_ids, size_t count,
    const struct account_choices *choices, struct act_result **results_r, struct error *error)
    __attribute__((warn_unused_result));

/* Give back an account that an admin deleted, while its window is open. Audit: user.restore.
 * Errors: not_found; conflict "not_deleted", "own_deletion" (its owner is leaving: only they can
 * cancel that), "email_taken" (with user_id); gone "window_closed". */
bool accounts_restore_user(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *user_id, struct user *user_r, struct error *error)
    __attribute__((warn_unused_result));

/* Change a live user's role. Audit: user.role. Errors: not_found; forbidden where a platform
 * admin's role is given or taken by anybody but a platform admin; conflict "last_admin",
 * "last_platform_admin", "account_scheduled" (it is leaving). Changing nothing is fine. */
bool accounts_set_role(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *user_id, enum user_role role, struct user *user_r, struct error *error)
    __attribute__((warn_unused_result));

/* One account of the organisation acted in, by Lethe's id or the identity provider's uid, live or
 * deleted, for admins. Errors: not_found, forbidden. A platform admin finds those of every
 * organisation by Lethe's id. */
bool accounts_find_user(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const char *uid, struct user *user_r, struct error *error) __attribute__((warn_unused_result));

/* A page of the organisation's accounts, newest first, for admins; the query's organisation is set
 * here. `more_r`: there are further ones. */
bool accounts_list_users(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct users_query *query, struct user **users_r, size_t *count_r,
    bool *more_r, struct error *error) __attribute__((warn_unused_result));

/* Queue the mails account_reminder: one when at most 7 days are left (exactly 7 days is), one when
 * at most 1 day is, each once; none where the whole grace is not longer than that. By the worker,
 * any number at once. `count_r` says how many were queued. */
bool accounts_remind(const struct domain *domain, struct arena *arena, int64_t *count_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
