/* schema_test.c - what holds of every table, column and foreign key of the schema. */
#include "../support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/cascade.h>
#include <string.h>

/* Each gives what breaks a rule, one text a row; of a sound schema, none. */
DB_STATEMENT(schema_tables_unexplained, "SELECT table_name FROM information_schema.tables"
					" WHERE table_schema = DATABASE() AND table_comment = ''");
DB_STATEMENT(schema_columns_unexplained,
    "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND column_comment = ''");
DB_STATEMENT(schema_tables_not_granted,
    "SELECT t.table_name FROM information_schema.tables t WHERE t.table_schema = DATABASE()"
    " AND NOT EXISTS (SELECT 1 FROM information_schema.table_privileges p"
    " WHERE p.table_schema = t.table_schema AND p.table_name = t.table_name"
    " AND p.grantee LIKE '%lethe\\_app%' AND p.privilege_type = 'SELECT')");
DB_STATEMENT(schema_keys_that_act,
    "SELECT CONCAT(table_name, '.', constraint_name) FROM"
    " information_schema.referential_constraints WHERE constraint_schema = DATABASE()"
    " AND (delete_rule NOT IN ('RESTRICT', 'NO ACTION')"
    " OR update_rule NOT IN ('RESTRICT', 'NO ACTION'))");
DB_STATEMENT(schema_times_inexact,
    "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND (data_type = 'timestamp'"
    " OR (data_type = 'datetime' AND datetime_precision <> 6))");
DB_STATEMENT(schema_ids_odd,
    "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND column_name LIKE '%\\_id'"
    " AND data_type NOT IN ('binary', 'varchar')");
DB_STATEMENT(schema_clock_read,
    "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns"
    " WHERE table_schema = DATABASE()"
    " AND (column_default LIKE '%current_timestamp%' OR extra LIKE '%current_timestamp%')");
DB_STATEMENT(schema_engines_odd,
    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
    " AND (engine <> 'InnoDB' OR table_collation NOT LIKE 'utf8mb4%')");
DB_STATEMENT(schema_foreign_keys,
    "SELECT constraint_name, table_name, column_name, referenced_table_name, referenced_column_name"
    " FROM information_schema.key_column_usage WHERE table_schema = DATABASE()"
    " AND referenced_table_name IS NOT NULL"
    " ORDER BY table_name, constraint_name, ordinal_position");

DB_STATEMENT(schema_links_not_null, "SELECT table_name, column_name FROM information_schema.columns"
				    " WHERE table_schema = DATABASE() AND is_nullable = 'NO'");

struct fixture {
	struct test_database *database;
	struct db *db;
	struct arena *arena;
};

static int start(void **state)
{
	static struct fixture fixture;

	fixture.database = test_database_open();
	fixture.db = test_database_connect(fixture.database, TEST_OWNER);
	fixture.arena = arena_create();
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

static struct db_rows query(struct fixture *fixture, const struct db_statement *statement)
{
	struct db_rows rows;
	enum db_result result =
	    db_query(fixture->db, fixture->arena, statement, DB_NO_VALUES, &rows);

	assert_true(result == DB_OK || result == DB_NONE);
	return rows;
}

static void expect_none(struct fixture *fixture, const struct db_statement *statement)
{
	struct db_rows rows = query(fixture, statement);

	for (size_t row = 0; row < rows.count; row++)
		print_error("%s: %s\n", statement->name, db_text(&rows, row, 0));
	assert_int_equal(rows.count, 0);
}

static void every_table_and_column_is_explained(void **state)
{
	expect_none(*state, &schema_tables_unexplained);
	expect_none(*state, &schema_columns_unexplained);
}

static void every_table_has_its_rights(void **state)
{
	expect_none(*state, &schema_tables_not_granted);
}

static void every_table_keeps_transactions_and_all_of_unicode(void **state)
{
	expect_none(*state, &schema_engines_odd);
}

static void times_are_of_the_program_and_exact(void **state)
{
	expect_none(*state, &schema_times_inexact);
	expect_none(*state, &schema_clock_read);
}

static void ids_are_of_one_kind(void **state)
{
	expect_none(*state, &schema_ids_odd);
}

/* What goes with what is decided in one table of the program, never by the server. */
static void no_foreign_key_acts_by_itself(void **state)
{
	expect_none(*state, &schema_keys_that_act);
}

static void foreign_keys_lead_to_ids(void **state)
{
	struct db_rows rows = query(*state, &schema_foreign_keys);

	assert_true(rows.count > 0);
	for (size_t row = 0; row < rows.count; row++)
		if (strcmp(db_text(&rows, row, 4), "id") != 0)
			fail_msg("%s leads to %s.%s", db_text(&rows, row, 0),
			    db_text(&rows, row, 3), db_text(&rows, row, 4));
}

static const struct cascade_row *find_row(const char *constraint)
{
	size_t count;
	const struct cascade_row *rows = cascade_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].constraint && strcmp(rows[i].constraint, constraint) == 0)
			return &rows[i];
	return NULL;
}

/* What becomes of a row whose parent goes is never forgotten: each foreign key is in the table. */
static void every_foreign_key_has_its_cascade_row(void **state)
{
	struct db_rows keys = query(*state, &schema_foreign_keys);

	for (size_t i = 0; i < keys.count; i++) {
		const struct cascade_row *row = find_row(db_text(&keys, i, 0));

		if (!row) {
			fail_msg("%s has no row in the cascade table", db_text(&keys, i, 0));
			return;
		}
		assert_string_equal(row->child, db_text(&keys, i, 1));
		assert_string_equal(row->column, db_text(&keys, i, 2));
		assert_string_equal(row->parent, db_text(&keys, i, 3));
	}
}

/* And the other way round: no row of the table is about a key that is gone, or there twice. */
static void every_cascade_row_has_its_foreign_key(void **state)
{
	struct db_rows keys = query(*state, &schema_foreign_keys);
	size_t count, named = 0;
	const struct cascade_row *rows = cascade_rows(&count);

	for (size_t i = 0; i < count; i++) {
		named += rows[i].constraint != NULL;
		if (rows[i].constraint)
			assert_ptr_equal(find_row(rows[i].constraint), &rows[i]);
	}
	assert_int_equal(named, keys.count);
}

/* Effects that do not go together: what is marked is counted, unmarked by a restore, and gone or
 * detached after a purge; a link that must be NULL may be NULL. */
static void cascade_rows_are_consistent(void **state)
{
	struct db_rows links = query(*state, &schema_links_not_null);
	size_t count;
	const struct cascade_row *rows = cascade_rows(&count);

	for (size_t i = 0; i < count; i++) {
		bool marks = rows[i].on_delete == DELETE_MARKS;

		if (marks != (rows[i].on_restore == RESTORE_UNMARKS))
			fail_msg("%s.%s", rows[i].child, rows[i].column);
		assert_false(marks && rows[i].counted == COUNT_NOTHING);
		assert_false(marks && rows[i].on_purge == PURGE_LEAVES);
		for (size_t k = 0; rows[i].on_purge == PURGE_DETACHES && k < links.count; k++)
			if (strcmp(db_text(&links, k, 0), rows[i].child) == 0 &&
			    strcmp(db_text(&links, k, 1), rows[i].column) == 0)
				fail_msg("%s.%s cannot be NULL", rows[i].child, rows[i].column);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_table_and_column_is_explained),
	    cmocka_unit_test(every_table_has_its_rights),
	    cmocka_unit_test(every_table_keeps_transactions_and_all_of_unicode),
	    cmocka_unit_test(times_are_of_the_program_and_exact),
	    cmocka_unit_test(ids_are_of_one_kind),
	    cmocka_unit_test(no_foreign_key_acts_by_itself),
	    cmocka_unit_test(foreign_keys_lead_to_ids),
	    cmocka_unit_test(every_foreign_key_has_its_cascade_row),
	    cmocka_unit_test(every_cascade_row_has_its_foreign_key),
	    cmocka_unit_test(cascade_rows_are_consistent),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
