# shellcheck shell=bash disable=SC2034,SC2154
# limits.sh - sourced by run.sh: what Lethe takes, and what it does with more than it can take.

# Resident memory at its highest, in MiB: of a process that has just been started, under every page.
row_memory() {
	local who path pattern size
	local -A tokens=([nobody]=none)
	stop_lethe
	start_lethe
	sign_in_all
	while read -r pattern who path; do
		load "$lethe_url$path" "${tokens[$who]}" 1 "$LETHE_THREADS"
	done < <(pages)
	load "$lethe_url/trash" "${tokens[admin]}" 3 "$LETHE_THREADS"
	size=$(awk '/^VmHWM:/ { printf "%.1f", $2 / 1024 }' "/proc/$lethe_pid/status")
	note "memory: $(awk '/^Threads:/ { print $2 }' "/proc/$lethe_pid/status") threads, $(awk '/^VmRSS:/ { printf "%.1f", $2 / 1024 }' "/proc/$lethe_pid/status") MiB now, $size MiB at most"
	result memory "${size}MiB" '<40MiB'
}

# Four times as many connections as threads. Those that are let in stand in a line as long as there are threads and
# places before them (64); at the rate of a moment before it takes that line so many milliseconds to be served. The figure
# is the longest wait, for an answer under load or for the first after it, by that time; a stall would be hundreds.
# No figure where an answer was another error than 503, or where none was 503: then it was no overload.
row_overload() {
	local token begun after line
	start_lethe
	token=$(sign_in "$(admin_id 1)")
	load_well "$lethe_url/trash" "$token" 3 16
	line=$(awk -v rate="$rate" -v places=$((LETHE_THREADS + 64)) 'BEGIN { printf "%.0f", places / rate * 1000 }')
	note "overload: at 16 connections $rate requests per second, $p99 ms at 99 %, $longest ms at most"
	load "$lethe_url/trash" "$token" 8 $((4 * LETHE_THREADS))
	begun=${EPOCHREALTIME/./}
	get "$lethe_url/trash" "$token" >/dev/null || die "overload: no answer after the load"
	after=$(((${EPOCHREALTIME/./} - begun) / 1000))
	note "overload: $rate answers per second, $p99 ms at 99 %, $longest ms at most, $unavailable by 503; $after ms for the first afterwards; the line takes $line ms"
	[ "$failed $broken" = "0 0" ] || die "overload: $failed errors other than 503, $broken broken connections"
	[ "$unavailable" -gt 0 ] || die "overload: nobody was turned away"
	result overload "$(awk -v a="$longest" -v b="$after" -v line="$line" 'BEGIN { printf "%.1f", (a > b ? a : b) / line }')" '<10'
}
