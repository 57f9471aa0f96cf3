// What tests through the public header share: a runtime with a clock of their own, and short forms
// of calls.
#ifndef COFFER_CAPI_TESTING_FIXTURE_H_
#define COFFER_CAPI_TESTING_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/coffer.h"

namespace coffer::testing {

inline constexpr int64_t kSecond = 1'000'000'000;

// Takes an error's message and frees it.
inline std::string message_of(coffer_error* error) {
  std::string message = error != nullptr ? coffer_error_message(error) : "";
  coffer_error_release(error);
  return message;
}

inline coffer_option text_option(const char* key, std::string_view value) {
  coffer_option option{};
  option.key = key;
  option.type = COFFER_TYPE_TEXT;
  option.text = {value.data(), value.size()};
  return option;
}

inline coffer_option int_option(const char* key, int64_t value, int32_t type = COFFER_TYPE_INT) {
  coffer_option option{};
  option.key = key;
  option.type = type;
  option.i64 = value;
  return option;
}

// A runtime that moves time by hand. Plugins come from COFFER_PLUGIN_PATH, which the build sets.
class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    coffer_error* error = nullptr;
    const coffer_option options[] = {text_option("clock", "manual"), int_option("hash_seed", 1)};
    ASSERT_EQ(coffer_runtime_create(options, 2, &runtime_, &error), COFFER_OK) << message_of(error);
  }

  void TearDown() override {
    for (coffer_cache* cache : caches_) coffer_cache_release(cache);
    coffer_runtime_release(runtime_);
  }

  // Opens a cache that lives until the end of the test.
  coffer_cache* open(const char* url) {
    coffer_error* error = nullptr;
    coffer_cache* cache = nullptr;
    const coffer_status status = coffer_cache_open(runtime_, url, nullptr, 0, &cache, &error);
    EXPECT_EQ(status, COFFER_OK) << url << ": " << message_of(error);
    if (status != COFFER_OK) std::abort();
    caches_.push_back(cache);
    return cache;
  }

  // The message of an open that must fail with `status`.
  std::string open_fails(const char* url, coffer_status status) {
    coffer_error* error = nullptr;
    coffer_cache* cache = nullptr;
    EXPECT_EQ(coffer_cache_open(runtime_, url, nullptr, 0, &cache, &error), status) << url;
    EXPECT_EQ(cache, nullptr);
    EXPECT_EQ(coffer_error_status(error), status);
    return message_of(error);
  }

  void advance(int64_t nanoseconds) {
    ASSERT_EQ(coffer_runtime_advance(runtime_, nanoseconds, nullptr), COFFER_OK);
  }

  coffer_runtime* runtime_ = nullptr;
  std::vector<coffer_cache*> caches_;
};

inline coffer_put_options put_options(int32_t mode = COFFER_PUT_SET,
                                      coffer_ttl ttl = COFFER_TTL_DEFAULT) {
  coffer_put_options options{};
  options.struct_size = sizeof options;
  options.mode = mode;
  options.ttl = ttl;
  return options;
}

inline coffer_status put(coffer_cache* cache, std::string_view key, std::string_view value,
                         const coffer_put_options* options = nullptr, uint64_t* version = nullptr) {
  return coffer_put(cache, key.data(), key.size(), value.data(), value.size(), options, version,
                    nullptr);
}

inline coffer_status remove(coffer_cache* cache, std::string_view key) {
  return coffer_delete(cache, key.data(), key.size(), nullptr);
}

// The value under a key, "(miss)", "(null)" or "(STATUS)".
inline std::string get_pinned(coffer_cache* cache, std::string_view key,
                              coffer_status* status = nullptr) {
  coffer_entry entry{};
  const coffer_status got = coffer_get(cache, key.data(), key.size(), &entry, nullptr);
  if (status != nullptr) *status = got;
  std::string value = std::string("(") + coffer_status_name(got) + ")";
  if (got == COFFER_MISS) value = "(miss)";
  if (got == COFFER_OK) value.assign(static_cast<const char*>(entry.data), entry.size);
  if (got == COFFER_OK && (entry.flags & COFFER_ENTRY_NULL) != 0) value = "(null)";
  coffer_entry_release(&entry);
  return value;
}

// The same, and coffer_read must agree: while nobody else writes.
inline std::string get(coffer_cache* cache, std::string_view key) {
  coffer_status status;
  const std::string pinned = get_pinned(cache, key, &status);

  std::string buffer(1 << 16, '\0');
  coffer_read_info info{};
  const coffer_status read =
      coffer_read(cache, key.data(), key.size(), buffer.data(), buffer.size(), &info, nullptr);
  EXPECT_EQ(read, status) << "coffer_read and coffer_get differ on " << key;
  if (read == COFFER_OK && (info.flags & COFFER_ENTRY_NULL) == 0) {
    buffer.resize(info.size);
    EXPECT_EQ(buffer, pinned) << "coffer_read and coffer_get differ on " << key;
  }
  return pinned;
}

inline coffer_stats stats_of(coffer_cache* cache) {
  coffer_stats stats{};
  stats.struct_size = sizeof stats;
  EXPECT_EQ(coffer_cache_stats(cache, &stats, nullptr), COFFER_OK);
  return stats;
}

inline std::vector<std::string> keys_of(coffer_cache* cache, int32_t kind,
                                        std::string_view pattern) {
  std::vector<std::string> found;
  coffer_scan* scan = nullptr;
  coffer_error* error = nullptr;
  const coffer_status opened =
      coffer_scan_open(cache, kind, pattern.data(), pattern.size(), &scan, &error);
  EXPECT_EQ(opened, COFFER_OK) << message_of(error);
  coffer_bytes page[7];
  size_t count = 0;
  coffer_status status = opened;
  while (status == COFFER_OK) {
    status = coffer_scan_next(scan, page, 7, &count, nullptr);
    for (size_t i = 0; i < count; ++i)
      found.emplace_back(static_cast<const char*>(page[i].data), page[i].size);
  }
  EXPECT_EQ(status, COFFER_END);
  coffer_scan_release(scan);
  return found;
}

}  // namespace coffer::testing

#endif  // COFFER_CAPI_TESTING_FIXTURE_H_
