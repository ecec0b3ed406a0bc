# shellcheck shell=bash disable=SC2034,SC2154
# acts.sh - sourced by run.sh: how fast things are deleted, marked and purged, and what others feel of it. Every row
# begins with a clean copy of the data that data.sh keeps for it, its indexes read once.

# A server for a million photos has room for them; both sides of each row have the same.
acts_options="--innodb-buffer-pool-size=2G --innodb-log-file-size=512M"
doomed=${BENCH_DOOMED:-1000000}
held_ms=1720000000000

project_id() { hex_id 004 "$began_ms" $((3000 + $1)); }
held_id() { hex_id 021 $((held_ms + $2 * 15000)) $(($1 * 100000000 + $2)); }

# A clean copy of the data, and its database.
fresh_acts() {
	local table index
	stop_lethe
	"$root/app/run/database.sh" stop "$folder"
	rm -rf "$folder/db/data"
	cp -a --reflink=auto "$folder/kept" "$folder/db/data"
	DATABASE_OPTIONS=$acts_options "$root/app/run/database.sh" start "$folder" "${BENCH_DATABASE:-durable}" 9>&-
	while read -r table index; do
		echo "SELECT COUNT(*) FROM $table FORCE INDEX ($index);"
	done < <(sql -e "SELECT DISTINCT table_name, index_name FROM information_schema.statistics
	    WHERE table_schema = 'lethe' AND table_name IN ('photos', 'files', 'photo_tags', 'deletions')") | sql >/dev/null
	sql -e 'SELECT SUM(LENGTH(title)) FROM photos; SELECT SUM(bytes) FROM files' >/dev/null
}

# Wait until the server has removed what was deleted before.
settle() {
	for _ in $(seq 600); do
		[ "$(sql -e "SELECT variable_value FROM information_schema.global_status
		    WHERE variable_name = 'INNODB_HISTORY_LIST_LENGTH'")" -gt 50 ] || return 0
		sleep 0.1
	done
	die "the server does not get done with what was deleted"
}

# timed COMMAND...: its duration in $elapsed, milliseconds.
timed() {
	local begun=${EPOCHREALTIME/./}
	"$@"
	elapsed=$(((${EPOCHREALTIME/./} - begun) / 1000))
}

per_second() { awk -v rows="$1" -v ms="$2" 'BEGIN { printf "%.0f", rows * 1000 / ms }'; }
fraction() { awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'; }
load_of_machine() { cut -d' ' -f1 /proc/loadavg; }

# --- the answer ------------------------------------------------------------------------------

# The admin of the doomed, signed in: $doomer and $csrf.
sign_in_doomer() {
	doomer=$(sign_in "$(admin_id 3)")
	csrf=$(get "$lethe_url/trash" "$doomer" | sed -nE 's/.*name="csrf" value="([^"]+)".*/\1/p' | head -n 1)
}

# delete_project NUMBER: through the API, photos included; the time to the answer in $answered, milliseconds.
delete_project() {
	local seconds
	seconds=$(curl -sS -f --max-time 60 -X DELETE -o "$var/deleted" -w '%{time_total}' -H "Cookie: session=$doomer" \
	    -H "X-CSRF-Token: $csrf" -H 'Content-Type: application/json' \
	    -d "{\"photo_action\":\"delete\",\"confirmation\":\"Project $(($1 - 1))\"}" \
	    "$lethe_url/api/projects/$(with_dashes "$(project_id "$1")")") || die "project $1 could not be deleted"
	answered=$(awk -v s="$seconds" 'BEGIN { printf "%.2f", s * 1000 }')
}

# undelete_project NUMBER: as if nothing had happened. What the act has marked itself is few.
undelete_project() {
	sql -e "SELECT id INTO @gone FROM deletions WHERE item_id = UNHEX('$(project_id "$1")');
	    UPDATE photos SET deleted_at = NULL, deletion_id = NULL WHERE deletion_id = @gone;
	    UPDATE projects SET deleted_at = NULL, deletion_id = NULL WHERE id = UNHEX('$(project_id "$1")');
	    DELETE FROM deletions WHERE id = @gone"
}

row_delete_latency() {
	local large=() small=() i
	fresh_acts
	start_lethe
	sign_in_doomer
	for ((i = 0; i < 5 * rounds; i++)); do
		delete_project 1
		large+=("$answered")
		[ "$(sql -e "SELECT state FROM deletions WHERE item_id = UNHEX('$(project_id 1)')")" = marking ] ||
			die "delete_latency: the large deletion was not left to the worker"
		undelete_project 1
		delete_project 2
		small+=("$answered")
		undelete_project 2
	done
	a=$(printf '%s\n' "${large[@]}" | median) b=$(printf '%s\n' "${small[@]}" | median)
	ratio=$(fraction "$a" "$b")
	note "delete_latency: $a ms for $doomed photos, $b ms for 100; at most $(printf '%s\n' "${large[@]}" | sort -g | tail -n 1) ms; load $(load_of_machine)"
	result_of_two delete_latency "$(printf '%.1fms,%.2fx' "$a" "$ratio")" 20ms,2x
}

# --- marking ---------------------------------------------------------------------------------

# Purging is measured at its full pace, that of `lethe purge`; a worker that nobody waits for rests between its
# steps (worker/worker.h), which is what the row interference measures. Marking has one pace.

# What marking cannot do without: updates of ranges of the primary key, of as many rows as a step, each committed.
bare_marking() {
	local from=1 upto
	echo "SELECT id INTO @gone FROM deletions WHERE organization_id = UNHEX('$(organization_id 3)') LIMIT 1;"
	for (( ; from <= doomed; from = upto + 1)); do
		upto=$((from + 999 < doomed ? from + 999 : doomed))
		echo "UPDATE photos SET deleted_at = '2024-06-01', deletion_id = @gone WHERE id >= UNHEX('$(held_id 1 "$from")') AND id <= UNHEX('$(held_id 1 "$upto")');"
	done
}

# The project's deletion, marked to its end.
mark_project() {
	"$LETHE" work --once >"$var/logs/work.log" 2>&1 9>&- || die "the worker failed; see $var/logs/work.log"
	[ "$(sql -e "SELECT state, photo_count FROM deletions WHERE item_id = UNHEX('$(project_id 1)')")" = "trashed	$doomed" ] ||
		die "not all photos are marked"
}

row_marking() {
	local ours bare ratios=() i
	bare_marking >"$var/bare-marking.sql"
	for ((i = 0; i < act_rounds; i++)); do
		fresh_acts
		start_lethe
		sign_in_doomer
		delete_project 1
		stop_lethe
		timed mark_project
		ours=$(per_second "$doomed" "$elapsed")
		fresh_acts
		timed sql <"$var/bare-marking.sql"
		bare=$(per_second "$doomed" "$elapsed")
		[ "$(sql -e "SELECT COUNT(*) FROM photos WHERE project_id = UNHEX('$(project_id 1)') AND shelf = 2")" = "$doomed" ] ||
			die "marking: the bare loop has not marked all"
		ratios+=("$(fraction "$ours" "$bare")")
		note "marking: $ours rows per second, $bare by the bare loop; load $(load_of_machine)"
	done
	result marking "$(printf %.2f "$(printf '%s\n' "${ratios[@]}" | median)")" 0.8
}

# --- purging ---------------------------------------------------------------------------------

# Photos, files and tags of a project: rows_of_project NUMBER.
rows_of_project() {
	sql -e "SELECT COUNT(DISTINCT p.id) + COUNT(DISTINCT f.id) + COUNT(t.tag_id) FROM photos p LEFT JOIN files f ON f.owner_id = p.id
	    LEFT JOIN photo_tags t ON t.photo_id = p.id WHERE p.project_id = UNHEX('$(project_id "$1")')"
}

# run_for PID MILLISECONDS: let a stopped process run for so long, or to its end; adds to ${ran[PID]}.
run_for() {
	local begun=${EPOCHREALTIME/./} ms=0
	kill -CONT "$1"
	while [ "$ms" -lt "$2" ] && is_running "$1"; do
		sleep 0.02
		ms=$(((${EPOCHREALTIME/./} - begun) / 1000))
	done
	kill -STOP "$1" 2>/dev/null || true
	ran[$1]=$((${ran[$1]:-0} + ms))
}

is_running() { [ "$(awk '{ sub(/^.*\) /, ""); print $1 }' "/proc/$1/stat" 2>/dev/null || echo Z)" != Z ]; }

# in_turns PID PID: let two stopped processes take turns until both are done, so that what else the machine does falls
# on both.
in_turns() {
	ran=([$1]=0 [$2]=0)
	while is_running "$1" || is_running "$2"; do
		for pid in "$1" "$2"; do
			! is_running "$pid" || run_for "$pid" 500
		done
	done
	wait "$1" || die "a process failed; see $var/logs"
	wait "$2" || die "a process failed; see $var/logs"
}

archive_options=(--purge --where "deleted_at < '2030-01-01'" --bulk-delete --limit 1000 --commit-each --no-safe-auto-increment --no-check-charset)
source_of() { echo "h=localhost,S=$(database_socket),u=$(id -un),D=pt,t=$1"; }

# Tables of $removed rows for pt-archiver: photos as they are, with as many foreign keys that point at them (from empty
# tables), since a server looks into each of those for every row it removes; and a plain one with one index.
archive_tables() {
	local child
	removed=$(rows_of_project 3)
	sql -e "CREATE DATABASE pt;
	    CREATE TABLE pt.photos LIKE photos;
	    CREATE TABLE pt.plain (id BIGINT PRIMARY KEY AUTO_INCREMENT, kind VARCHAR(20), deleted_at DATETIME NOT NULL,
	      payload VARCHAR(1000), KEY (deleted_at)) DEFAULT CHARSET utf8mb4;
	    SET foreign_key_checks = 0, unique_checks = 0;
	    SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) INTO @columns FROM information_schema.columns
	      WHERE table_schema = 'lethe' AND table_name = 'photos' AND extra NOT LIKE '%GENERATED%';
	    SELECT id INTO @gone FROM deletions WHERE item_id = UNHEX('$(project_id 3)');
	    SET @copy = CONCAT('INSERT INTO pt.photos (', @columns, ') SELECT ', REPLACE(REPLACE(@columns, ',deleted_at', ',''2024-06-01'''), ',deletion_id', ',@gone'),
	      ' FROM photos WHERE organization_id = UNHEX(''$(organization_id 3)'') ORDER BY id LIMIT $removed');
	    PREPARE copy FROM @copy; EXECUTE copy;
	    INSERT INTO pt.plain (kind, deleted_at, payload) SELECT 'doc', '2024-01-01' + INTERVAL seq SECOND, REPEAT('x', 400) FROM seq_1_to_$removed;
	    ANALYZE TABLE pt.photos, pt.plain" >/dev/null
	for child in $(sql -e "SELECT constraint_name FROM information_schema.key_column_usage
	    WHERE referenced_table_schema = 'lethe' AND referenced_table_name = 'photos' ORDER BY 1"); do
		sql -e "CREATE TABLE pt.$child (id BIGINT PRIMARY KEY, photo_id BINARY(16), KEY (photo_id),
		    FOREIGN KEY (photo_id) REFERENCES pt.photos (id))"
	done
}

row_purge() {
	local ours theirs archiver shares=() i
	local -A ran=()
	for ((i = 0; i < act_rounds; i++)); do
		fresh_acts
		archive_tables
		sql -e "UPDATE deletions SET recover_until = '2024-06-08' WHERE item_id = UNHEX('$(project_id 3)')"
		settle
		launch pt-archiver pt-archiver --source "$(source_of photos)" "${archive_options[@]}"
		archiver=$started
		kill -STOP "$archiver"
		launch purge "$LETHE" purge
		kill -STOP "$started"
		in_turns "$started" "$archiver"
		[ "$(sql -e "SELECT state FROM deletions WHERE item_id = UNHEX('$(project_id 3)')")" = purged ] || die "purge: not all is purged"
		[ "$(rows_of_project 3)" = 0 ] || die "purge: rows are left"
		[ "$(sql -e 'SELECT COUNT(*) FROM pt.photos')" -lt 2 ] || die "purge: pt-archiver left rows"
		ours=$(per_second "$removed" "${ran[$started]}") theirs=$(per_second "$removed" "${ran[$archiver]}")
		shares+=("$(fraction "$ours" "$theirs")")
		note "purge: $ours rows per second over all tables ($removed rows), $theirs by pt-archiver on a table like photos; load $(load_of_machine)"
	done
	settle
	timed pt-archiver --source "$(source_of plain)" "${archive_options[@]}" >"$var/logs/pt-archiver.log" 2>&1
	note "purge: pt-archiver reaches $(per_second "$removed" "$elapsed") rows per second on a plain table of one index"
	result purge "$(printf %.2f "$(printf '%s\n' "${shares[@]}" | median)")" 1
}

# --- what others feel of it ------------------------------------------------------------------

progress() { sql -e "SELECT state, progress_done FROM deletions WHERE item_id = UNHEX('$(project_id 1)')"; }

# visit SIDE: people who look at pages and think in between; how long at 99 % goes to ${waits[SIDE PAGE]}.
visit() {
	local page
	for page in / /trash; do
		BENCH_THINK_MS=50 load_well "$lethe_url$page" "$visitor" 2 8
		waits["$1 $page"]=$p99
		[ -z "${BENCH_VERBOSE:-}" ] || note "$1 purge: $page $p99 ms at 99 %, $middle ms in the middle, $rate requests per second"
	done
}

# In turns with a worker that purges and one that is stopped, so that what else the machine does falls on both; as in
# compare, the median of the rounds' ratios counts.
row_interference() {
	local worker i page state done_before=0 done_after=0 visitor ratio worst=0
	local -A waits=() times=()
	fresh_acts
	start_lethe
	sign_in_doomer
	delete_project 1
	mark_project
	sql -e "UPDATE deletions SET recover_until = '2024-06-08' WHERE item_id = UNHEX('$(project_id 1)')"
	settle
	visitor=$(sign_in "$(admin_id 1)")
	launch work "$LETHE" work
	worker=$started
	for ((i = 0; i < rounds; i++)); do
		kill -STOP "$worker"
		settle
		visit without
		kill -CONT "$worker"
		sleep 0.5
		visit with
		read -r state done_after <<<"$(progress)"
		if [ "$state" != purging ] || [ "$done_after" -le "$done_before" ]; then
			die "interference: the purge did not last ($state, $done_after)"
		fi
		done_before=$done_after
		for page in / /trash; do
			times[$page]+=" $(fraction "${waits["with $page"]}" "${waits["without $page"]}")"
		done
	done
	end "$worker"
	for page in / /trash; do
		# shellcheck disable=SC2086
		ratio=$(printf '%s\n' ${times[$page]} | median)
		note "interference: $page takes $(printf %.2f "$ratio") times as long at 99 % (rounds:${times[$page]}); load $(load_of_machine)"
		worst=$(printf '%s\n' "$worst" "$ratio" | sort -g | tail -n 1)
	done
	note "interference: $done_after rows were purged in $((4 * rounds)) s and a bit"
	result interference "$(printf %.2f "$worst")" '<2'
}
