#!/bin/bash
# Runs every workload of the benchmark for a moment and looks at the table.
set -euo pipefail

table=$(benchmarks/engine --benchmark_filter=/10000/ --benchmark_min_time=0.001)
echo "$table"

complain() {
  echo "FAILED: $*" >&2
  exit 1
}

for workload in 'get hit' 'get miss' overwrite 'mixed 75:25' insert+evict; do
  for threads in 1 2; do
    row=$(grep "^$workload, 10000 entries, T=$threads " <<<"$table") || complain "no row '$workload'"
    # list+mutex, lru, lfu and ttl; mostly the flat map and the pinned one too.
    [ "$(grep -o 'x)' <<<"$row" | wc -l)" -ge 4 ] || complain "somebody is missing in: $row"
  done
done

# While nothing is evicted all hold all entries; after that at most what they may.
live=$(grep '^  live entries' <<<"$table")
[ "$(head -8 <<<"$live" | grep -Eo '[0-9]+' | sort -u)" = 10000 ] || complain "entries were lost"
for entries in $(tail -2 <<<"$live" | grep -Eo '[0-9]+'); do
  [ "$entries" -ge 10000 ] && [ "$entries" -le 12500 ] || complain "$entries live entries"
done
