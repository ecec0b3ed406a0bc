/* statement.h - prepared statements of a connection. */
#ifndef LETHE_DB_STATEMENT_H
#define LETHE_DB_STATEMENT_H

#include "connection.h"

/* Forget every prepared statement, at the server too if the connection lives. */
void statement_forget_all(struct db *db);

/* Make the values of a call ready for the statement: one MYSQL_BIND for each, in db->values; they
 * point into `values`, which must live until it is executed. NULL where there are none. */
MYSQL_BIND *values_bind(struct db *db, const struct db_value *values, size_t count)
    __attribute__((warn_unused_result));

/* Bind the columns of a statement to db->columns: when it was prepared, and again when it was
 * executed if its types turned out otherwise (of a value selected as it is, or of a table altered
 * since). False if it has too many columns, or libmariadb refuses. */
bool rows_bind(struct db *db, struct prepared *prepared) __attribute__((warn_unused_result));

/* Read all rows of the statement just executed into `arena`. False on an error of the statement. */
bool rows_read(struct db *db, struct prepared *prepared, struct arena *arena,
    struct db_rows *rows_r) __attribute__((warn_unused_result));

#endif
