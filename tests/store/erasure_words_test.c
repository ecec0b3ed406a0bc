/* erasure_words_test.c - an erasure in the words of others: reasons, mails, what was submitted
 * without the account. */
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <store/places.h>
#include <string.h>

#define SECRET  "Xanthippe"
#define ADDRESS "xanthippe@alder.example"

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	trash_sql(
	    world, "UPDATE users SET email = '" ADDRESS "' WHERE email = 'ada@alder.example'");
	return 0;
}

/* Erased by an admin, at once. */
static void erase(const struct actor *actor)
{
	assert_string_equal(people_delete(world, &admin, actor, true, NULL, NULL), "");
	(void)trash_purge(world);
}

static int64_t mails_that(const char *where)
{
	return trash_number(world, "mail_outbox", where);
}

DB_STATEMENT(erasure_said, "SELECT reason FROM audit_reasons ORDER BY audit_id DESC LIMIT 1");

/* Ben is called that, an admin writes this, Ben goes: what the admin wrote then is. */
static const char *what_stays(const char *name, const char *reason)
{
	struct db_rows rows = {0};
	struct id entry = id_generate(world->clock.fixed_us + HOUR_US);

	set_up(NULL);
	trash_sql(world, "UPDATE users SET display_name = '%s' WHERE id = %s", name,
	    trash_hex(world, &ben.user_id));
	trash_sql(world,
	    "INSERT INTO audit_log (id, organization_id, at, actor, action, details) VALUES (%s, "
	    "%s,"
	    " '2026-01-01', 'somebody', 'photo.delete', '{}')",
	    trash_hex(world, &entry), trash_hex(world, &alder));
	trash_sql(world,
	    "INSERT INTO audit_reasons (audit_id, organization_id, reason) VALUES (%s, %s, '%s')",
	    trash_hex(world, &entry), trash_hex(world, &alder), reason);
	erase(&ben);
	assert_int_equal(trash_number(world, "users", "email = 'ben@alder.example'"), 0);
	assert_int_equal(
	    db_query(world->db, world->arena, &erasure_said, DB_NO_VALUES, &rows), DB_OK);
	return db_text(&rows, 0, 0);
}

/* People choose their names: one that is a word of everybody's takes nothing else with it. */
static void a_name_takes_only_itself(void **state)
{
	(void)state;
	assert_string_equal(what_stays("Bo Li", "bo li, ben@alder.example: both of BO LI"),
	    "(name removed), (name removed): both of (name removed)");
	assert_string_equal(
	    what_stays("e", "He never was here, e said"), "He never was here, (name removed) said");
	assert_string_equal(
	    what_stays(" name", "No name here, no removed one"), "No  here, no removed one");
	assert_string_equal(what_stays("Will", "I will ask Will (WILL), willing or not"),
	    "I will ask (name removed) ((name removed)), willing or not");
	assert_string_equal(what_stays("will", "will, Will"), "(name removed), (name removed)");
	assert_string_equal(
	    what_stays("Émile", "émile Émile ÉMILE"), "émile (name removed) (name removed)");
	assert_string_equal(
	    what_stays("O.* (x|", "Of O.* (x| and O--x"), "Of (name removed) and O--x");
	assert_string_equal(what_stays("Zoë", "Zoë, nicht Zoëlle"), "(name removed), nicht Zoëlle");
	assert_string_equal(what_stays(" ", "A  b"), "A  b");
}

/* A text that fills its column has no room for what stands in place of names. */
static void a_full_text_loses_the_name(void **state)
{
	char full[2001];
	const char *left;

	(void)state;
	for (size_t i = 0; i < 2000; i++) {
		full[i] = "Bo, "[i % 4];
	}
	full[2000] = '\0';
	left = what_stays("Bo", full);
	assert_int_equal(strlen(left), 2000 - 2 * 500);
	assert_null(strstr(left, "Bo"));
	memset(full, 'x', 1989);
	memcpy(full + 1985, " Bo", 4);
	left = what_stays("Bo", full);
	assert_int_equal(strlen(left), 2000);
	assert_string_equal(left + 1985, " (name removed)");
}

/* Mails to others: a notice of a request that is void is dropped, what else waits goes out first.
 */
static void mails_to_others_forget(void **state)
{
	static const char *const templates[] = {"request_new", "request_rejected"};
	static const char *const columns[] = {"author_id", "owner_id"};

	(void)state;
	for (int i = 0; i < 8; i++) {
		trash_sql(world,
		    "INSERT INTO mail_outbox (id, organization_id, recipient, %s, template, data,"
		    " state, next_attempt_at, created_at) VALUES (UNHEX(MD5('%d')), %s,"
		    " 'other@alder.example', %s, '%s', '{\"reason\":\"" SECRET "\"}', '%s',"
		    " '2026-01-01', '2026-01-01')",
		    columns[i / 4], i, trash_hex(world, &alder), trash_hex(world, &ada.user_id),
		    templates[i % 2], i % 4 < 2 ? "waiting" : "sent");
	}
	erase(&ada);
	assert_int_equal(mails_that("forget AND state = 'waiting'"), 3); /* and the last */
	assert_int_equal(mails_that("state = 'dropped' AND recipient IS NULL"), 2);
	assert_int_equal(mails_that("state = 'sent' AND recipient IS NULL"), 4);
	assert_int_equal(mails_that("file_until = created_at"), 2 + 4);
	assert_int_equal(mails_that("INSTR(data, '" SECRET "') > 0 AND NOT forget"), 0);
}

/* What was submitted under the address without an account was described by the same person. */
static void submissions_of_a_visitor_lose_their_words(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "market");
	struct id one = world_photo(world, &ben, SECRET, NULL, &site);
	struct id two = world_photo(world, &ben, SECRET " two", NULL, &site);

	(void)state;
	trash_sql(world, "UPDATE photos SET uploader_id = NULL, description = '" SECRET
			 "', submitter_name = '" SECRET "', submitter_email = '" ADDRESS "'");
	assert_string_equal(trash_delete(world, &admin, &two, NULL), "");
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01'");
	erase(&ada);
	assert_true(trash_is_live(world, &one));
	assert_int_equal(trash_rows(world, "photos"), 2);
	assert_int_equal(
	    trash_number(world, "photos",
		"CONCAT_WS('', title, description, submitter_name, submitter_email) <> ''"),
	    0);
	assert_int_equal(trash_number(world, "deletions", "label IS NOT NULL"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_takes_only_itself),
	    cmocka_unit_test(a_full_text_loses_the_name),
	    cmocka_unit_test_setup(mails_to_others_forget, set_up),
	    cmocka_unit_test_setup(submissions_of_a_visitor_lose_their_words, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
