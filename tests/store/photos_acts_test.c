/* photos_acts_test.c - archiving, moderating, bringing back, and the same for many at once. */
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/deletions.h>
#include <domain/shares.h>
#include <stdio.h>
#include <store/places.h>
#include <string.h>

DB_STATEMENT(BATCH_COUNT, "SELECT COUNT(*) FROM archive_batches");
DB_STATEMENT(BATCH_PHOTOS, "SELECT SUM(photo_count) FROM archive_batches");
DB_STATEMENT(AUDIT_ARCHIVE, "SELECT COUNT(*) FROM audit_log WHERE action = 'photo.archive'");
DB_STATEMENT(AUDIT_RESTORE, "SELECT COUNT(*) FROM audit_log WHERE action = 'photo.restore'");
DB_STATEMENT(AUDIT_REASONS, "SELECT COUNT(*) FROM audit_reasons WHERE reason = 'too dark'");
DB_STATEMENT(ACT_COUNT, "SELECT COUNT(DISTINCT act_id) FROM deletions");
DB_STATEMENT(SET_RETENTION, "UPDATE organizations SET archive_retention_s = ?");
DB_STATEMENT(SET_STATUS, "UPDATE photos SET status = ? WHERE id = ?");
DB_STATEMENT(ADD_REQUEST,
    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_id, requester_role,"
    " reason, status, photo_status_before, requested_at, due_at)"
    " VALUES (?, ?, ?, ?, 'submitter', 'please remove it', 'pending', 'approved', ?, ?)");

static struct photo find(const struct id *id)
{
	struct photo photo;
	struct error error = {0};

	if (!photos_find(&world->domain, &admin, world->arena, id, &photo, &error)) {
		fail_msg("%s", error.message);
	}
	return photo;
}

static bool archive(const struct actor *actor, const struct id *id, struct error *error)
{
	struct photo photo;

	*error = (struct error){0};
	return photos_archive(&world->domain, actor, world->arena, id, "too dark", &photo, error);
}

static bool restore(const struct actor *actor, const struct id *id, struct error *error)
{
	struct photo photo;

	*error = (struct error){0};
	return photos_restore(&world->domain, actor, world->arena, id, NULL, &photo, error);
}

static bool delete_photo(const struct actor *actor, const struct id *id)
{
	struct deletion_act act = {.kind = ITEM_PHOTO, .item_id = *id, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;

	return deletions_delete(&world->domain, actor, world->arena, &act, &deletion, NULL);
}

static void archiving_sets_the_end_of_the_retention(void **state)
{
	struct id id = world_photo(world, &ada, "x", NULL, NULL);
	struct photo photo;
	struct error error;

	(void)state;
	assert_int_equal(
	    db_exec(world->db, &SET_RETENTION, DB_VALUES(db_bind_int(86400)), NULL), DB_OK);
	world->clock.fixed_us += 7;
	assert_true(archive(&ada, &id, &error));
	photo = find(&id);
	assert_int_equal(photo.archived_at_us, WORLD_START_US + 7);
	assert_int_equal(photo.purge_after_us, WORLD_START_US + 7 + CLOCK_DAY_US);
	assert_true(id_equal(&photo.archived_by, &ada.user_id));
	assert_string_equal(photo.archive_reason, "too dark");
	assert_int_equal(world_number(world, &AUDIT_ARCHIVE), 1);
	assert_int_equal(world_number(world, &AUDIT_REASONS), 1);
	assert_int_equal(world_number(world, &BATCH_PHOTOS), 1);
	/* A changed setting holds for later acts. */
	assert_int_equal(
	    db_exec(world->db, &SET_RETENTION, DB_VALUES(db_bind_int(172800)), NULL), DB_OK);
	assert_int_equal(find(&id).purge_after_us, WORLD_START_US + 7 + CLOCK_DAY_US);
}

static void derivatives_go_into_the_archive_and_come_back(void **state)
{
	struct id id = world_photo(world, &ada, "x", NULL, NULL);
	struct id before = world_derivative(world, &ada, &id);
	struct id along = world_derivative(world, &ada, &id);
	struct error error;

	(void)state;
	assert_true(archive(&ada, &before, &error));
	assert_true(archive(&ada, &id, &error));
	assert_int_not_equal(find(&along).archived_at_us, 0);
	assert_int_equal(world_number(world, &BATCH_COUNT), 2);
	assert_int_equal(world_number(world, &BATCH_PHOTOS), 3);
	assert_true(restore(&ada, &id, &error));
	assert_int_equal(find(&id).archived_at_us, 0);
	assert_int_equal(find(&id).purge_after_us, 0);
	assert_int_equal(find(&along).archived_at_us, 0);
	/* It had gone before, by another act. */
	assert_int_not_equal(find(&before).archived_at_us, 0);
	assert_int_equal(world_number(world, &AUDIT_RESTORE), 1);
}

/* As with the trash: restorable before the end, not at it, whether the worker has come or not. */
static void an_archived_photo_comes_back_until_its_retention_ends(void **state)
{
	struct id photos[4];
	struct bulk_result bulk;
	struct error error;
	int64_t end_us;

	(void)state;
	for (int i = 0; i < 4; i++) {
		photos[i] = world_photo(world, &ada, "x", NULL, NULL);
		assert_true(archive(&ada, &photos[i], &error));
	}
	end_us = find(&photos[0]).purge_after_us;
	world->clock.fixed_us = end_us - 1;
	assert_true(restore(&ada, &photos[0], &error));
	assert_true(photos_bulk_restore(
	    &world->domain, &ada, world->arena, &photos[1], 1, NULL, &bulk, &error));
	assert_int_equal(bulk.changed, 1);
	world->clock.fixed_us = end_us;
	assert_false(restore(&ada, &photos[2], &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_string_equal(error.code, "window_closed");
	assert_false(restore(&admin, &photos[2], &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_false(restore(&ben, &photos[2], &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(photos_bulk_restore(
	    &world->domain, &ada, world->arena, &photos[2], 2, NULL, &bulk, &error));
	assert_int_equal(bulk.changed, 0);
	assert_string_equal(bulk.items[0].code, "window_closed");
	assert_string_equal(bulk.items[1].code, "window_closed");
}

static void who_may_archive(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id library = world_photo(world, &ada, "x", NULL, NULL);
	struct id submitted = world_photo(world, &ada, "x", NULL, &site);
	struct error error;

	(void)state;
	assert_false(archive(&ben, &library, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(archive(&stranger, &library, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_false(archive(&ben, &submitted, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND); /* pending: not for him to see */
	assert_false(archive(&ada, &submitted, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_true(archive(&admin, &submitted, &error));
	assert_true(archive(&admin, &library, &error));
	/* Archived by an admin, it is still its owner's to bring back. */
	assert_true(restore(&ada, &library, &error));
}

static void what_the_state_forbids(void **state)
{
	struct id id = world_photo(world, &ada, "x", NULL, NULL);
	struct photo photo;
	struct error error;
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_false(restore(&ada, &id, &error));
	assert_string_equal(error.code, "not_deleted");
	assert_false(
	    photos_unarchive(&world->domain, &ada, world->arena, &id, NULL, &photo, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "not_archived");
	assert_true(archive(&ada, &id, &error));
	assert_false(archive(&ada, &id, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "already_archived");
	assert_true(delete_photo(&ada, &id));
	assert_false(archive(&ada, &id, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "already_deleted");
	photo = find(&id);
	id_format(&photo.deletion_id, text);
	assert_string_equal(error.reference, text);
	/* Back from the trash it is archived still, and from there live. */
	assert_true(restore(&ada, &id, &error));
	assert_int_not_equal(find(&id).archived_at_us, 0);
	assert_true(restore(&ada, &id, &error));
	assert_int_equal(find(&id).archived_at_us, 0);
}

static void a_reason_has_its_limit(void **state)
{
	struct id id = world_photo(world, &ada, "x", NULL, NULL);
	char *reason = arena_alloc(world->arena, PHOTOS_MAX_REASON + 2);
	struct photo photo;
	struct error error = {0};

	(void)state;
	memset(reason, 'x', PHOTOS_MAX_REASON + 1);
	assert_false(
	    photos_archive(&world->domain, &ada, world->arena, &id, reason, &photo, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.field, "reason");
	assert_false(
	    photos_archive(&world->domain, &ben, world->arena, &id, reason, &photo, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN); /* said before what is wrong with it */
	reason[PHOTOS_MAX_REASON] = '\0';
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &id, reason, &photo, &error));
}

static void archiving_ends_shares_for_good(void **state)
{
	struct id id = world_photo(world, &ada, "x", NULL, NULL);
	struct id derivative = world_derivative(world, &ada, &id);
	const struct id *const both[] = {&id, &derivative};
	const char *tokens[2];
	struct share share;
	struct photo photo;
	struct error error;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(share_create(
		    &world->domain, &ada, world->arena, both[i], 0, &share, &tokens[i], &error));
	}
	assert_true(archive(&ada, &id, &error));
	assert_true(restore(&ada, &id, &error));
	for (int i = 0; i < 2; i++) {
		assert_false(share_open(&world->domain, world->arena, tokens[i], &photo, &error));
		assert_int_equal(error.kind, ERROR_GONE);
	}
}

static void a_part_of_a_larger_deletion_comes_back_alone(void **state)
{
	struct id id = world_photo(world, &ada, "x", NULL, NULL);
	struct id one = world_derivative(world, &ada, &id);
	struct id two = world_derivative(world, &ada, &id);
	struct error error;

	(void)state;
	assert_true(delete_photo(&ada, &id));
	assert_int_not_equal(find(&one).deleted_at_us, 0);
	/* The whole of it comes back by its root. */
	assert_true(restore(&ada, &id, &error));
	assert_int_equal(find(&one).deleted_at_us, 0);
	assert_int_equal(find(&two).deleted_at_us, 0);
}

static void what_was_never_there_is_not_found(void **state)
{
	struct id nothing = id_generate(1);
	struct error error;

	(void)state;
	assert_false(restore(&ada, &nothing, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

static void moderation_is_for_admins(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id id = world_photo(world, &ada, "x", NULL, &site);
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_false(photos_review(
	    &world->domain, &ada, world->arena, &id, PHOTO_APPROVED, NULL, &photo, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_true(photos_review(&world->domain, &admin, world->arena, &id, PHOTO_REJECTED,
	    " blurred ", &photo, &error));
	assert_int_equal(photo.status, PHOTO_REJECTED);
	assert_string_equal(photo.rejection_reason, "blurred");
	assert_true(id_equal(&photo.reviewed_by, &admin.user_id));
	assert_true(photos_review(
	    &world->domain, &admin, world->arena, &id, PHOTO_APPROVED, NULL, &photo, &error));
	assert_int_equal(photo.status, PHOTO_APPROVED);
	assert_null(photo.rejection_reason);
	assert_false(photos_review(&world->domain, &admin, world->arena, &id,
	    PHOTO_DELETION_REQUESTED, NULL, &photo, &error));
	assert_string_equal(error.field, "status");
}

static void a_pending_request_decides_the_status(void **state)
{
	struct id id = world_photo(world, &ada, "x", NULL, NULL);
	struct id request = id_generate(1);
	struct photo photo;
	struct error error = {0};
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_int_equal(db_exec(world->db, &SET_STATUS,
			     DB_VALUES(db_bind_text("deletion_requested"), db_bind_id(&id)), NULL),
	    DB_OK);
	assert_int_equal(
	    db_exec(world->db, &ADD_REQUEST,
		DB_VALUES(db_bind_id(&request), db_bind_id(&ada.organization_id), db_bind_id(&id),
		    db_bind_id(&ada.user_id), db_bind_time(1000), db_bind_time(1000)),
		NULL),
	    DB_OK);
	assert_false(photos_review(
	    &world->domain, &admin, world->arena, &id, PHOTO_APPROVED, NULL, &photo, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.reference_name, "request_id");
	id_format(&request, text);
	assert_string_equal(error.reference, text);
}

/* --- many at once ------------------------------------------------------------------------- */

static void a_bulk_act_reports_each_in_order(void **state)
{
	struct id mine = world_photo(world, &ada, "x", NULL, NULL);
	struct id his = world_photo(world, &ben, "x", NULL, NULL);
	struct id also = world_photo(world, &ada, "x", NULL, NULL);
	const struct id ids[] = {also, his, id_generate(1), mine, also};
	struct bulk_result result;
	struct error error = {0};

	(void)state;
	assert_true(photos_bulk_delete(
	    &world->domain, &ada, world->arena, ids, 5, "tidy", &result, &error));
	assert_int_equal(result.count, 5);
	assert_int_equal(result.changed, 2);
	assert_int_equal(result.skipped, 3);
	assert_int_equal(result.rows, 2);
	for (size_t i = 0; i < 5; i++) {
		assert_true(id_equal(&result.items[i].id, &ids[i]));
	}
	assert_true(result.items[3].changed);
	assert_string_equal(result.items[1].code, "forbidden");
	assert_string_equal(result.items[2].code, "not_found");
	assert_true(result.items[0].changed != result.items[4].changed);
	assert_int_equal(world_number(world, &ACT_COUNT), 1);
}

static void undo_takes_back_a_bulk_act_with_derivatives_in_it(void **state)
{
	struct id original = world_photo(world, &ada, "x", NULL, NULL);
	struct id derivative;
	struct id ids[2];
	struct bulk_result result;
	struct act_result *undone = NULL;
	size_t count = 0;
	struct error error = {0};

	(void)state;
	world->clock.fixed_us += 1000;
	derivative = world_derivative(world, &ada, &original);
	ids[0] = derivative;
	ids[1] = original;
	assert_true(
	    photos_bulk_delete(&world->domain, &ada, world->arena, ids, 2, NULL, &result, &error));
	assert_int_equal(result.changed, 2);
	assert_int_equal(result.rows, 2);
	assert_true(deletions_restore_act(
	    &world->domain, &ada, world->arena, &result.act_id, &undone, &count, &error));
	assert_int_equal(count, 1);
	assert_true(undone[0].changed);
	assert_int_equal(find(&original).deleted_at_us, 0);
	assert_int_equal(find(&derivative).deleted_at_us, 0);
}

static void a_bulk_archive_is_one_batch(void **state)
{
	struct id original = world_photo(world, &ada, "x", NULL, NULL);
	struct id other;
	struct id ids[3];
	struct bulk_result result;
	struct photo archived;
	struct error error = {0};

	(void)state;
	world->clock.fixed_us += 1000;
	ids[0] = world_derivative(world, &ada, &original);
	ids[1] = original;
	other = world_photo(world, &ada, "x", NULL, NULL);
	ids[2] = other;
	world_derivative(world, &ada, &original);
	assert_true(
	    photos_bulk_archive(&world->domain, &ada, world->arena, ids, 3, NULL, &result, &error));
	assert_int_equal(result.changed, 3);
	assert_int_equal(result.rows, 4);
	assert_int_equal(world_number(world, &BATCH_COUNT), 1);
	assert_int_equal(world_number(world, &BATCH_PHOTOS), 4);
	archived = find(&other);
	assert_true(id_equal(&archived.archive_batch_id, &result.act_id));
	assert_true(
	    photos_bulk_archive(&world->domain, &ada, world->arena, ids, 3, NULL, &result, &error));
	assert_int_equal(result.changed, 0);
	assert_int_equal(result.skipped, 3);
	assert_true(id_is_none(&result.act_id));
	assert_string_equal(result.items[2].code, "already_archived");
}

static void a_bulk_restore_takes_deleted_and_archived_alike(void **state)
{
	struct id deleted = world_photo(world, &ada, "x", NULL, NULL);
	struct id archived = world_photo(world, &ada, "x", NULL, NULL);
	struct id live = world_photo(world, &ada, "x", NULL, NULL);
	struct id ids[4];
	struct bulk_result result;
	struct error error = {0};

	(void)state;
	world->clock.fixed_us += 1000;
	ids[0] = world_derivative(world, &ada, &deleted);
	ids[1] = live;
	ids[2] = archived;
	ids[3] = deleted;
	assert_true(delete_photo(&ada, &deleted));
	assert_true(archive(&ada, &archived, &error));
	assert_true(
	    photos_bulk_restore(&world->domain, &ada, world->arena, ids, 4, NULL, &result, &error));
	assert_true(result.items[0].changed);
	assert_false(result.items[1].changed);
	assert_string_equal(result.items[1].code, "not_deleted");
	assert_true(result.items[2].changed);
	assert_true(result.items[3].changed);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(find(&ids[i]).deleted_at_us, 0);
		assert_int_equal(find(&ids[i]).archived_at_us, 0);
	}
}

static void a_bulk_act_takes_1_to_1000(void **state)
{
	struct id *ids = arena_array(world->arena, BULK_MAX_ITEMS + 1, sizeof(*ids));
	struct bulk_result result;
	struct error error = {0};

	(void)state;
	assert_false(
	    photos_bulk_delete(&world->domain, &ada, world->arena, ids, 0, NULL, &result, &error));
	assert_string_equal(error.field, "ids");
	assert_false(photos_bulk_delete(
	    &world->domain, &ada, world->arena, ids, BULK_MAX_ITEMS + 1, NULL, &result, &error));
	assert_string_equal(error.field, "ids");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(archiving_sets_the_end_of_the_retention),
	    SCENE_TEST(derivatives_go_into_the_archive_and_come_back),
	    SCENE_TEST(an_archived_photo_comes_back_until_its_retention_ends),
	    SCENE_TEST(who_may_archive),
	    SCENE_TEST(what_the_state_forbids),
	    SCENE_TEST(a_reason_has_its_limit),
	    SCENE_TEST(archiving_ends_shares_for_good),
	    SCENE_TEST(a_part_of_a_larger_deletion_comes_back_alone),
	    SCENE_TEST(what_was_never_there_is_not_found),
	    SCENE_TEST(moderation_is_for_admins),
	    SCENE_TEST(a_pending_request_decides_the_status),
	    SCENE_TEST(a_bulk_act_reports_each_in_order),
	    SCENE_TEST(undo_takes_back_a_bulk_act_with_derivatives_in_it),
	    SCENE_TEST(a_bulk_archive_is_one_batch),
	    SCENE_TEST(a_bulk_restore_takes_deleted_and_archived_alike),
	    SCENE_TEST(a_bulk_act_takes_1_to_1000),
	};

	return cmocka_run_group_tests_name("photos_acts", tests, scene_start, scene_stop);
}
