#!/bin/bash
# `make run`: everything Lethe needs, in the foreground, until Ctrl-C or SIGTERM.
#
#   LETHE_PORT           where the site is (8080)
#   LETHE_METRICS_PORT   where /metrics is, on the loopback (LETHE_PORT + 1)
#   LETHE_VAR            the data folder (var)
#   LETHE_DEMO=0         do not load the demo on the first start
#
# Other LETHE_* settings are passed on. All of them are written to LETHE_VAR/lethe.env. Tests also set
# RUN_DATABASE=fast (a database that need not survive the machine) and RUN_PREPARED=1 (all is installed and built).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

# A shell cannot trap a signal that was ignored when it began, as SIGINT is in a background job.
if [ "${1:-}" != --in-foreground ]; then
	exec env --default-signal=INT,TERM,HUP "$here/run.sh" --in-foreground
fi
. "$here/paths.sh"
cd "$root"

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

# --- settings ------------------------------------------------------------------------------

lethe=${BUILD:-build}/lethe
var=$(readlink -m "${LETHE_VAR:-var}")
port=${LETHE_PORT:-8080}
metrics_port=${LETHE_METRICS_PORT:-$((port + 1))}
names=() pids=() stopping=

check_settings() {
	local number
	for number in "$port" "$metrics_port"; do
		[[ $number =~ ^[0-9]{1,5}$ ]] && [ "$number" -ge 1 ] && [ "$number" -le 65535 ] ||
			die "LETHE_PORT and LETHE_METRICS_PORT are numbers from 1 to 65535, not \"$number\"."
	done
	[ "$port" != "$metrics_port" ] || die "LETHE_PORT and LETHE_METRICS_PORT must differ."
	[[ $var$root =~ ^[-[:alnum:]_./\ @+,=~]*$ ]] ||
		die "nginx cannot work in a folder whose name has other signs than letters, digits, spaces and - _ . @ + , = ~"
}

# Two runs on one folder would share a database and its files.
take_folder() {
	mkdir -p "$var/logs" "$var/nginx" "$var/run"
	exec 9>>"$var/run/lock"
	flock -n 9 || die "Lethe already runs on $var (process $(cat "$var/run/run.pid" 2>/dev/null || echo unknown)). Stop that one, or set LETHE_VAR and LETHE_PORT."
	echo $$ >"$var/run/run.pid"
	rm -f "$var/run/ready"
	run=$(paths_run_folder "$var")
}

check_port() {
	if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then
		die "Port $2 is taken by another program. Set $1 to a free one, for example: $1=$(($2 + 10)) make run"
	fi
}

random_password() {
	head -c 24 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9'
}

# A password of the last start, or a new one.
password() {
	local old=
	# shellcheck disable=SC1091
	[ ! -r "$var/lethe.env" ] || old=$(. "$var/lethe.env" && printf '%s' "${!1:-}")
	[[ $old =~ ^[a-zA-Z0-9]{20,}$ ]] || old=$(random_password)
	printf '%s' "$old"
}

settings() {
	local name
	export LETHE_VAR=$var LETHE_PORT=$port LETHE_METRICS_PORT=$metrics_port LETHE_DEMO=${LETHE_DEMO:-1}
	export LETHE_DB_SOCKET=$run/db.sock LETHE_DB_NAME=lethe
	export LETHE_DB_USER=lethe_app LETHE_DB_OWNER_USER=lethe_owner LETHE_DB_PRUNE_USER=lethe_prune
	for name in LETHE_DB_PASSWORD LETHE_DB_OWNER_PASSWORD LETHE_DB_PRUNE_PASSWORD; do
		declare -gx "$name=$(password $name)"
	done
	export LETHE_SOCKET=$run/lethe.sock
	export LETHE_STORAGE=${LETHE_STORAGE:-$var/storage} LETHE_KEYS=${LETHE_KEYS:-$var/keys}
	export LETHE_BASE_URL=${LETHE_BASE_URL:-http://127.0.0.1:$port}
	(
		umask 077
		{
			echo "# The environment of the running system. Use it: set -a; . ${var/#$root\//}/lethe.env; $lethe work --once"
			for name in $(compgen -e | grep '^LETHE_' | grep -v '^LETHE_TEST_'); do
				printf "%s='%s'\n" "$name" "${!name//\'/\'\\\'\'}"
			done
		} >"$var/lethe.env.new"
		mv "$var/lethe.env.new" "$var/lethe.env"
	)
}

# --- processes -----------------------------------------------------------------------------

# Start a process of ours: out of the reach of Ctrl-C, which is for this script to handle, and told to
# stop should this script be killed.
launch() {
	local name=$1
	shift
	setsid setpriv --pdeathsig TERM "$@" 9>&- </dev/null >>"$var/logs/$name.log" 2>&1 &
	names+=("$name") pids+=($!)
}

# halt SIGNAL SECONDS NAME...: signal these processes, wait for them, and end those that do not follow.
halt() {
	local signal=$1 seconds=$2 i name deadline
	shift 2
	for name in "$@"; do
		for i in "${!names[@]}"; do
			[ "${names[i]}" != "$name" ] || kill "-$signal" "${pids[i]}" 2>/dev/null || true
		done
	done
	deadline=$((SECONDS + seconds))
	for name in "$@"; do
		for i in "${!names[@]}"; do
			[ "${names[i]}" = "$name" ] || continue
			while kill -0 "${pids[i]}" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.05; done
			if kill -0 "${pids[i]}" 2>/dev/null; then
				echo "$name did not stop within $seconds seconds and was killed." >&2
				kill -KILL "${pids[i]}" 2>/dev/null || true
			fi
			wait "${pids[i]}" 2>/dev/null || true
		done
	done
}

# The front first, so that nobody is cut off; the database last, when nobody uses it.
stop_all() {
	trap '' INT TERM HUP
	rm -f "$var/run/ready"
	halt QUIT 8 nginx
	halt TERM 12 serve work
	halt TERM 60 database
	paths_forget_run_folder "$var"
	rm -f "$var/run/run.pid"
}

on_signal() {
	stopping=1
	echo "Stopping." >&2
	exit 0
}

answers() {
	local status
	status=$( (exec 3<>"/dev/tcp/127.0.0.1/$port" &&
		printf 'GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3 && head -c 12 <&3) 2>/dev/null) || return 1
	[ "$status" = "HTTP/1.1 200" ]
}

# Name the first of our processes that has ended, if any.
ended_process() {
	local i
	for i in "${!pids[@]}"; do
		kill -0 "${pids[i]}" 2>/dev/null || { echo "${names[i]}"; return 0; }
	done
	return 1
}

report_end() {
	local log=$var/logs/$1.log
	[ "$1" != database ] || log=$var/db/error.log
	[ "$1" != nginx ] || [ -s "$log" ] || log=$var/logs/nginx-error.log
	echo "The process \"$1\" has ended; stopping the others. The end of $log:" >&2
	tail -n 8 "$log" >&2 || true
}

wait_ready() {
	local name
	for _ in $(seq 600); do
		if answers; then return 0; fi
		if name=$(ended_process); then
			report_end "$name"
			exit 1
		fi
		sleep 0.05
	done
	die "No answer from http://127.0.0.1:$port/readyz within 30 seconds. See $var/logs."
}

prepare_database() {
	launch database "$here/database.sh" serve "$var" "${RUN_DATABASE:-durable}"
	"$here/database.sh" wait "$var" "${pids[0]}" || exit 1
	"$here/database.sh" users "$var"
	"$lethe" migrate || die "The database could not be brought to this version's schema."
	"$here/database.sh" grants "$var"
	if [ ! -e "$var/started" ]; then
		if [ "$LETHE_DEMO" != 0 ]; then
			echo "Loading the demo." >&2
			"$lethe" demo || die "The demo could not be loaded. To begin again, remove $var."
			touch "$var/demo"
		fi
		touch "$var/started"
	fi
}

greet() {
	cat <<TXT

Lethe is at $LETHE_BASE_URL  (metrics: http://127.0.0.1:$metrics_port/metrics)
TXT
	if [ -e "$var/demo" ]; then cat <<'TXT'

Demo accounts, all with the password lethe-demo-1
  admin@alder.example      admin of Alder Farm Collective (admin2@alder.example too)
  ada@alder.example        member with photos (ben@alder.example too)
  shop@alder.example       owner of the site Alder Farm Shop
  creator@alder.example    creator of quests and adventures
  admin@birch.example      admin of Birch Archive; mia@birch.example is a member
  platform@lethe.example   platform admin
TXT
	fi
	cat <<TXT

Mail goes to ${LETHE_SMTP_URL:-$var/mail}, logs to $var/logs. Ctrl-C stops everything.
TXT
}

# --- the run -------------------------------------------------------------------------------

check_settings
if [ -z "${RUN_PREPARED:-}" ]; then
	"$here/install.sh" run
	${MAKE:-make} --no-print-directory -j"$(nproc)" all
fi
[ -x "$lethe" ] || die "$lethe has not been built."
take_folder
check_port LETHE_PORT "$port"
check_port LETHE_METRICS_PORT "$metrics_port"
settings
"$here/nginx-conf.sh" "$var" >"$var/nginx.conf"
trap on_signal INT TERM HUP
trap stop_all EXIT

prepare_database
launch serve "$lethe" serve
launch work "$lethe" work
launch nginx nginx -e "$var/logs/nginx-error.log" -p "$var" -c "$var/nginx.conf" -g 'daemon off;'
wait_ready
touch "$var/run/ready"
greet

wait -n "${pids[@]}" 2>/dev/null || true
[ -n "$stopping" ] || report_end "$(ended_process || echo unknown)"
exit 1
