/* erasure_columns_test.c - for every column that can hold text, bytes or the id of a user it is
 * decided what an erasure does to it. */
#include "../support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/erasure.h>
#include <string.h>

static int start(void **state)
{
	*state = test_database_open();
	return 0;
}

static int stop(void **state)
{
	struct test_database *database = *state;

	test_database_close(&database);
	return 0;
}

DB_STATEMENT(erasure_personal,
    "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA ="
    " DATABASE() AND TABLE_NAME <> 'schema_migrations' AND (DATA_TYPE IN ('varchar', 'char',"
    " 'text', 'mediumtext', 'longtext', 'varbinary', 'blob') OR (DATA_TYPE = 'binary'"
    " AND COLUMN_NAME NOT IN ('id', 'organization_id', 'deletion_id', 'act_id', 'site_id',"
    " 'project_id', 'photo_id', 'quest_id', 'adventure_id', 'album_id', 'tag_id', 'original_id',"
    " 'archive_batch_id', 'container_id', 'session_id', 'token_id', 'audit_id')))");

static const struct erasure_column *find_column(const char *table, const char *column)
{
	size_t count;
	const struct erasure_column *columns = erasure_columns(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(columns[i].table, table) == 0 &&
		    strcmp(columns[i].column, column) == 0) {
			return &columns[i];
		}
	}
	return NULL;
}

/* A new column has no place yet, one that went has none any more. */
static void every_column_is_decided(void **state)
{
	struct test_database *database = *state;
	struct db *owner = test_database_connect(database, TEST_OWNER);
	struct arena *arena = arena_create();
	struct db_rows rows = {0};
	size_t count, missing = 0;

	assert_int_equal(db_query(owner, arena, &erasure_personal, DB_NO_VALUES, &rows), DB_OK);
	for (size_t i = 0; i < rows.count; i++) {
		const struct erasure_column *column =
		    find_column(db_text(&rows, i, 0), db_text(&rows, i, 1));

		if (!column) {
			print_error("%s.%s is not in app/domain/erasure_columns.c\n",
			    db_text(&rows, i, 0), db_text(&rows, i, 1));
			missing++;
			continue;
		}
		assert_true(column->by[0] != '\0');
	}
	assert_int_equal(missing, 0);
	(void)erasure_columns(&count);
	assert_int_equal(count, rows.count);
	db_close(&owner);
	arena_destroy(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_column_is_decided),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
