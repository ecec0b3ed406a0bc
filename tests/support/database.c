/* database.c - a database of its own for a test program. */
#include "database.h"

#include <base/clock.h>
#include <db/migrate.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "lethe_test_"

struct test_database {
	char name[64];
	char socket[108];
	char password[64];
};

static const char *const ROLE_USERS[TEST_ROLE_COUNT] = {
    [TEST_OWNER] = "lethe_owner",
    [TEST_APP] = "lethe_app",
    [TEST_PRUNE] = "lethe_prune",
};

DB_STATEMENT(TEST_DATABASES_LEFT, "SELECT schema_name FROM information_schema.schemata WHERE "
				  "schema_name LIKE 'lethe\\_test\\_%'");
DB_STATEMENT(TEST_DATABASE_TABLES, "SELECT table_name FROM information_schema.tables"
				   " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
				   " AND table_name <> 'schema_migrations'");

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "test database: %s: %s\n", what, why);
	exit(1);
}

static void run(struct db *db, const char *sql)
{
	if (db_run(db, sql) != DB_OK) {
		fail("this failed", sql);
	}
}

static struct db *connect_to(const struct db_options *options)
{
	struct error error = {0};
	struct db *db = db_open(options, &error);

	if (!db) {
		fail("no connection", error.message);
	}
	return db;
}

/* A connection without a database, to make and to drop one. */
static struct db *connect_server(const struct test_database *database)
{
	struct db_options options = test_database_options(database, TEST_OWNER);

	options.database = NULL;
	return connect_to(&options);
}

/* Databases are named after the process that made them: drop those of processes that have ended. */
static void drop_leftovers(struct db *db)
{
	struct arena *arena = arena_create();
	struct db_rows rows = {0};

	if (db_query(db, arena, &TEST_DATABASES_LEFT, DB_NO_VALUES, &rows) > DB_NONE) {
		fail("cannot list", "databases of earlier tests");
	}
	for (size_t i = 0; i < rows.count; i++) {
		const char *name = db_text(&rows, i, 0);
		long pid = strtol(name + strlen(PREFIX), NULL, 10);

		if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH) {
			run(db, arena_printf(arena, "DROP DATABASE IF EXISTS %s", name));
		}
	}
	arena_destroy(&arena);
}

static struct test_database *describe(void)
{
	const char *socket = getenv("LETHE_TEST_DB_SOCKET");
	const char *password = getenv("LETHE_TEST_DB_PASSWORD");
	struct test_database *database = calloc(1, sizeof(*database));

	if (!socket || !password) {
		printf("skipped: no test database; run by tests/support/with-database.sh\n");
		exit(TEST_SKIPPED);
	}
	if (!database) {
		fail("out of", "memory");
	}
	snprintf(database->socket, sizeof(database->socket), "%s", socket);
	snprintf(database->password, sizeof(database->password), "%s", password);
	snprintf(database->name, sizeof(database->name), PREFIX "%ld_%lld", (long)getpid(),
	    (long long)(clock_monotonic_us() % 1000000000));
	return database;
}

struct test_database *test_database_open_empty(void)
{
	struct test_database *database = describe();
	struct db *db = connect_server(database);
	char sql[192];

	drop_leftovers(db);
	snprintf(sql, sizeof(sql),
	    "CREATE DATABASE %s CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", database->name);
	run(db, sql);
	db_close(&db);
	return database;
}

/* Give the rights of sql/grants.sql: statements that end with a semicolon at the end of a line. */
static void apply_grants(struct db *db)
{
	const char *path = LETHE_SHARE_DIR "/sql/grants.sql";
	FILE *file = fopen(path, "r");
	char line[1024];
	char statement[8192] = "";

	if (!file) {
		fail(path, strerror(errno));
	}
	while (fgets(line, sizeof(line), file)) {
		size_t used = strlen(statement);

		if (strncmp(line, "--", 2) == 0 || line[0] == '\n') {
			continue;
		}
		if (used + strlen(line) >= sizeof(statement)) {
			fail(path, "a statement is too long");
		}
		memcpy(statement + used, line, strlen(line) + 1);
		if (strstr(line, ";\n")) {
			*strrchr(statement, ';') = '\0';
			run(db, statement);
			statement[0] = '\0';
		}
	}
	fclose(file);
	if (statement[0]) {
		fail(path, "the last statement has no end");
	}
}

struct test_database *test_database_open(void)
{
	struct test_database *database = test_database_open_empty();
	struct db *db = test_database_connect(database, TEST_OWNER);
	struct error error = {0};
	int applied = 0;

	if (!migrate_run(
		db, LETHE_SHARE_DIR "/sql", clock_now_us(&clock_system), &applied, &error)) {
		fail("the schema", error.message);
	}
	apply_grants(db);
	db_close(&db);
	return database;
}

struct db_options test_database_options(const struct test_database *database, enum test_role role)
{
	return (struct db_options){
	    .socket = database->socket,
	    .user = ROLE_USERS[role],
	    .password = database->password,
	    .database = database->name,
	};
}

struct db *test_database_connect(const struct test_database *database, enum test_role role)
{
	struct db_options options = test_database_options(database, role);

	return connect_to(&options);
}

void test_database_clear(const struct test_database *database)
{
	struct db *db = test_database_connect(database, TEST_OWNER);
	struct arena *arena = arena_create();
	struct db_rows rows = {0};

	if (db_query(db, arena, &TEST_DATABASE_TABLES, DB_NO_VALUES, &rows) > DB_NONE) {
		fail("cannot list", "tables");
	}
	run(db, "SET FOREIGN_KEY_CHECKS = 0");
	for (size_t i = 0; i < rows.count; i++) {
		run(db, arena_printf(arena, "DELETE FROM `%s`", db_text(&rows, i, 0)));
	}
	run(db, "UPDATE installation SET purge_paused_at = NULL, purge_paused_by = NULL");
	arena_destroy(&arena);
	db_close(&db);
}

void test_database_close(struct test_database **database)
{
	struct db *db = NULL;
	char sql[192];

	if (!database || !*database) {
		return;
	}
	db = connect_server(*database);
	snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS %s", (*database)->name);
	run(db, sql);
	db_close(&db);
	free(*database);
	*database = NULL;
}
