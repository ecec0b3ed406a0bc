/* statement.c - run statements: prepared when first used on a connection, kept, bound, executed.
 *
 * What may be sent a second time after the connection was lost, outside transactions:
 * - anything that surely did not reach the server whole: the connection was found closed before,
 * the loss came while preparing, or the sending itself failed (CR_SERVER_GONE_ERROR);
 * - a statement that only reads.
 * A change that was sent and not answered may have happened: that is DB_UNCERTAIN.
 *
 * A statement is prepared apart for use with a limit to its time and for use without. */
#include "statement.h"

#include <base/log.h>
#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>
#include <strings.h>

/* One use of a statement. */
struct call {
	const struct db_statement *statement;
	const struct db_value *values;
	size_t count;
	struct arena *arena; /* with rows_r: where rows go; NULL throws them away */
	struct db_rows *rows_r;
	uint64_t changed;
	bool sent; /* the server may have executed it */
};

/* Set by the linker around the section that DB_STATEMENT fills; absent where it was never used. */
extern const struct db_statement *const __start_db_statement_list[] __attribute__((weak));
extern const struct db_statement *const __stop_db_statement_list[] __attribute__((weak));

const struct db_statement *const *db_statements(size_t *count_r)
{
	*count_r = (size_t)(__stop_db_statement_list - __start_db_statement_list);
	return __start_db_statement_list;
}

static void forget(struct db *db, size_t index)
{
	if (db->prepared[index].handle != NULL)
		mysql_stmt_close(db->prepared[index].handle);
	db->prepared[index].handle = NULL;
	db->statements[index] = NULL;
}

void statement_forget_all(struct db *db)
{
	for (size_t i = 0; i < STATEMENTS_KEPT; i++)
		forget(db, i);
}

static void forget_statement(struct db *db, const struct db_statement *statement)
{
	for (size_t i = 0; i < STATEMENTS_KEPT; i++)
		if (db->statements[i] == statement)
			forget(db, i);
}

/* A free place, or that of the statement longest unused. */
static size_t choose_place(const struct db *db)
{
	size_t oldest = 0;

	for (size_t i = 0; i < STATEMENTS_KEPT; i++) {
		if (db->statements[i] == NULL)
			return i;
		if (db->prepared[i].used < db->prepared[oldest].used)
			oldest = i;
	}
	return oldest;
}

static bool only_reads(const struct db_statement *statement)
{
	const char *sql = statement->sql + strspn(statement->sql, " \t\n(");

	return strncasecmp(sql, "SELECT", 6) == 0 || strncasecmp(sql, "WITH", 4) == 0;
}

/* What changes, or reads what it will change, takes the time it takes. */
static bool is_limited(const struct db *db, const struct db_statement *statement)
{
	return db->options.read_limit_ms > 0 && !db_in_transaction(db) && only_reads(statement) &&
	       mariadb_connection(db->mysql);
}

static bool prepare_text(
    const struct db *db, MYSQL_STMT *handle, const struct db_statement *statement, bool limited)
{
	struct buf sql = {0};
	bool ok;

	if (!limited)
		return mysql_stmt_prepare(handle, statement->sql, strlen(statement->sql)) == 0;
	buf_printf(&sql, "SET STATEMENT max_statement_time = %u.%03u FOR %s",
	    db->options.read_limit_ms / 1000, db->options.read_limit_ms % 1000, statement->sql);
	ok = mysql_stmt_prepare(handle, sql.data, sql.length) == 0;
	buf_free(&sql);
	return ok;
}

static struct prepared *prepare(
    struct db *db, const struct db_statement *statement, bool limited, struct failure *failure_r)
{
	size_t index = choose_place(db);
	struct prepared *prepared = &db->prepared[index];

	forget(db, index);
	prepared->limited = limited;
	prepared->handle = mysql_stmt_init(db->mysql);
	if (prepared->handle != NULL && prepare_text(db, prepared->handle, statement, limited) &&
	    rows_bind(db, prepared)) {
		db->statements[index] = statement;
		return prepared;
	}
	*failure_r = connection_failed(db, prepared->handle, statement->name);
	forget(db, index);
	return NULL;
}

static struct prepared *find_prepared(
    struct db *db, const struct db_statement *statement, struct failure *failure_r)
{
	bool limited = is_limited(db, statement);
	struct prepared *prepared = NULL;

	for (size_t i = 0; i < STATEMENTS_KEPT && prepared == NULL; i++)
		if (db->statements[i] == statement && db->prepared[i].limited == limited)
			prepared = &db->prepared[i];
	if (prepared == NULL)
		prepared = prepare(db, statement, limited, failure_r);
	if (prepared != NULL)
		prepared->used = ++db->uses;
	return prepared;
}

static bool has_values(const struct prepared *prepared, const struct call *call)
{
	if (mysql_stmt_param_count(prepared->handle) == call->count)
		return true;
	log_event(LOG_ERROR, "db_values_mismatch", log_text("statement", call->statement->name),
	    log_int("wanted", (int64_t)mysql_stmt_param_count(prepared->handle)),
	    log_int("given", (int64_t)call->count));
	return false;
}

static bool execute(struct db *db, struct prepared *prepared, struct call *call)
{
	MYSQL_BIND *binds = values_bind(db, call->values, call->count);
	my_ulonglong affected;

	if (binds != NULL && mysql_stmt_bind_param(prepared->handle, binds) != 0)
		return false;
	call->sent = true;
	if (mysql_stmt_execute(prepared->handle) != 0)
		return false;
	affected = mysql_stmt_affected_rows(prepared->handle);
	call->changed = affected == (my_ulonglong)-1 ? 0 : affected;
	if (call->rows_r != NULL)
		return rows_read(db, prepared, call->arena, call->rows_r);
	return prepared->column_count == 0 || mysql_stmt_free_result(prepared->handle) == 0;
}

/* The server does not know the statement any more, or its tables were altered since: it is to be
 * prepared again, and so is what it is part of. */
static bool is_outdated(unsigned number)
{
	return number == ER_UNKNOWN_STMT_HANDLER || number == ER_NEED_REPREPARE ||
	       number == CR_NEW_STMT_METADATA;
}

static void settle_failure(
    struct db *db, struct prepared *prepared, struct call *call, struct failure *failure_r)
{
	*failure_r = connection_failed(db, prepared->handle, call->statement->name);
	if (failure_r->number == CR_SERVER_GONE_ERROR)
		call->sent = false;
	if (is_outdated(failure_r->number)) {
		forget_statement(db, call->statement);
		call->sent = failure_r->number == CR_NEW_STMT_METADATA;
		failure_r->result = DB_DEADLOCK;
	}
	if (!failure_r->lost && prepared->handle != NULL)
		mysql_stmt_free_result(prepared->handle);
}

static bool attempt(struct db *db, struct call *call, struct failure *failure_r)
{
	struct prepared *prepared;

	call->sent = false;
	if (call->rows_r != NULL)
		*call->rows_r = (struct db_rows){0};
	prepared = find_prepared(db, call->statement, failure_r);
	if (prepared == NULL)
		return false;
	if (!has_values(prepared, call)) {
		*failure_r = (struct failure){.result = DB_ERROR};
		return false;
	}
	if (execute(db, prepared, call))
		return true;
	settle_failure(db, prepared, call, failure_r);
	if (call->rows_r != NULL)
		*call->rows_r = (struct db_rows){0};
	return false;
}

static bool may_repeat(const struct call *call, const struct failure *failure)
{
	if (!failure->lost && !is_outdated(failure->number))
		return false;
	return !call->sent || only_reads(call->statement);
}

static enum db_result run_alone(struct db *db, struct call *call)
{
	struct failure failure = {0};

	for (int tries = 0; tries < 2; tries++) {
		if (!connection_ready(db))
			return DB_ERROR;
		if (attempt(db, call, &failure))
			return DB_OK;
		if (!may_repeat(call, &failure))
			break;
	}
	if (failure.lost && failure.result != DB_DEADLOCK && call->sent &&
	    !only_reads(call->statement))
		return DB_UNCERTAIN;
	return failure.result;
}

static enum db_result run(struct db *db, struct call *call)
{
	enum db_result admitted = transaction_admits(db);
	struct failure failure = {0};

	if (admitted != DB_OK || !db_in_transaction(db))
		return admitted != DB_OK ? admitted : run_alone(db, call);
	return attempt(db, call, &failure) ? DB_OK : transaction_note(db, &failure);
}

enum db_result db_query(struct db *db, struct arena *arena, const struct db_statement *statement,
    const struct db_value *values, size_t value_count, struct db_rows *rows_r)
{
	struct call call = {.statement = statement,
	    .values = values,
	    .count = value_count,
	    .arena = arena,
	    .rows_r = rows_r};
	enum db_result result;

	*rows_r = (struct db_rows){0};
	result = run(db, &call);
	return result == DB_OK && rows_r->count == 0 ? DB_NONE : result;
}

enum db_result db_exec(struct db *db, const struct db_statement *statement,
    const struct db_value *values, size_t value_count, uint64_t *changed_r)
{
	struct call call = {.statement = statement, .values = values, .count = value_count};
	enum db_result result = run(db, &call);

	if (changed_r != NULL)
		*changed_r = result == DB_OK ? call.changed : 0;
	return result == DB_OK && call.changed == 0 ? DB_NONE : result;
}

enum db_result db_prepare(struct db *db, const struct db_statement *statement)
{
	enum db_result admitted = transaction_admits(db);
	struct failure failure = {0};

	if (admitted != DB_OK)
		return admitted;
	if (!db_in_transaction(db) && !connection_ready(db))
		return DB_ERROR;
	if (find_prepared(db, statement, &failure) != NULL)
		return DB_OK;
	return db_in_transaction(db) ? transaction_note(db, &failure) : failure.result;
}
