/* statements_test.c - every statement of the program is valid in the schema, and allowed to the
 * user that runs it; what the users must not be able to do is refused. */
#include "../support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <string.h>

struct fixture {
	struct test_database *database;
	struct db *connections[TEST_ROLE_COUNT];
};

static int start(void **state)
{
	static struct fixture fixture;

	fixture.database = test_database_open();
	for (int role = 0; role < TEST_ROLE_COUNT; role++)
		fixture.connections[role] =
		    test_database_connect(fixture.database, (enum test_role)role);
	*state = &fixture;
	return 0;
}

static int stop(void **state)
{
	struct fixture *fixture = *state;

	for (int role = 0; role < TEST_ROLE_COUNT; role++)
		db_close(&fixture->connections[role]);
	test_database_close(&fixture->database);
	return 0;
}

/* Who runs a statement follows from the beginning of its name; whatever is not here, the
 * application. */
static enum test_role role_of(const char *name)
{
	static const struct {
		const char *prefix;
		enum test_role role;
	} roles[] = {
	    {"MIGRATE_", TEST_OWNER},
	    {"AUDIT_PRUNE_", TEST_PRUNE},
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strncmp(name, roles[i].prefix, strlen(roles[i].prefix)) == 0)
			return roles[i].role;
	return TEST_APP;
}

static void every_statement_prepares(void **state)
{
	struct fixture *fixture = *state;
	size_t count, failed = 0;
	const struct db_statement *const *list = db_statements(&count);

	for (size_t i = 0; i < count; i++)
		if (db_prepare(fixture->connections[role_of(list[i]->name)], list[i]) != DB_OK) {
			print_error("%s: %s\n", list[i]->name, list[i]->sql);
			failed++;
		}
	assert_int_equal(failed, 0);
	assert_true(count >= 4); /* those of the migrations at least */
}

/* Two statements of one name could not be told apart in a log. */
static void names_are_unique(void **state)
{
	size_t count;
	const struct db_statement *const *list = db_statements(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(list[i]->name, list[j]->name);
}

static void what_is_not_granted_is_refused(void **state)
{
	static const struct {
		enum test_role role;
		const char *sql;
	} refused[] = {
	    {TEST_APP, "DELETE FROM audit_log"},
	    {TEST_APP, "UPDATE audit_log SET actor = 'nobody'"},
	    {TEST_APP, "DELETE FROM audit_reasons"},
	    {TEST_APP, "UPDATE audit_reasons SET organization_id = NULL"},
	    {TEST_APP, "DELETE FROM deletions"},
	    {TEST_APP, "DELETE FROM installation"},
	    {TEST_APP, "DELETE FROM schema_migrations"},
	    {TEST_APP, "UPDATE schema_migrations SET complete = 1"},
	    {TEST_APP, "ALTER TABLE photos DROP COLUMN title"},
	    {TEST_APP, "DROP TABLE photos"},
	    {TEST_APP, "CREATE TABLE more (id INT)"},
	    {TEST_APP, "TRUNCATE TABLE photos"},
	    {TEST_PRUNE, "SELECT id FROM users"},
	    {TEST_PRUNE, "DELETE FROM deletions"},
	    {TEST_PRUNE, "UPDATE audit_log SET actor = 'nobody'"},
	    {TEST_PRUNE, "INSERT INTO audit_reasons (audit_id) VALUES (1)"},
	};
	static const struct {
		enum test_role role;
		const char *sql;
	} allowed[] = {
	    {TEST_APP, "UPDATE audit_reasons SET reason = NULL"},
	    {TEST_APP, "DO (SELECT COUNT(*) FROM schema_migrations)"},
	    {TEST_PRUNE, "DELETE FROM audit_log WHERE id < 'a'"},
	    {TEST_PRUNE, "DELETE FROM audit_reasons WHERE audit_id < 'a'"},
	};
	struct fixture *fixture = *state;

	log_set_level((enum log_level)(LOG_ERROR + 1));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (db_run(fixture->connections[refused[i].role], refused[i].sql) != DB_ERROR)
			fail_msg("not refused: %s", refused[i].sql);
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (db_run(fixture->connections[allowed[i].role], allowed[i].sql) != DB_OK)
			fail_msg("refused: %s", allowed[i].sql);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_statement_prepares),
	    cmocka_unit_test(names_are_unique),
	    cmocka_unit_test(what_is_not_granted_is_refused),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
