#!/bin/bash
# Counts what a get hit costs (100 bytes under a key of 24) through the C header, by callgrind: at
# most $1 instructions and no allocation; with the order of an LRU, whose upkeep is then in it, at
# most $2; and the same, within 1 %, with a strategy that came from somebody else's folder. A hit on an
# entry with two dependencies costs at most $3 more than one on an entry with none, and an invalidation
# the same however many entries it ends. With `all` as fourth argument it measures the other operations
# too.
set -euo pipefail

limit=$1
lru_limit=$2
dependencies_limit=$3
hits=benchmarks/hits
bundled=plugins/bundled
foreign=benchmarks/foreign
scratch=${TEST_TMPDIR:-$(mktemp -d)}
few=20000
many=120000

# Instructions of TIMES operations within the functions of the C header: run OPERATION TIMES STRATEGY
run() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$scratch/log" \
    --collect-atstart=no --toggle-collect=coffer_read --toggle-collect=coffer_get \
    --toggle-collect=coffer_entry_release --toggle-collect=coffer_put --toggle-collect=coffer_fetch \
    --toggle-collect=coffer_get_or_load --toggle-collect=coffer_invalidate_tags \
    "$hits" "$1" "$2" "$3" "$bundled:$foreign" >"$scratch/out" ||
    { cat "$scratch/log" "$scratch/out" >&2 && exit 1; }
  sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$scratch/log"
}

# Sets `count`, instructions of one operation in hundredths, and `allocations` of $many of them. What
# is in both runs (filling the cache, the first call of a thread) cancels out.
measure() {
  local low high
  low=$(run "$1" $few "$2")
  high=$(run "$1" $many "$2")
  count=$(((high - low) * 100 / (many - few)))
  allocations=$(sed -n 's/^allocations //p' "$scratch/out")
  printf '%-10s %-9s %5d.%02d instructions, %d allocations in %d\n' \
    "$1" "$2" $((count / 100)) $((count % 100)) "$allocations" $many
}

failed=0
complain() {
  echo "FAILED: $*" >&2
  failed=1
}

[ ! -f "$bundled/libcoffer_stranger.so" ] || complain "the stranger's strategy is a bundled one"

# The strategy ttl hears of no hits: what is counted is the read itself.
measure read ttl
plain=$count
[ "$count" -le $((limit * 100)) ] || complain "a get hit takes more than $limit instructions"
[ "$allocations" -eq 0 ] || complain "get hits allocate"

measure read2 ttl
[ $((count - plain)) -le $((dependencies_limit * 100)) ] ||
  complain "two dependencies cost a hit more than $dependencies_limit instructions"
[ "$allocations" -eq 0 ] || complain "get hits on entries with dependencies allocate"

measure end10 ttl
few_end=$count
measure end10k ttl
difference=$((count > few_end ? count - few_end : few_end - count))
[ $((difference * 100)) -le "$few_end" ] ||
  complain "an invalidation costs more when more entries depend on it"

measure read lru
ours=$count
[ "$ours" -le $((lru_limit * 100)) ] || complain "with lru it takes more than $lru_limit"
[ "$allocations" -eq 0 ] || complain "get hits allocate"

measure read stranger
difference=$((count > ours ? count - ours : ours - count))
[ $((difference * 100)) -le "$ours" ] || complain "a stranger's strategy costs other than ours"
[ "$allocations" -eq 0 ] || complain "get hits with a stranger's strategy allocate"

measure pin lru
[ "$allocations" -eq 0 ] || complain "pinning hits allocates"

if [ "${4:-}" = all ]; then
  for operation in read8 readttl fetch fetch2 load load2; do measure $operation ttl; done
  for operation in miss overwrite insert; do measure $operation lru; done
  for operation in read insert; do
    for strategy in lfu ttl; do measure $operation $strategy; done
  done
fi
exit $failed
