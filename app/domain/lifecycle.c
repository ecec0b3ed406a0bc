/* lifecycle.c - the table of the lifecycle. What is not in it is refused. */
#include <domain/lifecycle.h>
#include <stddef.h>

enum {
	PERSON = 1 << BY_PERSON,
	ADMIN = 1 << BY_ADMIN,
	WORKER = 1 << BY_WORKER,
	PEOPLE = PERSON | ADMIN,
	ANYONE = PEOPLE | WORKER,
};

enum window { ALWAYS, OPEN, CLOSED };

static const struct transition {
	enum lifecycle_state state;
	enum lifecycle_act act;
	unsigned actors;
	enum window window;
	enum lifecycle_state next;
} transitions[] = {
    /* Deletions. */
    {STATE_NONE, ACT_DELETE, ANYONE, ALWAYS, STATE_MARKING},
    {STATE_MARKING, ACT_MARK_DONE, ANYONE, ALWAYS, STATE_TRASHED},
    {STATE_MARKING, ACT_RESTORE, ANYONE, OPEN, STATE_RESTORING},
    {STATE_MARKING, ACT_DELETE_FOREVER, ADMIN | WORKER, ALWAYS, STATE_MARKING},
    {STATE_TRASHED, ACT_RESTORE, ANYONE, OPEN, STATE_RESTORING},
    {STATE_TRASHED, ACT_RESTORE_SOME, ANYONE, OPEN, STATE_TRASHED},
    {STATE_TRASHED, ACT_PURGE, ANYONE, CLOSED, STATE_PURGING},
    {STATE_TRASHED, ACT_DELETE_FOREVER, ADMIN | WORKER, ALWAYS, STATE_PURGING},
    {STATE_RESTORING, ACT_RESTORE_DONE, ANYONE, ALWAYS, STATE_RESTORED},
    {STATE_PURGING, ACT_PURGE_DONE, ANYONE, ALWAYS, STATE_PURGED},

    /* Photos. A restored one is archived again if it was. */
    {STATE_PHOTO_LIVE, ACT_DELETE, ANYONE, ALWAYS, STATE_PHOTO_DELETED},
    {STATE_PHOTO_LIVE, ACT_ARCHIVE, PEOPLE, ALWAYS, STATE_PHOTO_ARCHIVED},
    {STATE_PHOTO_ARCHIVED, ACT_DELETE, ANYONE, ALWAYS, STATE_PHOTO_DELETED},
    {STATE_PHOTO_ARCHIVED, ACT_UNARCHIVE, PEOPLE, OPEN, STATE_PHOTO_LIVE},
    {STATE_PHOTO_ARCHIVED, ACT_DELETE_FOREVER, ADMIN | WORKER, ALWAYS, STATE_PHOTO_DELETED},
    {STATE_PHOTO_ARCHIVED, ACT_RETENTION_END, WORKER, CLOSED, STATE_PHOTO_DELETED},
    {STATE_PHOTO_DELETED, ACT_RESTORE, ANYONE, OPEN, STATE_PHOTO_LIVE},
    {STATE_PHOTO_DELETED, ACT_DELETE_FOREVER, ADMIN | WORKER, ALWAYS, STATE_PHOTO_DELETED},

    /* Quests and adventures. A restored one is published again if it was; only a container's or
     * an account's deletion puts them in the trash. */
    {STATE_CONTENT_DRAFT, ACT_ARCHIVE, PERSON, ALWAYS, STATE_CONTENT_ARCHIVED},
    {STATE_CONTENT_DRAFT, ACT_DELETE, WORKER, ALWAYS, STATE_CONTENT_DELETED},
    {STATE_CONTENT_PUBLISHED, ACT_ARCHIVE, PERSON, ALWAYS, STATE_CONTENT_ARCHIVED},
    {STATE_CONTENT_PUBLISHED, ACT_DELETE, WORKER, ALWAYS, STATE_CONTENT_DELETED},
    {STATE_CONTENT_ARCHIVED, ACT_UNARCHIVE, PERSON, ALWAYS, STATE_CONTENT_DRAFT},
    {STATE_CONTENT_ARCHIVED, ACT_DELETE, WORKER, ALWAYS, STATE_CONTENT_DELETED},
    {STATE_CONTENT_ARCHIVED, ACT_DELETE_FOREVER, PERSON, ALWAYS, STATE_CONTENT_DELETED},
};

/* What a person is told where the table has no row; the first that fits. LIFECYCLE_STATE_COUNT and
 * LIFECYCLE_ACT_COUNT stand for any. */
#define ANY_STATE LIFECYCLE_STATE_COUNT
#define ANY_ACT   LIFECYCLE_ACT_COUNT
static const struct refusal {
	enum lifecycle_state state;
	enum lifecycle_act act;
	enum error_kind kind;
	const char *code;
	const char *message;
} refusals[] = {
    {STATE_MARKING, ACT_RESTORE_SOME, ERROR_CONFLICT, "still_marking",
	"The deletion is still under way. Try again in a moment."},
    {STATE_MARKING, ACT_PURGE, ERROR_CONFLICT, "still_marking",
	"The deletion is still under way. Try again in a moment."},
    {STATE_RESTORING, ACT_RESTORE, ERROR_CONFLICT, "already_restored",
	"This is being restored already."},
    {STATE_RESTORING, ACT_RESTORE_SOME, ERROR_CONFLICT, "already_restored",
	"This is being restored already."},
    {STATE_RESTORED, ANY_ACT, ERROR_CONFLICT, "already_restored", "This was restored already."},
    {STATE_PURGING, ACT_RESTORE, ERROR_GONE, "window_closed",
	"The time to restore this is over; it is being purged."},
    {STATE_PURGING, ACT_RESTORE_SOME, ERROR_GONE, "window_closed",
	"The time to restore this is over; it is being purged."},
    {STATE_PURGING, ANY_ACT, ERROR_CONFLICT, "purging", "This is being purged already."},
    {STATE_PURGED, ANY_ACT, ERROR_GONE, "window_closed",
	"The time to restore this is over; it was purged."},
    {STATE_PHOTO_LIVE, ACT_UNARCHIVE, ERROR_CONFLICT, "not_archived",
	"This photo is not archived."},
    {STATE_PHOTO_LIVE, ACT_RESTORE, ERROR_CONFLICT, "not_deleted", "This photo is not deleted."},
    {STATE_PHOTO_LIVE, ACT_DELETE_FOREVER, ERROR_INVALID, "not_archived_or_trashed",
	"Only a photo that is archived or in the trash can be deleted forever."},
    {STATE_PHOTO_LIVE, ACT_RETENTION_END, ERROR_CONFLICT, "not_archived",
	"This photo is not archived."},
    {STATE_PHOTO_ARCHIVED, ACT_ARCHIVE, ERROR_CONFLICT, "already_archived",
	"This photo is archived already."},
    {STATE_PHOTO_ARCHIVED, ACT_RESTORE, ERROR_CONFLICT, "not_deleted",
	"This photo is not deleted."},
    {STATE_PHOTO_DELETED, ANY_ACT, ERROR_CONFLICT, "already_deleted",
	"This photo is deleted already."},
    {STATE_CONTENT_DRAFT, ACT_UNARCHIVE, ERROR_CONFLICT, "not_archived", "This is not archived."},
    {STATE_CONTENT_PUBLISHED, ACT_UNARCHIVE, ERROR_CONFLICT, "not_archived",
	"This is not archived."},
    {STATE_CONTENT_DRAFT, ACT_DELETE_FOREVER, ERROR_INVALID, "not_archived",
	"Content must be archived before permanent deletion"},
    {STATE_CONTENT_PUBLISHED, ACT_DELETE_FOREVER, ERROR_INVALID, "not_archived",
	"Content must be archived before permanent deletion"},
    {STATE_CONTENT_ARCHIVED, ACT_ARCHIVE, ERROR_CONFLICT, "already_archived",
	"This is archived already."},
    {STATE_CONTENT_DELETED, ANY_ACT, ERROR_CONFLICT, "already_deleted", "This is deleted already."},
    {ANY_STATE, ANY_ACT, ERROR_CONFLICT, "not_possible", "This is not possible in its state."},
};

static const char *const state_names[LIFECYCLE_STATE_COUNT] = {"none", "marking", "trashed",
    "restoring", "restored", "purging", "purged", "photo live", "photo archived", "photo deleted",
    "content draft", "content published", "content archived", "content deleted"};
static const char *const act_names[LIFECYCLE_ACT_COUNT] = {"delete", "mark_done", "restore",
    "restore_some", "restore_done", "purge", "delete_forever", "purge_done", "archive", "unarchive",
    "retention_end"};

const char *lifecycle_state_name(enum lifecycle_state state)
{
	return state_names[state];
}

const char *lifecycle_act_name(enum lifecycle_act act)
{
	return act_names[act];
}

static const struct transition *find_transition(enum lifecycle_state state, enum lifecycle_act act)
{
	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++) {
		if (transitions[i].state == state && transitions[i].act == act) {
			return &transitions[i];
		}
	}
	return NULL;
}

static bool refuse(enum lifecycle_state state, enum lifecycle_act act, struct error *error)
{
	const struct refusal *refusal = refusals;

	while ((refusal->state != state && refusal->state != ANY_STATE) ||
	       (refusal->act != act && refusal->act != ANY_ACT)) {
		refusal++;
	}
	return error_set(error, refusal->kind, refusal->code, "%s", refusal->message);
}

static bool refuse_window(const struct transition *transition, struct error *error)
{
	if (transition->window == OPEN) {
		return error_set(
		    error, ERROR_GONE, "window_closed", "The time to restore this is over.");
	}
	return error_set(error, ERROR_CONFLICT, "window_open",
	    "This can still be restored, so it is not purged yet.");
}

bool lifecycle_next(enum lifecycle_state state, enum lifecycle_act act, enum lifecycle_actor actor,
    bool window_open, enum lifecycle_state *next_r, struct error *error)
{
	const struct transition *transition = find_transition(state, act);

	if (!transition) {
		return refuse(state, act, error);
	}
	if (!(transition->actors & 1U << actor)) {
		return error_set(error, ERROR_FORBIDDEN, "not_yours", "This is not yours to do.");
	}
	if (transition->window != ALWAYS && (transition->window == OPEN) != window_open) {
		return refuse_window(transition, error);
	}
	*next_r = transition->next;
	return true;
}
