#!/bin/bash
# `make bench`: how fast Lethe is, each figure beside another of the same run.   tests/bench/run.sh [ROW]
#
# Prints `bench NAME VALUE TARGET met|missed` for each row, or for the one that is named; what led to a figure goes to
# standard error. Fails if a row was missed. The data is built once, in LETHE_BENCH_VAR (BUILD/bench).
#
#   BENCH_ROUNDS, BENCH_SECONDS   how often two sides take turns, and how long each time (9, 1)
#   BENCH_ACT_ROUNDS              how often marking and purging are compared (2)
#   BENCH_VERBOSE=1               say what each round gave
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
. "$root/app/run/paths.sh"
. "$root/tests/bench/lib.sh"
. "$root/tests/bench/pages.sh"
. "$root/tests/bench/acts.sh"
. "$root/tests/bench/limits.sh"

rows=(trash_page trash_flat library_flat delete_latency marking purge interference every_page memory overload)
# Those that destroy what they act on have data of their own.
declare -A data_of=([delete_latency]=acts [marking]=acts [purge]=acts [interference]=acts)
wanted=("$@")
[ $# -gt 0 ] || wanted=("${rows[@]}")
for row in "${wanted[@]}"; do
	[[ " ${rows[*]} " == *" $row "* ]] || die "there is no row $row; there are: ${rows[*]}"
done

# Settings of a running Lethe must not leak in.
bench_var=${LETHE_BENCH_VAR:-}
for name in $(compgen -e | grep '^LETHE_'); do unset "$name"; done
export BUILD=${BUILD:-build}
rounds=${BENCH_ROUNDS:-9} seconds=${BENCH_SECONDS:-1} act_rounds=${BENCH_ACT_ROUNDS:-2}
var=$(readlink -m "${bench_var:-$BUILD/bench}")
mkdir -p "$var/logs" "$var/storage"
exec 9>"$var/lock"
flock -n 9 || die "another run uses $var"
run=$(paths_run_folder "$var")

export LETHE=$root/$BUILD/lethe LETHE_VAR=$var LETHE_SOCKET=$run/lethe.sock LETHE_STORAGE=$var/storage
export LETHE_THREADS=40 LETHE_DB_NAME=lethe LETHE_DB_USER=lethe_app LETHE_DB_PASSWORD=bench
export LETHE_DB_OWNER_USER=lethe_owner LETHE_DB_OWNER_PASSWORD=bench
export LETHE_DB_PRUNE_USER=lethe_prune LETHE_DB_PRUNE_PASSWORD=bench

if [ -z "${BENCH_PREPARED:-}" ]; then
	"$root/app/run/install.sh" test
	${MAKE:-make} --no-print-directory -j"$(nproc)" "$BUILD/lethe" "$BUILD/tests/bench/bare"
fi

trap end_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for row in "${wanted[@]}"; do
	use_data "${data_of[$row]:-pages}"
	"row_$row"
done
exit "$missed"
