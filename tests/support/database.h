/* database.h - a database of its own for a test program, on the tests' MariaDB.
 *
 * The server is the one that tests/support/with-database.sh starts (`make test` does). Every
 * function here ends the program with a message when it fails: a test cannot go on without its
 * database. */
#ifndef LETHE_TESTS_DATABASE_H
#define LETHE_TESTS_DATABASE_H

#include <db/db.h>

struct test_database;

/* Who connects: with all rights; as the application; as the audit log's pruning. */
enum test_role { TEST_OWNER, TEST_APP, TEST_PRUNE, TEST_ROLE_COUNT };

/* Exit status of a test program that was skipped, known to tests/run.sh. */
#define TEST_SKIPPED 77

/* A new database with the schema of sql/ and the rights of sql/grants.sql. Databases that ended
 * programs left behind are dropped. Without LETHE_TEST_DB_SOCKET in the environment the program
 * says that it is skipped and why, and exits with TEST_SKIPPED. */
struct test_database *test_database_open(void) __attribute__((warn_unused_result));

/* The same without tables or rights, for tests of migrations. */
struct test_database *test_database_open_empty(void) __attribute__((warn_unused_result));

/* A new connection as `role`; the caller closes it with db_close. */
struct db *test_database_connect(const struct test_database *database, enum test_role role)
    __attribute__((warn_unused_result));

/* How to connect as `role`; texts live as long as `database`. */
struct db_options test_database_options(const struct test_database *database, enum test_role role);

/* Delete every row of every table but the list of migrations, so that the next test starts empty.
 */
void test_database_clear(const struct test_database *database);

/* Drop the database, free and null the handle. NULL is fine. */
void test_database_close(struct test_database **database);

#endif
