/* prune_test.c - the end of the audit retention: to the microsecond, by calendar months, of each
 * organisation its own, in bounded steps, and never what is not settled. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/prune.h>
#include <signal.h>
#include <store/audit.h>
#include <store/mail.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

DB_STATEMENT(prune_reasons_alone,
    "SELECT COUNT(*) FROM audit_reasons r LEFT JOIN audit_log a ON a.id = r.audit_id"
    " WHERE a.id IS NULL");

/* Twelve months before the world's start, and twenty-four, with a leap day between. */
#define YEAR_AGO      (WORLD_START_US - 365 * CLOCK_DAY_US)
#define TWO_YEARS_AGO (WORLD_START_US - 731 * CLOCK_DAY_US)

static struct db *prune;
static struct error error;
static unsigned steps, stop_after;

static int start(void **state)
{
	(void)scene_start(state);
	prune = test_database_connect(world->database, TEST_PRUNE);
	return 0;
}

static int stop(void **state)
{
	db_close(&prune);
	return scene_stop(state);
}

static void count_step(void *context, const char *name)
{
	(void)context;
	assert_string_equal(name, "prune");
	steps++;
}

static int set_up(void **state)
{
	(void)state;
	scene_people();
	trash_sql(world, "DELETE FROM audit_reasons");
	trash_sql(world, "DELETE FROM audit_log");
	trash_sql(world, "UPDATE organizations SET audit_retention_months = 24 WHERE id = %s",
	    trash_hex(world, &birch));
	steps = stop_after = 0;
	return 0;
}

static bool stops(void *context)
{
	(void)context;
	return stop_after > 0 && steps >= stop_after;
}

static struct prune_report run(void)
{
	struct prune_report report;

	world->domain.after_step = count_step;
	if (!prune_due(&world->domain, prune, world->arena, stops, NULL, &report, &error))
		fail_msg("%s: %s", error.code, error.message);
	world->domain.after_step = NULL;
	return report;
}

struct told {
	struct id organization_id;
	int64_t at_us;
	const char *reason;
};

static bool tell(struct db_tx *tx, void *context, struct error *error_)
{
	const struct told *told = context;

	(void)error_;
	return audit_insert(tx, &(struct audit_entry){.organization_id = told->organization_id,
				    .at_us = told->at_us,
				    .actor = "worker",
				    .action = "photo.delete",
				    .reason = told->reason}) == DB_OK;
}

static void entry(const struct id *organization_id, int64_t at_us, const char *reason)
{
	struct told told = {*organization_id, at_us, reason};

	assert_true(db_transaction(world->db, tell, &told, &error));
}

/* --- the trail ---------------------------------------------------------------------------- */

static void entries_go_at_the_microsecond(void **state)
{
	(void)state;
	entry(&alder, YEAR_AGO + 1, "kept");
	entry(&alder, YEAR_AGO, "gone");
	entry(&alder, YEAR_AGO - CLOCK_DAY_US, NULL);
	assert_int_equal(run().rows[PRUNE_ENTRIES], 3);
	assert_int_equal(trash_rows(world, "audit_log"), 1);
	assert_int_equal(trash_rows(world, "audit_reasons"), 1);
	world->clock.fixed_us++;
	assert_int_equal(run().rows[PRUNE_ENTRIES], 2);
	assert_int_equal(trash_rows(world, "audit_log"), 0);
	assert_int_equal(trash_rows(world, "audit_reasons"), 0);
}

static void each_organization_has_its_own_retention(void **state)
{
	(void)state;
	entry(&birch, TWO_YEARS_AGO + 1, "kept");
	entry(&birch, TWO_YEARS_AGO, "gone");
	entry(&alder, YEAR_AGO, "gone");
	assert_int_equal(run().rows[PRUNE_ENTRIES], 4);
	assert_int_equal(trash_rows(world, "audit_log"), 1);
	/* A shorter one holds at once. */
	trash_sql(world, "UPDATE organizations SET audit_retention_months = 23");
	assert_int_equal(run().rows[PRUNE_ENTRIES], 2);
}

static void entries_of_the_installation_have_the_shortest(void **state)
{
	(void)state;
	trash_sql(world, "UPDATE organizations SET audit_retention_months = 120");
	entry(&id_none, YEAR_AGO + 1, NULL);
	entry(&id_none, YEAR_AGO, "gone");
	entry(&alder, YEAR_AGO - CLOCK_DAY_US, NULL);
	assert_int_equal(run().rows[PRUNE_ENTRIES], 2);
	assert_int_equal(trash_rows(world, "audit_log"), 2);
}

static void months_are_of_the_calendar(void **state)
{
	int64_t leap_us, february_us;

	(void)state;
	assert_true(clock_parse("2028-02-29T12:00:00.000001Z", &leap_us));
	assert_true(clock_parse("2027-02-28T12:00:00.000001Z", &february_us));
	world->clock.fixed_us = leap_us;
	entry(&alder, february_us, NULL);
	entry(&alder, february_us + 1, NULL);
	assert_int_equal(run().rows[PRUNE_ENTRIES], 1);
}

static void steps_are_bounded(void **state)
{
	(void)state;
	for (int i = 0; i < 7; i++)
		entry(&alder, YEAR_AGO - i * 1000, "gone");
	world->domain.step_rows = 4; /* two entries with their reasons */
	stop_after = 2;
	assert_int_equal(run().rows[PRUNE_ENTRIES], 8);
	assert_int_equal(trash_rows(world, "audit_log"), 3);
	assert_int_equal(trash_rows(world, "audit_reasons"), 3);
	stop_after = 0;
	assert_int_equal(run().rows[PRUNE_ENTRIES], 6);
	assert_int_equal(steps, 4);
}

/* --- records of deletions ----------------------------------------------------------------- */

/* A deletion that was settled at that time, in that state. */
static struct id settled(const struct actor *by, const char *state, int64_t at_us)
{
	struct id photo = world_photo(world, by, "Photo", NULL, NULL);
	struct deletion deletion;
	char text[CLOCK_TEXT_SIZE];

	assert_string_equal(trash_delete(world, by, &photo, &deletion), "");
	assert_string_equal(trash_restore(world, by, &deletion.id, NULL), "");
	clock_format(at_us, text);
	text[strlen(text) - 1] = '\0';
	trash_sql(world, "UPDATE deletions SET state = '%s', settled_at = '%s' WHERE id = %s",
	    state, text, trash_hex(world, &deletion.id));
	return deletion.id;
}

static void records_go_when_they_are_settled_for_so_long(void **state)
{
	struct id old;

	(void)state;
	settled(&ada, "restored", YEAR_AGO + 1);
	settled(&ada, "purged", YEAR_AGO + 1);
	settled(&stranger, "purged", YEAR_AGO - CLOCK_DAY_US);
	settled(&ada, "restored", YEAR_AGO);
	old = settled(&ada, "purged", YEAR_AGO);
	trash_sql(world,
	    "INSERT INTO deletion_effects (deletion_id, photo_id, effect) VALUES (%s, 'a', "
	    "'orphaned')",
	    trash_hex(world, &old));
	assert_int_equal(run().rows[PRUNE_DELETIONS], 3);
	assert_int_equal(trash_rows(world, "deletions"), 3);
	assert_int_equal(trash_rows(world, "deletion_effects"), 0);
	world->clock.fixed_us++;
	assert_int_equal(run().rows[PRUNE_DELETIONS], 2);
	assert_int_equal(trash_rows(world, "deletions"), 1);
}

static void what_is_not_settled_stays(void **state)
{
	struct id photo = world_photo(world, &ada, "Photo", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	/* As no act of the program would leave it. */
	trash_sql(world, "UPDATE deletions SET settled_at = '2020-01-01'");
	assert_int_equal(run().rows[PRUNE_DELETIONS], 0);
	assert_int_equal(trash_rows(world, "deletions"), 1);
}

/* The tombstone of an organisation bears the id of the deletion it is the rest of. */
static void what_is_pointed_at_stays_and_hinders_nothing(void **state)
{
	struct id first = settled(&ada, "purged", YEAR_AGO - 3), last;

	(void)state;
	settled(&ada, "purged", YEAR_AGO - 2);
	last = settled(&ada, "purged", YEAR_AGO - 1);
	trash_sql(world, "UPDATE users SET deletion_id = %s WHERE id = %s",
	    trash_hex(world, &first), trash_hex(world, &ada.user_id));
	trash_sql(world, "UPDATE users SET deletion_id = %s WHERE id = %s", trash_hex(world, &last),
	    trash_hex(world, &admin.user_id));
	world->domain.step_rows = 1;
	assert_int_equal(run().rows[PRUNE_DELETIONS], 1);
	assert_int_equal(trash_rows(world, "deletions"), 2);
	assert_int_equal(run().rows[PRUNE_DELETIONS], 0);
}

static void a_record_with_many_effects_goes_in_steps(void **state)
{
	struct id old = settled(&ada, "restored", YEAR_AGO);

	(void)state;
	for (int i = 0; i < 7; i++)
		trash_sql(world,
		    "INSERT INTO deletion_effects (deletion_id, photo_id, effect)"
		    " VALUES (%s, '%c', 'orphaned')",
		    trash_hex(world, &old), 'a' + i);
	world->domain.step_rows = 3;
	stop_after = 2;
	assert_int_equal(run().rows[PRUNE_DELETIONS], 6);
	assert_int_equal(trash_rows(world, "deletions"), 1);
	stop_after = 0;
	assert_int_equal(run().rows[PRUNE_DELETIONS], 2);
	assert_int_equal(trash_rows(world, "deletions"), 0);
}

/* --- requests and mail -------------------------------------------------------------------- */

static void ask(const char *status, const char *asked, const char *reviewed)
{
	struct id photo = world_photo(world, &ada, "Photo", NULL, NULL);
	struct id request = trash_request(world, &ada, &photo, "approved");

	trash_sql(world,
	    "UPDATE deletion_requests SET status = '%s', requested_at = '%s', reviewed_at = %s"
	    " WHERE id = %s",
	    status, asked, reviewed, trash_hex(world, &request));
}

static const char *sql_time(int64_t at_us)
{
	char *text = arena_alloc(world->arena, CLOCK_TEXT_SIZE);

	clock_format(at_us, text);
	text[strlen(text) - 1] = '\0';
	return text;
}

static const char *quoted(const char *text)
{
	return arena_join(world->arena, "'", text, "'", NULL);
}

static void requests_go_when_they_are_decided_for_so_long(void **state)
{
	const char *before = sql_time(YEAR_AGO - CLOCK_DAY_US);

	(void)state;
	ask("pending", before, "NULL");
	ask("approved", before, quoted(sql_time(YEAR_AGO + 1)));
	ask("rejected", before, quoted(sql_time(YEAR_AGO)));
	ask("superseded", before, quoted(sql_time(YEAR_AGO)));
	ask("cancelled", sql_time(YEAR_AGO), "NULL");
	ask("cancelled", sql_time(YEAR_AGO + 1), "NULL");
	assert_int_equal(run().rows[PRUNE_REQUESTS], 3);
	world->clock.fixed_us++;
	assert_int_equal(run().rows[PRUNE_REQUESTS], 2);
	assert_int_equal(trash_rows(world, "deletion_requests"), 1);
}

static bool add_mail(struct db_tx *tx, void *context, struct error *error_)
{
	const struct mail *mail = context;

	(void)error_;
	return mails_add(tx, mail) == DB_OK;
}

static void mail(
    const struct id *organization_id, const char *state, int64_t queued_us, const char *sent)
{
	struct mail queued = {.id = id_generate(queued_us),
	    .organization_id = *organization_id,
	    .recipient = "ada@alder.example",
	    .template = "retention",
	    .values = doc_object(world->arena),
	    .at_us = queued_us};

	assert_true(db_transaction(world->db, add_mail, &queued, &error));
	trash_sql(world, "UPDATE mail_outbox SET state = '%s', sent_at = %s WHERE id = %s", state,
	    sent, trash_hex(world, &queued.id));
}

static void mail_goes_when_it_is_sent_for_so_long(void **state)
{
	int64_t before_us = YEAR_AGO - CLOCK_DAY_US;

	(void)state;
	mail(&alder, "waiting", before_us, "NULL");
	mail(&alder, "sent", before_us, quoted(sql_time(YEAR_AGO + 1)));
	mail(&alder, "sent", before_us, quoted(sql_time(YEAR_AGO)));
	mail(&alder, "failed", YEAR_AGO, "NULL");
	mail(&alder, "dropped", YEAR_AGO + 1, "NULL");
	mail(&birch, "sent", before_us, quoted(sql_time(before_us)));
	mail(&id_none, "sent", YEAR_AGO, quoted(sql_time(YEAR_AGO)));
	assert_int_equal(run().rows[PRUNE_MAILS], 3);
	world->clock.fixed_us++;
	assert_int_equal(run().rows[PRUNE_MAILS], 2);
	assert_int_equal(trash_rows(world, "mail_outbox"), 2);
}

/* --- workers ------------------------------------------------------------------------------ */

static void die_at(void *context, const char *name)
{
	unsigned *left = context;

	(void)name;
	if (--*left == 0)
		raise(SIGKILL);
}

/* A worker of its own that is killed after so many steps; true while it came that far. */
static bool run_killed(unsigned at)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct db *db, *mine = test_database_connect(world->database, TEST_PRUNE);
		struct domain domain = world_second_domain(world, &db);
		struct prune_report report;

		domain.after_step = die_at;
		domain.after_step_context = &at;
		_exit(!prune_due(&domain, mine, world->arena, NULL, NULL, &report, &error));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

static void fill(void)
{
	for (int i = 0; i < 5; i++)
		entry(&alder, YEAR_AGO - i, "gone");
	settled(&ada, "purged", YEAR_AGO);
	settled(&ada, "restored", YEAR_AGO);
	entry(&alder, YEAR_AGO + 1, "kept");
}

static void a_worker_killed_between_two_steps_leaves_the_rest_whole(void **state)
{
	bool killed = true;

	(void)state;
	for (unsigned at = 1; killed; at++) {
		set_up(state);
		world->domain.step_rows = 2;
		fill();
		trash_sql(world, "DELETE FROM audit_log WHERE at > '2026-01-01'");
		trash_sql(world, "DELETE r FROM audit_reasons r LEFT JOIN audit_log a"
				 " ON a.id = r.audit_id WHERE a.id IS NULL");
		killed = run_killed(at);
		assert_int_equal(world_number(world, &prune_reasons_alone), 0);
		assert_int_equal(
		    trash_rows(world, "audit_log"), trash_rows(world, "audit_reasons"));
		run();
		assert_int_equal(trash_rows(world, "audit_log"), 1);
		assert_int_equal(trash_rows(world, "audit_reasons"), 1);
		assert_int_equal(trash_rows(world, "deletions"), 0);
	}
	assert_true(steps == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(entries_go_at_the_microsecond, set_up),
	    cmocka_unit_test_setup(each_organization_has_its_own_retention, set_up),
	    cmocka_unit_test_setup(entries_of_the_installation_have_the_shortest, set_up),
	    cmocka_unit_test_setup(months_are_of_the_calendar, set_up),
	    cmocka_unit_test_setup(steps_are_bounded, set_up),
	    cmocka_unit_test_setup(records_go_when_they_are_settled_for_so_long, set_up),
	    cmocka_unit_test_setup(what_is_not_settled_stays, set_up),
	    cmocka_unit_test_setup(what_is_pointed_at_stays_and_hinders_nothing, set_up),
	    cmocka_unit_test_setup(a_record_with_many_effects_goes_in_steps, set_up),
	    cmocka_unit_test_setup(requests_go_when_they_are_decided_for_so_long, set_up),
	    cmocka_unit_test_setup(mail_goes_when_it_is_sent_for_so_long, set_up),
	    cmocka_unit_test_setup(a_worker_killed_between_two_steps_leaves_the_rest_whole, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
