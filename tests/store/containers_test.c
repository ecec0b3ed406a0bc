/* containers_test.c - deleting albums, projects and sites: what each choice does to their photos,
 * that the preview says it, and that a restore gives back exactly what the act took. */
#include "../support/containers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <store/container.h>
#include <string.h>
#include <time.h>

DB_STATEMENT(live_shares, "SELECT COUNT(*) FROM photo_shares WHERE revoked_at IS NULL");
DB_STATEMENT(pending_requests, "SELECT COUNT(*) FROM deletion_requests WHERE status = 'pending'");
DB_STATEMENT(photos_placed,
    "SELECT COUNT(*) FROM photos WHERE project_id IS NOT NULL OR site_id IS NOT NULL");
DB_STATEMENT(photos_archived, "SELECT COUNT(*) FROM photos WHERE archived_at IS NOT NULL");
DB_STATEMENT(
    batch_photos, "SELECT SUM(photo_count) FROM archive_batches WHERE criteria IS NOT NULL");

DB_STATEMENT(live_in_deleted,
    "SELECT COUNT(*) FROM photos p LEFT JOIN projects a ON a.id = p.project_id"
    " LEFT JOIN sites b ON b.id = p.site_id WHERE p.deleted_at IS NULL AND p.archived_at IS NULL"
    " AND (a.deleted_at IS NOT NULL OR b.deleted_at IS NOT NULL)");

static struct world *world;
static struct actor ada, ben, admin, stranger;

static int start(void **state)
{
	(void)state;
	world = world_open();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static void people(void)
{
	struct id alder, birch;

	world_clear(world);
	alder = world_organization(world, "Alder");
	birch = world_organization(world, "Birch");
	ada = world_user(world, &alder, "ada@alder.example", ROLE_MEMBER);
	ben = world_user(world, &alder, "ben@alder.example", ROLE_MEMBER);
	admin = world_user(world, &alder, "admin@alder.example", ROLE_ADMIN);
	stranger = world_user(world, &birch, "mia@birch.example", ROLE_ADMIN);
}

static int set_up(void **state)
{
	(void)state;
	people();
	return 0;
}

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
				people();
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

		people();
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

static void an_album_goes_and_comes_with_its_list(void **state)
{
	struct id album = world_place(world, &ada, PLACE_ALBUM, "Best");
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion_impact impact;
	struct deletion deletion;
	struct snapshot before, after;

	(void)state;
	trash_place(world, &album, &photo);
	before = containers_snapshot(world);
	assert_string_equal(
	    containers_delete(world, &ben, ITEM_ALBUM, &album, PHOTO_ACTION_NONE, NULL, NULL),
	    "forbidden");
	assert_string_equal(
	    containers_impact(world, &ada, ITEM_ALBUM, &album, PHOTO_ACTION_NONE, &impact), "");
	assert_string_equal(
	    containers_delete(world, &ada, ITEM_ALBUM, &album, PHOTO_ACTION_NONE, NULL, &deletion),
	    "");
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.origin, ORIGIN_OWNER);
	assert_memory_equal(impact.counts, deletion.counts, sizeof(impact.counts));
	assert_int_equal(deletion.counts[COUNT_ALBUM], 1);
	assert_true(trash_is_live(world, &photo));
	assert_int_equal(trash_rows(world, "album_photos"), 1);
	assert_string_equal(trash_restore(world, &ben, &deletion.id, NULL), "not_found");
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	after = containers_snapshot(world);
	assert_null(containers_compare(&before, &after));
	assert_string_equal(containers_delete(world, &admin, ITEM_ALBUM, &album, PHOTO_ACTION_NONE,
				NULL, &deletion),
	    "");
	assert_int_equal(deletion.origin, ORIGIN_ADMIN);
	world->clock.fixed_us = deletion.recover_until_us;
	assert_int_equal(trash_purge(world).deletions, 1);
	assert_int_equal(trash_rows(world, "albums"), 0);
	assert_int_equal(trash_rows(world, "album_photos"), 0);
	assert_true(trash_is_live(world, &photo));
}

static void a_photo_deleted_before_waits_for_its_container(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct restore_choice without = {.without_container = true};
	struct deletion project, deletion;
	struct error error = {0};
	struct photo photo;

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ORPHAN, "Orchard", &project),
	    "");
	assert_string_equal(trash_restore(world, &admin, &f.deletion, NULL), "container_deleted");
	assert_string_equal(trash_error()->reference_name, "deletion_id");
	assert_true(deletions_restore(
	    &world->domain, &admin, world->arena, &f.deletion, &without, &deletion, &error));
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.deleted, &photo, &error));
	assert_true(id_is_none(&photo.project_id));
}

static void what_was_put_elsewhere_stays_there(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct id other = world_place(world, &admin, PLACE_PROJECT, "Stall");
	struct deletion deletion;
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ORPHAN, "Orchard", &deletion),
	    "");
	trash_sql(world, "UPDATE photos SET project_id = %s WHERE id = %s",
	    trash_hex(world, &other), trash_hex(world, &f.photo));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.photo, &photo, &error));
	assert_true(id_equal(&photo.project_id, &other));
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.made, &photo, &error));
	assert_true(id_equal(&photo.project_id, &f.id));
}

static void what_was_archived_anew_stays_archived(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct deletion deletion;
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ARCHIVE, "Orchard", &deletion),
	    "");
	assert_true(photos_find(&world->domain, &admin, world->arena, &f.asked, &photo, &error));
	assert_string_equal(photo.archive_reason, "Project deleted");
	assert_true(id_equal(&photo.archived_by, &admin.user_id));
	assert_int_equal(photo.purge_after_us, world->clock.fixed_us + 720 * HOUR_US);
	/* Taken out while the project is in the trash it is in no project; put away again it is in
	 * an archive of its own. */
	assert_true(
	    photos_unarchive(&world->domain, &admin, world->arena, &f.asked, &photo, &error));
	assert_true(id_is_none(&photo.project_id));
	assert_true(
	    photos_archive(&world->domain, &admin, world->arena, &f.asked, NULL, &photo, &error));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_true(photos_find(&world->domain, &admin, world->arena, &f.asked, &photo, &error));
	assert_true(photo.archived_at_us != 0);
	assert_true(id_equal(&photo.project_id, &f.id));
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.photo, &photo, &error));
	assert_int_equal(photo.archived_at_us, 0);
}

/* Two containers of one photo, deleted and restored in every order. */
static void two_containers_of_a_photo_come_back_in_any_order(void **state)
{
	(void)state;
	for (int round = 0; round < 36; round++) {
		enum photo_action first = (enum photo_action)(1 + round % 3);
		enum photo_action second = (enum photo_action)(1 + round / 3 % 3);
		bool swapped = round / 9 % 2, stepwise = round / 18 % 2;
		struct id project, site, photo;
		struct deletion one, two;
		struct snapshot before, after;

		people();
		project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
		site = world_place(world, &admin, PLACE_SITE, "Stall");
		photo = world_photo(world, &ada, "Both", &project, &site);
		(void)photo;
		before = containers_snapshot(world);
		world->domain.step_rows = stepwise ? 1 : DOMAIN_STEP_ROWS;
		assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project, first,
					"Orchard", &one),
		    "");
		trash_continue(world);
		assert_string_equal(
		    containers_delete(world, &admin, ITEM_SITE, &site, second, "Stall", &two), "");
		trash_continue(world);
		assert_string_equal(
		    trash_restore(world, &admin, swapped ? &two.id : &one.id, NULL), "");
		trash_continue(world);
		assert_int_equal(world_number(world, &live_in_deleted), 0);
		assert_string_equal(
		    trash_restore(world, &admin, swapped ? &one.id : &two.id, NULL), "");
		trash_continue(world);
		after = containers_snapshot(world);
		if (containers_compare(&before, &after)) {
			fail_msg("%s: %d then %d, %s", containers_compare(&before, &after), first,
			    second, swapped ? "second restored first" : "first restored first");
		}
	}
}

static void a_taken_slug_stands_in_the_way(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "Stall");
	struct id other;
	struct deletion deletion;
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_SITE, &site, PHOTO_ACTION_DELETE,
				"Stall", &deletion),
	    "");
	other = world_place(world, &admin, PLACE_SITE, "Stall");
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "slug_taken");
	assert_string_equal(trash_error()->reference_name, "site_id");
	id_format(&other, text);
	assert_string_equal(trash_error()->reference, text);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_TRASHED);
	trash_sql(
	    world, "UPDATE sites SET slug = 'elsewhere' WHERE id = %s", trash_hex(world, &other));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
}

static void nothing_goes_into_a_deleted_container(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	struct photos_upload upload = {.original = world_picture(world), .project_id = project};
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_ORPHAN, "Orchard", NULL),
	    "");
	assert_false(photos_add(&world->domain, &ada, world->arena, &upload, &photo, &error));
	assert_string_equal(error.code, "container_deleted");
	assert_int_equal(world_objects(world), 0);
}

static void some_photos_come_out_of_a_larger_deletion(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct deletion deletion, after;

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_DELETE, "Orchard", &deletion),
	    "");
	assert_string_equal(
	    trash_restore_items(world, &admin, &deletion.id, &f.photo, 1, false, NULL),
	    "container_deleted");
	assert_string_equal(
	    trash_restore_items(world, &admin, &deletion.id, &f.photo, 1, true, &after), "");
	assert_int_equal(after.counts[COUNT_PHOTO], deletion.counts[COUNT_PHOTO] - 1);
	assert_true(after.bytes < deletion.bytes);
	assert_true(trash_is_live(world, &f.photo));
	assert_false(trash_is_live(world, &f.made));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_true(trash_is_live(world, &f.made));
}

/* --- a container deleted while something comes back into it ------------------------------ */

/* By another connection. */
struct deleter {
	struct domain domain;
	const struct furnished *f;
	pthread_t thread;
	bool ok;
};

static void *delete_container(void *context)
{
	struct deleter *c = context;
	struct arena *arena = arena_create();
	struct deletion deletion;
	struct error error = {0};
	struct deletion_act act = {.kind = c->f->kind,
	    .item_id = c->f->id,
	    .origin = ORIGIN_BY_ACTOR,
	    .photo_action = PHOTO_ACTION_DELETE,
	    .confirmation = c->f->name};

	c->ok = deletions_delete(&c->domain, &admin, arena, &act, &deletion, &error);
	arena_destroy(&arena);
	return NULL;
}

/* What is read of containers before photos come back, in a transaction under way. */
struct coming_back {
	struct deleter deleter;
	struct deletion deletion; /* of the photos */
	struct id photo;          /* unarchived; none: those of the deletion are restored */
	bool waited;
};

static enum db_result read_containers(struct db_tx *tx, const struct coming_back *c)
{
	struct id upto, blocking;

	memset(upto.bytes, 0xff, sizeof(upto.bytes));
	if (!id_is_none(&c->photo)) {
		return effects_orphan_photo(tx, &admin.organization_id, &c->photo);
	}
	return c->deletion.kind == ITEM_PHOTO
		   ? container_deleted(tx, &c->deletion, NULL, &blocking)
		   : effects_orphan_others(tx, &c->deletion, &id_none, &upto);
}

static bool come_back(struct db_tx *tx, void *context, struct error *error)
{
	struct coming_back *c = context;
	struct root_item item = {0};
	enum db_result result = read_containers(tx, c);

	(void)error;
	assert_true(result == DB_OK || result == DB_NONE);
	assert_int_equal(
	    pthread_create(&c->deleter.thread, NULL, delete_container, &c->deleter), 0);
	for (int i = 0; i < 30 && item.deleted_at_us == 0; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
		assert_int_equal(root_read(tx->db, tx->arena, c->deleter.f->kind,
				     &admin.organization_id, &c->deleter.f->id, &item),
		    DB_OK);
	}
	c->waited = item.deleted_at_us == 0;
	return true;
}

static void expect_waiting(struct coming_back *c, const struct furnished *f)
{
	struct db *db = NULL;
	struct error error = {0};

	c->deleter.f = f;
	c->deleter.domain = world_second_domain(world, &db);
	assert_true(db_transaction(world->db, come_back, c, &error));
	pthread_join(c->deleter.thread, NULL);
	assert_true(c->waited);
	assert_true(c->deleter.ok);
	db_close(&db);
}

static void a_container_is_not_deleted_while_photos_come_back(void **state)
{
	static const enum item_kind kinds[] = {ITEM_PROJECT, ITEM_SITE};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct coming_back restored = {0}, unarchived = {0};
		struct furnished f, other;

		people();
		f = containers_furnish(world, &admin, &ada, kinds[i], "First");
		restored.deletion = trash_find(world, &f.deletion);
		expect_waiting(&restored, &f);
		other = containers_furnish(world, &admin, &ada, kinds[i], "Second");
		unarchived.photo = other.archived;
		expect_waiting(&unarchived, &other);
	}
}

/* Photos of a project's deletion that are in a site as well. */
static void a_site_is_not_deleted_while_its_photos_project_comes_back(void **state)
{
	struct furnished site;
	struct id project;
	struct coming_back restored = {0};

	(void)state;
	people();
	site = containers_furnish(world, &admin, &ada, ITEM_SITE, "Stall");
	project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	(void)world_photo(world, &ada, "Both", &project, &site.id);
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard", &restored.deletion),
	    "");
	expect_waiting(&restored, &site);
}

/* Its restore and the new deletion would meet in its rows. */
static void what_is_being_restored_is_not_deleted_anew(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct deletion deletion;
	char text[ID_TEXT_SIZE];

	(void)state;
	world->domain.step_rows = 2;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ORPHAN, "Orchard", &deletion),
	    "");
	trash_continue(world);
	assert_string_equal(trash_restore(world, &admin, &deletion.id, &deletion), "");
	assert_int_equal(deletion.state, DELETION_RESTORING);
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_DELETE, "Orchard", NULL),
	    "still_restoring");
	id_format(&deletion.id, text);
	assert_string_equal(containers_error()->reference, text);
	trash_continue(world);
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_DELETE, "Orchard", NULL),
	    "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_preview_equals_the_act),
	    cmocka_unit_test(a_restore_gives_back_exactly_what_the_act_took),
	    cmocka_unit_test(a_restore_during_the_marking_gives_it_all_back),
	    cmocka_unit_test(a_purge_takes_the_container_and_what_was_chosen),
	    cmocka_unit_test_setup(the_name_is_typed_and_admins_alone_delete, set_up),
	    cmocka_unit_test_setup(photos_are_orphaned_unless_something_else_is_chosen, set_up),
	    cmocka_unit_test_setup(an_album_goes_and_comes_with_its_list, set_up),
	    cmocka_unit_test_setup(a_photo_deleted_before_waits_for_its_container, set_up),
	    cmocka_unit_test_setup(what_was_put_elsewhere_stays_there, set_up),
	    cmocka_unit_test_setup(what_was_archived_anew_stays_archived, set_up),
	    cmocka_unit_test(two_containers_of_a_photo_come_back_in_any_order),
	    cmocka_unit_test_setup(a_taken_slug_stands_in_the_way, set_up),
	    cmocka_unit_test_setup(nothing_goes_into_a_deleted_container, set_up),
	    cmocka_unit_test_setup(some_photos_come_out_of_a_larger_deletion, set_up),
	    cmocka_unit_test(a_container_is_not_deleted_while_photos_come_back),
	    cmocka_unit_test(a_site_is_not_deleted_while_its_photos_project_comes_back),
	    cmocka_unit_test_setup(what_is_being_restored_is_not_deleted_anew, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
