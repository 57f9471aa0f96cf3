#include "benchmarks/workload.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

namespace coffer::benchmarks {

Key make_key(uint64_t set, uint64_t i) {
  Key key;
  std::memset(key.text, '0', sizeof(key.text));
  std::memcpy(key.text, "user:", 5);
  key.text[5] = static_cast<char>('a' + set);
  for (size_t at = sizeof(key.text); i > 0; i /= 10) {
    key.text[--at] = static_cast<char>('0' + i % 10);
  }
  return key;
}

Value make_value(uint64_t i) {
  Value value;
  std::memset(value.bytes, static_cast<int>('a' + i % 26), sizeof(value.bytes));
  return value;
}

std::vector<Key> all_keys(uint64_t set, size_t count) {
  std::vector<Key> keys;
  keys.reserve(count);
  for (size_t i = 0; i < count; ++i) keys.push_back(make_key(set, i));
  return keys;
}

std::vector<Key> zipf_keys(uint64_t set, size_t count, size_t length) {
  std::vector<double> up_to(count);
  double sum = 0;
  for (size_t rank = 0; rank < count; ++rank) {
    up_to[rank] = sum += std::pow(static_cast<double>(rank + 1), -0.99);
  }
  std::mt19937_64 random(count);
  std::vector<uint64_t> by_rank(count);
  std::iota(by_rank.begin(), by_rank.end(), 0);
  std::shuffle(by_rank.begin(), by_rank.end(), random);

  std::vector<Key> keys;
  keys.reserve(length);
  std::uniform_real_distribution<double> uniform(0, sum);
  for (size_t i = 0; i < length; ++i) {
    const auto rank = std::upper_bound(up_to.begin(), up_to.end() - 1, uniform(random));
    keys.push_back(make_key(set, by_rank[static_cast<size_t>(rank - up_to.begin())]));
  }
  return keys;
}

}  // namespace coffer::benchmarks
