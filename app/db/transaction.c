/* transaction.c - a function that runs again, whole, until it commits or is refused. */
#include "connection.h"

#include <base/log.h>
#include <sodium.h>
#include <time.h>

/* Waits before the second attempt and so on double from here; each is jittered by half. */
#define WAIT_FIRST_US         4000
#define WAIT_FIRST_UNREADY_US 200000 /* a node out of its cluster takes seconds to come back */
#define WAIT_LONGEST_US       1600000

/* How an attempt ended. */
enum attempt {
	ATTEMPT_COMMITTED,
	ATTEMPT_REFUSED, /* for good; the error says why */
	ATTEMPT_AGAIN,
};

bool db_in_transaction(const struct db *db)
{
	return db->transaction != TRANSACTION_NONE;
}

enum db_result transaction_admits(const struct db *db)
{
	static const enum db_result answers[] = {
	    [TRANSACTION_NONE] = DB_OK,
	    [TRANSACTION_OPEN] = DB_OK,
	    [TRANSACTION_AGAIN] = DB_DEADLOCK,
	    [TRANSACTION_BROKEN] = DB_ERROR,
	};

	return answers[db->transaction];
}

/* After 1213 the server has rolled back and would commit each further statement by itself; with the
 * connection the transaction is gone as well. So nothing more of this attempt may be sent. */
enum db_result transaction_note(struct db *db, const struct failure *failure)
{
	if (failure->lost || failure->result == DB_DEADLOCK) {
		db->transaction = TRANSACTION_AGAIN;
		return DB_DEADLOCK;
	}
	if (failure->result == DB_ERROR)
		db->transaction = TRANSACTION_BROKEN;
	return failure->result;
}

static void wait_before(const struct db *db, int attempt)
{
	int64_t longest_us = db->unready ? WAIT_FIRST_UNREADY_US : WAIT_FIRST_US;
	int64_t wait_us;
	struct timespec pause;

	longest_us <<= attempt - 1;
	if (longest_us > WAIT_LONGEST_US)
		longest_us = WAIT_LONGEST_US;
	wait_us = longest_us / 2 + (int64_t)randombytes_uniform((uint32_t)(longest_us / 2));
	pause = (struct timespec){.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
	nanosleep(&pause, NULL);
}

/* Beginning changes nothing, so it may be sent again over a new connection. */
static enum db_result begin(struct db *db)
{
	struct failure failure = {0};

	for (int tries = 0; tries < 2; tries++) {
		if (!connection_ready(db))
			return DB_ERROR;
		if (connection_run(db, "begin", "START TRANSACTION", &failure))
			return DB_OK;
		if (!failure.lost || failure.result == DB_DEADLOCK)
			break;
	}
	return failure.result;
}

static enum db_result commit(struct db *db)
{
	struct failure failure;

	if (connection_run(db, "commit", "COMMIT", &failure))
		return DB_OK;
	/* A certification failure (1213) or a node out of its cluster (1047) committed nothing. */
	if (failure.result == DB_DEADLOCK)
		return DB_DEADLOCK;
	return failure.lost ? DB_UNCERTAIN : failure.result;
}

static void roll_back(struct db *db)
{
	struct failure failure;

	if (db->mysql != NULL && !connection_run(db, "rollback", "ROLLBACK", &failure))
		connection_drop(db); /* which rolls back as well */
}

/* End an attempt whose function returned `wanted`; DB_OK where it committed, DB_NONE where the
 * function refused it. */
static enum db_result finish(struct db *db, bool wanted)
{
	enum db_result result = transaction_admits(db);

	if (result == DB_OK)
		result = wanted ? commit(db) : DB_NONE;
	if (result != DB_OK)
		roll_back(db);
	return result;
}

static enum attempt run_attempt(
    struct db *db, db_transaction_fn fn, void *context, struct error *error)
{
	struct db_tx tx = {.db = db, .arena = db->transaction_arena};
	enum db_result result = begin(db);
	bool wanted = false;

	if (result == DB_OK) {
		db->transaction = TRANSACTION_OPEN;
		wanted = fn(&tx, context, error);
		result = finish(db, wanted);
		db->transaction = TRANSACTION_NONE;
	}
	if (result == DB_OK)
		return ATTEMPT_COMMITTED;
	if (result == DB_DEADLOCK)
		return ATTEMPT_AGAIN;
	if (wanted || error->kind == ERROR_NONE)
		db_fail(result == DB_NONE ? DB_ERROR : result, error);
	return ATTEMPT_REFUSED;
}

static bool run_attempts(struct db *db, db_transaction_fn fn, void *context, struct error *error)
{
	for (int attempt = 0; attempt < DB_TRANSACTION_ATTEMPTS; attempt++) {
		enum attempt ended;

		if (attempt > 0)
			wait_before(db, attempt);
		arena_reset(db->transaction_arena);
		error_clear(error);
		ended = run_attempt(db, fn, context, error);
		if (ended != ATTEMPT_AGAIN)
			return ended == ATTEMPT_COMMITTED;
	}
	log_event(
	    LOG_WARNING, "db_transaction_given_up", log_int("attempts", DB_TRANSACTION_ATTEMPTS));
	return db_fail(DB_DEADLOCK, error);
}

bool db_transaction(struct db *db, db_transaction_fn fn, void *context, struct error *error)
{
	struct error failure = {0};
	bool committed;

	if (db_in_transaction(db))
		return error_set(error, ERROR_INTERNAL, "nested_transaction",
		    "A transaction was begun inside another one.");
	if (db->transaction_arena == NULL)
		db->transaction_arena = arena_create();
	committed = run_attempts(db, fn, context, &failure);
	if (error != NULL && !committed)
		*error = failure;
	return committed;
}
