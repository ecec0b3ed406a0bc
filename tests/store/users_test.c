/* users_test.c - accounts and their statements. */
#include "../support/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct identity *identity;

static int reset(void **state)
{
	(void)state;
	identity_reset(identity);
	return 0;
}

/* Run one change in a transaction and give its result. */
struct change {
	enum db_result (*run)(struct db_tx *tx, const struct user *user);
	const struct user *user;
	enum db_result result;
};

static bool run_change(struct db_tx *tx, void *context, struct error *error)
{
	struct change *change = context;

	(void)error;
	change->result = change->run(tx, change->user);
	return change->result != DB_DEADLOCK;
}

static enum db_result in_transaction(
    enum db_result (*run)(struct db_tx *tx, const struct user *user), const struct user *user)
{
	struct change change = {.run = run, .user = user};
	struct error error = {0};

	assert_true(db_transaction(identity->db, run_change, &change, &error));
	return change.result;
}

static struct user newcomer(const char *email)
{
	struct user user = identity->ada;

	user.id = id_generate(IDENTITY_START_US + 1);
	user.email = email;
	user.identity_uid = NULL;
	return user;
}

static struct user found(const struct user *user)
{
	struct user read;

	assert_int_equal(users_find(identity->db, identity->arena, &user->id, &read), DB_OK);
	return read;
}

static void test_find(void **state)
{
	struct user user;
	struct id nobody = id_generate(1);

	(void)state;
	assert_int_equal(
	    users_find_by_email(identity->db, identity->arena, "ada@alder.test", &user), DB_OK);
	assert_true(id_equal(&user.id, &identity->ada.id));
	assert_true(id_equal(&user.organization_id, &identity->alder));
	assert_string_equal(user.display_name, "Ada");
	assert_string_equal(user.identity_uid, "idp-ada");
	assert_string_equal(user.password_hash, identity->ada.password_hash);
	assert_int_equal(user.role, USER_MEMBER);
	assert_int_equal(user.deletion_status, USER_DELETION_NONE);
	assert_true(user.notify_requests && user.notify_retention);
	assert_int_equal(user.created_us, IDENTITY_START_US);
	assert_int_equal(user.deleted_us, 0);
	assert_false(user.organization_deleted);
	assert_int_equal(
	    users_find_by_identity(identity->db, identity->arena, "idp-ada", &user), DB_OK);
	assert_int_equal(users_find(identity->db, identity->arena, &nobody, &user), DB_NONE);
	/* An accent is another letter. */
	assert_int_equal(users_find_by_email(identity->db, identity->arena,
			     "\xc3\xa0"
			     "da@alder.test",
			     &user),
	    DB_NONE);
}

static void test_addresses_are_unique_among_the_live(void **state)
{
	struct user twin = newcomer("ada@alder.test");

	(void)state;
	assert_int_equal(in_transaction(users_insert, &twin), DB_CONFLICT);
	identity_sql(identity, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'",
	    &identity->ada.id);
	assert_int_equal(in_transaction(users_insert, &twin), DB_OK);
	struct user user;
	assert_int_equal(
	    users_find_by_email(identity->db, identity->arena, "ada@alder.test", &user), DB_OK);
	assert_true(id_equal(&user.id, &twin.id));
	/* The deleted one is still found by its id, and said to be deleted. */
	assert_int_equal(found(&identity->ada).deleted_us, IDENTITY_START_US);
	assert_int_equal(
	    users_find_by_identity(identity->db, identity->arena, "idp-ada", &user), DB_NONE);
}

static void test_organisation_must_exist(void **state)
{
	struct user stray = newcomer("stray@alder.test");

	(void)state;
	stray.organization_id = id_generate(2);
	assert_int_equal(in_transaction(users_insert, &stray), DB_CONFLICT);
}

static enum db_result change_all(struct db_tx *tx, const struct user *user)
{
	assert_int_equal(users_set_role(tx, &user->id, USER_ADMIN), DB_OK);
	assert_int_equal(users_set_password(tx, &user->id, "$argon2id$new"), DB_OK);
	assert_int_equal(users_set_notices(tx, &user->id, false, true), DB_OK);
	assert_int_equal(users_set_display_name(tx, &user->id, "Ada L."), DB_OK);
	return users_set_tokens_valid_after(tx, &user->id, IDENTITY_START_US + 7);
}

static enum db_result change_role(struct db_tx *tx, const struct user *user)
{
	return users_set_role(tx, &user->id, USER_ADMIN);
}

static void test_changes(void **state)
{
	(void)state;
	assert_int_equal(in_transaction(change_all, &identity->ada), DB_OK);
	struct user user = found(&identity->ada);
	assert_int_equal(user.role, USER_ADMIN);
	assert_string_equal(user.password_hash, "$argon2id$new");
	assert_false(user.notify_requests);
	assert_true(user.notify_retention);
	assert_string_equal(user.display_name, "Ada L.");
	assert_int_equal(user.tokens_valid_after_us, IDENTITY_START_US + 7);
	/* Others are as they were, and a deleted one cannot be changed. */
	assert_int_equal(found(&identity->root).role, USER_PLATFORM_ADMIN);
	identity_sql(identity,
	    "UPDATE users SET role = 'member', deleted_at = created_at"
	    " WHERE id = x'%s'",
	    &identity->ada.id);
	assert_int_equal(in_transaction(change_role, &identity->ada), DB_NONE);
}

static size_t list(struct users_query query, struct user **users_r)
{
	size_t count = 99;

	assert_true(users_list(identity->db, identity->arena, &query, users_r, &count) <= DB_NONE);
	return count;
}

static void test_list(void **state)
{
	struct user *users = NULL;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct user user =
		    newcomer(arena_printf(identity->arena, "member%d@alder.test", i));

		user.id = id_generate(IDENTITY_START_US + 1000 * (i + 1));
		assert_int_equal(in_transaction(users_insert, &user), DB_OK);
	}
	identity_sql(identity, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'",
	    &identity->ben.id);
	assert_int_equal(list((struct users_query){.limit = 50}, &users), 7);
	assert_int_equal(
	    list((struct users_query){.limit = 50, .include_deleted = true}, &users), 8);
	struct users_query alder = {.organization_id = identity->alder, .limit = 4};
	assert_int_equal(list(alder, &users), 4);
	assert_string_equal(users[0].email, "member4@alder.test");
	alder.before = users[3].id;
	assert_int_equal(list(alder, &users), 2);
	assert_string_equal(users[1].email, "ada@alder.test");
	alder.include_deleted = true;
	assert_int_equal(list(alder, &users), 3);
	alder.before = identity->ada.id;
	alder.include_deleted = false;
	assert_int_equal(list(alder, &users), 0);
}

static unsigned admins;

static enum db_result count_admins(struct db_tx *tx, const struct user *user)
{
	return users_lock_count(tx, &identity->alder, USER_ADMIN, &user->id, &admins);
}

static enum db_result count_platform_admins(struct db_tx *tx, const struct user *user)
{
	return users_lock_count(tx, &id_none, USER_PLATFORM_ADMIN, &user->id, &admins);
}

static void test_live_admins(void **state)
{
	struct user second = newcomer("second@alder.test");

	(void)state;
	assert_int_equal(in_transaction(count_admins, &identity->ben), DB_OK);
	assert_int_equal(admins, 0);
	second.role = USER_ADMIN;
	assert_int_equal(in_transaction(users_insert, &second), DB_OK);
	assert_int_equal(in_transaction(count_admins, &identity->ben), DB_OK);
	assert_int_equal(admins, 1);
	/* One in a grace period is no live admin; one who only asked, or cancelled, is. */
	const char *const statuses[] = {"REQUESTED", "SCHEDULED", "CANCELED"};
	for (unsigned i = 0; i < 3; i++) {
		identity_sql(identity,
		    arena_printf(identity->arena,
			"UPDATE users SET deletion_status = '%s' WHERE id = x'%%s'", statuses[i]),
		    &second.id);
		assert_int_equal(in_transaction(count_admins, &identity->ben), DB_OK);
		assert_int_equal(admins, i == 1 ? 0 : 1);
	}
	identity_sql(
	    identity, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'", &second.id);
	assert_int_equal(in_transaction(count_admins, &identity->ben), DB_OK);
	assert_int_equal(admins, 0);
	assert_int_equal(in_transaction(count_platform_admins, &identity->ada), DB_OK);
	assert_int_equal(admins, 1);
}

static void test_names(void **state)
{
	enum user_role role = USER_MEMBER;

	(void)state;
	assert_true(user_role_parse("platform_admin", &role));
	assert_int_equal(role, USER_PLATFORM_ADMIN);
	assert_false(user_role_parse("Admin", &role));
	assert_false(user_role_parse("", &role));
	assert_false(user_role_parse(NULL, &role));
	assert_string_equal(user_deletion_name(USER_DELETION_SCHEDULED), "SCHEDULED");
	assert_null(user_deletion_name(USER_DELETION_NONE));
	assert_int_equal(user_deletion_parse("CANCELED"), USER_DELETION_CANCELED);
	assert_int_equal(user_deletion_parse(NULL), USER_DELETION_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_find, reset),
	    cmocka_unit_test_setup(test_addresses_are_unique_among_the_live, reset),
	    cmocka_unit_test_setup(test_organisation_must_exist, reset),
	    cmocka_unit_test_setup(test_changes, reset),
	    cmocka_unit_test_setup(test_list, reset),
	    cmocka_unit_test_setup(test_live_admins, reset),
	    cmocka_unit_test_setup(test_names, reset),
	};

	identity = identity_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	identity_close(&identity);
	return failed;
}
