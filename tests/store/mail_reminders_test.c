/* mail_reminders_test.c - who is told that archived photos will be purged, when, and how often. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/reminders.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

DB_STATEMENT(TEST_MAILS, "SELECT recipient, data, template, state, user_id, organization_id"
			 " FROM mail_outbox ORDER BY recipient, id");
DB_STATEMENT(TEST_TOLD, "SELECT COUNT(*) FROM photos WHERE purge_mail_at IS NOT NULL");
DB_STATEMENT(TEST_PURGE_AFTER, "SELECT MAX(purge_after) FROM photos");

static void archive(const struct actor *actor, const struct id *photo_id)
{
	struct photo photo;
	struct error error = {0};

	if (!photos_archive(&world->domain, actor, world->arena, photo_id, NULL, &photo, &error))
		fail_msg("%s", error.code);
}

static void unarchive(const struct actor *actor, const struct id *photo_id)
{
	struct photo photo;
	struct error error = {0};

	if (!photos_unarchive(&world->domain, actor, world->arena, photo_id, NULL, &photo, &error))
		fail_msg("%s", error.code);
}

static struct id archived(const struct actor *actor, const char *title)
{
	struct id photo = world_photo(world, actor, title, NULL, NULL);

	archive(actor, &photo);
	return photo;
}

static struct reminders_report remind(void)
{
	struct reminders_report report;
	struct error error = {0};

	if (!reminders_queue(&world->domain, world->arena, NULL, NULL, &report, &error))
		fail_msg("%s", error.code);
	return report;
}

static struct db_rows mails(void)
{
	struct db_rows rows = {0};

	assert_true(db_query(world->db, world->arena, &TEST_MAILS, DB_NO_VALUES, &rows) <= DB_NONE);
	return rows;
}

/* The values of a mail that was queued; the test's own until forget. */
static json_t *values(size_t mail)
{
	struct db_rows rows = mails();
	json_t *json = json_loads(db_text(&rows, mail, 1), 0, NULL);

	assert_non_null(json);
	return json;
}

/* Stand so long before the purge of what was archived at the start. */
static void stand_before_purge(int64_t left_us)
{
	struct db_rows rows = {0};

	assert_int_equal(
	    db_query(world->db, world->arena, &TEST_PURGE_AFTER, DB_NO_VALUES, &rows), DB_OK);
	world->clock.fixed_us = db_time(&rows, 0, 0) - left_us;
}

static void owners_are_told_three_days_before(void **state)
{
	(void)state;
	archived(&ada, "Barn");
	stand_before_purge(3 * CLOCK_DAY_US + 1);
	assert_int_equal(remind().mails, 0);
	world->clock.fixed_us++;
	struct reminders_report report = remind();
	assert_int_equal(report.mails, 1);
	assert_int_equal(report.photos, 1);
	struct db_rows rows = mails();
	assert_string_equal(db_text(&rows, 0, 0), "ada@alder.example");
	assert_string_equal(db_text(&rows, 0, 2), "retention");
	assert_string_equal(db_text(&rows, 0, 3), "waiting");
	struct id user = db_id(&rows, 0, 4), organization = db_id(&rows, 0, 5);
	assert_true(id_equal(&user, &ada.user_id));
	assert_true(id_equal(&organization, &alder));
}

static void nobody_is_told_at_the_purge(void **state)
{
	(void)state;
	archived(&ada, "Barn");
	stand_before_purge(0);
	assert_int_equal(remind().mails, 0);
	world->clock.fixed_us--;
	assert_int_equal(remind().mails, 1);
}

static void a_mail_is_sent_once(void **state)
{
	(void)state;
	archived(&ada, "Barn");
	stand_before_purge(CLOCK_DAY_US);
	assert_int_equal(remind().mails, 1);
	world->clock.fixed_us += HOUR_US;
	assert_int_equal(remind().mails, 0);
	assert_int_equal(mails().count, 1);
}

static void archived_again_a_photo_is_told_of_again(void **state)
{
	(void)state;
	struct id photo = archived(&ada, "Barn");
	stand_before_purge(CLOCK_DAY_US);
	assert_int_equal(remind().mails, 1);
	unarchive(&ada, &photo);
	archive(&ada, &photo);
	assert_int_equal(remind().mails, 0);
	stand_before_purge(CLOCK_DAY_US);
	assert_int_equal(remind().mails, 1);
}

static void each_owner_gets_one_mail_that_lists_all(void **state)
{
	(void)state;
	struct id barn = archived(&ada, "Barn");
	world->clock.fixed_us += HOUR_US;
	archived(&ada, NULL);
	archived(&ben, "Cart");
	archived(&stranger, "Dove");
	stand_before_purge(CLOCK_DAY_US);
	assert_int_equal(remind().mails, 3);

	json_t *json = values(0);
	const json_t *photos = json_object_get(json, "photos");
	const json_t *first = json_array_get(photos, 0);
	char id[ID_TEXT_SIZE];
	id_format(&barn, id);
	assert_string_equal(json_string_value(json_object_get(json, "name")), "ada");
	assert_int_equal(json_integer_value(json_object_get(json, "count")), 2);
	assert_false(json_is_true(json_object_get(json, "one")));
	assert_int_equal(json_integer_value(json_object_get(json, "more")), 0);
	assert_int_equal(json_array_size(photos), 2);
	assert_string_equal(json_string_value(json_object_get(first, "title")), "Barn");
	assert_string_equal(json_string_value(json_object_get(first, "id")), id);
	assert_string_equal(json_string_value(json_object_get(first, "purge_after")),
	    json_string_value(json_object_get(json, "purge_after")));
	assert_true(json_is_null(json_object_get(json_array_get(photos, 1), "title")));
	json_decref(json);
	json = values(1);
	assert_true(json_is_true(json_object_get(json, "one")));
	json_decref(json);
}

static void a_long_list_is_cut_and_counted(void **state)
{
	(void)state;
	for (int i = 0; i < REMINDERS_NAMED + 3; i++)
		archived(&ada, "One of many");
	world->domain.step_rows = 10;
	stand_before_purge(CLOCK_DAY_US);
	struct reminders_report report = remind();
	assert_int_equal(report.mails, 1);
	assert_int_equal(report.photos, REMINDERS_NAMED + 3);
	assert_int_equal(world_number(world, &TEST_TOLD), REMINDERS_NAMED + 3);
	json_t *json = values(0);
	assert_int_equal(json_array_size(json_object_get(json, "photos")), REMINDERS_NAMED);
	assert_int_equal(json_integer_value(json_object_get(json, "count")), REMINDERS_NAMED + 3);
	assert_int_equal(json_integer_value(json_object_get(json, "more")), 3);
	json_decref(json);
	assert_int_equal(remind().mails, 0);
}

static void derivatives_go_without_saying(void **state)
{
	(void)state;
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	world_derivative(world, &ada, &photo);
	world_derivative(world, &ada, &photo);
	archive(&ada, &photo);
	stand_before_purge(CLOCK_DAY_US);
	struct reminders_report report = remind();
	assert_int_equal(report.mails, 1);
	assert_int_equal(report.photos, 3);
	json_t *json = values(0);
	assert_int_equal(json_integer_value(json_object_get(json, "count")), 1);
	json_decref(json);
}

static void a_derivative_archived_alone_is_named(void **state)
{
	(void)state;
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id derivative = world_derivative(world, &ada, &photo);
	archive(&ada, &derivative);
	stand_before_purge(CLOCK_DAY_US);
	assert_int_equal(remind().mails, 1);
}

static void who_cannot_or_will_not_be_told_is_not(void **state)
{
	static const char *const reasons[] = {
	    "UPDATE users SET notify_retention = FALSE",
	    "UPDATE users SET email = NULL",
	    "UPDATE users SET deleted_at = '2026-01-01 00:00:00.000001'",
	    "UPDATE organizations SET deleted_at = '2026-01-01 00:00:00.000001'",
	    "UPDATE photos SET deleted_at = '2026-01-01 00:00:00.000001'",
	    "UPDATE photos SET archived_at = NULL",
	    "UPDATE photos SET uploader_id = NULL",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		scene_people();
		archived(&ada, "Barn");
		trash_sql(world, "%s", reasons[i]);
		stand_before_purge(CLOCK_DAY_US);
		if (remind().mails != 0 || mails().count != 0 ||
		    world_number(world, &TEST_TOLD) != 0)
			fail_msg("told after %s", reasons[i]);
	}
}

/* What an owner hears of does not depend on who archived it. */
static void the_owner_is_told_of_what_an_admin_archived(void **state)
{
	(void)state;
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	archive(&admin, &photo);
	stand_before_purge(CLOCK_DAY_US);
	assert_int_equal(remind().mails, 1);
	struct db_rows rows = mails();
	assert_string_equal(db_text(&rows, 0, 0), "ada@alder.example");
}

/* The owner changed the mind between the look at the list and the writing of the mail. */
static void opt_out_at_the_last_moment(void *context, const char *name)
{
	(void)context;
	(void)name;
	trash_sql(world, "UPDATE users SET notify_retention = FALSE");
}

static void a_choice_made_meanwhile_counts(void **state)
{
	(void)state;
	archived(&ada, "Barn");
	archived(&ben, "Cart");
	stand_before_purge(CLOCK_DAY_US);
	world->domain.after_step = opt_out_at_the_last_moment;
	assert_int_equal(remind().mails, 1);
	world->domain.after_step = NULL;
	assert_int_equal(mails().count, 1);
}

/* A worker that dies after the first step has sent its mail, which told of the rest too. */
/* Stop once the round that writes this report has marked something. */
static bool stop_after_one(void *context)
{
	const struct reminders_report *report = context;

	return report->photos > 0;
}

static void what_a_stop_left_is_told_of_already(void **state)
{
	struct reminders_report report = {0};
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		archived(&ada, "Barn");
	world->domain.step_rows = 2;
	stand_before_purge(CLOCK_DAY_US);
	assert_true(reminders_queue(
	    &world->domain, world->arena, stop_after_one, &report, &report, &error));
	assert_int_equal(report.mails, 1);
	assert_true(report.photos < 5);
	struct reminders_report rest = remind();
	assert_int_equal(rest.photos + report.photos, 5);
	assert_int_equal(rest.mails, 0);
	assert_int_equal(world_number(world, &TEST_TOLD), 5);
}

/* What was archived after the mail that a stop interrupted is not in it. */
static void an_unfinished_mail_covers_nothing_newer(void **state)
{
	struct reminders_report report = {0};
	struct error error = {0};

	(void)state;
	trash_sql(world, "UPDATE organizations SET archive_retention_s = 86400");
	world->domain.step_rows = 1;
	archived(&ada, "Barn");
	archived(&ada, "Cart");
	world->clock.fixed_us += 60 * CLOCK_SECOND_US;
	assert_true(reminders_queue(
	    &world->domain, world->arena, stop_after_one, &report, &report, &error));
	assert_int_equal(report.photos, 1);
	world->clock.fixed_us++;
	archived(&ada, "Dove");
	assert_int_equal(remind().mails, 1);
	json_t *json = values(1);
	assert_int_equal(json_integer_value(json_object_get(json, "count")), 1);
	json_decref(json);
}

/* A mail tells only of what was due and archived when it was written. */
static void what_a_mail_could_not_count_gets_its_own(void **state)
{
	(void)state;
	archived(&ada, "Barn");
	world->clock.fixed_us += CLOCK_DAY_US;
	archived(&ada, "Cart");
	world->clock.fixed_us += 26 * CLOCK_DAY_US;
	assert_int_equal(remind().mails, 1);
	assert_int_equal(remind().mails, 0);
	world->clock.fixed_us += CLOCK_DAY_US - 1;
	assert_int_equal(remind().mails, 0);
	world->clock.fixed_us++;
	assert_int_equal(remind().mails, 1);

	scene_people();
	trash_sql(world, "UPDATE organizations SET archive_retention_s = 86400");
	archived(&ada, "Barn");
	assert_int_equal(remind().mails, 1);
	world->clock.fixed_us++;
	archived(&ada, "Cart");
	assert_int_equal(remind().mails, 1);
	json_t *json = values(1);
	assert_int_equal(json_integer_value(json_object_get(json, "count")), 1);
	json_decref(json);
}

/* What was in the trash when the mail was written was not counted. */
static void a_photo_back_from_the_trash_is_told_of(void **state)
{
	struct deletion deletion;

	(void)state;
	struct id barn = archived(&ada, "Barn");
	archived(&ada, "Cart");
	stand_before_purge(CLOCK_DAY_US);
	assert_string_equal(trash_delete(world, &ada, &barn, &deletion), "");
	assert_int_equal(remind().mails, 1);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	assert_int_equal(remind().mails, 1);
	json_t *json = values(1);
	assert_int_equal(json_integer_value(json_object_get(json, "count")), 1);
	json_decref(json);
}

/* --- two workers --------------------------------------------------------------------------- */

struct other {
	struct domain domain;
	struct db *db;
	struct arena *arena;
	struct reminders_report report;
	bool ok;
};

static void *run_other(void *context)
{
	struct other *other = context;
	struct error error = {0};

	other->ok =
	    reminders_queue(&other->domain, other->arena, NULL, NULL, &other->report, &error);
	return NULL;
}

static void two_workers_send_one_mail(void **state)
{
	struct other others[2];
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 8; i++) {
		archived(&ada, "Barn");
		archived(&ben, "Cart");
	}
	world->domain.step_rows = 3;
	stand_before_purge(CLOCK_DAY_US);
	for (int i = 0; i < 2; i++) {
		others[i].domain = world_second_domain(world, &others[i].db);
		others[i].arena = arena_create();
		assert_int_equal(pthread_create(&threads[i], NULL, run_other, &others[i]), 0);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		assert_true(others[i].ok);
		db_close(&others[i].db);
		arena_destroy(&others[i].arena);
	}
	assert_int_equal(world_number(world, &TEST_TOLD), 16);
	assert_int_equal(others[0].report.photos + others[1].report.photos, 16);
	assert_int_equal(mails().count, 2);
}

#define TEST(name) SCENE_TEST(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(owners_are_told_three_days_before),
	    TEST(nobody_is_told_at_the_purge),
	    TEST(a_mail_is_sent_once),
	    TEST(archived_again_a_photo_is_told_of_again),
	    TEST(each_owner_gets_one_mail_that_lists_all),
	    TEST(a_long_list_is_cut_and_counted),
	    TEST(derivatives_go_without_saying),
	    TEST(a_derivative_archived_alone_is_named),
	    TEST(who_cannot_or_will_not_be_told_is_not),
	    TEST(the_owner_is_told_of_what_an_admin_archived),
	    TEST(a_choice_made_meanwhile_counts),
	    TEST(what_a_stop_left_is_told_of_already),
	    TEST(an_unfinished_mail_covers_nothing_newer),
	    TEST(what_a_mail_could_not_count_gets_its_own),
	    TEST(a_photo_back_from_the_trash_is_told_of),
	    TEST(two_workers_send_one_mail),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
