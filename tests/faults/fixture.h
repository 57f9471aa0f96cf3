// What tests with failing allocations share.
#ifndef COFFER_TESTS_FAULTS_FIXTURE_H_
#define COFFER_TESTS_FAULTS_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "capi/testing/fixture.h"
#include "tests/faults/allocations.h"

namespace coffer::faults {

using testing::get_pinned;
using testing::message_of;
using testing::put;
using testing::put_options;

// Where a call puts its error: a failure must carry one, also without memory.
class Error {
 public:
  Error() = default;
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;
  ~Error() { coffer_error_release(error_); }
  coffer_error** slot() {
    coffer_error_release(std::exchange(error_, nullptr));
    return &error_;
  }
  bool belongs_to(coffer_status status) const {
    return status < 16 ? error_ == nullptr
                       : coffer_error_status(error_) == status && *coffer_error_message(error_);
  }

 private:
  coffer_error* error_ = nullptr;
};

class FaultsTest : public testing::RuntimeTest {
 protected:
  // Calls `call(error)`, which returns a status, again and again; each time an allocation fails at
  // another place, until none is left. Each must be a success or say that memory ran out
  // (`any_failure`: or fail in another way), and `then(status)` checks what it left behind. Returns
  // how many places there were.
  template <typename Call, typename Then>
  int each_place(const char* what, Call&& call, Then&& then, bool any_failure = false) {
    SCOPED_TRACE(what);
    const auto places = std::make_unique<Places>();
    Error error;
    for (int count = 0;; ++count) {
      coffer_error** const slot = error.slot();
      fail_next(*places);
      const coffer_status status = call(slot);
      std::string place;
      const bool failed = stop_failing(&place);
      SCOPED_TRACE("an allocation failed at" + place);
      EXPECT_TRUE(status < 16 || (failed && (status == COFFER_EXHAUSTED || any_failure)))
          << coffer_status_name(status) << ": " << coffer_error_message(*slot);
      EXPECT_TRUE(error.belongs_to(status)) << coffer_status_name(status);
      then(status);
      if (!failed || HasFailure()) return count;
    }
  }
  template <typename Call>
  int each_place(const char* what, Call&& call) {
    return each_place(what, std::forward<Call>(call), [](coffer_status) {});
  }
};

inline coffer_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

// Plays a list with something of everything, without memory of its own.
inline coffer_value sample() {
  return {nullptr, [](void*, const coffer_visitor* into, coffer_sink*) -> coffer_status {
            void* const self = into->self;
            coffer_status status = into->list_begin(self, 6, 0);
            if (status == COFFER_OK) status = into->i64(self, -7);
            if (status == COFFER_OK) status = into->f64(self, 1.5);
            if (status == COFFER_OK)
              status = into->text(self, "a text of more bytes than a string has room for", 47);
            if (status == COFFER_OK) status = into->null(self);
            if (status == COFFER_OK) status = into->boolean(self, 1);
            if (status == COFFER_OK) status = into->map_begin(self, 1);
            if (status == COFFER_OK) status = into->text(self, "key", 3);
            if (status == COFFER_OK) status = into->text(self, "value", 5);
            if (status == COFFER_OK) status = into->map_end(self);
            return status == COFFER_OK ? into->list_end(self) : status;
          }};
}

// Hears events and keeps none.
inline coffer_visitor deaf_visitor() {
  coffer_visitor visitor{};
  visitor.struct_size = sizeof visitor;
  visitor.null = [](void*) { return coffer_status{COFFER_OK}; };
  visitor.boolean = [](void*, uint8_t) { return coffer_status{COFFER_OK}; };
  visitor.i64 = [](void*, int64_t) { return coffer_status{COFFER_OK}; };
  visitor.u64 = [](void*, uint64_t) { return coffer_status{COFFER_OK}; };
  visitor.bigint = [](void*, const char*, size_t) { return coffer_status{COFFER_OK}; };
  visitor.f64 = [](void*, double) { return coffer_status{COFFER_OK}; };
  visitor.text = [](void*, const char*, size_t) { return coffer_status{COFFER_OK}; };
  visitor.blob = [](void*, const void*, size_t) { return coffer_status{COFFER_OK}; };
  visitor.list_begin = [](void*, uint64_t, uint32_t) { return coffer_status{COFFER_OK}; };
  visitor.list_end = [](void*) { return coffer_status{COFFER_OK}; };
  visitor.map_begin = [](void*, uint64_t) { return coffer_status{COFFER_OK}; };
  visitor.map_end = [](void*) { return coffer_status{COFFER_OK}; };
  visitor.ext = [](void*, uint32_t, const void*, size_t) { return coffer_status{COFFER_OK}; };
  return visitor;
}

// The stores that all operations are tried on: with and without codecs, in each hit mode.
inline constexpr const char* kStores[] = {
    "memory://?capacity=100&grace=1m&strategy=lru",
    "memory://?bytes=8MiB&grace=1m&namespace=ns&sliding=1&strategy=lfu",
    "memory://?capacity=100&codec=zstd,aes_gcm&checksum=1&codec.aes_gcm.key="
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "memory://?capacity=100&codec=lz4&serializer=msgpack&strategy=ttl",
};

}  // namespace coffer::faults

#endif  // COFFER_TESTS_FAULTS_FIXTURE_H_
