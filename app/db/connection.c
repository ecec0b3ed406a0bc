/* connection.c - make, lose and make again a connection to the store. */
#include "connection.h"

#include "statement.h"

#include <base/log.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* A node of a cluster that dies stalls the others for up to 6 s, so these are well above. */
#define CONNECT_TIMEOUT_S   12
#define TRANSFER_TIMEOUT_S  30
#define EXCLUSIVE_TIMEOUT_S 86400 /* of migrations: an ALTER TABLE may take hours */

/* Everything a session depends on, so that the server's own settings do not matter. */
static const char session_sql[] =
    "SET SESSION time_zone = '+00:00',"
    " sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ZERO_DATE,NO_ZERO_IN_DATE,ONLY_FULL_GROUP_BY',"
    " autocommit = 1, innodb_lock_wait_timeout = 10, lock_wait_timeout = 20";
static const char isolation_sql[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

static bool is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

static void set_options(const struct db *db, MYSQL *mysql)
{
	unsigned connect_s = CONNECT_TIMEOUT_S;
	unsigned transfer_s = db->exclusive ? EXCLUSIVE_TIMEOUT_S : TRANSFER_TIMEOUT_S;
	unsigned off = 0;
	my_bool no = 0;

	mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &transfer_s);
	mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &transfer_s);
	mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &off);
	mysql_options(mysql, MYSQL_OPT_RECONNECT, &no);
	/* Long texts are fetched after their row, so a row with one is always "truncated". */
	mysql_options(mysql, MYSQL_REPORT_DATA_TRUNCATION, &no);
	mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

/* CLIENT_FOUND_ROWS stays off: the count of a change is that of rows that are different now. */
static bool connect_server(struct db *db)
{
	const struct db_options *options = &db->options;
	bool local = is_set(options->socket);

	return mysql_real_connect(db->mysql, local ? NULL : options->host, options->user,
		   options->password, is_set(options->database) ? options->database : NULL,
		   local ? 0 : options->port, local ? options->socket : NULL, 0) != NULL;
}

/* MariaDB is told with each statement (statement.c), since its own limit of a session would hold
 * for changes and their COMMIT too; MySQL's is for SELECT alone. */
static bool limit_session(struct db *db, struct failure *failure_r)
{
	char sql[80];

	if (db->options.read_limit_ms == 0 || mariadb_connection(db->mysql))
		return true;
	snprintf(
	    sql, sizeof(sql), "SET SESSION max_execution_time = %u", db->options.read_limit_ms);
	return connection_run(db, "limit", sql, failure_r);
}

static bool connect_session(struct db *db)
{
	struct failure failure;

	db->mysql = mysql_init(NULL);
	if (db->mysql == NULL) {
		log_event(LOG_ERROR, "db_out_of_memory");
		return false;
	}
	set_options(db, db->mysql);
	if (!connect_server(db)) {
		connection_failed(db, NULL, "connect");
		connection_drop(db);
		return false;
	}
	if (connection_run(db, "session", session_sql, &failure) &&
	    connection_run(db, "isolation", isolation_sql, &failure) && limit_session(db, &failure))
		return true;
	connection_drop(db);
	return false;
}

/* An idle connection has nothing to say: if there is something to read, it is the server's
 * farewell. */
static bool is_stale(MYSQL *mysql)
{
	struct pollfd poll_fd = {.fd = mysql_get_socket(mysql), .events = POLLIN | POLLRDHUP};

	return poll_fd.fd < 0 || poll(&poll_fd, 1, 0) > 0;
}

bool connection_ready(struct db *db)
{
	if (db->mysql != NULL && is_stale(db->mysql)) {
		log_event(LOG_INFO, "db_connection_stale");
		connection_drop(db);
	}
	if (db->mysql != NULL)
		return true;
	if (db->exclusive)
		return false;
	return connect_session(db);
}

void connection_drop(struct db *db)
{
	statement_forget_all(db);
	if (db->mysql != NULL)
		mysql_close(db->mysql);
	db->mysql = NULL;
}

bool connection_exclusive(struct db *db)
{
	connection_drop(db);
	db->exclusive = true;
	return connect_session(db);
}

void connection_shared(struct db *db)
{
	db->exclusive = false;
	connection_drop(db);
}

/* Read and drop what a text of SQL gave. */
static bool discard_rows(MYSQL *mysql)
{
	MYSQL_RES *rows = mysql_use_result(mysql);

	if (rows != NULL) {
		while (mysql_fetch_row(rows) != NULL)
			continue;
		mysql_free_result(rows);
	}
	return mysql_errno(mysql) == 0;
}

bool connection_run(struct db *db, const char *name, const char *sql, struct failure *failure_r)
{
	if (mysql_real_query(db->mysql, sql, strlen(sql)) == 0 && discard_rows(db->mysql))
		return true;
	*failure_r = connection_failed(db, NULL, name);
	return false;
}

struct db *db_open(const struct db_options *options, struct error *error)
{
	struct arena *arena = arena_create();
	struct db *db = arena_alloc(arena, sizeof(*db));

	db->arena = arena;
	db->options = *options;
	if (!connect_session(db)) {
		error_set(error, ERROR_UNAVAILABLE, "store_unreachable",
		    "The store cannot be reached. Try again in a moment.");
		db_close(&db);
	}
	return db;
}

void db_close(struct db **db)
{
	struct db *closing = *db;
	struct arena *arena;

	*db = NULL;
	if (closing == NULL)
		return;
	connection_drop(closing);
	buf_free(&closing->values);
	buf_free(&closing->cells);
	arena_destroy(&closing->transaction_arena);
	arena = closing->arena;
	arena_destroy(&arena);
}

/* A text is its own transaction outside of one, and nobody knows how often it may run: it is sent
 * once, over a connection found alive. */
enum db_result db_run(struct db *db, const char *sql)
{
	enum db_result admitted = transaction_admits(db);
	struct failure failure;

	if (admitted != DB_OK)
		return admitted;
	if (!db_in_transaction(db) && !connection_ready(db))
		return DB_ERROR;
	if (connection_run(db, "run", sql, &failure))
		return DB_OK;
	if (db_in_transaction(db))
		return transaction_note(db, &failure);
	return failure.lost ? DB_UNCERTAIN : failure.result;
}
