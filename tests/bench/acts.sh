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

rows_of_all() { sql -e 'SELECT (SELECT COUNT(*) FROM photos) + (SELECT COUNT(*) FROM files) + (SELECT COUNT(*) FROM photo_tags)'; }

# archive_table TABLE: pt-archiver on one table as large as what Lethe removed; rows per second in $archived.
archive_table() {
	settle
	timed pt-archiver --source "h=localhost,S=$(database_socket),u=$(id -un),D=pt,t=$1" --purge --where "deleted_at < '2030-01-01'" \
	    --bulk-delete --limit 1000 --commit-each --no-safe-auto-increment --no-check-charset >"$var/logs/pt-archiver.log" 2>&1 ||
		die "pt-archiver failed; see $var/logs/pt-archiver.log"
	[ "$(sql -e "SELECT COUNT(*) FROM pt.$1")" -lt 2 ] || die "pt-archiver left rows"
	archived=$(per_second "$removed" "$elapsed")
}

# Tables of $removed rows for pt-archiver: photos as they are, without the keys to other tables; and a plain
# one with one index, of which the photos' rows are none.
archive_tables() {
	sql -e "CREATE DATABASE IF NOT EXISTS pt; DROP TABLE IF EXISTS pt.photos, pt.plain;
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
}

row_purge() {
	local before ours ratios=() i
	for ((i = 0; i < act_rounds; i++)); do
		fresh_acts
		before=$(rows_of_all)
		sql -e "UPDATE deletions SET recover_until = '2024-06-08' WHERE item_id = UNHEX('$(project_id 3)')"
		timed "$LETHE" purge >"$var/logs/purge.log" 2>&1 || die "the purge failed; see $var/logs/purge.log"
		[ "$(sql -e "SELECT state FROM deletions WHERE item_id = UNHEX('$(project_id 3)')")" = purged ] || die "not all is purged"
		removed=$((before - $(rows_of_all)))
		ours=$(per_second "$removed" "$elapsed")
		archive_tables
		archive_table plain
		note "purge: pt-archiver reaches $archived rows per second on a plain table of one index"
		archive_table photos
		ratios+=("$(fraction "$ours" "$archived")")
		note "purge: $ours rows per second over all tables ($removed rows), $archived by pt-archiver on a table like photos; load $(load_of_machine)"
	done
	result purge "$(printf %.2f "$(printf '%s\n' "${ratios[@]}" | median)")" 1
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
