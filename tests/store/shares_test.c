/* shares_test.c - links: live until their end, and dead for good. */
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <auth/secret.h>
#include <domain/deletions.h>
#include <domain/shares.h>
#include <store/places.h>
#include <string.h>

DB_STATEMENT(PLAIN_TOKENS, "SELECT COUNT(*) FROM photo_shares WHERE LENGTH(token_hash) <> 32 OR"
			   " HEX(token_hash) REGEXP '^(00)+$'");
DB_STATEMENT(SET_ARCHIVED, "UPDATE photos SET archived_at = ? WHERE id = ?");
DB_STATEMENT(ADD_DEAD, "INSERT INTO dead_shares (token_hash, purged_at) VALUES (?, ?)");
DB_STATEMENT(AUDIT_SHARES, "SELECT COUNT(*) FROM audit_log WHERE action IN ('share.create',"
			   " 'share.revoke')");

static struct id photo_id;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	photo_id = world_photo(world, &ada, "x", NULL, NULL);
	return 0;
}

static bool create(const struct actor *actor, int64_t expires_at_us, struct share *share_r,
    const char **token_r, struct error *error)
{
	*error = (struct error){0};
	return share_create(
	    &world->domain, actor, world->arena, &photo_id, expires_at_us, share_r, token_r, error);
}

/* What the link shows now: ERROR_NONE where it shows its photo. */
static enum error_kind open_link(const char *token)
{
	struct photo photo;
	struct file file;
	struct error error = {0};
	struct error file_error = {0};

	if (share_open(&world->domain, world->arena, token, &photo, &error)) {
		assert_true(id_equal(&photo.id, &photo_id));
	}
	assert_int_equal(
	    share_file(&world->domain, world->arena, token, FILE_ORIGINAL, &file, &file_error),
	    error.kind == ERROR_NONE);
	assert_int_equal(file_error.kind, error.kind);
	return error.kind;
}

static bool delete_photo(void)
{
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = photo_id, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;

	return deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, NULL);
}

static void a_link_shows_its_photo_to_anybody(void **state)
{
	struct share share;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_true(create(&ada, 0, &share, &token, &error));
	assert_int_equal(strlen(token), 43);
	assert_int_equal(open_link(token), ERROR_NONE);
	assert_int_equal(world_number(world, &PLAIN_TOKENS), 0);
	assert_int_equal(world_number(world, &AUDIT_SHARES), 1);
}

static void a_link_ends_at_its_time_and_not_before(void **state)
{
	struct share share;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_false(create(&ada, WORLD_START_US, &share, &token, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.field, "expires_at");
	assert_true(create(&ada, WORLD_START_US + 100, &share, &token, &error));
	world->clock.fixed_us = WORLD_START_US + 99;
	assert_int_equal(open_link(token), ERROR_NONE);
	world->clock.fixed_us = WORLD_START_US + 100;
	assert_int_equal(open_link(token), ERROR_GONE);
}

DB_STATEMENT(SET_STATUS, "UPDATE photos SET status = ? WHERE id = ?");

static void set_status(const char *status)
{
	assert_int_equal(db_exec(world->db, &SET_STATUS,
			     DB_VALUES(db_bind_text(status), db_bind_id(&photo_id)), NULL),
	    DB_OK);
}

static void what_is_not_published_is_not_shared(void **state)
{
	static const struct {
		const char *status;
		bool shown;
	} statuses[] = {{"pending", false}, {"rejected", false}, {"deletion_requested", true},
	    {"approved", true}};
	struct share share;
	const char *token = NULL;
	const char *other = NULL;
	struct error error;

	(void)state;
	assert_true(create(&ada, 0, &share, &token, &error));
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		set_status(statuses[i].status);
		assert_int_equal(open_link(token), statuses[i].shown ? ERROR_NONE : ERROR_GONE);
		assert_int_equal(create(&admin, 0, &share, &other, &error), statuses[i].shown);
		assert_string_equal(error.code, statuses[i].shown ? "" : "not_published");
	}
}

static void a_revoked_link_is_gone_for_good(void **state)
{
	struct share share;
	struct share other;
	const char *token = NULL;
	const char *second = NULL;
	struct error error;

	(void)state;
	assert_true(create(&ada, 0, &share, &token, &error));
	assert_true(create(&admin, 0, &other, &second, &error));
	for (int i = 0; i < 2; i++) {
		assert_true(
		    share_revoke(&world->domain, &ada, world->arena, &photo_id, &share.id, &error));
	}
	assert_int_equal(open_link(token), ERROR_GONE);
	assert_int_equal(open_link(second), ERROR_NONE);
	assert_int_equal(world_number(world, &AUDIT_SHARES), 3);
}

static void who_may_share(void **state)
{
	struct share share;
	struct share_rows rows;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_false(create(&ben, 0, &share, &token, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(create(&ben, 1, &share, &token, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN); /* before what is wrong with the time */
	assert_false(create(&stranger, 0, &share, &token, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(create(&ada, 0, &share, &token, &error));
	assert_false(share_list(&world->domain, &ben, world->arena, &photo_id, &rows, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(
	    share_revoke(&world->domain, &ben, world->arena, &photo_id, &share.id, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(
	    share_revoke(&world->domain, &stranger, world->arena, &photo_id, &share.id, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_int_equal(open_link(token), ERROR_NONE);
}

static void links_are_listed_newest_first(void **state)
{
	struct share first;
	struct share second;
	struct share_rows rows;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_true(create(&ada, 0, &first, &token, &error));
	world->clock.fixed_us += 1000;
	assert_true(create(&ada, WORLD_START_US + 5000, &second, &token, &error));
	assert_true(share_revoke(&world->domain, &ada, world->arena, &photo_id, &first.id, &error));
	assert_true(share_list(&world->domain, &ada, world->arena, &photo_id, &rows, &error));
	assert_int_equal(rows.count, 2);
	assert_true(id_equal(&rows.items[0].id, &second.id));
	assert_true(share_is_live(&rows.items[0], WORLD_START_US + 4999));
	assert_false(share_is_live(&rows.items[0], WORLD_START_US + 5000));
	assert_false(share_is_live(&rows.items[1], WORLD_START_US));
	assert_int_equal(rows.items[1].revoked_at_us, WORLD_START_US + 1000);
}

static void a_link_of_another_photo_is_not_revoked(void **state)
{
	struct id other = world_photo(world, &ada, "y", NULL, NULL);
	struct share share;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_true(create(&ada, 0, &share, &token, &error));
	assert_false(share_revoke(&world->domain, &ada, world->arena, &other, &share.id, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_int_equal(open_link(token), ERROR_NONE);
}

/* A link, once dead, stays dead. */
static void a_deletion_ends_links_and_a_restore_does_not_bring_them_back(void **state)
{
	struct share share;
	struct photo photo;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_true(create(&ada, 0, &share, &token, &error));
	assert_true(delete_photo());
	assert_int_equal(open_link(token), ERROR_GONE);
	assert_false(create(&ada, 0, &share, &token, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "already_deleted");
	assert_true(
	    photos_restore(&world->domain, &ada, world->arena, &photo_id, NULL, &photo, &error));
	assert_int_equal(open_link(token), ERROR_GONE);
	assert_true(create(&ada, 0, &share, &token, &error));
	assert_int_equal(open_link(token), ERROR_NONE);
}

static void an_archived_photo_cannot_be_shared(void **state)
{
	struct share share;
	struct photo photo;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo_id, NULL, &photo, &error));
	assert_false(create(&ada, 0, &share, &token, &error));
	assert_string_equal(error.code, "already_archived");
}

/* Whatever archived it, and whether or not that revoked the link. */
static void the_link_of_an_archived_photo_is_gone(void **state)
{
	struct share share;
	const char *token = NULL;
	struct error error;

	(void)state;
	assert_true(create(&ada, 0, &share, &token, &error));
	assert_int_equal(db_exec(world->db, &SET_ARCHIVED,
			     DB_VALUES(db_bind_time(WORLD_START_US), db_bind_id(&photo_id)), NULL),
	    DB_OK);
	assert_int_equal(open_link(token), ERROR_GONE);
}

static void unknown_and_malformed_tokens_are_not_found(void **state)
{
	char token[SECRET_TEXT_SIZE];

	(void)state;
	secret_generate(token);
	assert_int_equal(open_link(token), ERROR_NOT_FOUND);
	assert_int_equal(open_link(""), ERROR_NOT_FOUND);
	assert_int_equal(open_link("' OR 1=1 --"), ERROR_NOT_FOUND);
}

static void the_link_of_a_purged_photo_is_gone_and_not_unknown(void **state)
{
	char token[SECRET_TEXT_SIZE];
	struct secret_hash hash;

	(void)state;
	secret_generate(token);
	assert_true(secret_hash(token, &hash));
	assert_int_equal(db_exec(world->db, &ADD_DEAD,
			     DB_VALUES(db_bind_blob(hash.bytes, sizeof(hash.bytes)),
				 db_bind_time(WORLD_START_US)),
			     NULL),
	    DB_OK);
	assert_int_equal(open_link(token), ERROR_GONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_link_shows_its_photo_to_anybody, set_up),
	    cmocka_unit_test_setup(a_link_ends_at_its_time_and_not_before, set_up),
	    cmocka_unit_test_setup(what_is_not_published_is_not_shared, set_up),
	    cmocka_unit_test_setup(a_revoked_link_is_gone_for_good, set_up),
	    cmocka_unit_test_setup(who_may_share, set_up),
	    cmocka_unit_test_setup(links_are_listed_newest_first, set_up),
	    cmocka_unit_test_setup(a_link_of_another_photo_is_not_revoked, set_up),
	    cmocka_unit_test_setup(
		a_deletion_ends_links_and_a_restore_does_not_bring_them_back, set_up),
	    cmocka_unit_test_setup(an_archived_photo_cannot_be_shared, set_up),
	    cmocka_unit_test_setup(the_link_of_an_archived_photo_is_gone, set_up),
	    cmocka_unit_test_setup(unknown_and_malformed_tokens_are_not_found, set_up),
	    cmocka_unit_test_setup(the_link_of_a_purged_photo_is_gone_and_not_unknown, set_up),
	};

	return cmocka_run_group_tests_name("shares", tests, scene_start, scene_stop);
}
