#!/bin/bash
# Runs a libFuzzer program for a bounded time from a committed corpus: fuzz_test.sh PROGRAM CORPUS DICTIONARY.
# COFFER_TEST_SEED repeats a run, COFFER_FUZZ_SECONDS makes it longer. What breaks it is kept with the test's outputs.
set -euo pipefail
program="$1" corpus="$2" dictionary="$3"
seed="${COFFER_TEST_SEED:-$((RANDOM * 32768 + RANDOM + 1))}"
echo "COFFER_TEST_SEED=$seed"

work="${TEST_TMPDIR:-$(mktemp -d)}"
mkdir -p "$work/new"
log="$work/log"
status=0
"$program" -seed="$seed" -max_total_time="${COFFER_FUZZ_SECONDS:-2}" -max_len=4096 -timeout=10 -malloc_limit_mb=64 \
  -rss_limit_mb=1024 -dict="$dictionary" -artifact_prefix="${TEST_UNDECLARED_OUTPUTS_DIR:-$work}/" -print_final_stats=1 \
  "$work/new" "$corpus" >"$log" 2>&1 || status=$?
tail -40 "$log"
[ "$status" -eq 0 ] || exit "$status"

# A fuzzer that ran nothing has shown nothing.
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
[ "${runs:-0}" -ge 100 ] || { echo "only ${runs:-0} inputs were tried"; exit 1; }
