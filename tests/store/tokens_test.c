/* tokens_test.c - single use, by two connections at once; links in mails; the keys of a database.
 */
#include "../support/identity.h"

#include <auth/keyring.h>
#include <auth/keys.h>
#include <auth/link.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <store/tokens.h>
#include <string.h>

#include <cmocka.h>

static struct identity *id_;

static int reset(void **state)
{
	(void)state;
	identity_reset(id_);
	return 0;
}

/* One act that spends a token. */
struct act {
	struct db *db;
	struct id token;
	pthread_barrier_t *start;
	bool fails; /* after it has spent the token */
	bool won;
	struct error error;
};

static bool spend(struct db_tx *tx, void *context, struct error *error)
{
	struct act *act = context;
	enum db_result result = tokens_spend(tx, &act->token, IDENTITY_START_US + CLOCK_SECOND_US);

	if (result == DB_CONFLICT)
		return error_set(error, ERROR_FORBIDDEN, "used", "used");
	if (result == DB_OK && act->fails)
		return error_set(error, ERROR_INTERNAL, "failed", "failed");
	return result == DB_OK || db_fail(result, error);
}

static void *run_act(void *context)
{
	struct act *act = context;

	if (act->start)
		pthread_barrier_wait(act->start);
	act->won = db_transaction(act->db, spend, act, &act->error);
	return NULL;
}

static void test_one_of_two_wins(void **state)
{
	(void)state;
	for (int round = 0; round < 25; round++) {
		pthread_barrier_t start;
		struct act a = {.db = id_->db, .token = id_generate(1), .start = &start};
		struct act b = a;
		pthread_t thread;

		b.db = id_->other_db;
		assert_int_equal(pthread_barrier_init(&start, NULL, 2), 0);
		assert_int_equal(pthread_create(&thread, NULL, run_act, &b), 0);
		run_act(&a);
		pthread_join(thread, NULL);
		pthread_barrier_destroy(&start);
		assert_true(a.won != b.won);
		assert_string_equal((a.won ? &b : &a)->error.code, "used");
	}
}

static void test_a_failed_act_spends_nothing(void **state)
{
	struct act act = {.db = id_->db, .token = id_generate(1), .fails = true};
	bool spent = true;

	(void)state;
	run_act(&act);
	assert_false(act.won);
	assert_int_equal(tokens_is_spent(id_->db, id_->arena, &act.token, &spent), DB_OK);
	assert_false(spent);
	act.fails = false;
	run_act(&act);
	assert_true(act.won);
	assert_int_equal(tokens_is_spent(id_->other_db, id_->arena, &act.token, &spent), DB_OK);
	assert_true(spent);
	run_act(&act);
	assert_false(act.won);
}

static void test_prune(void **state)
{
	struct act act = {.db = id_->db, .token = id_generate(1)};
	uint64_t removed = 0;
	int64_t end_us = IDENTITY_START_US + CLOCK_SECOND_US;

	(void)state;
	run_act(&act);
	assert_int_equal(tokens_prune(id_->db, end_us, 10, &removed), DB_NONE);
	assert_int_equal(tokens_prune(id_->db, end_us + 1, 10, &removed), DB_OK);
	assert_int_equal(removed, 1);
}

static enum error_kind open_link(const char *token, const char *purpose, struct link *link_r)
{
	struct error error = {0};
	struct link link = {0};

	if (!link_open(&id_->other, id_->arena, token, purpose, &link, &error))
		return error.kind;
	if (link_r)
		*link_r = link;
	return ERROR_NONE;
}

static const char *issue(const struct link *link)
{
	struct error error = {0};
	const char *token = NULL;

	assert_true(link_issue(&id_->auth, id_->arena, link, &token, &error));
	return token;
}

static void test_link(void **state)
{
	struct link given = {.purpose = "removal", .subject = "visitor@mail.test"};
	struct link link = {0};

	(void)state;
	given.item = id_generate(3);
	const char *token = issue(&given);
	assert_int_equal(open_link(token, "removal", &link), ERROR_NONE);
	assert_true(id_equal(&link.item, &given.item));
	assert_string_equal(link.subject, "visitor@mail.test");
	assert_int_equal(link.expires_us, IDENTITY_START_US + LINK_LIFE_US);
	assert_null(strstr(token, "visitor"));
	assert_int_equal(open_link(token, "account.cancel", NULL), ERROR_NOT_FOUND);
	assert_int_equal(open_link(NULL, "removal", NULL), ERROR_NOT_FOUND);
	assert_int_equal(open_link("nonsense", "removal", NULL), ERROR_NOT_FOUND);
	char *altered = arena_dup(id_->arena, token);
	for (size_t i = 0; token[i]; i++) {
		altered[i] = token[i] == 'A' ? 'B' : 'A';
		assert_int_equal(open_link(altered, "removal", NULL), ERROR_NOT_FOUND);
		altered[i] = token[i];
	}
	/* Without item and subject. */
	struct link bare = {.purpose = "removal"};
	assert_int_equal(open_link(issue(&bare), "removal", &link), ERROR_NONE);
	assert_null(link.subject);
	assert_true(id_is_none(&link.item));
	bare.subject = "";
	assert_int_equal(open_link(issue(&bare), "removal", &link), ERROR_NONE);
	assert_string_equal(link.subject, "");
}

static void test_link_ends(void **state)
{
	struct link day = {.purpose = "removal"};
	struct link grace = {.purpose = "account.cancel"};
	struct error error = {0};
	const char *token = issue(&day);

	(void)state;
	grace.expires_us = IDENTITY_START_US + 14 * CLOCK_DAY_US;
	const char *cancel = issue(&grace);
	id_->clock.fixed_us = IDENTITY_START_US + CLOCK_DAY_US - 1;
	assert_int_equal(open_link(token, "removal", NULL), ERROR_NONE);
	id_->clock.fixed_us++;
	assert_int_equal(open_link(token, "removal", NULL), ERROR_GONE);
	/* Which link it was is only said to whoever has it for that purpose. */
	assert_int_equal(open_link(token, "account.cancel", NULL), ERROR_NOT_FOUND);
	id_->clock.fixed_us = grace.expires_us - 1;
	assert_int_equal(open_link(cancel, "account.cancel", NULL), ERROR_NONE);
	id_->clock.fixed_us++;
	assert_int_equal(open_link(cancel, "account.cancel", NULL), ERROR_GONE);
	assert_false(link_issue(&id_->auth, id_->arena, &grace, &cancel, &error));
}

static void test_link_used(void **state)
{
	struct link link = {.purpose = "removal"};
	struct act act = {.db = id_->db};
	const char *token = issue(&link);
	struct error error = {0};

	(void)state;
	assert_int_equal(open_link(token, "removal", &link), ERROR_NONE);
	assert_int_equal(open_link(token, "removal", &link), ERROR_NONE);
	act.token = link.id;
	run_act(&act);
	assert_true(act.won);
	assert_int_equal(open_link(token, "removal", NULL), ERROR_GONE);
	assert_false(link_used(&error));
	assert_string_equal(error.code, "link_used");
}

static const struct keys *open_ring(const char *folder, bool create, struct error *error)
{
	error_clear(error);
	return keyring_open(id_->owner, arena_printf(id_->arena, "%s/%s", id_->folder, folder),
	    create, IDENTITY_START_US, id_->arena, error);
}

static void test_keyring(void **state)
{
	struct error error = {0};

	(void)state;
	/* A new database gets keys from a migration only. */
	assert_null(open_ring("ring", false, &error));
	assert_string_equal(error.code, "no_keys");
	assert_string_equal(error.field, "LETHE_KEYS");
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM signing_keys"), 0);
	const struct keys *keys = open_ring("ring", true, &error);
	assert_non_null(keys);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM signing_keys WHERE"
					     " (purpose = 'public' AND key_id LIKE 'k4.pid.%')"
					     " OR (purpose = 'local' AND key_id LIKE 'k4.lid.%')"),
	    2);
	/* The same again, as the next migration and the next start do. */
	const struct keys *again = open_ring("ring", true, &error);
	assert_non_null(again);
	assert_string_equal(keys_id(keys, 0), keys_id(again, 0));
	assert_non_null(open_ring("ring", false, &error));
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM signing_keys"), 2);
	/* Another folder's keys, and a folder that has none, are refused, by a migration as well.
	 */
	for (int create = 0; create < 2; create++) {
		assert_null(open_ring("keys", create, &error));
		assert_string_equal(error.code, "unknown_key");
		assert_string_equal(error.field, "LETHE_KEYS");
		assert_null(open_ring("absent", create, &error));
	}
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM signing_keys"), 2);
	/* A database emptied beside a folder with keys takes them on. */
	identity_sql(id_, "DELETE FROM signing_keys", NULL);
	assert_null(open_ring("ring", false, &error));
	again = open_ring("ring", true, &error);
	assert_non_null(again);
	assert_string_equal(keys_id(keys, 0), keys_id(again, 0));
}

static void test_rotation(void **state)
{
	struct link link = {.purpose = "removal"};
	struct error error = {0};
	struct auth auth = id_->auth;
	const char *folder = arena_printf(id_->arena, "%s/rotated", id_->folder);
	const char *token = NULL;

	(void)state;
	auth.keys = open_ring("rotated", true, &error);
	assert_non_null(auth.keys);
	assert_true(link_issue(&auth, id_->arena, &link, &token, &error));
	assert_true(keyring_rotate(id_->owner, folder, IDENTITY_START_US, id_->arena, &error));
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM signing_keys"), 4);
	auth.keys = open_ring("rotated", false, &error);
	assert_non_null(auth.keys);
	assert_int_equal(keys_count(auth.keys), 4);
	assert_true(link_open(&auth, id_->arena, token, "removal", &link, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_one_of_two_wins, reset),
	    cmocka_unit_test_setup(test_a_failed_act_spends_nothing, reset),
	    cmocka_unit_test_setup(test_prune, reset),
	    cmocka_unit_test_setup(test_link, reset),
	    cmocka_unit_test_setup(test_link_ends, reset),
	    cmocka_unit_test_setup(test_link_used, reset),
	    cmocka_unit_test_setup(test_keyring, reset),
	    cmocka_unit_test_setup(test_rotation, reset),
	};

	id_ = identity_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	identity_close(&id_);
	return failed;
}
