/* db_restart_test.c - a server that goes away and comes back, a private one that may be stopped. */
#include "../support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <db/db.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

DB_STATEMENT(mark_add, "UPDATE marks SET value = value + 1");
DB_STATEMENT(mark_get, "SELECT value FROM marks");

static const char script[] = LETHE_SHARE_DIR "/app/run/database.sh";
static const char set_up_sql[] =
    "CREATE DATABASE test; CREATE TABLE test.marks (value INT NOT NULL);"
    " INSERT INTO test.marks VALUES (0)";

struct server {
	char folder[64];
	char socket[108];
	struct db *db;
	struct arena *arena;
};

static bool control(
    const struct server *server, const char *act, const char *more, const char *last)
{
	const char *const arguments[] = {script, act, server->folder, more, last, NULL};

	return program_run(arguments, NULL, 0) == 0;
}

static bool start_server(const struct server *server)
{
	return control(server, "start", "fast", NULL);
}

static bool stop_server(const struct server *server)
{
	return control(server, "stop", NULL, NULL);
}

static void read_socket(struct server *server)
{
	const char *const arguments[] = {script, "socket", server->folder, NULL};

	assert_int_equal(program_run(arguments, server->socket, sizeof(server->socket)), 0);
	server->socket[strcspn(server->socket, "\n")] = '\0';
}

static int start(void **state)
{
	static struct server server = {.folder = "/tmp/lethe-restart-XXXXXX"};
	struct db_options options = {.socket = server.socket, .password = "", .database = "test"};
	struct error error = {0};

	log_set_level((enum log_level)(LOG_ERROR + 1));
	assert_non_null(mkdtemp(server.folder));
	*state = &server;
	assert_true(start_server(&server));
	assert_true(control(&server, "sql", "-e", set_up_sql));
	read_socket(&server);
	options.user = getpwuid(getuid())->pw_name;
	server.db = db_open(&options, &error);
	assert_non_null(server.db);
	server.arena = arena_create();
	return 0;
}

static int stop(void **state)
{
	struct server *server = *state;

	db_close(&server->db);
	arena_destroy(&server->arena);
	assert_true(stop_server(server));
	program_remove_folder(server->folder);
	return 0;
}

static int64_t value_of(struct server *server)
{
	struct db_rows rows;

	assert_int_equal(
	    db_query(server->db, server->arena, &mark_get, DB_NO_VALUES, &rows), DB_OK);
	return db_int(&rows, 0, 0);
}

static void restart(const struct server *server)
{
	assert_true(stop_server(server));
	assert_true(start_server(server));
}

static void a_restart_between_uses_goes_unnoticed(void **state)
{
	struct server *server = *state;

	assert_int_equal(value_of(server), 0);
	restart(server);
	assert_int_equal(value_of(server), 0);
	restart(server);
	assert_int_equal(db_exec(server->db, &mark_add, DB_NO_VALUES, NULL), DB_OK);
	assert_int_equal(value_of(server), 1);
}

struct work {
	struct server *server;
	int attempts;
	bool start_again;
};

static bool add_across_restart(struct db_tx *tx, void *context, struct error *error)
{
	struct work *work = context;
	enum db_result result = db_exec(tx->db, &mark_add, DB_NO_VALUES, NULL);

	if (work->attempts++ == 0) {
		assert_true(stop_server(work->server));
		if (work->start_again)
			assert_true(start_server(work->server));
	}
	if (result == DB_OK)
		result = db_exec(tx->db, &mark_add, DB_NO_VALUES, NULL);
	return result == DB_OK || db_fail(result, error);
}

static void a_restart_within_a_transaction_runs_it_again(void **state)
{
	struct server *server = *state;
	struct work work = {.server = server, .start_again = true};
	int64_t before = value_of(server);
	struct error error = {0};

	assert_true(db_transaction(server->db, add_across_restart, &work, &error));
	assert_int_equal(work.attempts, 2);
	assert_int_equal(value_of(server) - before, 2);
}

static void a_server_that_stays_away_is_unavailable(void **state)
{
	struct server *server = *state;
	struct work work = {.server = server};
	struct error error = {0};
	struct db_rows rows;

	assert_false(db_transaction(server->db, add_across_restart, &work, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_int_equal(work.attempts, 1);
	assert_int_equal(
	    db_query(server->db, server->arena, &mark_get, DB_NO_VALUES, &rows), DB_ERROR);
	assert_int_equal(db_exec(server->db, &mark_add, DB_NO_VALUES, NULL), DB_ERROR);
	assert_int_equal(db_run(server->db, "SELECT 1"), DB_ERROR);
	assert_int_equal(db_prepare(server->db, &mark_get), DB_ERROR);
	assert_true(start_server(server));
	assert_int_equal(db_exec(server->db, &mark_add, DB_NO_VALUES, NULL), DB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_restart_between_uses_goes_unnoticed),
	    cmocka_unit_test(a_restart_within_a_transaction_runs_it_again),
	    cmocka_unit_test(a_server_that_stays_away_is_unavailable),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
