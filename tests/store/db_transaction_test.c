/* db_transaction_test.c - transactions that run again, and connections that are lost at every
 * point. */
#include "../support/database.h"
#include "../support/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <pthread.h>
#include <unistd.h>

DB_STATEMENT(counter_add, "UPDATE counters SET value = value + 1 WHERE id = ?");
DB_STATEMENT(counter_get, "SELECT value FROM counters WHERE id = ?");
DB_STATEMENT(counter_insert, "INSERT INTO counters (id, value) VALUES (?, 0)");
DB_STATEMENT(counter_broken, "INSERT INTO counters (id, value) VALUES (?, 'much')");
DB_STATEMENT(my_connection, "SELECT CONNECTION_ID()");

struct fixture {
	struct test_database *database;
	struct db *db, *other;
	struct arena *arena;
};

static void run(struct db *db, const char *sql)
{
	assert_int_equal(db_run(db, sql), DB_OK);
}

static int start(void **state)
{
	static struct fixture fixture;

	log_set_level((enum log_level)(LOG_ERROR + 1));
	fixture.database = test_database_open_empty();
	fixture.arena = arena_create();
	*state = &fixture;
	return 0;
}

static int stop(void **state)
{
	struct fixture *fixture = *state;

	arena_destroy(&fixture->arena);
	test_database_close(&fixture->database);
	return 0;
}

static int set_up(void **state)
{
	struct fixture *fixture = *state;

	fixture->db = test_database_connect(fixture->database, TEST_OWNER);
	fixture->other = test_database_connect(fixture->database, TEST_OWNER);
	run(fixture->db, "DROP TABLE IF EXISTS counters");
	run(fixture->db, "CREATE TABLE counters (id INT PRIMARY KEY, value INT NOT NULL)");
	run(fixture->db, "INSERT INTO counters VALUES (1, 0), (2, 0)");
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	db_close(&fixture->db);
	db_close(&fixture->other);
	arena_reset(fixture->arena);
	return 0;
}

static int64_t value_of(struct fixture *fixture, struct db *db, int64_t id)
{
	struct db_rows rows;
	enum db_result result =
	    db_query(db, fixture->arena, &counter_get, DB_VALUES(db_bind_int(id)), &rows);

	if (result == DB_NONE)
		return -1;
	assert_int_equal(result, DB_OK);
	return db_int(&rows, 0, 0);
}

static enum db_result add(struct db *db, int64_t id)
{
	return db_exec(db, &counter_add, DB_VALUES(db_bind_int(id)), NULL);
}

static int64_t connection_of(struct fixture *fixture, struct db *db)
{
	struct db_rows rows;

	assert_int_equal(db_query(db, fixture->arena, &my_connection, DB_NO_VALUES, &rows), DB_OK);
	return db_int(&rows, 0, 0);
}

static void kill_connection(struct fixture *fixture, int64_t connection)
{
	run(fixture->other, arena_printf(fixture->arena, "KILL %d", (int)connection));
}

/* What the transactions below share. */
struct work {
	struct fixture *fixture;
	int attempts;
	int64_t first, second; /* counters to change */
	pthread_barrier_t *barrier;
	void *memory;
};

static bool add_both(struct db_tx *tx, void *context, struct error *error)
{
	struct work *work = context;
	enum db_result result;

	work->attempts++;
	assert_true(db_in_transaction(tx->db));
	result = add(tx->db, work->first);
	if (work->barrier != NULL && work->attempts == 1)
		pthread_barrier_wait(work->barrier);
	if (result == DB_OK)
		result = add(tx->db, work->second);
	return result == DB_OK || db_fail(result, error);
}

struct runner {
	struct db *db;
	struct work work;
	bool committed;
};

static void *run_work(void *argument)
{
	struct runner *runner = argument;
	struct error error = {0};

	runner->committed = db_transaction(runner->db, add_both, &runner->work, &error);
	return NULL;
}

/* Two transactions that lock the same rows in opposite order: the one that is chosen to die runs
 * again. */
static void two_in_a_deadlock_both_commit(void **state)
{
	struct fixture *fixture = *state;
	pthread_barrier_t barrier;
	struct runner a = {.db = fixture->db, .work = {.first = 1, .second = 2}};
	struct runner b = {.db = fixture->other, .work = {.first = 2, .second = 1}};
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	a.work.barrier = b.work.barrier = &barrier;
	assert_int_equal(pthread_create(&thread, NULL, run_work, &b), 0);
	run_work(&a);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&barrier);
	assert_true(a.committed);
	assert_true(b.committed);
	assert_int_equal(a.work.attempts + b.work.attempts, 3);
	assert_int_equal(value_of(fixture, fixture->db, 1), 2);
	assert_int_equal(value_of(fixture, fixture->db, 2), 2);
}

/* Ignores that a row is locked, and goes on with others. */
static bool ignore_results(struct db_tx *tx, void *context, struct error *error)
{
	struct work *work = context;
	enum db_result locked, inserted;

	(void)error;
	work->attempts++;
	if (work->attempts == 3)
		run(work->fixture->other, "ROLLBACK");
	locked = add(tx->db, 1);
	inserted = db_exec(tx->db, &counter_insert, DB_VALUES(db_bind_int(9)), NULL);
	assert_int_equal(locked, work->attempts < 3 ? DB_DEADLOCK : DB_OK);
	assert_int_equal(inserted, locked);
	return true;
}

static void a_swallowed_deadlock_runs_again(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {.fixture = fixture};
	struct error error = {0};

	run(fixture->db, "SET SESSION innodb_lock_wait_timeout = 0");
	run(fixture->other, "START TRANSACTION");
	assert_int_equal(add(fixture->other, 1), DB_OK);
	assert_true(db_transaction(fixture->db, ignore_results, &work, &error));
	assert_int_equal(work.attempts, 3);
	assert_int_equal(value_of(fixture, fixture->db, 1), 1);
	assert_int_equal(value_of(fixture, fixture->db, 9), 0);
}

static void a_lock_never_given_back_ends_busy(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {.fixture = fixture, .first = 2, .second = 1};
	struct error error = {0};

	run(fixture->db, "SET SESSION innodb_lock_wait_timeout = 0");
	run(fixture->other, "START TRANSACTION");
	assert_int_equal(add(fixture->other, 1), DB_OK);
	assert_false(db_transaction(fixture->db, add_both, &work, &error));
	assert_int_equal(work.attempts, DB_TRANSACTION_ATTEMPTS);
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "store_busy");
	assert_false(db_in_transaction(fixture->db));
	run(fixture->other, "ROLLBACK");
	assert_int_equal(value_of(fixture, fixture->db, 2), 0);
	/* Outside of a transaction a lock wait is the caller's to see. */
	run(fixture->other, "START TRANSACTION");
	assert_int_equal(add(fixture->other, 1), DB_OK);
	assert_int_equal(add(fixture->db, 1), DB_DEADLOCK);
	run(fixture->other, "ROLLBACK");
}

static void *release_later(void *argument)
{
	usleep(1500000);
	run(argument, "ROLLBACK");
	return NULL;
}

static void a_lock_given_back_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {.fixture = fixture, .first = 2, .second = 1};
	struct error error = {0};
	pthread_t thread;

	run(fixture->db, "SET SESSION innodb_lock_wait_timeout = 1");
	run(fixture->other, "START TRANSACTION");
	assert_int_equal(add(fixture->other, 1), DB_OK);
	assert_int_equal(pthread_create(&thread, NULL, release_later, fixture->other), 0);
	assert_true(db_transaction(fixture->db, add_both, &work, &error));
	pthread_join(thread, NULL);
	assert_true(work.attempts >= 2);
	assert_int_equal(value_of(fixture, fixture->db, 1), 1);
	assert_int_equal(value_of(fixture, fixture->db, 2), 1);
}

static bool refuse(struct db_tx *tx, void *context, struct error *error)
{
	struct work *work = context;

	work->attempts++;
	assert_int_equal(add(tx->db, 1), DB_OK);
	return error_set(error, ERROR_FORBIDDEN, "not_yours", "It is not yours.");
}

static void a_refusal_rolls_back(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {0};
	struct error error = {0};

	assert_false(db_transaction(fixture->db, refuse, &work, &error));
	assert_string_equal(error.code, "not_yours");
	assert_int_equal(work.attempts, 1);
	assert_int_equal(value_of(fixture, fixture->db, 1), 0);
	assert_false(db_transaction(fixture->db, refuse, &work, NULL));
	/* The connection is fit for the next one. */
	assert_int_equal(add(fixture->db, 1), DB_OK);
	assert_int_equal(value_of(fixture, fixture->other, 1), 1);
}

static bool meet_conflict(struct db_tx *tx, void *context, struct error *error)
{
	(void)context;
	(void)error;
	assert_int_equal(add(tx->db, 1), DB_OK);
	assert_int_equal(
	    db_exec(tx->db, &counter_insert, DB_VALUES(db_bind_int(2)), NULL), DB_CONFLICT);
	return add(tx->db, 2) == DB_OK;
}

static void a_conflict_leaves_the_transaction_whole(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	assert_true(db_transaction(fixture->db, meet_conflict, NULL, &error));
	assert_int_equal(value_of(fixture, fixture->other, 1), 1);
	assert_int_equal(value_of(fixture, fixture->other, 2), 1);
}

static bool swallow_error(struct db_tx *tx, void *context, struct error *error)
{
	(void)context;
	(void)error;
	assert_int_equal(add(tx->db, 1), DB_OK);
	assert_int_equal(
	    db_exec(tx->db, &counter_broken, DB_VALUES(db_bind_int(5)), NULL), DB_ERROR);
	assert_int_equal(add(tx->db, 1), DB_ERROR);
	return true;
}

static void an_error_cannot_be_committed_over(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	assert_false(db_transaction(fixture->db, swallow_error, NULL, &error));
	assert_string_equal(error.code, "store_unavailable");
	assert_int_equal(value_of(fixture, fixture->other, 1), 0);
}

static bool give_no_reason(struct db_tx *tx, void *context, struct error *error)
{
	(void)tx;
	(void)context;
	(void)error;
	return false;
}

static void a_refusal_without_a_reason_is_an_error_still(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	assert_false(db_transaction(fixture->db, give_no_reason, NULL, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
}

static bool nest(struct db_tx *tx, void *context, struct error *error)
{
	struct error inner = {0};

	(void)error;
	assert_int_equal(add(tx->db, 1), DB_OK);
	assert_false(db_transaction(tx->db, refuse, context, &inner));
	assert_int_equal(inner.kind, ERROR_INTERNAL);
	assert_string_equal(inner.code, "nested_transaction");
	return true;
}

static void a_transaction_within_one_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {0};
	struct error error = {0};

	assert_true(db_transaction(fixture->db, nest, &work, &error));
	assert_int_equal(work.attempts, 0);
	assert_int_equal(value_of(fixture, fixture->other, 1), 1);
}

static bool fill_arena(struct db_tx *tx, void *context, struct error *error)
{
	struct work *work = context;
	void *memory = arena_alloc(tx->arena, 1000);

	/* An emptied arena hands out the same memory. */
	if (work->attempts++ == 0) {
		work->memory = memory;
		kill_connection(work->fixture, connection_of(work->fixture, tx->db));
	} else {
		assert_ptr_equal(memory, work->memory);
	}
	return add(tx->db, 1) == DB_OK || db_fail(DB_DEADLOCK, error);
}

static void each_attempt_has_an_empty_arena(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {.fixture = fixture};
	struct error error = {0};

	assert_true(db_transaction(fixture->db, fill_arena, &work, &error));
	assert_int_equal(work.attempts, 2);
}

static void a_connection_killed_between_uses_is_made_again(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {.first = 1, .second = 2};
	int64_t first = connection_of(fixture, fixture->db), next;
	struct error error = {0};

	kill_connection(fixture, first);
	assert_int_equal(value_of(fixture, fixture->db, 1), 0);
	next = connection_of(fixture, fixture->db);
	assert_int_not_equal(first, next);
	kill_connection(fixture, next);
	assert_int_equal(add(fixture->db, 1), DB_OK);
	kill_connection(fixture, connection_of(fixture, fixture->db));
	run(fixture->db, "SET @a = 1");
	kill_connection(fixture, connection_of(fixture, fixture->db));
	assert_true(db_transaction(fixture->db, add_both, &work, &error));
	assert_int_equal(work.attempts, 1);
	assert_int_equal(value_of(fixture, fixture->db, 1), 2);
}

static bool lose_connection(struct db_tx *tx, void *context, struct error *error)
{
	struct work *work = context;
	enum db_result result = add(tx->db, 1);

	if (work->attempts++ == 0) {
		kill_connection(work->fixture, connection_of(work->fixture, tx->db));
		usleep(20000);
		assert_int_equal(add(tx->db, 2), DB_DEADLOCK);
		/* Not on a new connection, where it would be committed at once. */
		assert_int_equal(add(tx->db, 2), DB_DEADLOCK);
		return true;
	}
	if (result == DB_OK)
		result = add(tx->db, 2);
	return result == DB_OK || db_fail(result, error);
}

static void a_connection_killed_within_runs_it_again(void **state)
{
	struct fixture *fixture = *state;
	struct work work = {.fixture = fixture};
	struct error error = {0};

	assert_true(db_transaction(fixture->db, lose_connection, &work, &error));
	assert_int_equal(work.attempts, 2);
	assert_int_equal(value_of(fixture, fixture->db, 1), 1);
	assert_int_equal(value_of(fixture, fixture->db, 2), 1);
}

/* A connection that goes through a wire. */
static struct db *connect_wire(struct fixture *fixture, struct wire **wire_r)
{
	struct db_options options = test_database_options(fixture->database, TEST_OWNER);
	struct error error = {0};
	struct db *db;

	*wire_r = wire_open(options.socket);
	options.socket = wire_socket(*wire_r);
	db = db_open(&options, &error);
	assert_non_null(db);
	return db;
}

struct commit_case {
	enum wire_fault fault;
	unsigned number;
	const char *sqlstate;
	int attempts;
	const char *code; /* NULL: it commits */
	int64_t value;
};

static void check_commit(struct fixture *fixture, const struct commit_case *it)
{
	struct work work = {.first = 1, .second = 2};
	struct error error = {0};
	struct wire *wire;
	struct db *db = connect_wire(fixture, &wire);
	int64_t before = value_of(fixture, db, 1);
	bool committed;

	wire_break(wire, it->fault, WIRE_QUERY, "COMMIT", it->number, it->sqlstate);
	committed = db_transaction(db, add_both, &work, &error);
	assert_true(wire_broke(wire));
	assert_int_equal(committed, it->code == NULL);
	assert_string_equal(error.code, it->code ? it->code : "");
	assert_int_equal(work.attempts, it->attempts);
	assert_false(db_in_transaction(db));
	assert_int_equal(value_of(fixture, db, 1) - before, it->value);
	db_close(&db);
	wire_close(&wire);
}

static void a_commit_may_fail_in_many_ways(void **state)
{
	static const struct commit_case cases[] = {
	    /* The answer is lost: it may or may not have happened, and nobody does it twice. */
	    {WIRE_CUT_BEFORE, 0, NULL, 1, "store_uncertain", 0},
	    {WIRE_CUT_AFTER, 0, NULL, 1, "store_uncertain", 1},
	    {WIRE_ANSWER, 1927, "70100", 1, "store_uncertain", 0},
	    /* Certification failed, the node left the cluster, a lock was waited for in vain. */
	    {WIRE_ANSWER, 1213, "40001", 2, NULL, 1},
	    {WIRE_ANSWER, 1047, "08S01", 2, NULL, 1},
	    {WIRE_ANSWER, 1205, "HY000", 2, NULL, 1},
	    /* Anything else is for good. */
	    {WIRE_ANSWER, 1180, "HY000", 1, "store_unavailable", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_commit(*state, &cases[i]);
}

static void a_begin_may_be_lost(void **state)
{
	static const enum wire_fault faults[] = {WIRE_CUT_BEFORE, WIRE_CUT_AFTER};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < 2; i++) {
		struct work work = {.first = 1, .second = 2};
		struct error error = {0};
		struct wire *wire;
		struct db *db = connect_wire(fixture, &wire);

		wire_break(wire, faults[i], WIRE_QUERY, "START", 0, NULL);
		assert_true(db_transaction(db, add_both, &work, &error));
		assert_true(wire_broke(wire));
		assert_int_equal(work.attempts, 1);
		db_close(&db);
		wire_close(&wire);
	}
	assert_int_equal(value_of(fixture, fixture->db, 1), 2);
}

/* Every statement of a transaction is lost once, before and after the server got it. */
static void any_statement_within_may_be_lost(void **state)
{
	static const struct {
		enum wire_fault fault;
		int command;
	} cases[] = {{WIRE_CUT_BEFORE, WIRE_PREPARE}, {WIRE_CUT_AFTER, WIRE_PREPARE},
	    {WIRE_CUT_BEFORE, WIRE_EXECUTE}, {WIRE_CUT_AFTER, WIRE_EXECUTE}};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct work work = {.first = 1, .second = 2};
		struct error error = {0};
		struct wire *wire;
		struct db *db = connect_wire(fixture, &wire);

		wire_break(wire, cases[i].fault, cases[i].command, NULL, 0, NULL);
		assert_true(db_transaction(db, add_both, &work, &error));
		assert_true(wire_broke(wire));
		assert_int_equal(work.attempts, 2);
		db_close(&db);
		wire_close(&wire);
	}
	assert_int_equal(value_of(fixture, fixture->db, 1), 4);
	assert_int_equal(value_of(fixture, fixture->db, 2), 4);
}

/* Alone, a read is sent again, and so is what cannot have reached the server; a change that was
 * sent is not: nobody knows whether it happened. */
static void alone_only_what_is_safe_is_sent_again(void **state)
{
	struct fixture *fixture = *state;
	struct wire *wire;
	struct db *db = connect_wire(fixture, &wire);

	wire_break(wire, WIRE_CUT_BEFORE, WIRE_PREPARE, NULL, 0, NULL);
	assert_int_equal(value_of(fixture, db, 1), 0);
	assert_true(wire_broke(wire));
	wire_break(wire, WIRE_CUT_AFTER, WIRE_EXECUTE, NULL, 0, NULL);
	assert_int_equal(value_of(fixture, db, 1), 0);
	assert_true(wire_broke(wire));
	wire_break(wire, WIRE_CUT_AFTER, WIRE_PREPARE, NULL, 0, NULL);
	assert_int_equal(add(db, 1), DB_OK);
	assert_true(wire_broke(wire));
	wire_break(wire, WIRE_CUT_AFTER, WIRE_EXECUTE, NULL, 0, NULL);
	assert_int_equal(add(db, 1), DB_UNCERTAIN);
	assert_int_equal(value_of(fixture, db, 1), 2);
	wire_break(wire, WIRE_CUT_BEFORE, WIRE_EXECUTE, NULL, 0, NULL);
	assert_int_equal(add(db, 1), DB_UNCERTAIN);
	assert_int_equal(value_of(fixture, db, 1), 2);
	wire_break(wire, WIRE_CUT_AFTER, WIRE_QUERY, "UPDATE", 0, NULL);
	assert_int_equal(db_run(db, "UPDATE counters SET value = value + 1"), DB_UNCERTAIN);
	assert_int_equal(value_of(fixture, db, 1), 3);
	/* The server no longer knows the statement: nothing happened, so it is prepared anew. */
	assert_int_equal(add(db, 1), DB_OK);
	wire_break(wire, WIRE_ANSWER, WIRE_EXECUTE, NULL, 1243, "HY000");
	assert_int_equal(add(db, 1), DB_OK);
	assert_true(wire_broke(wire));
	assert_int_equal(value_of(fixture, db, 1), 5);
	db_close(&db);
	wire_close(&wire);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(two_in_a_deadlock_both_commit),
	    TEST(a_swallowed_deadlock_runs_again),
	    TEST(a_lock_never_given_back_ends_busy),
	    TEST(a_lock_given_back_is_waited_for),
	    TEST(a_refusal_rolls_back),
	    TEST(a_conflict_leaves_the_transaction_whole),
	    TEST(an_error_cannot_be_committed_over),
	    TEST(a_refusal_without_a_reason_is_an_error_still),
	    TEST(a_transaction_within_one_is_refused),
	    TEST(each_attempt_has_an_empty_arena),
	    TEST(a_connection_killed_between_uses_is_made_again),
	    TEST(a_connection_killed_within_runs_it_again),
	    TEST(a_commit_may_fail_in_many_ways),
	    TEST(a_begin_may_be_lost),
	    TEST(any_statement_within_may_be_lost),
	    TEST(alone_only_what_is_safe_is_sent_again),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
