# shellcheck shell=bash disable=SC2034,SC2154
# lib.sh - sourced by run.sh: a database with the data, Lethe and the bare program behind nginx, and load on them.

host=127.0.0.1
pids=()
folder=

note() { printf '  %s\n' "$*" >&2; }

die() {
	printf 'bench: %s\n' "$*" >&2
	exit 1
}

is_free() { ! (exec 3<>"/dev/tcp/$host/$1") 2>/dev/null; }

# Two free ports below the range from which the kernel takes them for outgoing connections: $port and the next.
take_ports() {
	for _ in $(seq 100); do
		port=$((20000 + RANDOM % 6000 * 2))
		if is_free "$port" && is_free $((port + 1)); then return 0; fi
	done
	die "no free port"
}

# Start a process of ours, without the lock of run.sh; its id is in $started.
launch() {
	local name=$1
	shift
	setsid "$@" </dev/null >"$var/logs/$name.log" 2>&1 9>&- &
	started=$!
	pids+=("$started")
}

# End one, and wait for it.
end() {
	kill "${2:--TERM}" "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

end_all() {
	local i
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do end "${pids[i]}"; done
	[ -z "$folder" ] || "$root/app/run/database.sh" stop "$folder"
}

database_socket() { "$root/app/run/database.sh" socket "$folder"; }
sql() { "$root/app/run/database.sh" sql "$folder" lethe -N "$@"; }

# use_data pages|acts: work with that data from now on, in $folder; only its database runs.
use_data() {
	local wanted=$var
	[ "$1" = pages ] || wanted=$var/$1
	[ "$wanted" != "$folder" ] || return 0
	stop_lethe
	[ -z "$folder" ] || "$root/app/run/database.sh" stop "$folder"
	folder=$wanted
	mkdir -p "$folder"
	export LETHE_DB_SOCKET LETHE_KEYS=$folder/keys
	LETHE_DB_SOCKET=$(database_socket)
	"$root/tests/bench/data.sh" "$folder" "$1" 9>&-
}

# front NAME SOCKET: an nginx of Lethe's configuration before that socket, at http://$host:$port.
front() {
	local folder=$var/$1
	mkdir -p "$folder/logs" "$folder/run" "$folder/nginx"
	take_ports
	LETHE_SOCKET=$2 LETHE_PORT=$port LETHE_METRICS_PORT=$((port + 1)) "$root/app/run/nginx-conf.sh" "$folder" >"$folder/nginx.conf"
	launch "nginx-$1" nginx -e "$folder/logs/nginx-error.log" -p "$folder" -c "$folder/nginx.conf" -g 'daemon off;'
	for _ in $(seq 100); do
		is_free "$port" || return 0
		sleep 0.05
	done
	die "nginx did not start; see $folder/logs"
}

wait_socket() {
	for _ in $(seq 200); do
		[ ! -S "$1" ] || return 0
		kill -0 "$2" 2>/dev/null || break
		sleep 0.05
	done
	die "no program at $1; see $var/logs"
}

# Lethe with a front of its own: $lethe_url, and its process in $lethe_pid.
start_lethe() {
	[ -z "${lethe_pid:-}" ] || return 0
	rm -f "$LETHE_SOCKET"
	launch serve "$LETHE" serve
	lethe_pid=$started
	wait_socket "$LETHE_SOCKET" "$lethe_pid"
	if [ -z "${lethe_url:-}" ]; then
		front lethe "$LETHE_SOCKET"
		lethe_url=http://$host:$port
	fi
}

stop_lethe() {
	[ -n "${lethe_pid:-}" ] || return 0
	end "$lethe_pid"
	lethe_pid=
}

# bare ANSWER PLAN: the bare program with a front of its own: $bare_url.
start_bare() {
	local socket=$run/bare.sock
	rm -f "$socket"
	setsid "$BUILD/tests/bench/bare" "$socket" "$LETHE_THREADS" "$1" <"$2" >"$var/logs/bare.log" 2>&1 9>&- &
	bare_pid=$!
	pids+=("$bare_pid")
	wait_socket "$socket" "$bare_pid"
	if [ -z "${bare_url:-}" ]; then
		front bare "$socket"
		bare_url=http://$host:$port
	fi
}

stop_bare() {
	end "$bare_pid" -KILL
}

# --- people ----------------------------------------------------------------------------------

# The id of a row as data.sh makes it: uuid KIND MILLISECONDS NUMBER, in hex; dashed with_dashes.
hex_id() { printf '%012X7%s8%015X' "$2" "$1" "$3"; }
with_dashes() { sed -E 's/(.{8})(.{4})(.{4})(.{4})(.{12})/\L\1-\2-\3-\4-\5/' <<<"$1"; }

began_ms=1672000000000
organization_id() { hex_id 001 $began_ms "$1"; }
admin_id() { hex_id 002 $began_ms "$1"; }
member_id() { hex_id 003 $began_ms "$(($1 * 1000 + 1))"; }
trashed_id() { hex_id 010 $((1672531200000 + $2 * 15000)) $(($1 * 100000000 + $2)); }
live_id() { hex_id 011 $((1688169600000 + $2 * 15000)) $(($1 * 100000000 + $2)); }
request_id() { hex_id 017 $((1704067200000 + $2 * 15000)) $(($1 * 100000000 + $2)); }
deletion_id() { hex_id 012 $((1704067200000 + $2 * 15000)) $(($1 * 100000000 + $2)); }

hash_of() { basenc -d --base64url <<<"$1=" | b2sum -l 256 | cut -d' ' -f1; }

# Sign a user in without a password, and print the token of the session.
sign_in() {
	local token now
	token=$(head -c 32 /dev/urandom | basenc --base64url -w0 | tr -d =)
	now=$(date -u '+%F %T.%6N')
	sql -e "INSERT INTO sessions (token_hash, id, user_id, csrf_secret, created_at, seen_at) VALUES
	    (UNHEX('$(hash_of "$token")'), RANDOM_BYTES(16), UNHEX('$1'), RANDOM_BYTES(32), '$now', '$now')"
	echo "$token"
}

# --- load ------------------------------------------------------------------------------------

# load URL TOKEN SECONDS CONNECTIONS: sets rate (requests per second), middle, p99 and longest (milliseconds),
# unavailable (answers by 503), failed (other answers that are none) and broken (connections).
load() {
	local found
	found=$(wrk -t1 -c"$4" -d"$3" --timeout 20s -s "$root/tests/bench/report.lua" -H "Cookie: session=$2" "$1" | grep '^report ') ||
		die "wrk did not report on $1"
	read -r _ rate middle p99 longest unavailable failed broken <<<"$found"
}

# The same where nothing but answers will do.
load_well() {
	load "$@"
	[ "$unavailable $failed $broken" = "0 0 0" ] ||
		die "$1: $unavailable answers by 503, $failed other errors, $broken broken connections"
}

# get URL TOKEN: the answer's body; the head goes to $var/head.
get() { curl -sS -f --max-time 20 -D "$var/head" -H "Cookie: session=$2" "$1"; }

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# The processor time that a process has used, in milliseconds (of which the kernel counts every tenth).
processor_time() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); print ($12 + $13) * 1000 / hz }' "/proc/$1/stat"; }

# cost PID URL TOKEN: microseconds of a process for each request of a short load.
cost() {
	local before
	before=$(processor_time "$1")
	load_well "$2" "$3" 3 16
	awk -v a="$before" -v b="$(processor_time "$1")" -v n="$(awk -v r="$rate" 'BEGIN { print r * 3 }')" 'BEGIN { printf "%.0f", (b - a) * 1000 / n }'
}

# compare URL_A TOKEN_A URL_B TOKEN_B: set ratio to the requests per second of A by those of B. They take turns in short
# runs, so that what else the machine does falls on both; the median of the rounds counts.
compare() {
	local i a b=0 ratios=()
	load_well "$1" "$2" 1 16
	load_well "$3" "$4" 1 16
	for ((i = 0; i < rounds; i++)); do
		load_well "$1" "$2" "$seconds" 16
		a=$rate
		load_well "$3" "$4" "$seconds" 16
		b=$rate
		ratios+=("$(awk -v a="$a" -v b="$b" 'BEGIN { print a / b }')")
		[ -z "${BENCH_VERBOSE:-}" ] || note "$a against $b requests per second"
	done
	ratio=$(printf '%s\n' "${ratios[@]}" | median)
	last_rates="$a against $b"
}

# --- results ---------------------------------------------------------------------------------

missed=0

# result NAME VALUE TARGET: VALUE must be at least TARGET, or at most where TARGET begins with "<".
result() {
	local verdict
	verdict=$(awk -v v="$2" -v t="$3" 'BEGIN { at_most = sub(/^</, "", t); v += 0; t += 0
		print (at_most ? v <= t : v >= t) ? "met" : "missed" }')
	[ "$verdict" = met ] || missed=1
	printf 'bench %s %s %s %s\n' "$1" "$2" "${3#<}" "$verdict"
}

# result_of_two NAME VALUES TARGETS: the same of two figures with a comma between; none may be above its target.
result_of_two() {
	local verdict=met
	awk -v v="$2" -v t="$3" 'BEGIN { split(v, a, ","); split(t, b, ","); exit !(a[1] + 0 <= b[1] + 0 && a[2] + 0 <= b[2] + 0) }' ||
		verdict=missed missed=1
	printf 'bench %s %s %s %s\n' "$1" "$2" "$3" "$verdict"
}

least() { printf '%s\n' "$@" | sort -g | head -n 1; }
