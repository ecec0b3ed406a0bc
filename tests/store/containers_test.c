/* containers_test.c - deleting albums, projects and sites: what each choice does to their photos,
 * that the preview says it, and that a restore gives back exactly what the act took. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

DB_STATEMENT(live_shares, "SELECT COUNT(*) FROM photo_shares WHERE revoked_at IS NULL");
DB_STATEMENT(pending_requests, "SELECT COUNT(*) FROM deletion_requests WHERE status = 'pending'");
DB_STATEMENT(photos_placed,
    "SELECT COUNT(*) FROM photos WHERE project_id IS NOT NULL OR site_id IS NOT NULL");
DB_STATEMENT(photos_archived, "SELECT COUNT(*) FROM photos WHERE archived_at IS NOT NULL");
DB_STATEMENT(
    batch_photos, "SELECT SUM(photo_count) FROM archive_batches WHERE criteria IS NOT NULL");

/* Each kind, each choice, in one step and in many. */
struct variation {
	enum item_kind kind;
	enum photo_action action;
	unsigned step_rows;
};
typedef void (*vary_fn)(const struct variation *variation);

static void vary(vary_fn test)
{
	static const enum item_kind kinds[] = {ITEM_PROJECT, ITEM_SITE};
	static const unsigned steps[] = {DOMAIN_STEP_ROWS, 3, 2, 1};

	for (size_t k = 0; k < 2; k++) {
		for (int action = PHOTO_ACTION_DELETE; action <= PHOTO_ACTION_ORPHAN; action++) {
			for (size_t s = 0; s < 4; s++) {
				scene_people();
				test(&(struct variation){
				    kinds[k], (enum photo_action)action, steps[s]});
			}
		}
	}
}

static const char *delete_it(
    const struct variation *v, const struct furnished *f, struct deletion *deletion)
{
	world->domain.step_rows = v->step_rows;
	return containers_delete(world, &admin, v->kind, &f->id, v->action, f->name, deletion);
}

/* The photos touched: the furnished one, its derivative, the one asked for; by a deletion and by
 * orphaning also the archived one with its derivative. */
static int64_t touched(const struct variation *v)
{
	return v->action == PHOTO_ACTION_ARCHIVE ? 3 : 5;
}

static void expect_effect(
    const struct variation *v, const struct furnished *f, const struct deletion *deletion)
{
	bool hidden = v->action == PHOTO_ACTION_DELETE;
	int64_t placed_before = 6;
	struct id mark;

	assert_int_equal(deletion->state, DELETION_TRASHED);
	assert_int_equal(deletion->photo_action, v->action);
	assert_int_equal(deletion->counts[COUNT_PHOTO], touched(v));
	assert_int_equal(deletion->counts[COUNT_NOTE], hidden ? 3 : 0);
	assert_int_equal(deletion->counts[COUNT_AI_RESULT], hidden ? 1 : 0);
	assert_int_equal(trash_marked(world, "photos", &deletion->id), hidden ? 5 : 0);
	assert_int_equal(trash_marked(world, "photo_notes", &deletion->id), hidden ? 3 : 0);
	assert_int_equal(trash_rows(world, "deletion_effects"), hidden ? 0 : touched(v));
	assert_int_equal(world_number(world, &photos_placed),
	    v->action == PHOTO_ACTION_ORPHAN ? placed_before - 5 : placed_before);
	assert_int_equal(
	    world_number(world, &photos_archived), v->action == PHOTO_ACTION_ARCHIVE ? 5 : 2);
	assert_int_equal(
	    world_number(world, &live_shares), v->action == PHOTO_ACTION_ORPHAN ? 3 : 1);
	assert_int_equal(world_number(world, &pending_requests), hidden ? 0 : 1);
	assert_true(trash_is_live(world, &f->outside));
	/* What was deleted before keeps its own deletion. */
	mark = trash_mark_of(world, &f->deleted);
	assert_true(id_equal(&mark, &f->deletion));
}

static void preview_equals(const struct variation *v)
{
	struct furnished f = containers_furnish(world, &admin, &ada, v->kind, "Orchard");
	struct deletion_impact impact;
	struct deletion deletion;

	assert_string_equal(
	    containers_impact(world, &admin, v->kind, &f.id, v->action, &impact), "");
	assert_string_equal(delete_it(v, &f, &deletion), "");
	if (v->step_rows < 3) {
		assert_int_equal(deletion.state, DELETION_MARKING);
	}
	trash_continue(world);
	deletion = trash_find(world, &deletion.id);
	expect_effect(v, &f, &deletion);
	for (int i = 0; i < COUNT_KIND_COUNT; i++) {
		assert_int_equal(impact.counts[i], deletion.counts[i]);
	}
	assert_int_equal(impact.bytes, deletion.bytes);
	assert_int_equal(impact.people, 1);
	if (v->action == PHOTO_ACTION_ARCHIVE) {
		assert_int_equal(world_number(world, &batch_photos), touched(v));
	}
}

static void the_preview_equals_the_act(void **state)
{
	(void)state;
	vary(preview_equals);
}

static void restore_equals(const struct variation *v)
{
	struct furnished f = containers_furnish(world, &admin, &ada, v->kind, "Orchard");
	struct snapshot before = containers_snapshot(world), after;
	struct deletion deletion;

	assert_string_equal(delete_it(v, &f, &deletion), "");
	trash_continue(world);
	after = containers_snapshot(world);
	assert_non_null(containers_compare(&before, &after));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	after = containers_snapshot(world);
	/* A request's photo gets its former status back, which is no more "deletion_requested". */
	if (v->action == PHOTO_ACTION_DELETE) {
		trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE id = %s",
		    trash_hex(world, &f.asked));
		after = containers_snapshot(world);
	}
	assert_null(containers_compare(&before, &after));
}

static void a_restore_gives_back_exactly_what_the_act_took(void **state)
{
	(void)state;
	vary(restore_equals);
}

/* After any number of steps of marking. */
static void restore_amid(const struct variation *v)
{
	for (unsigned steps = 0; v->step_rows < 3 && steps < 8; steps++) {
		struct furnished f;
		struct snapshot before, after;
		struct deletion deletion;
		unsigned done;
		struct error error = {0};

		scene_people();
		f = containers_furnish(world, &admin, &ada, v->kind, "Orchard");
		before = containers_snapshot(world);
		assert_string_equal(delete_it(v, &f, &deletion), "");
		if (steps > 0) {
			assert_true(
			    deletions_continue(&world->domain, world->arena, steps, &done, &error));
		}
		assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
		trash_continue(world);
		assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
		trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE id = %s",
		    trash_hex(world, &f.asked));
		after = containers_snapshot(world);
		assert_null(containers_compare(&before, &after));
		assert_int_equal(trash_rows(world, "deletion_effects"), 0);
	}
}

static void a_restore_during_the_marking_gives_it_all_back(void **state)
{
	(void)state;
	vary(restore_amid);
}

static void purge_it(const struct variation *v)
{
	struct furnished f = containers_furnish(world, &admin, &ada, v->kind, "Orchard");
	bool hidden = v->action == PHOTO_ACTION_DELETE;
	struct deletion deletion;

	/* So that only the container's own window closes. */
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01'");
	trash_sql(
	    world, "UPDATE photos SET purge_after = '2030-01-01' WHERE purge_after IS NOT NULL");
	assert_string_equal(delete_it(v, &f, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us - 1;
	assert_int_equal(trash_purge(world).deletions, 0);
	world->clock.fixed_us = deletion.recover_until_us;
	trash_continue(world);
	assert_int_equal(trash_purge(world).deletions, 1);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_PURGED);
	assert_null(deletion.label);
	assert_int_equal(deletion.counts[COUNT_PHOTO], touched(v));
	assert_int_equal(trash_rows(world, v->kind == ITEM_PROJECT ? "projects" : "sites"), 0);
	assert_int_equal(trash_rows(world, "deletion_effects"), 0);
	assert_int_equal(trash_rows(world, "photos"), hidden ? 2 : 7);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), hidden ? 5 : 0);
	assert_int_equal(world_number(world, &photos_placed), 0);
	/* The photo that bears an older deletion of its own keeps it, and can be restored. */
	assert_string_equal(trash_restore(world, &admin, &f.deletion, NULL), "");
	assert_true(trash_is_live(world, &f.deleted));
	assert_int_equal(
	    trash_entries(world, v->kind == ITEM_PROJECT ? "project.purge" : "site.purge"), 1);
}

static void a_purge_takes_the_container_and_what_was_chosen(void **state)
{
	(void)state;
	vary(purge_it);
}

static void the_name_is_typed_and_admins_alone_delete(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Orchard Book");
	struct deletion_impact impact;

	(void)state;
	assert_string_equal(containers_delete(world, &ada, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard Book", NULL),
	    "forbidden");
	assert_string_equal(containers_delete(world, &stranger, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard Book", NULL),
	    "not_found");
	assert_string_equal(
	    containers_impact(world, &ada, ITEM_PROJECT, &project, PHOTO_ACTION_DELETE, &impact),
	    "forbidden");
	assert_string_equal(containers_impact(world, &stranger, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, &impact),
	    "not_found");
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "orchard book", NULL),
	    "wrong_confirmation");
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, NULL, NULL),
	    "wrong_confirmation");
	assert_int_equal(trash_rows(world, "deletions"), 0);
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "  Orchard Book ", NULL),
	    "");
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard Book", NULL),
	    "already_deleted");
	assert_string_equal(
	    containers_impact(world, &admin, ITEM_PROJECT, &project, PHOTO_ACTION_DELETE, &impact),
	    "already_deleted");
}

static void photos_are_orphaned_unless_something_else_is_chosen(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	struct deletion deletion;

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_NONE, "Orchard", &deletion),
	    "");
	assert_int_equal(deletion.photo_action, PHOTO_ACTION_ORPHAN);
	assert_int_equal(deletion.recover_until_us, world->clock.fixed_us + 168 * HOUR_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_preview_equals_the_act),
	    cmocka_unit_test(a_restore_gives_back_exactly_what_the_act_took),
	    cmocka_unit_test(a_restore_during_the_marking_gives_it_all_back),
	    cmocka_unit_test(a_purge_takes_the_container_and_what_was_chosen),
	    SCENE_TEST(the_name_is_typed_and_admins_alone_delete),
	    SCENE_TEST(photos_are_orphaned_unless_something_else_is_chosen),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
