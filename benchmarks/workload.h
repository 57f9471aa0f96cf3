// Keys and values of the benchmarks, drawn before anything is measured.
#ifndef COFFER_BENCHMARKS_WORKLOAD_H_
#define COFFER_BENCHMARKS_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace coffer::benchmarks {

struct Key {
  char text[24];
};

struct Value {
  char bytes[100];
};

// Entry number `i` of a set; sets of other numbers have no key in common with it.
Key make_key(uint64_t set, uint64_t i);
Value make_value(uint64_t i);

// All keys of a set in their order.
std::vector<Key> all_keys(uint64_t set, size_t count);

// `length` requests for `count` keys of a set, Zipf-distributed with exponent 0.99; which keys are
// the frequent ones has nothing to do with their order.
std::vector<Key> zipf_keys(uint64_t set, size_t count, size_t length);

}  // namespace coffer::benchmarks

#endif  // COFFER_BENCHMARKS_WORKLOAD_H_
