/* db.h - the database: connections, statements, transactions. The only layer that knows libmariadb.
 *
 * Values are bound, never pasted. A statement is declared once, at file level, with DB_STATEMENT;
 * it is prepared on a connection when first used there and again after a reconnect. */
#ifndef LETHE_DB_DB_H
#define LETHE_DB_DB_H

#include <base/arena.h>
#include <base/error.h>
#include <base/id.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

/* How a statement or a transaction ended. */
enum db_result {
	DB_OK = 0,
	DB_NONE,      /* no row found, or no row changed by a compare-and-set */
	DB_CONFLICT,  /* a unique key or a foreign key stands in the way */
	DB_DEADLOCK,  /* deadlock, lock wait timeout or certification failure: db_transaction runs
			 again */
	DB_UNCERTAIN, /* the connection was lost in a COMMIT: it may have happened */
	DB_TOO_LONG,  /* a read took longer than read_limit_ms allows and was ended */
	DB_ERROR,     /* anything else, logged where it happened */
};

/* Where the store is. Texts are borrowed for the life of the connection. */
struct db_options {
	const char *socket; /* unix socket; NULL or "" to use host and port */
	const char *host;
	unsigned port;
	const char *user;
	const char *password;
	const char *database; /* NULL or "" to connect without one */
	/* Milliseconds that a statement may take that only reads, outside transactions (MySQL knows
	 * no such difference: any SELECT); 0: no limit. Longer: DB_TOO_LONG. */
	unsigned read_limit_ms;
};

/* A statement: its SQL text with ? for each bound value, and its place among all statements. */
struct db_statement {
	const char *name;
	const char *sql;
};

/* Declare `name` as a file-level statement and enter it in the list db_statements() gives. */
#define DB_STATEMENT(name_, sql_)                                                                  \
	static const struct db_statement name_ = {#name_, sql_};                                   \
	static const struct db_statement *const name_##_entry                                      \
	    __attribute__((used, section("db_statement_list"))) = &name_

/* Every statement of the program, for the test that prepares them all. */
const struct db_statement *const *db_statements(size_t *count_r);

/* One bound value; made by the db_bind_* makers below. */
enum db_type { DB_VALUE_NULL, DB_VALUE_INT, DB_VALUE_TEXT, DB_VALUE_BLOB, DB_VALUE_TIME };
struct db_value {
	enum db_type type;
	int64_t integer;   /* an integer, or a time in microseconds */
	const void *bytes; /* text or blob; borrowed until the call returns */
	size_t length;
};

struct db_value db_bind_null(void);
struct db_value db_bind_int(int64_t value);
struct db_value db_bind_bool(bool value);
struct db_value db_bind_text(const char *text);                 /* NULL binds NULL */
struct db_value db_bind_blob(const void *bytes, size_t length); /* NULL binds NULL */
struct db_value db_bind_id(const struct id *id);                /* none or NULL binds NULL */
struct db_value db_bind_time(int64_t time_us);                  /* DATETIME(6); 0 binds NULL */

/* The values of a statement, as the last two arguments of a call. */
#define DB_VALUES(...)                                                                             \
	((const struct db_value[]){__VA_ARGS__}),                                                  \
	    (sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value))
#define DB_NO_VALUES NULL, 0

/* The rows a query gave, whole, in the caller's arena. */
struct db_rows {
	size_t count;
	size_t columns;
	const struct db_cell *cells; /* count * columns, row by row */
};

/* One cell. `bytes` is NUL-terminated beyond `length`. */
struct db_cell {
	bool is_null;
	int64_t integer;   /* of integer columns; of time columns, microseconds */
	const char *bytes; /* of text and blob columns */
	size_t length;
};

/* Read a cell; NULL reads as 0, NULL or id_none. Texts live as long as the arena of the query. */
int64_t db_int(const struct db_rows *rows, size_t row, size_t column);
bool db_bool(const struct db_rows *rows, size_t row, size_t column);
const char *db_text(const struct db_rows *rows, size_t row, size_t column);
struct id db_id(const struct db_rows *rows, size_t row, size_t column);
int64_t db_time(const struct db_rows *rows, size_t row, size_t column);
bool db_is_null(const struct db_rows *rows, size_t row, size_t column);

/* Connect. The session is UTC, utf8mb4, strict and READ COMMITTED. NULL and `error`
 * (unavailable) if the store cannot be reached. */
struct db *db_open(const struct db_options *options, struct error *error)
    __attribute__((warn_unused_result));

/* Disconnect and free; NULL is fine. */
void db_close(struct db **db);

/* Run a query and read all of its rows. DB_NONE where there are no rows (`rows_r` is then empty).
 * A connection that was lost since its last use is made again once, outside transactions; a
 * statement that only reads is then also run again if the loss came later. Integers of any width,
 * booleans and sums come as `integer` (sums as `bytes` too), DATE, DATETIME and TIMESTAMP as
 * microseconds, everything else as `bytes`. At most 64 columns. */
enum db_result db_query(struct db *db, struct arena *arena, const struct db_statement *statement,
    const struct db_value *values, size_t value_count, struct db_rows *rows_r)
    __attribute__((warn_unused_result));

/* Run a statement that changes rows. DB_NONE where it changed none; `changed_r` may be NULL. The
 * count is of rows that are different now: an UPDATE that sets what is there already counts
 * nothing, so a compare-and-set must set something new. Outside transactions DB_UNCERTAIN where the
 * connection was lost after the statement was sent: it may have happened. */
enum db_result db_exec(struct db *db, const struct db_statement *statement,
    const struct db_value *values, size_t value_count, uint64_t *changed_r)
    __attribute__((warn_unused_result));

/* A transaction in progress: proof, in a signature, that a write is inside one. */
struct db_tx {
	struct db *db;
	struct arena
	    *arena; /* of this attempt; reset before the next one, also of the next transaction */
};

/* One attempt of a transaction. True commits, false rolls back with `error` set. It may be run
 * several times, so it must not keep anything from an attempt that failed. */
typedef bool (*db_transaction_fn)(struct db_tx *tx, void *context, struct error *error);

/* Run `fn` in a transaction, again and whole after DB_DEADLOCK (also of the COMMIT), at most
 * DB_TRANSACTION_ATTEMPTS times with jitter. False with `error` set by `fn`, or unavailable
 * ("store_busy" after the last attempt, "store_uncertain" when COMMIT lost its connection).
 *
 * A connection lost before the COMMIT counts as DB_DEADLOCK. Whatever `fn` makes of the results of
 * its statements: after DB_DEADLOCK no further statement of the attempt is sent, each gets
 * DB_DEADLOCK, and the attempt is rolled back; after DB_ERROR likewise each gets DB_ERROR, and the
 * transaction ends unavailable ("store_unavailable") or with the error `fn` set on returning false.
 * DB_CONFLICT leaves the transaction whole. A transaction within a transaction is refused
 * ("nested_transaction", internal). */
#define DB_TRANSACTION_ATTEMPTS 8
bool db_transaction(struct db *db, db_transaction_fn fn, void *context, struct error *error)
    __attribute__((warn_unused_result));

/* Turn a result that is neither DB_OK nor expected into an error (unavailable, with
 * `retry_after_s`); returns false. Codes: "store_conflict", "store_busy", "store_uncertain",
 * "too_much" for DB_TOO_LONG, "store_unavailable", and "store_unexpected" for DB_NONE. */
bool db_fail(enum db_result result, struct error *error);

/* True inside db_transaction. */
bool db_in_transaction(const struct db *db);

/* Run one text of SQL without values (migrations, grants, tests); not for rows, which are thrown
 * away. DB_UNCERTAIN as with db_exec. */
enum db_result db_run(struct db *db, const char *sql) __attribute__((warn_unused_result));

/* Prepare a statement without running it, so that a test can see that it is valid and allowed. */
enum db_result db_prepare(struct db *db, const struct db_statement *statement)
    __attribute__((warn_unused_result));

#endif
