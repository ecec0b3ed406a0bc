/* worker_kill_test.c - `lethe work` ended by SIGKILL around every COMMIT of its steps, started
 * again, and the end state is as if nothing had happened.
 *
 * The wire between worker and MariaDB ends the worker when the chosen COMMIT comes by: before the
 * server gets it (the step is undone) or after (it is done, and the worker never heard of it).
 * FAULT_LONG=1 does the same at every single packet. */
#include "../support/dying.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ORIGINAL_NOTES   1200
#define DERIVATIVE_NOTES 900
#define OTHER_NOTES      20
#define NOTES            (ORIGINAL_NOTES + DERIVATIVE_NOTES)
#define QUEUED           60 /* more than one transaction of cleanup */
#define STRIDE           5  /* of packets, where not all are tried */

/* What a scenario made. */
struct made {
	struct actor member;
	struct id organization_id, photo_id, other_id;
	struct deletion deletion;
};

static void add_notes(struct stack *stack, const struct made *made, const struct id *photo_id,
    unsigned first, unsigned count)
{
	trash_sql(stack->world,
	    "INSERT INTO photo_notes (id, organization_id, created_at, photo_id, author_id, body)"
	    " SELECT UNHEX(LPAD(HEX(seq), 32, '0')), %s, '2026-01-21', %s, %s, 'A note'"
	    " FROM seq_%u_to_%u",
	    trash_hex(stack->world, &made->organization_id), trash_hex(stack->world, photo_id),
	    trash_hex(stack->world, &made->member.user_id), first, first + count - 1);
}

/* A photo and its derivative with more notes than one step takes, and one that nothing happens to.
 */
static void make_photos(struct stack *stack, struct made *made)
{
	struct world *world = stack->world;
	struct id derivative_id;

	made->organization_id = world_organization(world, "Fault Farm");
	made->member = world_user(world, &made->organization_id, "a@fault.example", ROLE_MEMBER);
	made->photo_id = world_photo(world, &made->member, "A photo", NULL, NULL);
	made->other_id = world_photo(world, &made->member, "Another", NULL, NULL);
	derivative_id = world_derivative(world, &made->member, &made->photo_id);
	add_notes(stack, made, &made->photo_id, 1, ORIGINAL_NOTES);
	add_notes(stack, made, &derivative_id, 10001, DERIVATIVE_NOTES);
	add_notes(stack, made, &made->other_id, 20001, OTHER_NOTES);
	trash_tag(world, &made->member, &made->photo_id, "tag");
	trash_tag(world, &made->member, &made->other_id, "tag");
	trash_share(world, &made->member, &made->photo_id, 's');
}

static void check_other(struct stack *stack, const struct made *made)
{
	assert_true(trash_is_live(stack->world, &made->other_id));
	assert_int_equal(stack_number(stack,
			     "SELECT COUNT(*) FROM photo_notes WHERE deleted_at IS NULL AND"
			     " photo_id = %s",
			     trash_hex(stack->world, &made->other_id)),
	    OTHER_NOTES);
}

static void check_deletion(
    struct stack *stack, const struct made *made, enum deletion_state state, int64_t bytes)
{
	struct deletion found = trash_find(stack->world, &made->deletion.id);

	assert_int_equal(found.state, state);
	assert_int_equal(found.counts[COUNT_PHOTO], 2);
	assert_int_equal(found.counts[COUNT_NOTE], NOTES);
	assert_int_equal(found.bytes, bytes);
	assert_int_equal(trash_rows(stack->world, "deletions"), 1);
	check_other(stack, made);
}

static int64_t bytes_of_photo(struct stack *stack, const struct made *made)
{
	const char *id = trash_hex(stack->world, &made->photo_id);

	return stack_number(
	    stack, "SELECT SUM(bytes) FROM photos WHERE id = %s OR original_id = %s", id, id);
}

/* --- marking ------------------------------------------------------------------------------- */

static void prepare_marking(struct stack *stack, struct made *made)
{
	make_photos(stack, made);
	assert_string_equal(
	    trash_delete(stack->world, &made->member, &made->photo_id, &made->deletion), "");
	assert_int_equal(made->deletion.state, DELETION_MARKING);
}

static void check_marked(struct stack *stack, const struct made *made)
{
	struct world *world = stack->world;

	check_deletion(stack, made, DELETION_TRASHED, bytes_of_photo(stack, made));
	assert_int_equal(trash_marked(world, "photos", &made->deletion.id), 2);
	assert_int_equal(trash_marked(world, "photo_notes", &made->deletion.id), NOTES);
	assert_int_equal(trash_entries(world, "photo.delete"), 1);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(world), 3);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM photo_shares WHERE revoked_at IS NULL"), 0);
}

/* --- restoring ----------------------------------------------------------------------------- */

static void restore(struct stack *stack, struct made *made)
{
	assert_string_equal(
	    trash_restore(stack->world, &made->member, &made->deletion.id, &made->deletion), "");
	assert_int_equal(made->deletion.state, DELETION_RESTORING);
}

static void prepare_restoring(struct stack *stack, struct made *made)
{
	prepare_marking(stack, made);
	trash_continue(stack->world);
	restore(stack, made);
}

static void prepare_restoring_half_marked(struct stack *stack, struct made *made)
{
	unsigned steps;
	struct error error = {0};

	prepare_marking(stack, made);
	assert_true(
	    deletions_continue(&stack->world->domain, stack->world->arena, 1, &steps, &error));
	restore(stack, made);
}

static void check_restored(struct stack *stack, const struct made *made)
{
	struct world *world = stack->world;

	assert_int_equal(trash_find(world, &made->deletion.id).state, DELETION_RESTORED);
	check_other(stack, made);
	assert_int_equal(trash_live(world, "photos"), 3);
	assert_int_equal(trash_live(world, "photo_notes"), NOTES + OTHER_NOTES);
	assert_int_equal(trash_marked(world, "photo_notes", &made->deletion.id), 0);
	assert_int_equal(trash_rows(world, "photo_tags"), 2);
	assert_int_equal(trash_entries(world, "photo.restore"), 1);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(world), 3);
}

/* --- purging ------------------------------------------------------------------------------- */

static void prepare_purging(struct stack *stack, struct made *made)
{
	stack->world->clock.fixed_us -= 5 * HOUR_US;
	prepare_marking(stack, made);
	trash_continue(stack->world);
	stack->world->clock.fixed_us += 5 * HOUR_US;
}

/* Nothing of the photo is left, everything of the other is. */
static void check_gone(struct stack *stack, const struct made *made)
{
	struct world *world = stack->world;

	check_other(stack, made);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_int_equal(trash_rows(world, "photo_notes"), OTHER_NOTES);
	assert_int_equal(trash_rows(world, "photo_tags"), 1);
	assert_int_equal(trash_rows(world, "photo_shares"), 0);
	assert_int_equal(trash_rows(world, "dead_shares"), 1);
	assert_int_equal(trash_rows(world, "files"), 1);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(world), 1);
}

static void check_purged(struct stack *stack, const struct made *made)
{
	check_deletion(stack, made, DELETION_PURGED, made->deletion.bytes);
	check_gone(stack, made);
	assert_int_equal(trash_entries(stack->world, "photo.purge"), 1);
	assert_null(trash_find(stack->world, &made->deletion.id).label);
}

static void prepare_purging_and_sum(struct stack *stack, struct made *made)
{
	prepare_purging(stack, made);
	made->deletion.bytes = bytes_of_photo(stack, made);
}

/* A hard deletion whose marking has not ended: marked to its end, then purged. */
static void prepare_purging_half_marked(struct stack *stack, struct made *made)
{
	stack->world->clock.fixed_us -= 5 * HOUR_US;
	prepare_marking(stack, made);
	stack->world->clock.fixed_us += 5 * HOUR_US;
	made->deletion.bytes = bytes_of_photo(stack, made);
}

static void prepare_retention(struct stack *stack, struct made *made)
{
	make_photos(stack, made);
	trash_sql(stack->world,
	    "UPDATE photos SET archived_at = '2026-01-01', purge_after = '2026-01-31' WHERE id = "
	    "%s",
	    trash_hex(stack->world, &made->photo_id));
}

static void check_retention(struct stack *stack, const struct made *made)
{
	check_gone(stack, made);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged'"
					     " AND origin = 'retention' AND photo_count = 2"
					     " AND note_count = 2100"),
	    1);
	assert_int_equal(trash_rows(stack->world, "deletions"), 1);
}

/* --- cleaning up --------------------------------------------------------------------------- */

static void prepare_cleanup(struct stack *stack, struct made *made)
{
	struct error error = {0};

	memset(made, 0, sizeof(*made));
	for (unsigned i = 0; i < QUEUED; i++) {
		struct storage_stage *stage = world_picture(stack->world);
		struct storage_object object;
		struct id id = id_generate(stack->world->clock.fixed_us);

		assert_true(storage_commit(&stage, &id, &object, &error));
		trash_sql(stack->world,
		    "INSERT INTO storage_cleanup_queue (id, storage_key, bytes, next_attempt_at,"
		    " created_at) VALUES (%s, '%s', 1, '2026-01-01', '2026-01-01')",
		    trash_hex(stack->world, &id), object.key);
	}
}

static void check_clean(struct stack *stack, const struct made *made)
{
	(void)made;
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(stack->world), 0);
}

static void killed_while_marking(void **state)
{
	dying_at_every_step(*state, &DYING(prepare_marking, check_marked));
}

static void killed_while_restoring(void **state)
{
	dying_at_every_step(*state, &DYING(prepare_restoring, check_restored));
}

static void killed_while_restoring_what_was_half_marked(void **state)
{
	dying_at_every_step(*state, &DYING(prepare_restoring_half_marked, check_restored));
}

static void killed_while_purging(void **state)
{
	dying_at_every_step(*state, &DYING(prepare_purging_and_sum, check_purged));
}

static void killed_while_purging_what_was_half_marked(void **state)
{
	dying_at_every_step(*state, &DYING(prepare_purging_half_marked, check_purged));
}

static void killed_while_retention_ends(void **state)
{
	dying_at_every_step(*state, &DYING(prepare_retention, check_retention));
}

/* Objects are removed between the packets of one transaction, so all of them count. */
static void killed_while_cleaning_up(void **state)
{
	const struct dying scenario = DYING(prepare_cleanup, check_clean);

	dying_at_every_step(*state, &scenario);
	if (!getenv("FAULT_LONG"))
		dying_everywhere(*state, &scenario, WIRE_EXECUTE, 0, STRIDE * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_while_marking),
	    cmocka_unit_test(killed_while_restoring),
	    cmocka_unit_test(killed_while_restoring_what_was_half_marked),
	    cmocka_unit_test(killed_while_purging),
	    cmocka_unit_test(killed_while_purging_what_was_half_marked),
	    cmocka_unit_test(killed_while_retention_ends),
	    cmocka_unit_test(killed_while_cleaning_up),
	};

	return cmocka_run_group_tests(tests, stack_group_open, stack_group_close);
}
