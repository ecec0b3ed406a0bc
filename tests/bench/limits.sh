# shellcheck shell=bash disable=SC2034,SC2154
# limits.sh - sourced by run.sh: what Lethe takes, and what it does with more than it can take.

# Resident memory at its highest, in MiB: of a process that has just been started, under every page.
row_memory() {
	local who path pattern size
	local -A tokens=([nobody]=none)
	stop_lethe
	start_lethe
	tokens[admin]=$(sign_in "$(admin_id 1)") tokens[member]=$(sign_in "$(member_id 1)")
	while read -r pattern who path; do
		load "$lethe_url$path" "${tokens[$who]}" 1 "$LETHE_THREADS"
	done < <(pages)
	load "$lethe_url/trash" "${tokens[admin]}" 3 "$LETHE_THREADS"
	size=$(awk '/^VmHWM:/ { printf "%.1f", $2 / 1024 }' "/proc/$lethe_pid/status")
	note "memory: $(awk '/^Threads:/ { print $2 }' "/proc/$lethe_pid/status") threads, $(awk '/^VmRSS:/ { printf "%.1f", $2 / 1024 }' "/proc/$lethe_pid/status") MiB now, $size MiB at most"
	result memory "${size}MiB" '<40MiB'
}

# Four times as many connections as threads. A stall is an answer that takes longer than a second; the figure
# is the longest wait, for an answer under load or for the first after it, and no figure where an answer was
# another error than 503.
row_overload() {
	local token begun after
	start_lethe
	token=$(sign_in "$(admin_id 1)")
	load_well "$lethe_url/trash" "$token" 2 16
	note "overload: at 16 connections $rate requests per second, $p99 ms at 99 %, $longest ms at most"
	load "$lethe_url/trash" "$token" 8 $((4 * LETHE_THREADS))
	begun=${EPOCHREALTIME/./}
	get "$lethe_url/trash" "$token" >/dev/null || die "overload: no answer after the load"
	after=$((${EPOCHREALTIME/./} - begun))
	note "overload: $rate requests per second, $p99 ms at 99 %, $longest ms at most, $unavailable by 503; $((after / 1000)) ms for the first afterwards"
	[ "$failed $broken" = "0 0" ] || die "overload: $failed errors other than 503, $broken broken connections"
	result overload "$(awk -v a="$longest" -v b="$after" 'BEGIN { b /= 1000; printf "%.0fms", (a > b ? a : b) }')" '<1000ms'
}
