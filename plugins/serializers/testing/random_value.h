// Random values that look for trouble: borders of numbers, odd characters, empty and nested things.
#ifndef COFFER_PLUGINS_SERIALIZERS_TESTING_RANDOM_VALUE_H_
#define COFFER_PLUGINS_SERIALIZERS_TESTING_RANDOM_VALUE_H_

#include <cstdint>
#include <random>
#include <string>

#include "plugins/serializers/testing/value.h"

namespace coffer::serializers {

// COFFER_TEST_SEED, or a new seed; prints it.
uint64_t test_seed();

// What may occur beside null, booleans, finite floats, integers, text, plain lists and maps with
// text keys.
struct Features {
  bool not_finite = false;
  bool blobs = false;
  bool any_keys = false;
  bool list_kinds = false;
  bool exts = false;
};

class RandomValues {
 public:
  explicit RandomValues(uint64_t seed, Features features = {})
      : random_(seed), features_(features) {}

  // A tree with a few to a few hundred values.
  Value tree() { return node(static_cast<int>(below(6))); }

  Value scalar();
  double real_number();
  std::string integer_digits();
  std::string utf8();
  Value extension();

  // 0 to n - 1.
  uint64_t below(uint64_t n) { return random_() % n; }

 private:
  Value node(int depth);
  bool one_in(uint64_t n) { return below(n) == 0; }

  std::mt19937_64 random_;
  const Features features_;
};

}  // namespace coffer::serializers

#endif  // COFFER_PLUGINS_SERIALIZERS_TESTING_RANDOM_VALUE_H_
