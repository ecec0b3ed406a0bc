#!/bin/bash
# Run a command beside the tests' own MariaDB:  tests/support/with-database.sh build/tests/store/db_test
#
# The server is fast, not durable, and shared by every test program: each makes a database of its own
# (tests/support/database.h). It is started at the first use and left running for the next; stop it with
# tests/support/with-database.sh --stop. TEST_VAR names its folder (default build/var-test).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(readlink -m "${TEST_VAR:-$root/build/var-test}")
database=$root/app/run/database.sh

if [ "${1:-}" = --stop ]; then exec "$database" stop "$folder"; fi

mkdir -p "$folder"
export LETHE_TEST_DB_PASSWORD=test
(
	flock 9
	# Not inherited by the server, which would hold the lock for ever.
	LETHE_DB_OWNER_PASSWORD=test LETHE_DB_PASSWORD=test LETHE_DB_PRUNE_PASSWORD=test
	export LETHE_DB_OWNER_PASSWORD LETHE_DB_PASSWORD LETHE_DB_PRUNE_PASSWORD
	"$database" start "$folder" fast 9>&-
	if [ ! -e "$folder/users" ]; then
		# The owner creates and drops the databases of the tests, and may do what a fault test needs.
		"$database" users "$folder" '*' 9>&-
		touch "$folder/users"
	fi
) 9>"$folder/lock"
LETHE_TEST_DB_SOCKET=$("$database" socket "$folder")
export LETHE_TEST_DB_SOCKET
[ $# -gt 0 ] || exit 0
exec "$@"
