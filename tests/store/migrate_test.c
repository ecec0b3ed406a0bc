/* migrate_test.c - folders of migrations, good and bad, against a database of their own. */
#include "../support/database.h"
#include "../support/program.h"
#include "../support/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <db/migrate.h>
#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW_US INT64_C(1700000000123456)

DB_STATEMENT(migrated_list,
    "SELECT name, complete, applied_at, digest FROM schema_migrations ORDER BY name");
DB_STATEMENT(note_list, "SELECT text FROM notes ORDER BY id");
DB_STATEMENT(
    everywhere_list, "SELECT display_name FROM users WHERE goes_everywhere = TRUE ORDER BY id");
DB_STATEMENT(
    table_count, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()");

struct fixture {
	struct test_database *database;
	struct db *db;
	struct arena *arena;
	char folder[64];
};

static int start(void **state)
{
	static struct fixture fixture;

	log_set_level((enum log_level)(LOG_ERROR + 1));
	*state = &fixture;
	return 0;
}

/* A new database and an empty folder for each test. */
static int set_up(void **state)
{
	struct fixture *fixture = *state;

	fixture->database = test_database_open_empty();
	fixture->db = test_database_connect(fixture->database, TEST_OWNER);
	fixture->arena = arena_create();
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/lethe-migrate-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	db_close(&fixture->db);
	arena_destroy(&fixture->arena);
	test_database_close(&fixture->database);
	program_remove_folder(fixture->folder);
	return 0;
}

static void write_file(struct fixture *fixture, const char *name, const char *text)
{
	FILE *file = fopen(arena_printf(fixture->arena, "%s/%s", fixture->folder, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void remove_file(struct fixture *fixture, const char *name)
{
	assert_int_equal(unlink(arena_printf(fixture->arena, "%s/%s", fixture->folder, name)), 0);
}

static void expect_applied(struct fixture *fixture, int expected)
{
	struct error error = {0};
	int applied = -1;

	if (!migrate_run(fixture->db, fixture->folder, NOW_US, &applied, &error))
		fail_msg("%s: %s", error.code, error.message);
	assert_int_equal(applied, expected);
	assert_true(migrate_check(fixture->db, fixture->folder, &error));
}

static struct error expect_refused(struct fixture *fixture, const char *code)
{
	struct error error = {0};
	int applied = -1;

	assert_false(migrate_run(fixture->db, fixture->folder, NOW_US, &applied, &error));
	assert_string_equal(error.code, code);
	return error;
}

static void expect_unchecked(struct fixture *fixture, const char *code)
{
	struct error error = {0};

	assert_false(migrate_check(fixture->db, fixture->folder, &error));
	assert_string_equal(error.code, code);
}

static struct db_rows list_notes(struct fixture *fixture)
{
	struct db_rows rows;

	assert_true(
	    db_query(fixture->db, fixture->arena, &note_list, DB_NO_VALUES, &rows) <= DB_NONE);
	return rows;
}

static const char first_sql[] = "-- The notes; that's all;\n"
				"CREATE TABLE notes (\n"
				"  id INT PRIMARY KEY, -- a number;\n"
				"  text VARCHAR(200) NOT NULL COMMENT 'the note''s; words;'\n"
				");\n"
				"\n"
				"INSERT INTO notes VALUES (1, 'one;\n"
				"-- two \\';\n"
				"three\"');\r\n";

static void files_are_applied_once_and_in_order(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;

	write_file(
	    fixture, "0002_more.sql", "INSERT INTO notes VALUES (2, \"x;\"); \n-- the end\n");
	write_file(fixture, "0001_notes.sql", first_sql);
	write_file(fixture, "grants.sql", "this is no migration;\n");
	write_file(fixture, "0003_not.txt", "neither;\n");
	write_file(fixture, "003_not.sql", "neither;\n");
	expect_unchecked(fixture, "migration_pending");
	expect_applied(fixture, 2);
	expect_applied(fixture, 0);
	rows = list_notes(fixture);
	assert_int_equal(rows.count, 2);
	assert_string_equal(db_text(&rows, 0, 0), "one;\n-- two ';\nthree\"");
	assert_string_equal(db_text(&rows, 1, 0), "x;");
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &migrated_list, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(rows.count, 2);
	assert_string_equal(db_text(&rows, 0, 0), "0001_notes.sql");
	assert_true(db_bool(&rows, 1, 1));
	assert_true(db_time(&rows, 1, 2) == NOW_US);
	write_file(fixture, "0003_third.sql", "INSERT INTO notes VALUES (3, 'three');\n");
	expect_unchecked(fixture, "migration_pending");
	expect_applied(fixture, 1);
	assert_int_equal(list_notes(fixture).count, 3);
}

/* b2sum -l 256 of the text. */
static void digests_are_blake2b(void **state)
{
	static const unsigned char digest[32] = {0x3e, 0x21, 0x85, 0x5b, 0x1a, 0xb5, 0x15, 0x3d,
	    0xf7, 0xc9, 0xb3, 0xf6, 0x4a, 0x3e, 0xcf, 0x12, 0x60, 0xc7, 0xd4, 0x6f, 0x50, 0x97,
	    0xc7, 0x6d, 0x76, 0x80, 0x11, 0x4c, 0xf8, 0xbc, 0x24, 0x3c};
	struct fixture *fixture = *state;
	struct db_rows rows;

	write_file(fixture, "0001_one.sql", "DO 1;\n");
	expect_applied(fixture, 1);
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &migrated_list, DB_NO_VALUES, &rows), DB_OK);
	assert_memory_equal(db_text(&rows, 0, 3), digest, sizeof(digest));
}

static void a_changed_or_missing_file_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct error error;

	write_file(fixture, "0001_notes.sql", first_sql);
	write_file(fixture, "0002_more.sql", "INSERT INTO notes VALUES (2, 'x');\n");
	expect_applied(fixture, 2);
	write_file(fixture, "0002_more.sql", "INSERT INTO notes VALUES (2, 'y');\n");
	error = expect_refused(fixture, "migration_changed");
	assert_non_null(strstr(error.message, "0002_more.sql"));
	expect_unchecked(fixture, "migration_changed");
	write_file(fixture, "0002_more.sql",
	    "INSERT INTO notes VALUES (2, 'x');\nINSERT INTO notes VALUES (3, 'x');\n");
	expect_refused(fixture, "migration_changed");
	write_file(fixture, "0002_more.sql", "INSERT INTO notes VALUES (2, 'x');");
	expect_refused(fixture, "migration_changed");
	remove_file(fixture, "0002_more.sql");
	error = expect_refused(fixture, "migration_missing");
	assert_non_null(strstr(error.message, "0002_more.sql"));
	expect_unchecked(fixture, "migration_missing");
	assert_int_equal(list_notes(fixture).count, 2);
}

static void a_new_file_must_come_last(void **state)
{
	struct fixture *fixture = *state;

	write_file(fixture, "0003_notes.sql", first_sql);
	expect_applied(fixture, 1);
	write_file(fixture, "0002_late.sql", "INSERT INTO notes VALUES (2, 'late');\n");
	expect_refused(fixture, "migration_order");
	assert_int_equal(list_notes(fixture).count, 1);
	remove_file(fixture, "0002_late.sql");
	write_file(fixture, "0003_twice.sql", "INSERT INTO notes VALUES (2, 'late');\n");
	expect_refused(fixture, "migration_folder");
}

static void a_broken_statement_is_named_and_gone_on_with(void **state)
{
	struct fixture *fixture = *state;
	struct error error;

	write_file(fixture, "0001_notes.sql", first_sql);
	write_file(fixture, "0002_broken.sql",
	    "INSERT INTO notes VALUES (2, 'two');\n\n-- next\nINSERT INTO nots VALUES (3, 'x');\n");
	write_file(fixture, "0003_after.sql", "INSERT INTO notes VALUES (4, 'four');\n");
	error = expect_refused(fixture, "migration_failed");
	assert_int_equal(error.kind, ERROR_INTERNAL);
	assert_non_null(strstr(error.message, "0002_broken.sql, statement 2 (line 4): "));
	assert_non_null(strstr(error.message, "nots"));
	expect_unchecked(fixture, "migration_pending");
	/* What was applied must stay as it was; the rest may be put right. */
	write_file(fixture, "0002_broken.sql",
	    "INSERT INTO notes VALUES (2, 'other');\nINSERT INTO notes VALUES (3, 'three');\n");
	expect_refused(fixture, "migration_changed");
	write_file(fixture, "0002_broken.sql",
	    "INSERT INTO notes VALUES (2, 'two');\n\nINSERT INTO notes VALUES (3, 'three');\n");
	expect_applied(fixture, 2);
	assert_int_equal(list_notes(fixture).count, 4);
}

static void a_statement_without_its_end_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct error error;

	write_file(fixture, "0001_notes.sql", "DO 1;\nDO 2 -- ;\n");
	error = expect_refused(fixture, "migration_failed");
	assert_non_null(strstr(error.message, "0001_notes.sql, statement 2 (line 2)"));
}

static void a_folder_must_be_there_but_may_be_empty(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	struct db_rows rows;

	assert_false(migrate_run(fixture->db, "/nonexistent/sql", NOW_US, NULL, &error));
	assert_string_equal(error.code, "migration_folder");
	assert_false(migrate_check(fixture->db, "/nonexistent/sql", &error));
	assert_true(migrate_check(fixture->db, fixture->folder, &error));
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &table_count, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(db_int(&rows, 0, 0), 0);
	expect_applied(fixture, 0);
}

struct runner {
	struct fixture *fixture;
	struct db *db;
	int applied;
	bool done;
	struct error error;
};

static void *run_migrations(void *argument)
{
	struct runner *runner = argument;

	runner->done = migrate_run(
	    runner->db, runner->fixture->folder, NOW_US, &runner->applied, &runner->error);
	return NULL;
}

static void two_at_once_take_turns(void **state)
{
	struct fixture *fixture = *state;
	struct runner runners[2] = {{.fixture = fixture}, {.fixture = fixture}};
	pthread_t threads[2];

	write_file(fixture, "0001_notes.sql", first_sql);
	write_file(
	    fixture, "0002_slow.sql", "DO SLEEP(0.5);\nINSERT INTO notes VALUES (2, 'two');\n");
	for (int i = 0; i < 2; i++) {
		runners[i].db = test_database_connect(fixture->database, TEST_OWNER);
		pthread_create(&threads[i], NULL, run_migrations, &runners[i]);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		db_close(&runners[i].db);
	}
	assert_true(runners[0].done);
	assert_true(runners[1].done);
	assert_int_equal(runners[0].applied + runners[1].applied, 2);
	assert_true(runners[0].applied == 0 || runners[0].applied == 2);
	assert_int_equal(list_notes(fixture).count, 2);
}

/* A connection that dies takes the lock with it, so the run must end and not go on with a new one.
 */
static void a_lost_connection_ends_the_run(void **state)
{
	struct fixture *fixture = *state;
	struct db_options options = test_database_options(fixture->database, TEST_OWNER);
	struct wire *wire = wire_open(options.socket);
	struct error error = {0};
	struct db *db;

	options.socket = wire_socket(wire);
	db = db_open(&options, &error);
	assert_non_null(db);
	write_file(fixture, "0001_notes.sql", first_sql);
	/* In a preparation, after which any other statement would be sent again. */
	wire_break(wire, WIRE_CUT_BEFORE, WIRE_PREPARE, "INSERT INTO schema_migrations", 0, NULL);
	assert_false(migrate_run(db, fixture->folder, NOW_US, NULL, &error));
	assert_string_equal(error.code, "store_unavailable");
	assert_true(wire_broke(wire));
	assert_int_equal(list_notes(fixture).count, 0);
	db_close(&db);
	wire_close(&wire);
}

static void a_statement_that_ends_the_connection_ends_the_run(void **state)
{
	struct fixture *fixture = *state;

	write_file(fixture, "0001_notes.sql", first_sql);
	write_file(fixture, "0002_killer.sql", "KILL CONNECTION_ID();\nDO 1;\n");
	write_file(fixture, "0003_after.sql", "INSERT INTO notes VALUES (2, 'two');\n");
	expect_refused(fixture, "migration_failed");
	assert_int_equal(list_notes(fixture).count, 1);
}

/* The program's own files with these names, from `first` on and before `end`. */
static void link_files(struct fixture *fixture, const char *first, const char *end)
{
	glob_t found;

	assert_int_equal(glob(LETHE_SHARE_DIR "/sql/[0-9]*.sql", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		const char *path = arena_printf(fixture->arena, "%s/%s", fixture->folder, name);
		char real[4096];

		assert_non_null(realpath(found.gl_pathv[i], real));
		if (strcmp(name, first) >= 0 && strcmp(name, end) < 0)
			assert_int_equal(symlink(real, path), 0);
	}
	globfree(&found);
}

/* Members by now: one was a platform admin, as the trail says; one has a photo elsewhere. */
static void who_went_everywhere_is_found(void **state)
{
	static const char *const rows[] = {
	    "INSERT INTO organizations (id, name, created_at) VALUES (REPEAT('a', 16), 'Alder',"
	    " '2026-01-01'), (REPEAT('b', 16), 'Birch', '2026-01-01')",
	    "INSERT INTO users (id, organization_id, display_name, role, created_at) VALUES"
	    " (REPEAT('1', 16), REPEAT('a', 16), 'was', 'member', '2026-01-01'),"
	    " (REPEAT('2', 16), REPEAT('a', 16), 'has', 'member', '2026-01-01'),"
	    " (REPEAT('3', 16), REPEAT('a', 16), 'is not', 'admin', '2026-01-01')",
	    "INSERT INTO audit_log (id, organization_id, at, actor, action, item_id, details) "
	    "VALUES"
	    " (REPEAT('1', 16), REPEAT('a', 16), '2026-01-01', 'x', 'user.role', REPEAT('1', 16),"
	    " '{\"role\":\"member\",\"role_before\":\"platform_admin\"}'),"
	    " (REPEAT('3', 16), REPEAT('a', 16), '2026-01-01', 'x', 'user.role', REPEAT('3', 16),"
	    " '{\"role\":\"admin\",\"role_before\":\"member\"}')",
	    "INSERT INTO photos (id, organization_id, uploader_id, status, bytes, created_at) "
	    "VALUES"
	    " (REPEAT('2', 16), REPEAT('b', 16), REPEAT('2', 16), 'approved', 1, '2026-01-01'),"
	    " (REPEAT('3', 16), REPEAT('a', 16), REPEAT('3', 16), 'approved', 1, '2026-01-01')"};
	struct fixture *fixture = *state;
	struct error error = {0};
	struct db_rows found;
	int applied;

	link_files(fixture, "0001", "0022");
	assert_true(migrate_run(fixture->db, fixture->folder, NOW_US, &applied, &error));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(db_run(fixture->db, rows[i]), DB_OK);
	link_files(fixture, "0022", "0023");
	expect_applied(fixture, 1);
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &everywhere_list, DB_NO_VALUES, &found), DB_OK);
	assert_int_equal(found.count, 2);
	assert_string_equal(db_text(&found, 0, 0), "was");
	assert_string_equal(db_text(&found, 1, 0), "has");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(files_are_applied_once_and_in_order, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(digests_are_blake2b, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_changed_or_missing_file_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_new_file_must_come_last, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_broken_statement_is_named_and_gone_on_with, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_statement_without_its_end_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_folder_must_be_there_but_may_be_empty, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(two_at_once_take_turns, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_lost_connection_ends_the_run, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_statement_that_ends_the_connection_ends_the_run, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(who_went_everywhere_is_found, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
