/* deletions.h - deleting, restoring and deleting forever, for every kind of item. */
#ifndef LETHE_DOMAIN_DELETIONS_H
#define LETHE_DOMAIN_DELETIONS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/deletions.h>
#include <store/impact.h>

/* One confirmation to delete one item. */
struct deletion_act {
	enum item_kind kind; /* photo, album, project, site or organization; others are refused
			      * (invalid, "unknown_kind") */
	struct id item_id;
	const char *reason;             /* free text up to 2,000 characters, or NULL */
	enum deletion_origin origin;    /* ORIGIN_BY_ACTOR: owner or admin, as the actor is */
	struct id act_id;               /* shared by a bulk act; none: one is made */
	enum photo_action photo_action; /* of a project or site; none: orphan. Else it is ignored */
	const char *confirmation; /* of a project, site or organization: its name as typed, white
				   * space around it aside */
};

/* A new act_id, for a bulk act of several deletions. */
struct id deletions_new_act(const struct domain *domain) __attribute__((warn_unused_result));

/* Put an item in the trash with what goes with it, in one transaction; more than step_rows rows
 * are left to deletions_continue (the state is marking then), and every reader sees the final
 * effect at once. Fills `deletion_r` (texts in `arena`).
 *
 * Counts are of rows that the act touched: with photo_action archive or orphan, counts[COUNT_PHOTO]
 * are the photos archived or orphaned, which are not in the trash, and bytes are 0. A photo
 * orphaned from a project or site stays what it is otherwise (uploader, status, submitter): without
 * a site it is a library photo of its uploader; without an uploader either, only admins act on it.
 *
 * Audit: photo.delete, album.delete, … Errors: not_found, forbidden (policy: albums their creator
 * and admins; projects and sites admins; organisations platform admins; "request_instead" for one's
 * own site photo), invalid "reason_too_long", invalid (field "confirmation") "wrong_confirmation";
 * of organisations forbidden "reauth_required" for a token already used (actor->reauth_id is spent
 * in the transaction) and conflict "holds_actor" or "last_platform_admin"; conflict
 * "already_deleted" with the deletion_id, "still_restoring" likewise while an earlier deletion of
 * the item is being restored in the background. */
bool deletions_delete(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct deletion_act *act, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* The same inside the caller's transaction, e.g. of a request's approval. */
bool deletions_delete_in(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion_act *act, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* What deleting an item would do now, by the conditions the act itself goes by: what
 * deletions_delete then does has these counts (the item included) and bytes, but for what there may
 * be more of than `most` (store/impact.h; IMPACT_ALL: exact). `photo_action` as in the act. For
 * whoever may delete the item: errors not_found, forbidden; conflict "already_deleted" with the
 * deletion_id. Changes nothing. */
bool deletions_impact(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *item_id, enum photo_action photo_action, int64_t most,
    struct deletion_impact *impact_r, struct error *error) __attribute__((warn_unused_result));

/* How to restore. Zeroed: all of it, with its container. */
struct restore_choice {
	bool
	    without_container; /* where its project, site or original is deleted: leave it behind */
	const struct id
	    *items;         /* exactly these photos, with their notes and AI results; NULL: all */
	size_t item_count;  /* 1 to 1,000 */
	const char *reason; /* free text up to 2,000 characters for the trail, or NULL */
};

/* Undo a deletion while its window is open. Restoring all of more than step_rows rows is finished
 * by deletions_continue (state restoring). With `items` the rest stays in the trash; when nothing
 * is left the deletion is restored.
 * What a project's or site's deletion orphaned goes back unless it has been put elsewhere since,
 * what it archived is un-archived unless it was archived anew since; a photo that comes back while
 * another container of it is in the trash comes back without that one, and joins it when it is
 * restored. An organisation's deletion is restored by platform admins, whichever organisation they
 * act in; its people sign in anew.
 * Audit: photo.restore and so on. Errors: not_found, forbidden; invalid (field "items") for a photo
 * that does not bear the deletion, "too_many_items", "reason_too_long"; conflict
 * "already_restored", "container_deleted" (with the container's deletion_id; of a photo its
 * project, site or original, of anything its organisation), "still_marking" (items while the
 * deletion is still marking), "slug_taken" (reference "site_id": the live site), "email_taken"
 * (reference "user_id": the live user), "purging"; gone "window_closed" past the window or purged.
 */
bool deletions_restore(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *deletion_id, const struct restore_choice *choice, struct deletion *deletion_r,
    struct error *error) __attribute__((warn_unused_result));

/* The same for the deletion that an organisation bears. conflict "not_deleted" if it bears none. */
bool deletions_restore_organization(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *organization_id, struct deletion *deletion_r,
    struct error *error) __attribute__((warn_unused_result));

/* What became of one id of an act on several. */
struct act_result {
	struct id id;      /* as asked */
	struct id item_id; /* the item of the deletion */
	bool changed;
	char code[48]; /* why not: the code of the refusal, or empty */
};

/* Undo: restore every deletion of an act that the actor made. Results one per deletion, in the
 * order of deleting. Errors: not_found where the actor made no such act. */
bool deletions_restore_act(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *act_id, struct act_result **results_r, size_t *count_r,
    struct error *error) __attribute__((warn_unused_result));

/* One deletion that the actor may see: admins all, others those they made, until purged. */
bool deletions_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* One deletion for who wants to restore it: whoever could have restored a purged one finds it too,
 * and learns from its state that it is too late. */
bool deletions_find_to_restore(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *id, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* One page: for admins the organisation's, for others their own; organisation, time and (but for
 * admins, who may ask for one person's or `own`) initiator of the query are set here. */
bool deletions_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct deletion_query *query, struct deletion_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* A page of what can be restored, soonest to close first (admins); position as in
 * deletion_page_closing. */
bool deletions_list_closing(const struct domain *domain, const struct actor *actor,
    struct arena *arena, int64_t after_us, const struct id *after_id, unsigned limit,
    struct deletion_page *page_r, struct error *error) __attribute__((warn_unused_result));

/* Organisations in the trash, as their deletions that are not settled, newest first, all at once
 * (at most 1,000). Platform admins; others forbidden. */
bool deletions_list_organizations(const struct domain *domain, const struct actor *actor,
    struct arena *arena, struct deletion_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* The photos of one deletion that deletions_find gave, newest first; of a project or site whose
 * photos were archived or orphaned: those (item->effect). Photos that are still to be marked are
 * not among them. */
bool deletions_items(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, const struct id *after, unsigned limit,
    struct deletion_item **items_r, size_t *count_r, bool *more_r, struct error *error)
    __attribute__((warn_unused_result));

/* Delete forever: a photo that is archived or in the trash, by an admin; an archived quest or
 * adventure, by its creator. The typed word is checked by the caller. A re-auth token that the
 * actor carries is spent in the transaction. Up to step_rows rows are purged before it returns, the
 * rest by the worker; while purging is paused all of it waits. Audit: photo.delete and so on with
 * mode hard, then photo.purge. Errors: not_found, forbidden (also "reauth_required" for a token
 * already used), invalid "not_archived_or_trashed" (photos), "not_archived" (content), conflict
 * "purging". */
bool deletions_delete_forever(const struct domain *domain, const struct actor *actor,
    struct arena *arena, enum item_kind kind, const struct id *item_id, const char *reason,
    struct deletion *deletion_r, struct error *error) __attribute__((warn_unused_result));

/* Finish, in steps of at most step_rows rows, what acts left to the background: deletions that are
 * marking or restoring. They take turns of a few steps, so that none waits for a large one to end;
 * one that fails is logged, left for a while (from 5 seconds to an hour, doubling) and does not
 * keep the others waiting. Stops after `max_steps` steps (0: when nothing is left). Any number of
 * workers may run it at once. `steps_r` says how many steps did something. */
bool deletions_continue(const struct domain *domain, struct arena *arena, unsigned max_steps,
    unsigned *steps_r, struct error *error) __attribute__((warn_unused_result));

/* The same until the limits say stop; their organisation is of no account. */
struct purge_limits;
bool deletions_continue_within(const struct domain *domain, struct arena *arena,
    const struct purge_limits *limits, unsigned *steps_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
