#!/bin/bash
# `make lint`: the rules of the house that a program can check.   tests/lint/lint.sh [CHECK...]
# Each check is a function check_NAME that prints what is wrong, one line each, and nothing when all is well.
set -uo pipefail
cd "$(dirname "$0")/../.."
here=tests/lint
build=${BUILD:-build}
checks=(entries layers libraries sql clock lengths words measured format cppcheck tidy)
[ $# = 0 ] || checks=("$@")

c_files() {
	find app include tests -name node_modules -prune -o -name '*.[ch]' -print | sort
}

# The project's top level stays as it is laid out; rooms for more are inside.
check_entries() {
	local entry allowed=" app include sql templates static tests Makefile README.md nginx.conf "
	git ls-files -co --exclude-standard | cut -d/ -f1 | sort -u | while read -r entry; do
		[[ $entry == .* || $allowed == *" $entry "* ]] || echo "$entry: no such entry is meant to be at the top"
	done
}

# Who may include whose headers.
check_layers() {
	grep -nE '^#include <(auth|base|cli|db|domain|http|identity|mail|mustache|storage|store|web|webhook|worker)/' -r app include |
		awk -f $here/layers.awk
	# Private headers stay inside their layer; only app/main.c puts layers together.
	grep -nE '^#include "[^"]*/' -r app include |
		grep -vE '^app/[a-z]+/[a-z]+/[a-z0-9_]+\.[ch]:[0-9]+:#include "\.\./[a-z0-9_]+\.h"|^app/main\.c:' |
		sed 's/$/: a private header of another layer/'
}

# The benchmark of all pages stops at one that it does not know.
check_measured() {
	local page
	tr -d '\n\t ' <app/web/routes.c | grep -oE 'PAGE\("[^"]+"' | cut -d'"' -f2 | sort -u | while read -r page; do
		grep -qE "^(not_measured='.*)?${page//[{\}]/.}( |'$)" tests/bench/pages.sh || echo "$page: has no row in tests/bench/pages.sh"
	done
}

# Libraries that have one user only.
check_libraries() {
	only() {
		local header=$1 allowed=$2 file
		grep -lE "^#include <$header>" -r app include | while read -r file; do
			[[ $file =~ ^($allowed)$ ]] || echo "$file: includes <$header>, which is for $allowed alone"
		done
	}
	only 'fcgi.*\.h' 'app/http/edge\.c'
	only '(mysql|mariadb|errmsg|mysqld_error).*\.h' 'app/db/[a-z_]*\.[ch]'
	only 'openssl/.*' 'app/identity/signer\.c'
	only 'curl/.*' 'app/(mail|webhook|storage|domain|worker|base)/[a-z0-9_]*\.[ch]'
}

# SQL text is in app/store, and in app/db for the list of migrations.
check_sql() {
	grep -nE '"[[:space:]]*(SELECT|INSERT (IGNORE )?INTO|UPDATE|DELETE FROM|REPLACE INTO|ALTER TABLE|CREATE TABLE) |DB_STATEMENT\(' \
	    -r app include --include='*.[ch]' | grep -vE '^(app/store/|app/db/|include/db/)' | sed 's/$/: SQL outside app\/store/'
}

# Time is bound from the injected clock.
check_clock() {
	grep -niE '\b(NOW|SYSDATE|CURDATE|CURTIME|UTC_TIMESTAMP|UTC_DATE|UNIX_TIMESTAMP|LOCALTIME)\(|\bCURRENT_TIMESTAMP\b' \
	    -r app sql --include='*.[ch]' --include='*.sql' | grep -v '^sql/[^:]*:[0-9]*:--' | grep -vE ':[0-9]+: ?(\*|/\*)' |
		sed 's/$/: the server'"'"'s clock/'
	# (A deadline on the monotonic clock is no time of day.)
	grep -nE '\b(time\(NULL\)|gettimeofday\(|clock_gettime\(CLOCK_REALTIME)' -r app --include='*.c' | grep -v '^app/base/clock\.c' |
		sed 's/$/: time comes from the injected clock/'
}

# Small files, short functions.
check_lengths() {
	local file lines
	c_files | while read -r file; do
		lines=$(wc -l <"$file")
		[ "$lines" -le 600 ] || echo "$file: $lines lines; more than 600"
	done
	c_files | grep '\.c$' | xargs awk '
		FNR == 1 { head = "" }
		/^[a-zA-Z].*\(/ && !/;[[:space:]]*$/ { head = $0 }
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start - 1 > 60) {
				name = head; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
				print FILENAME ":" start ": " name " has " FNR - start - 1 " lines; more than 60"
			}
			start = 0
		}'
}

# Nothing is left for later in the source.
check_words() {
	grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -r app include sql templates static tests nginx.conf Makefile README.md \
	    --exclude-dir=node_modules --exclude-dir=corpus --exclude=lint.sh 2>/dev/null
}

check_format() {
	c_files | xargs clang-format --dry-run -Werror 2>&1 | grep -E 'error:' | sed 's/ \[-Wclang.*//' |
		awk -F: '!seen[$1]++ { print $1 ":" $2 ": run clang-format -i " $1 }'
}

check_cppcheck() {
	mkdir -p "$build/cppcheck"
	# Of __VA_OPT__, which it does not know, only log_event() makes use: two lists instead of one parse as well.
	cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr --error-exitcode=1 -j2 \
	    --cppcheck-build-dir="$build/cppcheck" --suppressions-list=$here/cppcheck.txt -Iinclude -D_GNU_SOURCE \
	    -D'json_array_foreach(a, i, v)=while (next(a, &i, &v))' -D'json_object_foreach(o, k, v)=while (next(o, &k, &v))' \
	    -DLETHE_SHARE_DIR='""' -D'__VA_OPT__(...)=}, (const struct log_field[]){' --template='{file}:{line}: {message} ({id})' app tests/unit tests/spec tests/store \
	    tests/http tests/support tests/fuzz 2>&1
}

check_tidy() {
	make --no-print-directory -k -j2 BUILD="$build" tidy 2>&1 >"$build/tidy.log" | grep -v '^make' || true
	grep -E '(error|warning):' "$build/tidy.log"
}

failed=0 passed=0
for check in "${checks[@]}"; do
	found=$("check_$check")
	if [ -n "$found" ]; then
		echo "lint: $check"
		# shellcheck disable=SC2001
		echo "$found" | sed 's/^/  /'
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
