/* lifecycle_test.c - the whole table of the lifecycle: every state × act × actor × window. */
#include <domain/lifecycle.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

/* What each act does at each state: who may (p a w), in which window (* o c), and the next state;
 * or the refusal's code after a "!". */
static const char *const expected[LIFECYCLE_STATE_COUNT]
				 [LIFECYCLE_ACT_COUNT] =
				     {
					 [STATE_NONE] =
					     {
						 [ACT_DELETE] = "paw*>marking",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "!not_possible",
						 [ACT_RESTORE_SOME] = "!not_possible",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "!not_possible",
						 [ACT_DELETE_FOREVER] = "!not_possible",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "!not_possible",
						 [ACT_UNARCHIVE] = "!not_possible",
						 [ACT_RETENTION_END] = "!not_possible",
					     },
					 [STATE_MARKING] =
					     {
						 [ACT_DELETE] = "!not_possible",
						 [ACT_MARK_DONE] = "paw*>trashed",
						 [ACT_RESTORE] = "pawo>restoring",
						 [ACT_RESTORE_SOME] = "!still_marking",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "!still_marking",
						 [ACT_DELETE_FOREVER] = "aw*>marking",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "!not_possible",
						 [ACT_UNARCHIVE] = "!not_possible",
						 [ACT_RETENTION_END] = "!not_possible",
					     },
					 [STATE_TRASHED] =
					     {
						 [ACT_DELETE] = "!not_possible",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "pawo>restoring",
						 [ACT_RESTORE_SOME] = "pawo>trashed",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "pawc>purging",
						 [ACT_DELETE_FOREVER] = "aw*>purging",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "!not_possible",
						 [ACT_UNARCHIVE] = "!not_possible",
						 [ACT_RETENTION_END] = "!not_possible",
					     },
					 [STATE_RESTORING] =
					     {
						 [ACT_DELETE] = "!not_possible",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "!already_restored",
						 [ACT_RESTORE_SOME] = "!already_restored",
						 [ACT_RESTORE_DONE] = "paw*>restored",
						 [ACT_PURGE] = "!not_possible",
						 [ACT_DELETE_FOREVER] = "!not_possible",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "!not_possible",
						 [ACT_UNARCHIVE] = "!not_possible",
						 [ACT_RETENTION_END] = "!not_possible",
					     },
					 [STATE_RESTORED] =
					     {
						 [ACT_DELETE] = "!already_restored",
						 [ACT_MARK_DONE] = "!already_restored",
						 [ACT_RESTORE] = "!already_restored",
						 [ACT_RESTORE_SOME] = "!already_restored",
						 [ACT_RESTORE_DONE] = "!already_restored",
						 [ACT_PURGE] = "!already_restored",
						 [ACT_DELETE_FOREVER] = "!already_restored",
						 [ACT_PURGE_DONE] = "!already_restored",
						 [ACT_ARCHIVE] = "!already_restored",
						 [ACT_UNARCHIVE] = "!already_restored",
						 [ACT_RETENTION_END] = "!already_restored",
					     },
					 [STATE_PURGING] =
					     {
						 [ACT_DELETE] = "!purging",
						 [ACT_MARK_DONE] = "!purging",
						 [ACT_RESTORE] = "!window_closed",
						 [ACT_RESTORE_SOME] = "!window_closed",
						 [ACT_RESTORE_DONE] = "!purging",
						 [ACT_PURGE] = "!purging",
						 [ACT_DELETE_FOREVER] = "!purging",
						 [ACT_PURGE_DONE] = "paw*>purged",
						 [ACT_ARCHIVE] = "!purging",
						 [ACT_UNARCHIVE] = "!purging",
						 [ACT_RETENTION_END] = "!purging",
					     },
					 [STATE_PURGED] =
					     {
						 [ACT_DELETE] = "!window_closed",
						 [ACT_MARK_DONE] = "!window_closed",
						 [ACT_RESTORE] = "!window_closed",
						 [ACT_RESTORE_SOME] = "!window_closed",
						 [ACT_RESTORE_DONE] = "!window_closed",
						 [ACT_PURGE] = "!window_closed",
						 [ACT_DELETE_FOREVER] = "!window_closed",
						 [ACT_PURGE_DONE] = "!window_closed",
						 [ACT_ARCHIVE] = "!window_closed",
						 [ACT_UNARCHIVE] = "!window_closed",
						 [ACT_RETENTION_END] = "!window_closed",
					     },
					 [STATE_PHOTO_LIVE] =
					     {
						 [ACT_DELETE] = "paw*>photo deleted",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "!not_deleted",
						 [ACT_RESTORE_SOME] = "!not_possible",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "!not_possible",
						 [ACT_DELETE_FOREVER] = "!not_archived_or_trashed",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "pa*>photo archived",
						 [ACT_UNARCHIVE] = "!not_archived",
						 [ACT_RETENTION_END] = "!not_archived",
					     },
					 [STATE_PHOTO_ARCHIVED] =
					     {
						 [ACT_DELETE] = "paw*>photo deleted",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "!not_deleted",
						 [ACT_RESTORE_SOME] = "!not_possible",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "!not_possible",
						 [ACT_DELETE_FOREVER] = "aw*>photo deleted",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "!already_archived",
						 [ACT_UNARCHIVE] = "pao>photo live",
						 [ACT_RETENTION_END] = "wc>photo deleted",
					     },
					 [STATE_PHOTO_DELETED] =
					     {
						 [ACT_DELETE] = "!already_deleted",
						 [ACT_MARK_DONE] = "!already_deleted",
						 [ACT_RESTORE] = "pawo>photo live",
						 [ACT_RESTORE_SOME] = "!already_deleted",
						 [ACT_RESTORE_DONE] = "!already_deleted",
						 [ACT_PURGE] = "!already_deleted",
						 [ACT_DELETE_FOREVER] = "aw*>photo deleted",
						 [ACT_PURGE_DONE] = "!already_deleted",
						 [ACT_ARCHIVE] = "!already_deleted",
						 [ACT_UNARCHIVE] = "!already_deleted",
						 [ACT_RETENTION_END] = "!already_deleted",
					     },
					 [STATE_CONTENT_DRAFT] =
					     {
						 [ACT_DELETE] = "w*>content deleted",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "!not_possible",
						 [ACT_RESTORE_SOME] = "!not_possible",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "!not_possible",
						 [ACT_DELETE_FOREVER] = "!not_archived",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "p*>content archived",
						 [ACT_UNARCHIVE] = "!not_archived",
						 [ACT_RETENTION_END] = "!not_possible",
					     },
					 [STATE_CONTENT_PUBLISHED] =
					     {
						 [ACT_DELETE] = "w*>content deleted",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "!not_possible",
						 [ACT_RESTORE_SOME] = "!not_possible",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "!not_possible",
						 [ACT_DELETE_FOREVER] = "!not_archived",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "p*>content archived",
						 [ACT_UNARCHIVE] = "!not_archived",
						 [ACT_RETENTION_END] = "!not_possible",
					     },
					 [STATE_CONTENT_ARCHIVED] =
					     {
						 [ACT_DELETE] = "w*>content deleted",
						 [ACT_MARK_DONE] = "!not_possible",
						 [ACT_RESTORE] = "!not_possible",
						 [ACT_RESTORE_SOME] = "!not_possible",
						 [ACT_RESTORE_DONE] = "!not_possible",
						 [ACT_PURGE] = "!not_possible",
						 [ACT_DELETE_FOREVER] = "p*>content deleted",
						 [ACT_PURGE_DONE] = "!not_possible",
						 [ACT_ARCHIVE] = "!already_archived",
						 [ACT_UNARCHIVE] = "p*>content draft",
						 [ACT_RETENTION_END] = "!not_possible",
					     },
					 [STATE_CONTENT_DELETED] =
					     {
						 [ACT_DELETE] = "!already_deleted",
						 [ACT_MARK_DONE] = "!already_deleted",
						 [ACT_RESTORE] = "!already_deleted",
						 [ACT_RESTORE_SOME] = "!already_deleted",
						 [ACT_RESTORE_DONE] = "!already_deleted",
						 [ACT_PURGE] = "!already_deleted",
						 [ACT_DELETE_FOREVER] = "!already_deleted",
						 [ACT_PURGE_DONE] = "!already_deleted",
						 [ACT_ARCHIVE] = "!already_deleted",
						 [ACT_UNARCHIVE] = "!already_deleted",
						 [ACT_RETENTION_END] = "!already_deleted",
					     },
};

/* The code, or the name of the next state, that a cell demands of an actor in a window. */
static const char *demanded(const char *cell, enum lifecycle_actor actor, bool open)
{
	static const char letters[] = {[BY_PERSON] = 'p', [BY_ADMIN] = 'a', [BY_WORKER] = 'w'};
	const char *next = strchr(cell, '>');
	const char *who;

	if (cell[0] == '!') {
		return cell + 1;
	}
	who = strchr(cell, letters[actor]);
	if (!who || who > next) {
		return "not_yours";
	}
	if (next[-1] == 'o' && !open) {
		return "window_closed";
	}
	if (next[-1] == 'c' && open) {
		return "window_open";
	}
	return next + 1;
}

static void check(int state, int act, int actor, bool open)
{
	const char *cell = expected[state][act];
	enum lifecycle_state next = LIFECYCLE_STATE_COUNT;
	struct error error = {0};
	bool allowed;
	const char *got;

	assert_non_null(cell);
	allowed = lifecycle_next((enum lifecycle_state)state, (enum lifecycle_act)act,
	    (enum lifecycle_actor)actor, open, &next, &error);
	got = allowed ? lifecycle_state_name(next) : error.code;
	if (strcmp(got, demanded(cell, (enum lifecycle_actor)actor, open)) != 0) {
		fail_msg("%s, %s, actor %d, open %d: %s, not %s",
		    lifecycle_state_name((enum lifecycle_state)state),
		    lifecycle_act_name((enum lifecycle_act)act), actor, open, got, cell);
	}
	assert_true(allowed || error.message[0]);
}

static void every_combination_is_as_listed(void **unused)
{
	(void)unused;
	for (int state = 0; state < LIFECYCLE_STATE_COUNT; state++) {
		for (int act = 0; act < LIFECYCLE_ACT_COUNT; act++) {
			for (int actor = 0; actor < LIFECYCLE_ACTOR_COUNT; actor++) {
				check(state, act, actor, true);
				check(state, act, actor, false);
			}
		}
	}
}

static void refusals_are_of_the_right_kind(void **unused)
{
	static const struct {
		enum lifecycle_state state;
		enum lifecycle_act act;
		enum lifecycle_actor actor;
		bool open;
		enum error_kind kind;
	} cases[] = {
	    {STATE_TRASHED, ACT_RESTORE, BY_PERSON, false, ERROR_GONE},
	    {STATE_PURGED, ACT_RESTORE, BY_ADMIN, false, ERROR_GONE},
	    {STATE_PURGING, ACT_RESTORE, BY_ADMIN, true, ERROR_GONE},
	    {STATE_RESTORED, ACT_RESTORE, BY_ADMIN, true, ERROR_CONFLICT},
	    {STATE_PHOTO_DELETED, ACT_DELETE, BY_PERSON, true, ERROR_CONFLICT},
	    {STATE_PHOTO_LIVE, ACT_DELETE_FOREVER, BY_ADMIN, true, ERROR_INVALID},
	    {STATE_PHOTO_ARCHIVED, ACT_DELETE_FOREVER, BY_PERSON, true, ERROR_FORBIDDEN},
	    {STATE_CONTENT_DRAFT, ACT_DELETE_FOREVER, BY_PERSON, true, ERROR_INVALID},
	    {STATE_CONTENT_ARCHIVED, ACT_ARCHIVE, BY_PERSON, true, ERROR_CONFLICT},
	};
	enum lifecycle_state next;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error error = {0};

		assert_false(lifecycle_next(
		    cases[i].state, cases[i].act, cases[i].actor, cases[i].open, &next, &error));
		assert_int_equal(error.kind, cases[i].kind);
	}
}

static void the_refusal_of_live_content_is_the_sources(void **unused)
{
	enum lifecycle_state next;
	struct error error = {0};

	(void)unused;
	assert_false(lifecycle_next(
	    STATE_CONTENT_PUBLISHED, ACT_DELETE_FOREVER, BY_PERSON, true, &next, &error));
	assert_string_equal(error.message, "Content must be archived before permanent deletion");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_combination_is_as_listed),
	    cmocka_unit_test(refusals_are_of_the_right_kind),
	    cmocka_unit_test(the_refusal_of_live_content_is_the_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
