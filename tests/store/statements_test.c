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

/* Tables that name the organisation their rows belong to. */
DB_STATEMENT(statements_tenant_tables,
    "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE()"
    " AND column_name = 'organization_id'");

/* What may be asked without naming the organisation, by the beginning of its name; and why. */
static const struct {
	const char *prefix;
	const char *why;
} without_organization[] = {
    {"LEASE", "leases on work: of the worker, by what the work is about"},
    {"JOB_", "the worker's queue, of all organisations"},
    {"MAIL_", "the queue of mail, of all organisations; the last one to a person"},
    {"OUTBOX_", "the queue of webhooks, of all organisations"},
    {"QUEUE_", "the queue of objects to remove, of all organisations"},
    {"FILE_NAMED", "the check of the storage: by an object's name"},
    {"FILES_AFTER", "the check of the storage: every file there is"},
    {"DELETION_LOCK_FREE", "the worker's: an id out of DELETION_DUE"},
    {"DELETION_DUE_SUMS", "what the worker would purge, of all organisations"},
    {"DELETION_PAGE_ORGANIZATIONS", "the platform admin's: deleted organisations"},
    {"ORGANIZATIONS_LOCK_PLATFORM_ADMINS", "platform admins are of the installation"},
    {"DERIVATIVES_NEXT", "where to look next: an id alone, then looked at by organisation"},
    {"NOTES_NEXT", "likewise"},
    {"AI_RESULTS_NEXT", "likewise"},
    {"SHARES_NEXT", "likewise"},
    {"GENERATIONS_NEXT", "likewise"},
    {"FILES_NEXT", "likewise"},
    {"REQUESTS_NEXT", "likewise"},
    {"PHOTOS_BETWEEN", "how dense ids are: no row is looked at"},
    {"CONTAINER_ORGANIZATION_LOCK", "the organisation itself, and its own deletion"},
    {"ROOT_ORGANIZATION_", "likewise"},
    {"SESSIONS_FIND", "who somebody is: by the token"},
    {"SHARE_FIND", "which photo a link shows: by the token"},
    {"STATS_NOBODYS_", "mail of no organisation, for platform admins"},
    {"TALLY_AHEAD", "the worker's count, of all organisations"},
    {"TALLY_DUE", "likewise"},
    {"TALLY_PRUNE", "likewise"},
    {"ACCOUNT_", "a person's own account, by its id"},
    {"ERASURE_", "a person's own, in whatever organisation: by the account or its address"},
    {"EXPORT_", "a person's own, in whatever organisation: by the account or its address"},
    {"VISITOR_", "people without an account: by an address or link that is theirs, in any of them"},
    {"REQUESTS_COUNT_ALL", "the metrics of the installation"},
    {"AUDIT_PAGE_EVERYWHERE", "the operator's export of the whole trail"},
    {"METRICS_", "likewise"},
    {"USERS_", "accounts are unique in the installation: by id, address or uid"},
};
#define EXCEPTIONS (sizeof(without_organization) / sizeof(without_organization[0]))

/* Whether a statement reads or writes a table: its name follows one of these words. */
static bool uses(const char *sql, const char *table)
{
	static const char *const words[] = {
	    "FROM ", "JOIN ", "UPDATE ", "INTO ", "FROM (", "JOIN ("};
	size_t length = strlen(table);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (const char *at = strstr(sql, words[i]); at; at = strstr(at + 1, words[i])) {
			const char *name = at + strlen(words[i]);

			if (strncmp(name, table, length) == 0 &&
			    (name[length] == '\0' || strchr(" (),;", name[length])))
				return true;
		}
	return false;
}

/* In a condition, or among the columns that are inserted. */
static bool names_organization(const char *sql)
{
	static const char *const conditions[] = {"organization_id = ", "organization_id <=> "};
	const char *columns = strchr(sql, '('), *end = columns ? strchr(columns, ')') : NULL;
	const char *named = columns ? strstr(columns, "organization_id") : NULL;

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (strstr(sql, conditions[i]))
			return true;
	return strncmp(sql, "INSERT", strlen("INSERT")) == 0 && named && end && named < end;
}

static bool is_excepted(const char *name, bool used[EXCEPTIONS])
{
	for (size_t i = 0; i < EXCEPTIONS; i++)
		if (strncmp(name, without_organization[i].prefix,
			strlen(without_organization[i].prefix)) == 0)
			return used[i] = true;
	return false;
}

static bool is_of_tenants(const struct db_rows *tables, const struct db_statement *statement)
{
	for (size_t i = 0; i < tables->count; i++)
		if (uses(statement->sql, db_text(tables, i, 0)))
			return true;
	return false;
}

/* One tenant's rows are never touched for another: no statement goes by an id alone. */
static void every_statement_on_tenants_names_the_organization(void **state)
{
	struct fixture *fixture = *state;
	struct arena *arena = arena_create();
	bool used[EXCEPTIONS] = {false};
	struct db_rows tables = {0};
	size_t count, failed = 0;
	const struct db_statement *const *list = db_statements(&count);

	assert_int_equal(db_query(fixture->connections[TEST_OWNER], arena,
			     &statements_tenant_tables, DB_NO_VALUES, &tables),
	    DB_OK);
	for (size_t i = 0; i < count; i++)
		if (is_of_tenants(&tables, list[i]) && !names_organization(list[i]->sql) &&
		    !is_excepted(list[i]->name, used)) {
			print_error("%s: %s\n", list[i]->name, list[i]->sql);
			failed++;
		}
	for (size_t i = 0; i < EXCEPTIONS; i++)
		if (!used[i]) {
			print_error("%s: no exception any more\n", without_organization[i].prefix);
			failed++;
		}
	assert_int_equal(failed, 0);
	arena_destroy(&arena);
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
	    {TEST_PRUNE, "SELECT label FROM deletions"},
	    {TEST_PRUNE, "UPDATE deletions SET state = 'purged'"},
	    {TEST_PRUNE, "SELECT photo_id FROM deletion_effects"},
	    {TEST_PRUNE, "DELETE FROM deletion_requests"},
	    {TEST_PRUNE, "DELETE FROM mail_outbox"},
	    {TEST_PRUNE, "DELETE FROM photos"},
	    {TEST_PRUNE, "INSERT INTO audit_log (id) VALUES (1)"},
	    {TEST_PRUNE, "UPDATE audit_reasons SET reason = NULL"},
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
	    {TEST_PRUNE, "DELETE FROM deletions WHERE id < 'a'"},
	    {TEST_PRUNE, "DELETE FROM deletion_effects WHERE deletion_id < 'a'"},
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
	    cmocka_unit_test(every_statement_on_tenants_names_the_organization),
	    cmocka_unit_test(what_is_not_granted_is_refused),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
