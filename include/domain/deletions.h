/* deletions.h - deleting, restoring and deleting forever, for every kind of item. */
#ifndef LETHE_DOMAIN_DELETIONS_H
#define LETHE_DOMAIN_DELETIONS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/deletions.h>

/* One confirmation to delete one item. */
struct deletion_act {
	enum item_kind kind; /* ITEM_PHOTO; other kinds are refused (invalid, "unknown_kind") */
	struct id item_id;
	const char *reason;             /* free text up to 2,000 characters, or NULL */
	enum deletion_origin origin;    /* ORIGIN_BY_ACTOR: owner or admin, as the actor is */
	struct id act_id;               /* shared by a bulk act; none: one is made */
	enum photo_action photo_action; /* of containers */
};

/* A new act_id, for a bulk act of several deletions. */
struct id deletions_new_act(const struct domain *domain) __attribute__((warn_unused_result));

/* Put an item in the trash with what goes with it, in one transaction; more than step_rows rows
 * are left to deletions_continue. Fills `deletion_r` (texts in `arena`).
 * Audit: photo.delete. Errors: not_found, forbidden (policy; "request_instead" for one's own site
 * photo), conflict "already_deleted" with the deletion_id, invalid "reason_too_long". */
bool deletions_delete(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct deletion_act *act, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* The same inside the caller's transaction, e.g. of a request's approval. */
bool deletions_delete_in(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion_act *act, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* How to restore. Zeroed: all of it, with its container. */
struct restore_choice {
	bool
	    without_container; /* where its project, site or original is deleted: leave it behind */
	const struct id
	    *items;        /* exactly these photos, with their notes and AI results; NULL: all */
	size_t item_count; /* 1 to 1,000 */
};

/* Undo a deletion while its window is open. Restoring all of more than step_rows rows is finished
 * by deletions_continue (state restoring). With `items` the rest stays in the trash; when nothing
 * is left the deletion is restored.
 * Audit: photo.restore and so on. Errors: not_found, forbidden; invalid (field "items") for a photo
 * that does not bear the deletion, "too_many_items"; conflict "already_restored",
 * "container_deleted" (with the container's deletion_id), "still_marking" (items while the
 * deletion is still marking), "purging"; gone "window_closed" past the window or purged. */
bool deletions_restore(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *deletion_id, const struct restore_choice *choice, struct deletion *deletion_r,
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

/* The photos of one deletion that deletions_find gave, newest first. */
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
 * marking or restoring. Stops after `max_steps` steps (0: when nothing is left). Any number of
 * workers may run it at once. `steps_r` says how many steps did something. */
bool deletions_continue(const struct domain *domain, struct arena *arena, unsigned max_steps,
    unsigned *steps_r, struct error *error) __attribute__((warn_unused_result));

#endif
