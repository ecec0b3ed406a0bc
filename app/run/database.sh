#!/bin/bash
# A private MariaDB for one data folder: a unix socket and nothing else, no system service.
#
#   database.sh serve FOLDER [durable|fast]   create it at first, then become its server, in the foreground
#   database.sh wait FOLDER                   wait until it answers
#   database.sh start FOLDER [durable|fast]   both, leaving the server in the background
#   database.sh stop FOLDER                   stop it cleanly and wait for its end
#   database.sh socket FOLDER                 print the path of its socket
#   database.sh sql FOLDER [ARGUMENT...]      the mariadb client, as the server's administrator
#   database.sh users FOLDER                  create database and users; passwords from the environment
#   database.sh grants FOLDER                 give the users the rights of sql/grants.sql
#
# `durable` is for data that matters, `fast` for tests: it may lose everything when the machine stops.
# DATABASE_OPTIONS holds further options of mariadbd. The administrator is the account of this
# system user, known by the socket (unix_socket), so there is no password to keep.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/paths.sh"

act=${1:?usage: database.sh serve|wait|start|stop|socket|sql|users|grants FOLDER}
folder=$(readlink -m "${2:?a data folder is needed}")
shift 2
data=$folder/db/data
run=$(paths_run_folder "$folder")
socket=$run/db.sock
pid_file=$folder/run/db.pid
administrator=$(id -un)
# The server refuses to run as root unless told to; a user of its own could not reach a folder below /root.
user=()
[ "$(id -u)" != 0 ] || user=(--user=root)

client() {
	mariadb --no-defaults --protocol=socket --socket="$socket" --user="$administrator" \
	    --default-character-set=utf8mb4 "$@"
}

# The server's process id if it runs on this data folder. A stale pid file may name any process.
running_pid() {
	local pid
	pid=$(cat "$pid_file" 2>/dev/null) || return 1
	tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -e "--datadir=$data" || return 1
	echo "$pid"
}

create() {
	rm -rf "$data.new"
	mkdir -p "$data.new"
	if ! mariadb-install-db --no-defaults "${user[@]}" --datadir="$data.new" --basedir=/usr \
	    --auth-root-authentication-method=socket --auth-root-socket-user="$administrator" \
	    --skip-test-db --skip-name-resolve >"$folder/db/install.log" 2>&1; then
		cat "$folder/db/install.log" >&2
		exit 1
	fi
	mv "$data.new" "$data"
}

serve() {
	local mode=${1:-durable} options
	# The one that an earlier run left behind may still be on its way out.
	for _ in $(seq 1200); do
		running_pid >/dev/null || break
		sleep 0.05
	done
	mkdir -p "$folder/db/tmp"
	chmod 700 "$folder/db"
	[ -d "$data" ] || create
	options=(--no-defaults "${user[@]}" --datadir="$data" --socket="$socket" --pid-file="$pid_file"
		--tmpdir="$folder/db/tmp" --log-error="$folder/db/error.log" --skip-networking --skip-log-bin
		--skip-name-resolve --performance-schema=OFF --default-time-zone=+00:00
		--character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci
		--sql-mode=STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE
		--max-allowed-packet=64M --max-connections=200)
	if [ "$mode" = fast ]; then
		options+=(--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-flush-method=nosync
			--innodb-buffer-pool-size=128M)
	else
		# One thread that clears away what was deleted: more would take every processor of a small machine.
		options+=(--innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=256M --innodb-purge-threads=1)
	fi
	# shellcheck disable=SC2206
	options+=(${DATABASE_OPTIONS:-})
	exec mariadbd "${options[@]}" >"$folder/db/out.log" 2>&1 </dev/null
}

# Wait until the server answers; with a process id, only as long as that lives.
wait_ready() {
	for _ in $(seq 1200); do
		if client -e 'SELECT 1' >/dev/null 2>&1; then return 0; fi
		[ -z "${1:-}" ] || kill -0 "$1" 2>/dev/null || break
		sleep 0.05
	done
	echo "The database did not start; the end of $folder/db/error.log, or of what came before it:" >&2
	tail -n 20 "$folder/db/error.log" 2>/dev/null >&2 ||
		tail -n 20 "$folder/db/install.log" "$folder/logs/database.log" 2>/dev/null >&2 || true
	return 1
}

start() {
	if running_pid >/dev/null && client -e 'SELECT 1' >/dev/null 2>&1; then return 0; fi
	setsid "$here/database.sh" serve "$folder" "${1:-durable}" &
	wait_ready $!
}

stop() {
	local pid
	if pid=$(running_pid); then
		kill "$pid"
		# The server removes its pid file at the end of a clean shutdown.
		for _ in $(seq 1200); do
			running_pid >/dev/null || break
			sleep 0.05
		done
		if running_pid >/dev/null; then
			echo "The database (process $pid) has not stopped within a minute." >&2
			exit 1
		fi
	fi
	paths_forget_run_folder "$folder"
}

# Passwords hold only letters and digits (run.sh makes them), names are fixed: nothing to escape.
users() {
	local name
	client -e "CREATE DATABASE IF NOT EXISTS lethe CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
	for name in owner:"$LETHE_DB_OWNER_PASSWORD" app:"$LETHE_DB_PASSWORD" prune:"$LETHE_DB_PRUNE_PASSWORD"; do
		client -e "CREATE USER IF NOT EXISTS 'lethe_${name%%:*}'@'localhost';
		    ALTER USER 'lethe_${name%%:*}'@'localhost' IDENTIFIED BY '${name#*:}'"
	done
	client -e "GRANT ALL PRIVILEGES ON ${1:-lethe}.* TO 'lethe_owner'@'localhost' WITH GRANT OPTION"
}

case $act in
serve) serve "$@" ;;
wait) wait_ready "$@" ;;
start) start "$@" ;;
stop) stop ;;
socket) echo "$socket" ;;
sql) client "$@" ;;
users) users "$@" ;;
grants) client lethe <"$root/sql/grants.sql" ;;
*)
	echo "database.sh: unknown act $act" >&2
	exit 2
	;;
esac
