/* failure.c - what an error number means, and its one line in the log. */
#include "connection.h"

#include <base/log.h>
#include <errmsg.h>
#include <mysqld_error.h>
#include <stdio.h>

#define ER_SESSION_KILLED_MYSQL 3169 /* ER_SESSION_WAS_KILLED of MySQL 8 */
#define ER_IDLE_TIMEOUT_MYSQL   4031 /* ER_CLIENT_INTERACTION_TIMEOUT of MySQL 8 */
#define ER_QUERY_TIMEOUT_MYSQL  3024 /* of MySQL's max_execution_time */
#define RETRY_AFTER_S           5
#define RETRY_LONG_AFTER_S      30

static const struct failure meanings[] = {
    {ER_DUP_KEY, DB_CONFLICT, false},
    {ER_DUP_ENTRY, DB_CONFLICT, false},
    {ER_DUP_ENTRY_WITH_KEY_NAME, DB_CONFLICT, false},
    {ER_DUP_UNIQUE, DB_CONFLICT, false},
    {ER_NO_REFERENCED_ROW, DB_CONFLICT, false},
    {ER_NO_REFERENCED_ROW_2, DB_CONFLICT, false},
    {ER_ROW_IS_REFERENCED, DB_CONFLICT, false},
    {ER_ROW_IS_REFERENCED_2, DB_CONFLICT, false},
    {ER_LOCK_WAIT_TIMEOUT, DB_DEADLOCK, false},
    {ER_LOCK_DEADLOCK, DB_DEADLOCK, false},
    {ER_STATEMENT_TIMEOUT, DB_TOO_LONG, false},
    {ER_QUERY_TIMEOUT_MYSQL, DB_TOO_LONG, false},
    /* The node is not in the cluster: behind a balancer a new connection finds one that is. */
    {ER_UNKNOWN_COM_ERROR, DB_DEADLOCK, true},
    {ER_SERVER_SHUTDOWN, DB_ERROR, true},
    {ER_NORMAL_SHUTDOWN, DB_ERROR, true},
    {ER_SHUTDOWN_COMPLETE, DB_ERROR, true},
    {ER_FORCING_CLOSE, DB_ERROR, true},
    {ER_ABORTING_CONNECTION, DB_ERROR, true},
    {ER_NET_READ_ERROR, DB_ERROR, true},
    {ER_NET_READ_INTERRUPTED, DB_ERROR, true},
    {ER_NET_ERROR_ON_WRITE, DB_ERROR, true},
    {ER_NET_WRITE_INTERRUPTED, DB_ERROR, true},
    {ER_CONNECTION_KILLED, DB_ERROR, true},
    {ER_SESSION_KILLED_MYSQL, DB_ERROR, true},
    {ER_IDLE_TIMEOUT_MYSQL, DB_ERROR, true},
};

/* Errors that libmariadb finds by itself: whatever they are, the connection's state is unknown.
 * One it finds in a statement's use (new columns after ALTER TABLE) is for the statement alone. */
static bool is_client_error(unsigned number)
{
	return number >= CR_MIN_ERROR && number <= CR_MAX_ERROR && number != CR_NEW_STMT_METADATA;
}

static struct failure classify(unsigned number)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].number == number)
			return meanings[i];
	return (struct failure){number, DB_ERROR, is_client_error(number)};
}

/* A conflict is an answer, and what runs again is no error yet. */
static enum log_level level_of(const struct failure *failure)
{
	if (failure->result == DB_CONFLICT)
		return LOG_DEBUG;
	if (failure->result == DB_TOO_LONG)
		return LOG_WARNING;
	return failure->result == DB_DEADLOCK ? LOG_INFO : LOG_ERROR;
}

struct failure connection_failed(struct db *db, MYSQL_STMT *statement, const char *name)
{
	bool own = statement != NULL && mysql_stmt_errno(statement) != 0;
	unsigned number = own ? mysql_stmt_errno(statement) : mysql_errno(db->mysql);
	struct failure failure = classify(number);

	snprintf(db->message, sizeof(db->message), "%s",
	    own ? mysql_stmt_error(statement) : mysql_error(db->mysql));
	log_event(level_of(&failure), "db_error", log_text("statement", name),
	    log_int("errno", number),
	    log_text("sqlstate", own ? mysql_stmt_sqlstate(statement) : mysql_sqlstate(db->mysql)));
	db->unready = number == ER_UNKNOWN_COM_ERROR;
	if (failure.lost)
		connection_drop(db);
	return failure;
}

/* How each outcome reads to a person. */
static const struct {
	const char *code;
	const char *message;
} answers[] = {
    [DB_OK] = {"store_unexpected", "The store gave an answer that does not fit. Try again."},
    [DB_NONE] = {"store_unexpected", "The store does not hold what was expected. Try again."},
    [DB_CONFLICT] = {"store_conflict", "Somebody changed the same thing just now. Try again."},
    [DB_DEADLOCK] = {"store_busy", "The store is busy. Try again in a moment."},
    [DB_UNCERTAIN] = {"store_uncertain",
	"The connection to the store broke while saving. Look whether it was saved before you "
	"try again."},
    [DB_TOO_LONG] = {"too_much",
	"There is more to look through than the time of one page allows. Ask for less: fewer or "
	"other filters, or a page without exact counts."},
    [DB_ERROR] = {"store_unavailable", "The store is out of reach. Try again in a moment."},
};

bool db_fail(enum db_result result, struct error *error)
{
	error_set(error, ERROR_UNAVAILABLE, answers[result].code, "%s", answers[result].message);
	if (error != NULL)
		error->retry_after_s = result == DB_TOO_LONG ? RETRY_LONG_AFTER_S : RETRY_AFTER_S;
	return false;
}
