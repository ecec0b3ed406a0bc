/* organization_test.c - deleting an organisation: the impact, what stands in the way, that nobody
 * of it gets in any more, that all of it comes back, and that a purge leaves nothing but records.
 */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/cascade.h>
#include <domain/shares.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

DB_STATEMENT(
    organization_tokens_ended, "SELECT COUNT(*) FROM users WHERE tokens_valid_after IS NOT NULL");
DB_STATEMENT(organization_names_left,
    "SELECT COUNT(*) FROM users WHERE deleted_at IS NOT NULL AND (email IS NOT NULL"
    " OR display_name <> 'Deleted User' OR identity_uid IS NOT NULL OR bio IS NOT NULL)");
DB_STATEMENT(organization_records_with_words,
    "SELECT COUNT(*) FROM deletions d JOIN organizations o ON o.id = d.organization_id"
    " WHERE o.deleted_at IS NOT NULL AND (d.label IS NOT NULL OR d.reason IS NOT NULL)");
DB_STATEMENT(organization_reasons_left,
    "SELECT COUNT(*) FROM audit_reasons r JOIN organizations o ON o.id = r.organization_id"
    " WHERE o.deleted_at IS NOT NULL AND r.reason IS NOT NULL");
DB_STATEMENT(organization_named, "SELECT COUNT(*) FROM organizations WHERE name = 'Alder' OR "
				 "name = 'Deleted organisation'");
DB_STATEMENT(organization_mail_left, "SELECT COUNT(*) FROM mail_outbox WHERE NOT forget"
				     " AND (recipient IS NOT NULL OR subject IS NOT NULL)");
DB_STATEMENT(organization_unpurged,
    "SELECT COUNT(*) FROM deletions d JOIN organizations o ON o.id = d.organization_id"
    " WHERE o.deleted_at IS NOT NULL AND d.state <> 'purged' AND d.state <> 'restored'");

static struct actor platform, second;
static struct id photo_of_birch;
static struct furnished in_project, in_site;
static const char *shared_token;

/* Rows that no act of the tests makes, one a table. */
static void odds_and_ends(void)
{
	static const char *const rows[] = {
	    "INSERT INTO events (id, organization_id, created_at, title, starts_at, created_by)"
	    " VALUES (%s, %s, '2026-01-21', 'Harvest', '2026-02-01', %s)",
	    "INSERT INTO role_requests (id, organization_id, created_at, requester_uid,"
	    " requested_role, state) VALUES (%s, %s, '2026-01-21', HEX(%s), 'admin', 'pending')",
	    "INSERT INTO webhook_subscriptions (id, organization_id, created_at, url, secret, "
	    "events,"
	    " created_by) VALUES (%s, %s, '2026-01-21', 'https://host.example', 's', 'x', %s)",
	    "INSERT INTO webhook_outbox (id, organization_id, next_attempt_at, created_at, event,"
	    " payload, subscription_id) VALUES (%s, %s, '2026-01-21', '2026-01-21', 'x', '{}', %s)",
	    "INSERT INTO mail_outbox (id, organization_id, next_attempt_at, created_at, user_id,"
	    " recipient, template, subject) VALUES (%s, %s, '2026-01-21', '2026-01-21', %s,"
	    " 'ada@alder.example', 'x', 'Hello')",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct id id = id_generate(world->clock.fixed_us);
		char *format = arena_dup(world->arena, rows[i]);
		char *place;
		const char *values[] = {trash_hex(world, &id), trash_hex(world, &alder),
		    trash_hex(world, &ada.user_id)};
		const char *sql = "";

		for (size_t v = 0; v < 3; v++) {
			place = strstr(format, "%s");
			*place = '\0';
			sql = arena_join(world->arena, sql, format, values[v], NULL);
			format = place + 2;
		}
		trash_sql(world, "%s%s", sql, format);
	}
	trash_sql(world,
	    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, created_at)"
	    " SELECT id, organization_id, id, %s, 'approved', '2026-01-21' FROM sites LIMIT 1",
	    trash_hex(world, &ben.user_id));
}

static void people(void)
{
	struct id home;

	scene_people();
	home = world_organization(world, "Installation");
	platform = world_user(world, &home, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	second = world_user(world, &birch, "second@lethe.example", ROLE_PLATFORM_ADMIN);
	photo_of_birch = world_photo(world, &stranger, "Map", NULL, NULL);
}

/* Everything an organisation can have; beside another, which keeps all of its own. */
static int set_up(void **state)
{
	struct share share;
	struct error error = {0};

	(void)state;
	people();
	in_project = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	in_site = containers_furnish(world, &admin, &ben, ITEM_SITE, "Stall");
	(void)trash_content(world, &ada, ITEM_QUEST, "published", 3);
	(void)trash_content(world, &ada, ITEM_ADVENTURE, "archived", 2);
	odds_and_ends();
	containers_session(world, &ada);
	containers_session(world, &stranger);
	assert_true(share_create(&world->domain, &ada, world->arena, &in_project.outside, 0, &share,
	    &shared_token, &error));
	trash_note(world, &stranger, &photo_of_birch);
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01'");
	trash_sql(
	    world, "UPDATE photos SET purge_after = '2030-01-01' WHERE purge_after IS NOT NULL");
	return 0;
}

static const char *delete_alder(const struct actor *actor, struct deletion *deletion)
{
	return containers_delete(
	    world, actor, ITEM_ORGANIZATION, &alder, PHOTO_ACTION_NONE, "Alder", deletion);
}

static bool share_opens(void)
{
	struct photo photo;
	struct error error = {0};

	return share_open(&world->domain, world->arena, shared_token, &photo, &error);
}

static void only_platform_admins_delete_and_not_their_own(void **state)
{
	struct deletion_impact impact;
	struct deletion deletion;

	(void)state;
	assert_string_equal(delete_alder(&admin, NULL), "forbidden");
	assert_string_equal(delete_alder(&stranger, NULL), "not_found");
	assert_string_equal(
	    containers_impact(world, &admin, ITEM_ORGANIZATION, &alder, PHOTO_ACTION_NONE, &impact),
	    "forbidden");
	assert_string_equal(containers_delete(world, &platform, ITEM_ORGANIZATION, &alder,
				PHOTO_ACTION_NONE, "Alder Farm", NULL),
	    "wrong_confirmation");
	assert_string_equal(containers_delete(world, &platform, ITEM_ORGANIZATION,
				&platform.organization_id, PHOTO_ACTION_NONE, "Installation", NULL),
	    "holds_actor");
	/* Whatever organisation they act in. */
	second.organization_id = alder;
	assert_string_equal(containers_delete(world, &second, ITEM_ORGANIZATION, &birch,
				PHOTO_ACTION_NONE, "Birch", NULL),
	    "holds_actor");
	assert_string_equal(delete_alder(&second, &deletion), "");
	assert_string_equal(delete_alder(&platform, NULL), "already_deleted");
}

static void the_last_platform_admin_stays(void **state)
{
	struct actor operator= actor_system("operator", &id_none);

	(void)state;
	trash_sql(world, "UPDATE users SET role = 'member' WHERE email = 'platform@lethe.example'");
	assert_string_equal(containers_delete(world, &operator, ITEM_ORGANIZATION, &birch,
				PHOTO_ACTION_NONE, "Birch", NULL),
	    "last_platform_admin");
	assert_string_equal(delete_alder(&operator, NULL), "");
}

struct attempt {
	struct domain domain;
	const struct actor *actor;
	struct id organization;
	const char *name;
	struct error error;
	bool ok;
};

static void *attempt(void *context)
{
	struct attempt *a = context;
	struct arena *arena = arena_create();
	struct deletion deletion;

	a->ok = deletions_delete(&a->domain, a->actor, arena,
	    &(struct deletion_act){.kind = ITEM_ORGANIZATION,
		.item_id = a->organization,
		.origin = ORIGIN_BY_ACTOR,
		.confirmation = a->name},
	    &deletion, &a->error);
	arena_destroy(&arena);
	return NULL;
}

/* Two who delete each other's organisation in the same moment: one of them stays. */
static void two_platform_admins_cannot_delete_each_other(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		struct attempt attempts[2] = {{.actor = &platform, .name = "Birch"},
		    {.actor = &second, .name = "Installation"}};
		struct db *connections[2];
		pthread_t threads[2];

		people();
		attempts[0].organization = birch;
		attempts[1].organization = platform.organization_id;
		for (int i = 0; i < 2; i++) {
			attempts[i].domain = world_second_domain(world, &connections[i]);
			pthread_create(&threads[i], NULL, attempt, &attempts[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], NULL);
			db_close(&connections[i]);
		}
		assert_int_equal(attempts[0].ok + attempts[1].ok, 1);
		assert_string_equal(attempts[attempts[0].ok].error.code, "last_platform_admin");
	}
}

static void the_reauthentication_is_spent(void **state)
{
	struct actor again = platform;
	struct deletion deletion;

	(void)state;
	again.reauth_id = id_generate(world->clock.fixed_us);
	again.reauth_expires_us = world->clock.fixed_us + HOUR_US;
	assert_string_equal(delete_alder(&again, &deletion), "");
	assert_string_equal(trash_restore(world, &platform, &deletion.id, NULL), "");
	assert_string_equal(delete_alder(&again, NULL), "reauth_required");
	assert_int_equal(trash_live(world, "organizations"), 3);
}

static void nobody_gets_in_from_the_first_moment(unsigned step_rows)
{
	struct deletion deletion;
	struct deletion_impact impact;

	set_up(NULL);
	assert_true(share_opens());
	assert_string_equal(containers_impact(world, &platform, ITEM_ORGANIZATION, &alder,
				PHOTO_ACTION_NONE, &impact),
	    "");
	assert_int_equal(impact.people, 3);
	world->domain.step_rows = step_rows;
	assert_string_equal(delete_alder(&platform, &deletion), "");
	assert_int_equal(
	    deletion.state, step_rows == DOMAIN_STEP_ROWS ? DELETION_TRASHED : DELETION_MARKING);
	assert_false(share_opens());
	trash_continue(world);
	assert_false(share_opens());
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	for (int i = 0; i < COUNT_KIND_COUNT; i++) {
		assert_int_equal(impact.counts[i], deletion.counts[i]);
		assert_true(deletion.counts[i] > 0);
	}
	assert_int_equal(impact.bytes, deletion.bytes);
	assert_int_equal(trash_rows(world, "sessions"), 1);
	assert_int_equal(world_number(world, &organization_tokens_ended), 3);
	/* The other organisation does not notice. */
	assert_int_equal(trash_live(world, "organizations"), 2);
	assert_int_equal(trash_live(world, "users"), 3);
	assert_int_equal(trash_live(world, "photos"), 1);
	assert_int_equal(trash_live(world, "photo_notes"), 1);
}

static void its_people_are_out_and_all_of_it_is_hidden(void **state)
{
	(void)state;
	nobody_gets_in_from_the_first_moment(DOMAIN_STEP_ROWS);
	nobody_gets_in_from_the_first_moment(3);
	nobody_gets_in_from_the_first_moment(1);
}

/* Every relation of the cascade table that is marked: all its rows bear the deletion. */
static void each_row_of_the_table_is_followed(void **state)
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(ITEM_ORGANIZATION, PHOTO_ACTION_NONE, rows);
	struct deletion deletion;
	unsigned marked = 0;

	(void)state;
	assert_string_equal(delete_alder(&platform, &deletion), "");
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->on_delete == DELETE_MARKS) {
			if (trash_marked(world, rows[i]->child, &deletion.id) == 0) {
				fail_msg("%s.%s is not marked", rows[i]->child, rows[i]->column);
			}
			marked++;
		}
	}
	assert_true(marked > 12);
	assert_string_equal(trash_restore(world, &platform, &deletion.id, NULL), "");
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->on_restore == RESTORE_UNMARKS) {
			assert_int_equal(trash_marked(world, rows[i]->child, &deletion.id), 0);
		}
	}
}

static void restore_amid(unsigned step_rows, unsigned steps)
{
	struct deletion deletion;
	struct snapshot before, after;
	unsigned done;
	struct error error = {0};

	set_up(NULL);
	before = containers_snapshot(world);
	world->domain.step_rows = step_rows;
	assert_string_equal(delete_alder(&platform, &deletion), "");
	if (steps > 0) {
		assert_true(deletions_continue(&world->domain, world->arena, steps, &done, &error));
	}
	assert_true(deletions_restore_organization(
	    &world->domain, &platform, world->arena, &alder, &deletion, &error));
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE title = 'Asked'");
	after = containers_snapshot(world);
	assert_null(containers_compare(&before, &after));
	/* Old sessions and tokens stay dead, whenever the restore came. */
	assert_int_equal(trash_rows(world, "sessions"), 1);
	assert_int_equal(world_number(world, &organization_tokens_ended), 3);
	assert_false(deletions_restore_organization(
	    &world->domain, &platform, world->arena, &alder, &deletion, &error));
	assert_string_equal(error.code, "not_deleted");
}

static void a_restore_gives_all_of_it_back(void **state)
{
	(void)state;
	restore_amid(DOMAIN_STEP_ROWS, 0);
	for (unsigned steps = 0; steps < 40; steps += 3) {
		restore_amid(2, steps);
	}
	restore_amid(3, 1000);
}

static void only_platform_admins_restore(void **state)
{
	struct deletion deletion;
	struct deletion_page page;
	struct error error = {0};

	(void)state;
	assert_string_equal(delete_alder(&platform, &deletion), "");
	assert_false(deletions_restore_organization(
	    &world->domain, &admin, world->arena, &alder, &deletion, &error));
	assert_string_equal(error.code, "forbidden");
	assert_string_equal(trash_restore(world, &stranger, &deletion.id, NULL), "not_found");
	assert_false(
	    deletions_list_organizations(&world->domain, &admin, world->arena, &page, &error));
	assert_true(
	    deletions_list_organizations(&world->domain, &platform, world->arena, &page, &error));
	assert_int_equal(page.count, 1);
	assert_true(id_equal(&page.items[0].item_id, &alder));
	assert_true(
	    deletions_find(&world->domain, &second, world->arena, &deletion.id, &deletion, &error));
	/* Nothing in it comes back before it does. */
	platform.organization_id = alder;
	assert_string_equal(
	    trash_restore(world, &platform, &in_project.deletion, NULL), "container_deleted");
	assert_string_equal(trash_restore(world, &second, &deletion.id, NULL), "");
	assert_string_equal(trash_restore(world, &platform, &in_project.deletion, NULL), "");
}

static void a_taken_address_stands_in_the_way(void **state)
{
	struct deletion deletion;
	struct actor other;
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_string_equal(delete_alder(&platform, &deletion), "");
	other = world_user(world, &birch, "ada@alder.example", ROLE_MEMBER);
	assert_string_equal(trash_restore(world, &platform, &deletion.id, NULL), "email_taken");
	assert_string_equal(trash_error()->reference_name, "user_id");
	id_format(&other.user_id, text);
	assert_string_equal(trash_error()->reference, text);
	trash_sql(
	    world, "UPDATE users SET email = NULL WHERE id = %s", trash_hex(world, &other.user_id));
	assert_string_equal(trash_restore(world, &platform, &deletion.id, NULL), "");
}

/* A table of the organisation that a purge empties, with what of it is left: Birch's own. */
static void expect_left(const char *table, int64_t rows)
{
	if (trash_rows(world, table) != rows) {
		fail_msg("%s: %lld left", table, (long long)trash_rows(world, table));
	}
}

static void expect_nothing_left(void)
{
	static const char *const empty[] = {"ai_processing_results", "quests",
	    "quest_content_cards", "activity_submissions", "adventures", "adventure_sequences",
	    "events", "albums", "projects", "sites", "photo_tags", "album_photos", "photo_shares",
	    "tags", "site_claims", "archive_batches", "deletion_effects", "role_requests",
	    "webhook_subscriptions", "webhook_outbox", "jobs"};

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		expect_left(empty[i], 0);
	}
	expect_left("photos", 1);
	expect_left("photo_notes", 1);
	expect_left("files", 1);
	expect_left("sessions", 1);
	expect_left("organizations", 3);
	assert_int_equal(world_number(world, &organization_names_left), 0);
	assert_int_equal(world_number(world, &organization_records_with_words), 0);
	assert_int_equal(world_number(world, &organization_reasons_left), 0);
	assert_int_equal(world_number(world, &organization_mail_left), 0);
	assert_int_equal(world_number(world, &organization_unpurged), 0);
	assert_int_equal(world_number(world, &organization_named), 1);
	assert_int_equal(trash_live(world, "users"), 3);
}

static void purge_in_steps(unsigned step_rows)
{
	struct deletion deletion;
	int64_t files;

	set_up(NULL);
	/* Someone of it did something for the other: that stays, and points at nobody known. */
	trash_sql(world, "UPDATE photos SET uploader_id = %s WHERE id = %s",
	    trash_hex(world, &ben.user_id), trash_hex(world, &photo_of_birch));
	files = trash_rows(world, "files");
	world->domain.step_rows = step_rows;
	assert_string_equal(delete_alder(&platform, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us - 1;
	assert_int_equal(trash_purge(world).deletions, 0);
	world->clock.fixed_us = deletion.recover_until_us;
	trash_continue(world);
	(void)trash_purge(world);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_PURGED);
	expect_nothing_left();
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), files - 1);
	/* The one to whom something points is a tombstone, the others are gone. */
	assert_int_equal(trash_rows(world, "users"), 4);
	assert_true(trash_entries(world, "organization.purge") == 1);
	assert_true(trash_rows(world, "audit_log") > 10);
}

static void a_purge_takes_everything_but_records(void **state)
{
	(void)state;
	purge_in_steps(DOMAIN_STEP_ROWS);
	purge_in_steps(7);
	purge_in_steps(1);
}

/* A restore that had begun before the organisation was deleted gives photos back into its trash. */
static void what_came_back_meanwhile_is_purged_too(void **state)
{
	struct deletion project, deletion;
	struct deletion_impact impact;

	(void)state;
	assert_string_equal(containers_impact(world, &platform, ITEM_ORGANIZATION, &alder,
				PHOTO_ACTION_NONE, &impact),
	    "");
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &in_project.id,
				PHOTO_ACTION_DELETE, "Orchard", &project),
	    "");
	world->domain.step_rows = 2;
	assert_string_equal(trash_restore(world, &admin, &project.id, &project), "");
	assert_int_equal(project.state, DELETION_RESTORING);
	world->domain.step_rows = DOMAIN_STEP_ROWS;
	assert_string_equal(delete_alder(&platform, &deletion), "");
	assert_int_equal(trash_find(world, &project.id).state, DELETION_RESTORING);
	trash_continue(world);
	assert_int_equal(trash_find(world, &project.id).state, DELETION_RESTORED);
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_PURGED);
	assert_int_equal(deletion.counts[COUNT_PHOTO], impact.counts[COUNT_PHOTO]);
	assert_int_equal(deletion.bytes, impact.bytes);
	expect_nothing_left();
}

/* Somebody adds a photo, and its row comes while the organisation is being deleted. */
struct latecomer {
	struct domain domain;
	struct storage_stage *picture;
	pthread_t thread;
	unsigned objects; /* there are once it comes to the rows */
	struct error error;
	bool ok;
};

static void *add_photo(void *context)
{
	struct latecomer *late = context;
	struct photos_upload upload = {.original = late->picture};
	struct arena *arena = arena_create();
	struct photo photo;

	late->ok = photos_add(&late->domain, &ada, arena, &upload, &photo, &late->error);
	arena_destroy(&arena);
	return NULL;
}

static bool delete_amid_an_addition(struct db_tx *tx, void *context, struct error *error)
{
	struct latecomer *late = context;
	struct deletion_act act = {.kind = ITEM_ORGANIZATION,
	    .item_id = alder,
	    .origin = ORIGIN_BY_ACTOR,
	    .confirmation = "Alder"};
	struct deletion deletion;

	if (!deletions_delete_in(tx, &world->domain, &platform, &act, &deletion, error)) {
		return false;
	}
	assert_int_equal(pthread_create(&late->thread, NULL, add_photo, late), 0);
	for (int i = 0; i < 500 && world_objects(world) < late->objects; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	return true;
}

static void nothing_is_added_to_a_deleted_organisation(void **state)
{
	struct db *db = NULL;
	struct latecomer late = {.picture = world_picture(world)};
	struct photos_upload upload = {.original = world_picture(world)};
	const int64_t live = trash_live(world, "photos");
	struct photo photo;
	struct error error = {0};

	(void)state;
	late.domain = world_second_domain(world, &db);
	late.objects = world_objects(world) + 1;
	assert_true(db_transaction(world->db, delete_amid_an_addition, &late, &error));
	pthread_join(late.thread, NULL);
	assert_false(late.ok);
	assert_string_equal(late.error.code, "container_deleted");
	platform.organization_id = alder;
	assert_false(photos_add(&world->domain, &platform, world->arena, &upload, &photo, &error));
	assert_string_equal(error.code, "container_deleted");
	assert_string_equal(error.reference_name, "deletion_id");
	assert_true(trash_live(world, "photos") < live);
	assert_int_equal(trash_live(world, "photos"), 1); /* Birch's */
	db_close(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(only_platform_admins_delete_and_not_their_own, set_up),
	    cmocka_unit_test_setup(the_last_platform_admin_stays, set_up),
	    cmocka_unit_test(two_platform_admins_cannot_delete_each_other),
	    cmocka_unit_test_setup(the_reauthentication_is_spent, set_up),
	    cmocka_unit_test(its_people_are_out_and_all_of_it_is_hidden),
	    cmocka_unit_test_setup(each_row_of_the_table_is_followed, set_up),
	    cmocka_unit_test(a_restore_gives_all_of_it_back),
	    cmocka_unit_test_setup(only_platform_admins_restore, set_up),
	    cmocka_unit_test_setup(a_taken_address_stands_in_the_way, set_up),
	    cmocka_unit_test(a_purge_takes_everything_but_records),
	    cmocka_unit_test_setup(what_came_back_meanwhile_is_purged_too, set_up),
	    cmocka_unit_test_setup(nothing_is_added_to_a_deleted_organisation, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
