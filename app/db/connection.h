/* connection.h - what the files of app/db share: the connection, how it fails, how it is made
 * again. */
#ifndef LETHE_DB_CONNECTION_H
#define LETHE_DB_CONNECTION_H

#include <base/buf.h>
#include <db/db.h>
#include <mysql.h>

/* Statements kept prepared on a connection; the one longest unused makes room for a new one.
 * libmariadb keeps 9 to 14 KiB for each, so this bounds 40 connections to 10 MiB. */
#define STATEMENTS_KEPT 18

/* The most columns a statement may give. */
#define COLUMNS_MAX 64

/* Texts up to this length arrive with their row; longer ones are fetched one by one. */
#define TEXT_INLINE 256

/* How a column arrives. */
enum column_kind { COLUMN_INT, COLUMN_TIME, COLUMN_TEXT, COLUMN_DECIMAL };

/* A prepared statement and how its columns are read. */
struct prepared {
	MYSQL_STMT *handle;
	bool limited;  /* to read_limit_ms */
	uint64_t used; /* the connection's count of uses at its last use */
	unsigned column_count;
	unsigned char types[COLUMNS_MAX]; /* enum enum_field_types, as they were bound */
	unsigned char kinds[COLUMNS_MAX]; /* enum column_kind */
};

/* Where libmariadb puts a column of the row just fetched. All statements of a connection share
 * these, for only one of them is read at a time. */
struct column {
	union {
		long long integer;
		MYSQL_TIME time;
		char text[TEXT_INLINE];
	} value;
	unsigned long length;
	my_bool is_null;
	my_bool error;
};

/* Where a transaction stands. Only an open one sends statements and can commit. */
enum transaction_state {
	TRANSACTION_NONE,
	TRANSACTION_OPEN,
	TRANSACTION_AGAIN,  /* the server gave it up (or is gone): it runs again from its start */
	TRANSACTION_BROKEN, /* a statement failed for another cause: it cannot commit */
};

struct db {
	struct arena *arena; /* holds this struct */
	struct db_options options;
	MYSQL *mysql; /* NULL while there is no connection */
	bool
	    exclusive; /* it holds a named lock, so it is not made again behind the caller's back */
	bool unready;  /* the node answered 1047 last: waits are longer */
	enum transaction_state transaction;
	struct arena *transaction_arena; /* NULL before the first transaction */
	uint64_t uses;
	const struct db_statement
	    *statements[STATEMENTS_KEPT]; /* of the same place in `prepared` */
	struct prepared prepared[STATEMENTS_KEPT];
	struct column columns[COLUMNS_MAX];
	struct buf values; /* bound values of the call in hand */
	struct buf cells;  /* cells of the call in hand, before they go to the caller's arena */
	char message[256]; /* the server's words for the last failure; may hold values, so never
			      logged */
};

/* What a failure means for the caller and for the connection. */
struct failure {
	unsigned number; /* of MariaDB's or libmariadb's error, 0 for none */
	enum db_result result;
	bool lost; /* the connection is of no more use */
};

/* Classify the last error of `statement` or, where that is NULL, of the connection; log it once
 * under `name`, at a level that goes with its meaning; drop the connection if it is lost. */
struct failure connection_failed(struct db *db, MYSQL_STMT *statement, const char *name);

/* Make the connection if there is none or the one there is was closed by the server while idle.
 * Not to be used inside a transaction. Logs and returns false if the store cannot be reached. */
bool connection_ready(struct db *db) __attribute__((warn_unused_result));

/* Close the connection, if any; its prepared statements go with it. */
void connection_drop(struct db *db);

/* Make the connection anew for a piece of work that holds a named lock: without a limit to how long
 * a statement may take, and once lost not made again, since the lock went with it. */
bool connection_exclusive(struct db *db) __attribute__((warn_unused_result));

/* End that: the connection is closed, with its locks, and made again when next used. */
void connection_shared(struct db *db);

/* Run a text of SQL once, without reconnecting, and throw away rows it gives. `failure_r` is
 * filled where it returns false. */
bool connection_run(struct db *db, const char *name, const char *sql, struct failure *failure_r)
    __attribute__((warn_unused_result));

/* Note in an open transaction that a statement failed with `failure`, and say what its caller gets.
 */
enum db_result transaction_note(struct db *db, const struct failure *failure);

/* DB_OK where statements may be sent: outside transactions or in one that is whole; else the result
 * that a statement in an abandoned attempt gets. */
enum db_result transaction_admits(const struct db *db);

#endif
