/* lifecycle.h - the pure table of the lifecycle: state × act × actor → next state or refusal.
 *
 * Nothing here reads a row or a clock; the acts of deletions.h, purge.h, photos.h and content.h ask
 * it under the lock of the row they are about to change. */
#ifndef LETHE_DOMAIN_LIFECYCLE_H
#define LETHE_DOMAIN_LIFECYCLE_H

#include <base/error.h>
#include <stdbool.h>

/* All states, of all three machines. The deletion states are those of the column. */
enum lifecycle_state {
	STATE_NONE, /* of a deletion: there is none yet */
	STATE_MARKING,
	STATE_TRASHED,
	STATE_RESTORING,
	STATE_RESTORED,
	STATE_PURGING,
	STATE_PURGED,
	STATE_PHOTO_LIVE,
	STATE_PHOTO_ARCHIVED,
	STATE_PHOTO_DELETED,
	STATE_CONTENT_DRAFT,
	STATE_CONTENT_PUBLISHED,
	STATE_CONTENT_ARCHIVED,
	STATE_CONTENT_DELETED,
	LIFECYCLE_STATE_COUNT,
};

enum lifecycle_act {
	ACT_DELETE,         /* put in the trash; of a deletion: begin it */
	ACT_MARK_DONE,      /* the last row is marked */
	ACT_RESTORE,        /* undo a deletion; window open or closed as the call says */
	ACT_RESTORE_SOME,   /* take some items out of it */
	ACT_RESTORE_DONE,   /* the last row is unmarked */
	ACT_PURGE,          /* begin a purge because the window has closed */
	ACT_DELETE_FOREVER, /* begin a purge because a person said so */
	ACT_PURGE_DONE,     /* the last row is gone */
	ACT_ARCHIVE,
	ACT_UNARCHIVE,     /* restore from the archive */
	ACT_RETENTION_END, /* the retention of an archived item ended */
	LIFECYCLE_ACT_COUNT,
};

/* Who acts, as far as the lifecycle cares. */
enum lifecycle_actor {
	BY_PERSON, /* an owner or creator, or who deleted */
	BY_ADMIN,
	BY_WORKER,
	LIFECYCLE_ACTOR_COUNT,
};

/* The next state for an act at a state. `window_open` matters only to ACT_RESTORE,
 * ACT_RESTORE_SOME and ACT_PURGE. False and `error` (invalid, conflict or gone, with code and
 * message for a person) if it is refused; forbidden "not_yours" if only this actor is refused. */
bool lifecycle_next(enum lifecycle_state state, enum lifecycle_act act, enum lifecycle_actor actor,
    bool window_open, enum lifecycle_state *next_r, struct error *error)
    __attribute__((warn_unused_result));

const char *lifecycle_state_name(enum lifecycle_state state);
const char *lifecycle_act_name(enum lifecycle_act act);

#endif
