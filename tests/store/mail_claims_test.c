/* mail_claims_test.c - workers that die while they send, and several side by side: each mail goes
 * once, and a repeat is the same. */
#include "../support/spool.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>

static struct mail_claim claimed;

static bool run_claim(struct db_tx *tx, void *context, struct error *error)
{
	(void)context;
	return mails_claim(tx, world->arena, world->clock.fixed_us,
		   world->clock.fixed_us + MAIL_LEASE_US, &claimed) == DB_OK ||
	       error_set(error, ERROR_CONFLICT, "nothing_due", "Nothing is due.");
}

/* As a worker that dies after claiming, or after sending and before noting it. */
static void claim_and_die(void)
{
	struct error error = {0};

	assert_true(db_transaction(world->db, run_claim, NULL, &error));
}

static void a_claim_keeps_others_away_until_its_lease_ends(void **state)
{
	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	claim_and_die();
	world->clock.fixed_us += MAIL_LEASE_US - 1;
	assert_int_equal(spool_send().sent, 0);
	world->clock.fixed_us++;
	assert_int_equal(spool_send().sent, 1);
	struct db_rows rows = spool_outbox();
	assert_int_equal(db_int(&rows, 0, OUTBOX_ATTEMPTS), 2);
}

/* Two workers in the same instant: the second passes over what the first has not committed yet. */
static bool claim_beside(struct db_tx *tx, void *context, struct error *error)
{
	struct db *second = context;
	struct mail_claim first;

	assert_int_equal(mails_claim(tx, world->arena, world->clock.fixed_us,
			     world->clock.fixed_us + MAIL_LEASE_US, &first),
	    DB_OK);
	assert_true(db_transaction(second, run_claim, NULL, error));
	assert_false(id_equal(&first.id, &claimed.id));
	assert_false(db_transaction(second, run_claim, NULL, error));
	return true;
}

static void two_claims_at_once_are_of_two_mails(void **state)
{
	struct db *second = test_database_connect(world->database, TEST_APP);
	struct error error = {0};

	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	(void)spool_queue("ben@alder.example", "retention");
	assert_true(db_transaction(world->db, claim_beside, second, &error));
	db_close(&second);
	assert_int_equal(spool_send().sent, 0);
}

static void sent_but_not_noted_it_is_the_same_file(void **state)
{
	(void)state;
	struct id id = spool_queue("ada@alder.example", "retention");
	assert_int_equal(spool_send().sent, 1);
	const char *before = spool_message(&id);
	trash_sql(world, "UPDATE mail_outbox SET state = 'waiting', sent_at = NULL");
	world->clock.fixed_us += CLOCK_DAY_US;
	assert_int_equal(spool_send().sent, 1);
	assert_int_equal(spool_count(), 1);
	assert_string_equal(spool_message(&id), before);
}

static void the_outcome_of_an_old_claim_does_not_count(void **state)
{
	struct mail_outcome outcome = {
	    .state = MAIL_FAILED, .at_us = WORLD_START_US, .body_until_us = WORLD_START_US};

	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	claim_and_die();
	struct mail_claim old = claimed;
	world->clock.fixed_us += MAIL_LEASE_US;
	claim_and_die();
	assert_int_equal(mails_settle(world->db, &old, &outcome), DB_NONE);
	assert_int_equal(mails_keep_words(world->db, &old, "s", "t", "h"), DB_NONE);
	assert_int_equal(mails_settle(world->db, &claimed, &outcome), DB_OK);
	assert_int_equal(mails_settle(world->db, &claimed, &outcome), DB_NONE);
}

static void a_mail_that_kills_its_worker_is_given_up(void **state)
{
	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	for (int i = 0; i < MAIL_ATTEMPTS; i++) {
		claim_and_die();
		world->clock.fixed_us += MAIL_LEASE_US;
	}
	assert_int_equal(spool_send().failed, 1);
	assert_int_equal(spool_count(), 0);
}

struct other {
	struct mailer *mailer;
	struct db *db;
	struct mail_report report;
	bool ok;
};

static void *run_other(void *context)
{
	struct other *other = context;
	struct error error = {0};

	other->ok = mail_send_due(
	    other->mailer, other->db, &world->clock, 1000, NULL, NULL, &other->report, &error);
	return NULL;
}

#define WORKERS 3
#define MAILS   40

static void workers_side_by_side_send_each_mail_once(void **state)
{
	struct other others[WORKERS];
	pthread_t threads[WORKERS];
	struct error error = {0};
	unsigned sent = 0;

	(void)state;
	for (int i = 0; i < MAILS; i++)
		(void)spool_queue("ada@alder.example", "retention");
	for (int i = 0; i < WORKERS; i++) {
		others[i].mailer = mailer_open(&spool_config, &error);
		others[i].db = test_database_connect(world->database, TEST_APP);
		assert_int_equal(pthread_create(&threads[i], NULL, run_other, &others[i]), 0);
	}
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], NULL);
		assert_true(others[i].ok);
		sent += others[i].report.sent;
		mailer_close(&others[i].mailer);
		db_close(&others[i].db);
	}
	assert_int_equal(sent, MAILS);
	assert_int_equal(spool_count(), MAILS);
	struct db_rows rows = spool_outbox();
	for (size_t i = 0; i < rows.count; i++)
		assert_int_equal(db_int(&rows, i, OUTBOX_ATTEMPTS), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SPOOL_TEST(a_claim_keeps_others_away_until_its_lease_ends),
	    SPOOL_TEST(two_claims_at_once_are_of_two_mails),
	    SPOOL_TEST(sent_but_not_noted_it_is_the_same_file),
	    SPOOL_TEST(the_outcome_of_an_old_claim_does_not_count),
	    SPOOL_TEST(a_mail_that_kills_its_worker_is_given_up),
	    SPOOL_TEST(workers_side_by_side_send_each_mail_once),
	};

	return cmocka_run_group_tests(tests, spool_start, spool_stop);
}
