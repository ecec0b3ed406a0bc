/* db_limit_test.c - how long a read may take, and that nothing else is held to it. */
#include "../support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>

#define LIMIT_MS 1000

/* Each takes longer than the limit, but for the last. */
DB_STATEMENT(slow_read, "SELECT SLEEP(1.5) FROM numbers");
DB_STATEMENT(slow_read_in_brackets, "(SELECT SLEEP(1.5) FROM numbers) UNION ALL (SELECT 1)");
DB_STATEMENT(slow_read_with, "WITH n AS (SELECT SLEEP(1.5) AS s FROM numbers) SELECT s FROM n");
DB_STATEMENT(slow_change, "UPDATE numbers SET value = value + 1 + SLEEP(1.5)");
DB_STATEMENT(quick_read, "SELECT * FROM numbers");

struct fixture {
	struct test_database *database;
	struct db *db;        /* limited */
	struct db *unlimited; /* as those of the worker and of operators are */
	struct arena *arena;
};

static void run(struct db *db, const char *sql)
{
	assert_int_equal(db_run(db, sql), DB_OK);
}

static int start(void **state)
{
	static struct fixture fixture;
	struct error error = {0};
	struct db_options options;

	log_set_level((enum log_level)(LOG_ERROR + 1));
	fixture.database = test_database_open_empty();
	options = test_database_options(fixture.database, TEST_OWNER);
	fixture.unlimited = db_open(&options, &error);
	options.read_limit_ms = LIMIT_MS;
	fixture.db = db_open(&options, &error);
	assert_non_null(fixture.unlimited);
	assert_non_null(fixture.db);
	fixture.arena = arena_create();
	*state = &fixture;
	return 0;
}

static int stop(void **state)
{
	struct fixture *fixture = *state;

	db_close(&fixture->db);
	db_close(&fixture->unlimited);
	arena_destroy(&fixture->arena);
	test_database_close(&fixture->database);
	return 0;
}

static int set_up(void **state)
{
	struct fixture *fixture = *state;

	run(fixture->db, "DROP TABLE IF EXISTS numbers");
	run(fixture->db, "CREATE TABLE numbers (value INT NOT NULL)");
	run(fixture->db, "INSERT INTO numbers VALUES (5)");
	arena_reset(fixture->arena);
	return 0;
}

static enum db_result read_by(
    struct fixture *fixture, struct db *db, const struct db_statement *statement)
{
	struct db_rows rows;

	return db_query(db, fixture->arena, statement, DB_NO_VALUES, &rows);
}

static void a_long_read_is_ended(void **state)
{
	static const struct db_statement *const reads[] = {
	    &slow_read, &slow_read_in_brackets, &slow_read_with};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		assert_int_equal(read_by(fixture, fixture->db, reads[i]), DB_TOO_LONG);
		assert_int_equal(read_by(fixture, fixture->db, &quick_read), DB_OK);
	}
}

static void without_a_limit_it_takes_its_time(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(read_by(fixture, fixture->unlimited, &slow_read), DB_OK);
}

static void a_long_change_is_made(void **state)
{
	struct fixture *fixture = *state;
	uint64_t changed = 0;

	assert_int_equal(db_exec(fixture->db, &slow_change, DB_NO_VALUES, &changed), DB_OK);
	assert_int_equal(changed, 1);
}

static bool read_slowly(struct db_tx *tx, void *context, struct error *error)
{
	(void)error;
	return read_by(context, tx->db, &slow_read) == DB_OK;
}

/* The same statement on the same connection, in a transaction and out of it. */
static void a_transaction_takes_its_time(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	assert_true(db_transaction(fixture->db, read_slowly, fixture, &error));
	assert_int_equal(read_by(fixture, fixture->db, &slow_read), DB_TOO_LONG);
	assert_true(db_transaction(fixture->db, read_slowly, fixture, &error));
}

static void a_limited_read_sees_a_table_that_changed(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;

	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &quick_read, DB_NO_VALUES, &rows), DB_OK);
	run(fixture->unlimited, "ALTER TABLE numbers ADD COLUMN note VARCHAR(9) DEFAULT 'new'");
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &quick_read, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(rows.columns, 2);
	assert_int_equal(db_int(&rows, 0, 0), 5);
	assert_string_equal(db_text(&rows, 0, 1), "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_long_read_is_ended, set_up),
	    cmocka_unit_test_setup(without_a_limit_it_takes_its_time, set_up),
	    cmocka_unit_test_setup(a_long_change_is_made, set_up),
	    cmocka_unit_test_setup(a_transaction_takes_its_time, set_up),
	    cmocka_unit_test_setup(a_limited_read_sees_a_table_that_changed, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
