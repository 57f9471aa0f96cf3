#include "core/hash/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>
#include <vector>

namespace coffer::core {
namespace {

TEST(Hash, DependsOnEveryByteLengthAndSeed) {
  for (size_t size = 0; size <= 80; ++size) {
    const std::string base(size, 'a');
    const uint64_t hash = hash_bytes(base.data(), size, 7);
    EXPECT_NE(hash, hash_bytes(base.data(), size, 8)) << size;
    for (size_t i = 0; i < size; ++i) {
      std::string changed = base;
      changed[i] ^= 1;
      EXPECT_NE(hash, hash_bytes(changed.data(), size, 7)) << "size " << size << " byte " << i;
    }
    const std::string longer(size + 1, 'a');
    EXPECT_NE(hash, hash_bytes(longer.data(), size + 1, 7)) << size;
  }
}

TEST(Hash, ZeroBytesOfDifferentLengthsDiffer) {
  std::unordered_set<uint64_t> seen;
  const std::string zeros(200, '\0');
  for (size_t size = 0; size <= zeros.size(); ++size) {
    EXPECT_TRUE(seen.insert(hash_bytes(zeros.data(), size, 0)).second) << size;
  }
}

// Sequential keys are what programs use most; both halves of the hash pick buckets and tags.
TEST(Hash, SequentialKeysSpreadEvenlyOverHighAndLowBits) {
  constexpr int kKeys = 1 << 16;
  constexpr int kBuckets = 256;
  std::vector<int> low(kBuckets);
  std::vector<int> high(kBuckets);
  for (int i = 0; i < kKeys; ++i) {
    const std::string key = "user:" + std::to_string(i);
    const uint64_t hash = hash_bytes(key.data(), key.size(), 1);
    ++low[hash % kBuckets];
    ++high[hash >> 56];
  }
  constexpr int kMean = kKeys / kBuckets;
  for (int i = 0; i < kBuckets; ++i) {
    EXPECT_NEAR(low[i], kMean, kMean / 2) << i;  // eight standard deviations
    EXPECT_NEAR(high[i], kMean, kMean / 2) << i;
  }
}

}  // namespace
}  // namespace coffer::core
