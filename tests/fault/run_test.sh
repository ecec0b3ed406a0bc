#!/bin/bash
# `make run`: it starts, refuses what it must, stops what it started and nothing else, and goes on with its data.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/support/check.sh
export BUILD=${BUILD:-build}
[ -x "$BUILD/lethe" ] || { echo "skipped: $BUILD/lethe has not been built"; exit 77; }
for name in $(compgen -e | grep '^LETHE_'); do unset "$name"; done

base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
export RUN_PREPARED=1 RUN_DATABASE=fast LETHE_DEMO=0
export LETHE_PORT=$((20000 + RANDOM % 6000 * 2))
var=$base/var
log=$base/run.log

# start [COMMAND...]: run it in the background and wait until it is ready or has ended.
start() {
	rm -f "$LETHE_VAR/run/ready"
	app/run/run.sh >"$log" 2>&1 &
	runner=$!
	for _ in $(seq 1200); do
		[ ! -e "$LETHE_VAR/run/ready" ] || return 0
		kill -0 "$runner" 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}
answers() { [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$LETHE_PORT/readyz")" = 200 ]; }
# Every process that works on the folder: none is left after a stop. (Not this test and its children.)
processes() { pgrep -f -- "$1" | grep -vx -e $$ -e "$BASHPID"; }
child() { pgrep -P "$(cat "$LETHE_VAR/run/run.pid")" -f "$1"; }
ended() { for _ in $(seq 300); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.1; done; return 1; }
sql() { app/run/database.sh sql "$LETHE_VAR" lethe -N -e "$1"; }

export LETHE_VAR=$var
check "it starts" start
check "it answers" answers
check "it says where" grep -q "http://127.0.0.1:$LETHE_PORT" "$log"
check "only its user reads the passwords" test "$(stat -c %a "$var/lethe.env")" = 600
check "its environment is enough for the program" \
    bash -c "set -a; . '$var/lethe.env'; exec '$BUILD/lethe' work --once"
sql 'CREATE TABLE kept (n INT)'
passwords=$(grep PASSWORD "$var/lethe.env")

check_not "a second run on the folder is refused" env LETHE_PORT=$((LETHE_PORT + 100)) app/run/run.sh
check "and does not disturb the first" answers
LETHE_VAR=$base/other app/run/run.sh >"$base/other.log" 2>&1
check "a port that is taken is refused" grep -q "Port $LETHE_PORT is taken" "$base/other.log"
check "before anything is started" test -z "$(processes "$base/other")"
check_not "a port that is none is refused" env LETHE_PORT=80800 LETHE_VAR="$base/other" app/run/run.sh

sleep 60 &
other=$!
kill -TERM "$runner"
check "SIGTERM stops it" ended "$runner"
check "and all it started" test -z "$(processes "$var/")"
check "and nothing else" kill -0 "$other"
kill "$other"

check "it starts again" start
check "with the same data" sql 'SELECT * FROM kept'
check "and the same passwords" test "$(grep PASSWORD "$var/lethe.env")" = "$passwords"
for name in serve work; do
	kill -KILL "$(child "lethe $name")"
	check "when $name dies, it stops" ended "$runner"
	check "and says that it was $name" grep -q "\"$name\" has ended" "$log"
	check "and stops the others" test -z "$(processes "$var/")"
	check "and can start again" start
done
kill -KILL "$(child mariadbd)"
check "when the database dies, it stops" ended "$runner"
check "and says so" grep -q '"database" has ended' "$log"
check "and can start again" start
kill -KILL "$runner"
for _ in $(seq 200); do [ -n "$(processes "$var/")" ] || break; sleep 0.1; done
check "when it is killed, all it started stops by itself" test -z "$(processes "$var/")"
check "and it can start again" start
kill -INT "$runner"
check "SIGINT stops it, although it is in the background" ended "$runner"

# A socket's path ends after 107 bytes; folders go deeper.
deep=$base/$(printf 'deep%.0s' $(seq 25))/$(printf 'deep%.0s' $(seq 25))
export LETHE_VAR
LETHE_VAR=$(realpath -m --relative-to=. "$deep")
check "it starts in a deep folder with a relative name" start
check "and answers" answers
kill -TERM "$runner"
check "and stops" ended "$runner"
check "and leaves nothing in /tmp" test -z "$(find /tmp -maxdepth 1 -name 'lethe-*' -lname "$base/*")"
check_end
