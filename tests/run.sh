#!/bin/bash
# `make test`: every test, section by section.   tests/run.sh [SECTION...]   (or make test ONLY="unit store")
#
# A test is tests/SECTION/NAME_test.c (cmocka), NAME_test.mjs (node) or NAME_test.sh. It fails by its exit
# status; 77 means skipped, and its output then says why. Cases are counted from what cmocka prints, or from
# a line "N passed, N failed, N skipped" of a script; without either the program counts as one case.
# What each printed is kept in BUILD/results. The last line here is the sum.
#
# Everything runs beside a running Lethe: own database, own ports, own folders below BUILD.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
root=$PWD

# Settings of a running Lethe must not leak into the tests.
for name in $(compgen -e | grep '^LETHE_' | grep -v '^LETHE_TEST_'); do unset "$name"; done

sections=(build lint unit spec store http e2e fault sanitizer thread fuzz)
wanted=("$@")
export BUILD=${BUILD:-build}
export FUZZ_SECONDS=${FUZZ_SECONDS:-10}
export TEST_VAR=$root/$BUILD/var-test
results=$root/$BUILD/results
# -k: what does not compile fails by itself, and the rest is still tested.
make=(make --no-print-directory -k -j"$(nproc)")
# Seconds after which a test program counts as hanging.
limit=${TEST_LIMIT:-300}

mkdir -p "$BUILD"
exec 9>"$BUILD/test.lock"
if ! flock -n 9; then
	echo "Another \"make test\" runs in $BUILD. Wait for it, or set BUILD to another folder." >&2
	exit 1
fi
rm -rf "$results"
mkdir -p "$results"
: >"$results/summary"

# --- one test ------------------------------------------------------------------------------

# Print "passed failed skipped" of a test by its exit status and output.
count_cases() {
	awk -v status="$1" '
		/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { passed = $1; failed = $3; skipped = $5; known = 1 }
		/^\[  PASSED  \] [0-9]+ test/ { cp += $4; known = 1; cmocka = 1 }
		/^\[  FAILED  \] [0-9]+ test/ { cf += $4; known = 1; cmocka = 1 }
		/^\[  SKIPPED \] [0-9]+ test/ { cs += $4; known = 1; cmocka = 1 }
		END {
			if (cmocka) { passed += cp; failed += cf; skipped += cs }
			if (status == 77) { skipped = skipped ? skipped : 1; failed += 0 }
			else if (status != 0 && failed == 0) failed = 1
			else if (!known && status == 0) passed = 1
			print passed + 0, failed + 0, skipped + 0
		}' "$2"
}

# run_test SECTION FILE COMMAND...: run it and add a line to the summary.
run_test() {
	local section=$1 name=$2 status counts log start seconds verdict=ok
	shift 2
	log=$results/$section-$(basename "$name").log
	start=$EPOCHREALTIME
	timeout -k 15 "$limit" "$@" >"$log" 2>&1 </dev/null 9>&-
	status=$?
	seconds=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
	counts=$(count_cases "$status" "$log")
	# shellcheck disable=SC2086
	set -- $counts
	if [ "$2" -gt 0 ]; then verdict=FAILED; elif [ "$1" = 0 ] && [ "$3" -gt 0 ]; then verdict=skipped; fi
	{
		flock 8
		echo "$section $name $1 $2 $3" >>"$results/summary"
		printf '  %-8s %-44s %4d passed %3d failed %3d skipped  %6ss\n' "$verdict" "$name" "$1" "$2" "$3" "$seconds"
		[ "$3" = 0 ] || grep -iE 'skipped' "$log" | grep -vE '^\[|passed,' | head -n 3 | sed 's/^/             /'
		if [ "$verdict" = FAILED ]; then
			[ "$status" != 124 ] || echo "             it was stopped after $limit seconds"
			tail -n 40 "$log" | sed 's/^/    | /'
		fi
	} 8>>"$results/lock"
}

# The tests of a folder as lines "FILE COMMAND", built programs in BUILD ($2).
list_tests() {
	local file
	for file in tests/"$1"/*_test.c; do
		[ ! -e "$file" ] || echo "$file $2/${file%.c}"
	done
	[ "${3:-all}" = programs ] && return 0
	for file in tests/"$1"/*_test.mjs; do
		[ ! -e "$file" ] || echo "$file node $file"
	done
	for file in tests/"$1"/*_test.sh; do
		[ ! -e "$file" ] || echo "$file bash $file"
	done
}

# Run the lines of list_tests: `jobs` at once.
run_listed() {
	local section=$1 jobs=$2 file command
	while read -r file command; do
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
		# shellcheck disable=SC2086
		run_test "$section" "$file" $command &
	done
	wait
}

# with_database and with_server give a whole section their environment.
with_database() {
	local line
	tests/support/with-database.sh 9>&- || return 1
	line=$(tests/support/with-database.sh env 9>&- | grep '^LETHE_TEST_DB_')
	while IFS='=' read -r name value; do export "$name=$value"; done <<<"$line"
}

record() {
	echo "$1 $2 $3 $4 $5" >>"$results/summary"
}

# A step that is one case: shows its output only when it fails.
run_step() {
	local section=$1 name=$2
	shift 2
	run_test "$section" "$name" "$@"
}

# --- sections ------------------------------------------------------------------------------

section_build() {
	limit=900
	run_step build with-gcc "${make[@]}" all programs
	run_step build with-clang "${make[@]}" BUILD="$BUILD-clang" CC=clang all programs
}

section_lint() {
	limit=900
	run_step lint "tests/lint/lint.sh" tests/lint/lint.sh
}

section_unit() { list_tests unit "$BUILD" | run_listed unit 2; }
section_spec() { list_tests spec "$BUILD" | run_listed spec 2; }

section_store() {
	with_database || { record store database 0 1 0; return; }
	list_tests store "$BUILD" | run_listed store 2
}

# Tests with a server of their own for the section; they run one after another, as they share it.
# Those in the browser get their mails from a mail server.
with_server() {
	local section=$1 beside=(tests/support/with-server.sh)
	shift
	[ "$section" != e2e ] || beside=(tests/support/with-mail.sh "${beside[@]}")
	export -f run_test run_listed list_tests count_cases
	export results limit
	if ! "${beside[@]}" bash -c 'set -uo pipefail; '"$*" 9>&-; then
		record "$section" server 0 1 0
		echo "  FAILED   the server of section $section"
	fi
}

section_http() {
	with_database || { record http database 0 1 0; return; }
	with_server http "list_tests http '$BUILD' | run_listed http 1"
}

section_e2e() {
	with_server e2e "list_tests e2e '$BUILD' | run_listed e2e 1"
}

section_fault() {
	limit=600
	with_database || { record fault database 0 1 0; return; }
	list_tests fault "$BUILD" | run_listed fault 1
}

# Everything again with a program that watches its memory; its reports are failures.
section_sanitizer() {
	local build=$BUILD-asan
	limit=1200
	run_step sanitizer with-AddressSanitizer "${make[@]}" BUILD="$build" SANITIZER=address,undefined all programs
	limit=600
	export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
	export UBSAN_OPTIONS=print_stacktrace=1
	with_database || { record sanitizer database 0 1 0; return; }
	{
		list_tests unit "$build" programs
		list_tests spec "$build" programs
		list_tests store "$build" programs
	} | run_listed sanitizer 2
	BUILD=$build with_server sanitizer "list_tests http '$build' | run_listed sanitizer 1"
}

# The threaded edge, watched for races.
section_thread() {
	local build=$BUILD-tsan programs=(tests/http/edge*_test.c)
	limit=1200
	if [ ! -e "${programs[0]}" ]; then
		echo "  there is no test of the edge"
		record thread edge 0 1 0
		return
	fi
	programs=("${programs[@]%.c}")
	run_step thread with-ThreadSanitizer "${make[@]}" BUILD="$build" SANITIZER=thread \
	    "${programs[@]/#/$build/}"
	export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
	list_tests http "$build" programs | grep /edge | run_listed thread 1
}

section_fuzz() {
	limit=1200
	run_step fuzz "tests/fuzz/run.sh" tests/fuzz/run.sh
}

# --- the run -------------------------------------------------------------------------------

# What npm has for the tests of a folder, where it is not there yet or not any more what is asked for.
install_modules() {
	local folder=$1 log=$results/npm-$(basename "$1").log
	if [ ! -e "$folder/node_modules/.package-lock.json" ] ||
	    [ "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
		(cd "$folder" && npm ci --no-progress --ignore-scripts >"$log" 2>&1 </dev/null &&
			touch node_modules/.package-lock.json) ||
			echo "npm ci failed in $folder (see $log): tests that need its packages will say so." >&2
	fi
}

install_packages() {
	app/run/install.sh test || exit 1
	install_modules tests
	# It is large, and one test's.
	! is_wanted spec || install_modules tests/firebase
}

is_wanted() {
	[ ${#wanted[@]} = 0 ] && return 0
	[[ " ${wanted[*]} " == *" $1 "* ]]
}

finish() {
	local passed failed skipped
	tests/support/with-database.sh --stop 9>&- >/dev/null 2>&1
	read -r passed failed skipped < <(awk '{ p += $(NF - 2); f += $(NF - 1); s += $NF } END { print p + 0, f + 0, s + 0 }' "$results/summary")
	echo
	if [ "$failed" != 0 ]; then
		echo "Failed:"
		awk '$(NF - 1) > 0 { print "  " $1 ": " $2 }' "$results/summary"
	fi
	awk '$NF > 0 && $(NF - 2) == 0 { print "Skipped: " $2 }' "$results/summary"
	echo "What each printed is in $BUILD/results. It took $((SECONDS / 60)) min $((SECONDS % 60)) s."
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
}

for section in "${wanted[@]}"; do
	[[ " ${sections[*]} " == *" $section "* ]] || { echo "There is no section \"$section\": ${sections[*]}" >&2; exit 2; }
done
install_packages
trap 'exit 130' INT TERM
# Some sections alone: what they run must still be built.
if [[ " ${wanted[*]} " =~ \ (unit|spec|store|http|e2e|fault)\  && ! " ${wanted[*]} " =~ \ build\  ]]; then
	if ! "${make[@]}" all programs >"$results/build.log" 2>&1 </dev/null 9>&-; then
		tail -n 30 "$results/build.log"
		record build programs 0 1 0
	fi
fi
for section in "${sections[@]}"; do
	is_wanted "$section" || continue
	echo "== $section"
	# In a subshell: what a section exports ends with it.
	("section_$section")
done
finish
