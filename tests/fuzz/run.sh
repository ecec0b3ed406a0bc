#!/bin/bash
# `make fuzz`: run every tests/fuzz/NAME_fuzz.c for FUZZ_SECONDS (20) each.   tests/fuzz/run.sh [NAME...]
# tests/fuzz/corpus/NAME/ holds inputs to begin with; what fuzzing finds is kept in BUILD/corpus/NAME. A crash,
# a leak, a hang or a sanitizer's report fails, and the input is left in BUILD/crashes.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${BUILD:-build}-fuzz
seconds=${FUZZ_SECONDS:-20}

names=("$@")
if [ ${#names[@]} = 0 ]; then
	for file in tests/fuzz/*_fuzz.c; do
		[ ! -e "$file" ] || names+=("$(basename "$file" _fuzz.c)")
	done
fi
[ ${#names[@]} -gt 0 ] || { echo "skipped: no fuzz targets yet"; exit 77; }

targets=()
for name in "${names[@]}"; do targets+=("$build/tests/fuzz/${name}_fuzz"); done
make --no-print-directory -j"$(nproc)" BUILD="$build" CC=clang SANITIZER=fuzzer-no-link,address,undefined "${targets[@]}"

fuzz_one() {
	local name=$1 corpus=$build/corpus/$1 seeds=() log=$build/$1.log
	mkdir -p "$corpus" "$build/crashes"
	[ ! -d "tests/fuzz/corpus/$name" ] || seeds=("tests/fuzz/corpus/$name")
	if "$build/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
	    -print_final_stats=1 -artifact_prefix="$build/crashes/$name-" "$corpus" "${seeds[@]}" >"$log" 2>&1 </dev/null; then
		echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, nothing found"
	else
		echo "fuzz $name: FAILED"
		tail -n 40 "$log"
		return 1
	fi
}

failed=0
for name in "${names[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || failed=$((failed + 1)); done
	fuzz_one "$name" &
done
for job in $(jobs -p); do wait "$job" || failed=$((failed + 1)); done
echo "$((${#names[@]} - failed)) passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
