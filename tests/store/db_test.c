/* db_test.c - values in, rows out, outcomes, and the statements a connection keeps. */
#include "../support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US       INT64_C(86400000000)
#define YEAR_9999_US INT64_C(253402300799999999) /* 9999-12-31 23:59:59.999999 */

DB_STATEMENT(kinds_create,
    "CREATE TABLE kinds (id INT PRIMARY KEY, tiny TINYINT, small SMALLINT, medium MEDIUMINT, plain "
    "INT,"
    " big BIGINT, natural_big BIGINT UNSIGNED, flag BOOLEAN, name VARCHAR(400), story LONGTEXT,"
    " key16 BINARY(16), content LONGBLOB, at DATETIME(6), day DATE, choice ENUM('one','two'))");
DB_STATEMENT(kinds_insert, "INSERT INTO kinds VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
DB_STATEMENT(kinds_select, "SELECT * FROM kinds WHERE id = ?");
DB_STATEMENT(number_insert, "INSERT INTO numbers (id, parent_id, value) VALUES (?, ?, ?)");
DB_STATEMENT(number_update, "UPDATE numbers SET value = ? WHERE id = ? AND value <> 99");
DB_STATEMENT(number_update_all, "UPDATE numbers SET value = value + 1");
DB_STATEMENT(number_delete, "DELETE FROM numbers WHERE id = ?");
DB_STATEMENT(number_list, "SELECT id, parent_id, value FROM numbers ORDER BY id");
DB_STATEMENT(number_sum, "SELECT SUM(value), COUNT(*), AVG(value) FROM numbers");
DB_STATEMENT(number_all, "SELECT * FROM numbers ORDER BY id LIMIT 1");
DB_STATEMENT(wrong_syntax, "SELEC 1");
DB_STATEMENT(echo_time, "SELECT CAST(? AS DATETIME(6)), CAST(CAST(? AS DATETIME(6)) AS CHAR)");
DB_STATEMENT(session_facts,
    "SELECT @@time_zone, @@tx_isolation, @@character_set_connection, @@local_infile,"
    " @@innodb_lock_wait_timeout, @@sql_mode");
DB_STATEMENT(prepare_count,
    "SELECT CAST(variable_value AS SIGNED) FROM information_schema.session_status"
    " WHERE variable_name IN ('COM_STMT_PREPARE', 'COM_STMT_CLOSE') ORDER BY variable_name");

struct fixture {
	struct test_database *database;
	struct db *db;
	struct arena *arena;
};

static void run(struct db *db, const char *sql)
{
	assert_int_equal(db_run(db, sql), DB_OK);
}

static int start(void **state)
{
	static struct fixture fixture;

	/* Failures are what is tested here; their lines would hide the tests' own. */
	log_set_level((enum log_level)(LOG_ERROR + 1));
	fixture.database = test_database_open_empty();
	fixture.db = test_database_connect(fixture.database, TEST_OWNER);
	fixture.arena = arena_create();
	assert_int_equal(db_exec(fixture.db, &kinds_create, DB_NO_VALUES, NULL), DB_NONE);
	*state = &fixture;
	return 0;
}

static int stop(void **state)
{
	struct fixture *fixture = *state;

	db_close(&fixture->db);
	arena_destroy(&fixture->arena);
	test_database_close(&fixture->database);
	return 0;
}

/* A fresh table `numbers` before each test. */
static int set_up(void **state)
{
	struct fixture *fixture = *state;

	run(fixture->db, "DROP TABLE IF EXISTS numbers");
	run(fixture->db,
	    "CREATE TABLE numbers (id INT PRIMARY KEY, parent_id INT, value INT NOT NULL,"
	    " KEY (parent_id), FOREIGN KEY (parent_id) REFERENCES numbers (id))");
	run(fixture->db, "DELETE FROM kinds");
	arena_reset(fixture->arena);
	return 0;
}

static enum db_result insert_number(struct db *db, int64_t id, int64_t parent, int64_t value)
{
	return db_exec(db, &number_insert,
	    DB_VALUES(
		db_bind_int(id), parent ? db_bind_int(parent) : db_bind_null(), db_bind_int(value)),
	    NULL);
}

static struct db_rows select_kinds(struct fixture *fixture, int64_t id)
{
	struct db_rows rows;

	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &kinds_select, DB_VALUES(db_bind_int(id)), &rows),
	    DB_OK);
	assert_int_equal(rows.count, 1);
	assert_int_equal(rows.columns, 15);
	return rows;
}

static void every_type_comes_back(void **state)
{
	struct fixture *fixture = *state;
	struct id id = id_generate(INT64_C(1700000000123456)), read;
	static const char name[] = "R\xC3\xA9mi \xF0\x9F\x8C\xB1";
	struct db_rows rows;

	assert_int_equal(db_exec(fixture->db, &kinds_insert,
			     DB_VALUES(db_bind_int(1), db_bind_int(-128), db_bind_int(-32768),
				 db_bind_int(-8388608), db_bind_int(INT32_MIN),
				 db_bind_int(INT64_MIN), db_bind_int(INT64_MAX), db_bind_bool(true),
				 db_bind_text(name), db_bind_text(""), db_bind_id(&id),
				 db_bind_blob("a\0b", 3), db_bind_time(INT64_C(1700000000123456)),
				 db_bind_time(INT64_C(1699920000000000)), db_bind_text("two")),
			     NULL),
	    DB_OK);
	rows = select_kinds(fixture, 1);
	assert_int_equal(db_int(&rows, 0, 1), -128);
	assert_int_equal(db_int(&rows, 0, 2), -32768);
	assert_int_equal(db_int(&rows, 0, 3), -8388608);
	assert_int_equal(db_int(&rows, 0, 4), INT32_MIN);
	assert_true(db_int(&rows, 0, 5) == INT64_MIN);
	assert_true(db_int(&rows, 0, 6) == INT64_MAX);
	assert_true(db_bool(&rows, 0, 7));
	assert_string_equal(db_text(&rows, 0, 8), name);
	assert_string_equal(db_text(&rows, 0, 9), "");
	assert_false(db_is_null(&rows, 0, 9));
	read = db_id(&rows, 0, 10);
	assert_true(id_equal(&read, &id));
	assert_int_equal(rows.cells[11].length, 3);
	assert_memory_equal(db_text(&rows, 0, 11), "a\0b", 4);
	assert_true(db_time(&rows, 0, 12) == INT64_C(1700000000123456));
	assert_true(db_time(&rows, 0, 13) == INT64_C(1699920000000000));
	assert_string_equal(db_text(&rows, 0, 14), "two");
}

static void nothing_comes_back_as_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	struct id id;

	assert_int_equal(
	    db_exec(fixture->db, &kinds_insert,
		DB_VALUES(db_bind_int(2), db_bind_null(), db_bind_null(), db_bind_null(),
		    db_bind_null(), db_bind_null(), db_bind_null(), db_bind_null(),
		    db_bind_text(NULL), db_bind_text(NULL), db_bind_id(&id_none),
		    db_bind_blob(NULL, 3), db_bind_time(0), db_bind_time(0), db_bind_null()),
		NULL),
	    DB_OK);
	rows = select_kinds(fixture, 2);
	for (size_t column = 1; column < rows.columns; column++) {
		assert_true(db_is_null(&rows, 0, column));
		assert_int_equal(db_int(&rows, 0, column), 0);
		assert_null(db_text(&rows, 0, column));
	}
	id = db_id(&rows, 0, 10);
	assert_true(id_is_none(&id));
	assert_false(db_is_null(&rows, 0, 0));
}

static void check_time(struct fixture *fixture, int64_t time_us, const char *text)
{
	struct db_rows rows;

	assert_int_equal(db_query(fixture->db, fixture->arena, &echo_time,
			     DB_VALUES(db_bind_time(time_us), db_bind_time(time_us)), &rows),
	    DB_OK);
	assert_true(db_time(&rows, 0, 0) == time_us);
	assert_string_equal(db_text(&rows, 0, 1), text);
}

static void times_are_exact_to_the_microsecond(void **state)
{
	struct fixture *fixture = *state;

	check_time(fixture, 1, "1970-01-01 00:00:00.000001");
	check_time(fixture, YEAR_9999_US, "9999-12-31 23:59:59.999999");
	check_time(fixture, -1, "1969-12-31 23:59:59.999999");
	check_time(fixture, INT64_C(951782399999999), "2000-02-28 23:59:59.999999");
	check_time(fixture, INT64_C(951782400000000), "2000-02-29 00:00:00.000000");
	check_time(fixture, INT64_C(951868800000000), "2000-03-01 00:00:00.000000");
	check_time(fixture, INT64_C(4107542400000000), "2100-03-01 00:00:00.000000");
	check_time(fixture, INT64_C(4107542399000000), "2100-02-28 23:59:59.000000");
	check_time(fixture, INT64_C(1704067199999999), "2023-12-31 23:59:59.999999");
	check_time(fixture, INT64_C(1704067200000000), "2024-01-01 00:00:00.000000");
}

/* Every day from 1970 to 2170, against the server's own calendar. */
static void every_day_has_its_date(void **state)
{
	struct fixture *fixture = *state;
	static const struct db_statement days = {"days",
	    "SELECT CAST(DATE_ADD('1970-01-01', INTERVAL seq DAY) AS DATE), seq FROM "
	    "seq_1_to_73048"};
	struct db_rows rows;

	assert_int_equal(db_query(fixture->db, fixture->arena, &days, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(rows.count, 73048);
	for (size_t row = 0; row < rows.count; row++)
		if (db_time(&rows, row, 0) != db_int(&rows, row, 1) * DAY_US)
			fail();
}

static char *make_text(size_t length)
{
	char *text = malloc(length + 1);

	assert_non_null(text);
	for (size_t i = 0; i < length; i++)
		text[i] = (char)('a' + i % 23);
	text[length] = '\0';
	return text;
}

static void insert_long(struct fixture *fixture, int64_t id, const char *text, size_t length)
{
	assert_int_equal(
	    db_exec(fixture->db, &kinds_insert,
		DB_VALUES(db_bind_int(id), db_bind_null(), db_bind_null(), db_bind_null(),
		    db_bind_null(), db_bind_null(), db_bind_null(), db_bind_null(),
		    db_bind_text("beside"), db_bind_text(text), db_bind_null(),
		    db_bind_blob(text, length), db_bind_null(), db_bind_null(), db_bind_null()),
		NULL),
	    DB_OK);
}

static void long_texts_come_back_whole(void **state)
{
	static const size_t lengths[] = {1, 250, 251, 255, 256, 257, 65535, 65536, 1024 * 1024};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *text = make_text(lengths[i]);
		struct db_rows rows;

		insert_long(fixture, 100 + (int64_t)i, text, lengths[i]);
		rows = select_kinds(fixture, 100 + (int64_t)i);
		assert_int_equal(rows.cells[9].length, lengths[i]);
		assert_int_equal(rows.cells[11].length, lengths[i]);
		assert_memory_equal(db_text(&rows, 0, 9), text, lengths[i] + 1);
		assert_memory_equal(db_text(&rows, 0, 11), text, lengths[i] + 1);
		assert_string_equal(db_text(&rows, 0, 8), "beside");
		free(text);
	}
}

static void many_rows_and_none(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;

	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &number_list, DB_NO_VALUES, &rows), DB_NONE);
	assert_int_equal(rows.count, 0);
	run(fixture->db, "INSERT INTO numbers SELECT seq, NULL, seq * 2 FROM seq_1_to_1000");
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &number_list, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(rows.count, 1000);
	for (size_t row = 0; row < rows.count; row++) {
		assert_int_equal(db_int(&rows, row, 0), row + 1);
		assert_true(db_is_null(&rows, row, 1));
		assert_int_equal(db_int(&rows, row, 2), (row + 1) * 2);
	}
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &number_sum, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(db_int(&rows, 0, 0), 1001000);
	assert_string_equal(db_text(&rows, 0, 0), "1001000");
	assert_int_equal(db_int(&rows, 0, 1), 1000);
	assert_int_equal(db_int(&rows, 0, 2), 1001);
}

static void many_values_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct db_value values[900];
	const char *sql = "INSERT INTO numbers VALUES (?,?,?)";
	struct db_statement insert;
	uint64_t changed;

	for (int64_t i = 0; i < 300; i++) {
		if (i > 0)
			sql = arena_printf(fixture->arena, "%s,(?,?,?)", sql);
		values[3 * i] = db_bind_int(i + 1);
		values[3 * i + 1] = db_bind_null();
		values[3 * i + 2] = db_bind_int(i);
	}
	insert = (struct db_statement){"insert_many", sql};
	assert_int_equal(db_exec(fixture->db, &insert, values, 900, &changed), DB_OK);
	assert_int_equal(changed, 300);
}

static void changed_rows_are_counted_not_matched_ones(void **state)
{
	struct fixture *fixture = *state;
	struct db_value seven[] = {db_bind_int(7), db_bind_int(1)};
	uint64_t changed = 5;

	assert_int_equal(insert_number(fixture->db, 1, 0, 6), DB_OK);
	assert_int_equal(insert_number(fixture->db, 2, 0, 6), DB_OK);
	assert_int_equal(db_exec(fixture->db, &number_update, seven, 2, &changed), DB_OK);
	assert_int_equal(changed, 1);
	assert_int_equal(db_exec(fixture->db, &number_update, seven, 2, &changed), DB_NONE);
	assert_int_equal(changed, 0);
	assert_int_equal(db_exec(fixture->db, &number_update_all, DB_NO_VALUES, &changed), DB_OK);
	assert_int_equal(changed, 2);
	assert_int_equal(
	    db_exec(fixture->db, &number_delete, DB_VALUES(db_bind_int(3)), NULL), DB_NONE);
}

static void keys_in_the_way_are_conflicts(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(insert_number(fixture->db, 1, 0, 1), DB_OK);
	assert_int_equal(insert_number(fixture->db, 2, 1, 1), DB_OK);
	assert_int_equal(insert_number(fixture->db, 1, 0, 1), DB_CONFLICT);
	assert_int_equal(insert_number(fixture->db, 3, 77, 1), DB_CONFLICT);
	assert_int_equal(
	    db_exec(fixture->db, &number_delete, DB_VALUES(db_bind_int(1)), NULL), DB_CONFLICT);
}

static void wrong_statements_are_errors(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;

	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &wrong_syntax, DB_NO_VALUES, &rows), DB_ERROR);
	assert_int_equal(db_prepare(fixture->db, &wrong_syntax), DB_ERROR);
	assert_int_equal(db_run(fixture->db, wrong_syntax.sql), DB_ERROR);
	assert_int_equal(db_exec(fixture->db, &number_delete, DB_NO_VALUES, NULL), DB_ERROR);
	assert_int_equal(
	    db_exec(fixture->db, &number_delete, DB_VALUES(db_bind_int(1), db_bind_int(2)), NULL),
	    DB_ERROR);
	/* Too long for its column: refused, not cut. */
	assert_int_equal(
	    db_run(fixture->db, "INSERT INTO kinds (id, tiny) VALUES (9, 128)"), DB_ERROR);
	assert_int_equal(db_run(fixture->db, "SELECT 1; SELECT 2"), DB_ERROR);
	assert_int_equal(db_run(fixture->db, "SELECT 1"), DB_OK);
	assert_int_equal(insert_number(fixture->db, 1, 0, 1), DB_OK);
}

static void the_session_is_as_promised(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;

	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &session_facts, DB_NO_VALUES, &rows), DB_OK);
	assert_string_equal(db_text(&rows, 0, 0), "+00:00");
	assert_string_equal(db_text(&rows, 0, 1), "READ-COMMITTED");
	assert_string_equal(db_text(&rows, 0, 2), "utf8mb4");
	assert_int_equal(db_int(&rows, 0, 4), 10);
	assert_non_null(strstr(db_text(&rows, 0, 5), "STRICT_ALL_TABLES"));
}

/* How many statements the server keeps for the connection, and how often it was made to prepare. */
static void count_prepared(struct fixture *fixture, int64_t *kept_r, int64_t *prepared_r)
{
	struct db_rows rows;

	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &prepare_count, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(rows.count, 2);
	*prepared_r = db_int(&rows, 1, 0);
	*kept_r = *prepared_r - db_int(&rows, 0, 0);
}

static void a_statement_is_prepared_once(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	int64_t kept, before, after;

	count_prepared(fixture, &kept, &before);
	count_prepared(fixture, &kept, &before);
	for (int i = 0; i < 500; i++)
		assert_int_equal(
		    db_query(fixture->db, fixture->arena, &number_list, DB_NO_VALUES, &rows),
		    DB_NONE);
	count_prepared(fixture, &kept, &after);
	assert_true(after - before <= 1);
}

static void the_statements_kept_are_bounded(void **state)
{
	struct fixture *fixture = *state;
	struct db_statement statements[200];
	int64_t kept, before, after;
	struct db_rows rows;

	/* A new connection, on which no statement has failed: those count as prepared. */
	db_close(&fixture->db);
	fixture->db = test_database_connect(fixture->database, TEST_OWNER);

	for (int64_t i = 0; i < 200; i++)
		statements[i] = (struct db_statement){
		    "one_of_many", arena_printf(fixture->arena, "SELECT %d, ?", (int)i)};
	for (int round = 0; round < 2; round++)
		for (int64_t i = 0; i < 200; i++) {
			assert_int_equal(db_query(fixture->db, fixture->arena, &statements[i],
					     DB_VALUES(db_bind_int(-i)), &rows),
			    DB_OK);
			assert_int_equal(db_int(&rows, 0, 0), i);
			assert_int_equal(db_int(&rows, 0, 1), -i);
		}
	count_prepared(fixture, &kept, &before);
	assert_true(kept <= 24);
	/* The last ones used are there still. */
	for (int i = 190; i < 200; i++)
		assert_int_equal(db_query(fixture->db, fixture->arena, &statements[i],
				     DB_VALUES(db_bind_int(1)), &rows),
		    DB_OK);
	count_prepared(fixture, &kept, &after);
	assert_int_equal(after, before);
}

static void a_table_may_change_between_uses(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;

	assert_int_equal(insert_number(fixture->db, 1, 0, 5), DB_OK);
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &number_all, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(rows.columns, 3);
	run(fixture->db, "ALTER TABLE numbers ADD COLUMN note VARCHAR(20) NOT NULL DEFAULT 'new'");
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &number_all, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(rows.columns, 4);
	assert_string_equal(db_text(&rows, 0, 3), "new");
	run(fixture->db, "ALTER TABLE numbers MODIFY COLUMN value VARCHAR(20) NOT NULL");
	assert_int_equal(
	    db_query(fixture->db, fixture->arena, &number_all, DB_NO_VALUES, &rows), DB_OK);
	assert_string_equal(db_text(&rows, 0, 2), "5");
}

static void all_statements_are_listed(void **state)
{
	size_t count, found = 0;
	const struct db_statement *const *list = db_statements(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		found += list[i] == &kinds_insert || list[i] == &number_sum;
	assert_int_equal(found, 2);
}

static void a_store_that_is_not_there(void **state)
{
	struct db_options options = {
	    .socket = "/nonexistent/db.sock", .user = "x", .password = "x"};
	struct error error = {0};
	struct db *none = NULL;

	(void)state;
	assert_null(db_open(&options, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "store_unreachable");
	db_close(&none);
}

static void results_turn_into_errors(void **state)
{
	static const struct {
		enum db_result result;
		const char *code;
	} cases[] = {{DB_NONE, "store_unexpected"}, {DB_CONFLICT, "store_conflict"},
	    {DB_DEADLOCK, "store_busy"}, {DB_UNCERTAIN, "store_uncertain"},
	    {DB_TOO_LONG, "too_much"}, {DB_ERROR, "store_unavailable"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error error = {0};

		assert_false(db_fail(cases[i].result, &error));
		assert_int_equal(error.kind, ERROR_UNAVAILABLE);
		assert_string_equal(error.code, cases[i].code);
		assert_true(error.retry_after_s > 0);
	}
	assert_false(db_fail(DB_ERROR, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(every_type_comes_back, set_up),
	    cmocka_unit_test_setup(nothing_comes_back_as_nothing, set_up),
	    cmocka_unit_test_setup(times_are_exact_to_the_microsecond, set_up),
	    cmocka_unit_test_setup(every_day_has_its_date, set_up),
	    cmocka_unit_test_setup(long_texts_come_back_whole, set_up),
	    cmocka_unit_test_setup(many_rows_and_none, set_up),
	    cmocka_unit_test_setup(many_values_at_once, set_up),
	    cmocka_unit_test_setup(changed_rows_are_counted_not_matched_ones, set_up),
	    cmocka_unit_test_setup(keys_in_the_way_are_conflicts, set_up),
	    cmocka_unit_test_setup(wrong_statements_are_errors, set_up),
	    cmocka_unit_test_setup(the_session_is_as_promised, set_up),
	    cmocka_unit_test_setup(a_statement_is_prepared_once, set_up),
	    cmocka_unit_test_setup(the_statements_kept_are_bounded, set_up),
	    cmocka_unit_test_setup(a_table_may_change_between_uses, set_up),
	    cmocka_unit_test(all_statements_are_listed),
	    cmocka_unit_test(a_store_that_is_not_there),
	    cmocka_unit_test(results_turn_into_errors),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
