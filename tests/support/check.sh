# check.sh - sourced by tests that are shell scripts: count what holds and what does not.
#
#   check "what must hold" COMMAND...    passes if the command succeeds
#   check_not "what must not be" COMMAND...
#   skip "what" "why"
#   check_end                            prints the sum; the last line of the script
checks_passed=0 checks_failed=0 checks_skipped=0

check() {
	local what=$1
	shift
	if "$@" >/dev/null 2>&1; then
		checks_passed=$((checks_passed + 1))
	else
		checks_failed=$((checks_failed + 1))
		echo "FAILED: $what"
		echo "    $*" | cut -c1-400
	fi
}

check_not() {
	local what=$1
	shift
	check "$what" not "$@"
}

not() { ! "$@"; }

skip() {
	checks_skipped=$((checks_skipped + 1))
	echo "skipped: $1: $2"
}

check_end() {
	echo "$checks_passed passed, $checks_failed failed, $checks_skipped skipped"
	[ "$checks_failed" = 0 ]
}
