#!/bin/bash
# Runs every case of the benchmark for a moment; only the small fill.
set -euo pipefail

table=$(benchmarks/fresh --benchmark_filter=-/1000000 --benchmark_min_time=0.001)
echo "$table"
for case in read/0 read/2 read/8 fetch/0 fetch/2 fetch/8 get_or_load/0 get_or_load/2 get_or_load/8 invalidate/10; do
  grep -q "^$case " <<<"$table" || { echo "FAILED: no row $case" >&2 && exit 1; }
done
! grep -q ERROR <<<"$table"
