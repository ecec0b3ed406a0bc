#!/bin/bash
# Run a command beside a whole Lethe with the demo:  tests/support/with-server.sh node tests/e2e/trash_test.mjs
#
# Database, `lethe serve`, `lethe work` and nginx run on free ports with a data folder of their own, and are
# stopped and removed when the command ends. It finds in its environment:
#   LETHE_TEST_URL           http://127.0.0.1:PORT
#   LETHE_TEST_METRICS_URL   the listener of /metrics
#   LETHE_TEST_VAR           the data folder (mail/, logs/, storage/)
#   LETHE_TEST_ENV           its lethe.env, for `build/lethe work --once` and the like
#   LETHE_TEST_PROGRAM       the lethe program
# LETHE_* settings are passed on, so LETHE_DEMO=0 or LETHE_SMTP_URL=… work. KEEP_SERVER=1 keeps the data folder.
# Exit status 77 (skipped) if there is no program to run.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
export BUILD=${BUILD:-build}

if [ ! -x "$BUILD/lethe" ]; then
	echo "skipped: $BUILD/lethe has not been built"
	exit 77
fi

free() {
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
# Below the range from which the kernel takes ports for outgoing connections.
for _ in $(seq 100); do
	port=$((20000 + RANDOM % 6000 * 2))
	if free "$port" && free $((port + 1)); then break; fi
done

mkdir -p "$BUILD"
var=$(mktemp -d "$(readlink -f "$BUILD")/var-server-XXXXXX")
env LETHE_VAR="$var" LETHE_PORT="$port" LETHE_METRICS_PORT=$((port + 1)) \
    RUN_PREPARED=1 RUN_DATABASE="${RUN_DATABASE:-fast}" app/run/run.sh >"$var/run.log" 2>&1 &
server=$!

stop_server() {
	kill -TERM "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
}
finish() {
	local status=$?
	stop_server
	if [ -n "${KEEP_SERVER:-}" ]; then echo "The server's data folder is $var" >&2; else rm -rf "$var"; fi
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

while [ ! -e "$var/run/ready" ]; do
	if ! kill -0 "$server" 2>/dev/null; then
		echo "The server did not start:" >&2
		cat "$var/run.log" >&2
		exit 1
	fi
	sleep 0.05
done

env LETHE_TEST_URL="http://127.0.0.1:$port" LETHE_TEST_METRICS_URL="http://127.0.0.1:$((port + 1))" \
    LETHE_TEST_VAR="$var" LETHE_TEST_ENV="$var/lethe.env" LETHE_TEST_PROGRAM="$root/$BUILD/lethe" "$@" &
command=$!
status=0
wait "$command" || status=$?

# What the server's sanitizers and assertions had to say is a failure, too; leaks are told at the end.
stop_server
if grep -lE 'ERROR: (Address|Leak|Thread|UndefinedBehavior)Sanitizer|WARNING: ThreadSanitizer|runtime error:' \
    "$var"/logs/*.log >&2; then
	grep -hE -A 30 'Sanitizer|runtime error:' "$var"/logs/*.log | head -n 80 >&2
	status=1
fi
exit "$status"
