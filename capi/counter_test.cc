// Counters: coffer_incr on whatever is stored.
#include <gtest/gtest.h>

#include "capi/testing/freshness.h"
#include "coffer/batch.h"
#include "core/value/testing/recorder.h"

namespace coffer::testing {
namespace {

constexpr int64_t kMost = INT64_MAX, kLeast = INT64_MIN;

coffer_value integer(const int64_t& value) {
  return {const_cast<int64_t*>(&value), [](void* self, const coffer_visitor* into, coffer_sink*) {
            return into->i64(into->self, *static_cast<const int64_t*>(self));
          }};
}

class CounterTest : public RuntimeTest {
 protected:
  struct Answer {
    coffer_status status;
    int64_t sum = 0;
    std::string message, detail;
  };
  static Answer incr(coffer_cache* cache, std::string_view key, int64_t delta = 1,
                     int64_t initial = 0) {
    Answer answer{};
    coffer_error* error = nullptr;
    answer.status = coffer_incr(cache, key.data(), key.size(), delta, initial, COFFER_TTL_DEFAULT,
                                &answer.sum, &error);
    const char* detail = error != nullptr ? coffer_error_detail(error, "reason") : nullptr;
    answer.detail = detail != nullptr ? detail : "";
    answer.message = message_of(error);
    return answer;
  }
  static coffer_status put_value(coffer_cache* cache, std::string_view key,
                                 const coffer_value& value,
                                 const coffer_put_options* options = nullptr) {
    return coffer_put_value(cache, key.data(), key.size(), &value, options, nullptr, nullptr);
  }
  // What the entry plays: "i7 ".
  static std::string played(coffer_cache* cache, std::string_view key, uint32_t* format = nullptr) {
    coffer_entry entry{};
    if (coffer_get(cache, key.data(), key.size(), &entry, nullptr) != COFFER_OK) return "(miss)";
    core::Recorder recorder;
    const coffer_status status =
        coffer_entry_play(cache, &entry, recorder.visitor(), nullptr, nullptr);
    if (format != nullptr) *format = entry.format;
    coffer_entry_release(&entry);
    return status == COFFER_OK ? recorder.heard : coffer_status_name(status);
  }
};

TEST_F(CounterTest, CountsWhatAnySerializerWrote) {
  for (const char* serializer : {"json", "msgpack", "yaml", "pickle", "protobuf"}) {
    for (const char* how : {"", "&codec=zstd", "&grace=1h"}) {
      SCOPED_TRACE(std::string(serializer) + how);
      coffer_cache* cache =
          open((std::string("memory://?capacity=100&serializer=") + serializer + how).c_str());
      for (const int64_t start : {int64_t{0}, int64_t{41}, int64_t{-1}, kMost - 1, kLeast}) {
        ASSERT_EQ(put_value(cache, "n", integer(start)), COFFER_OK);
        uint32_t before = 0, after = 0;
        const std::string was = played(cache, "n", &before);
        EXPECT_EQ(incr(cache, "n").sum, start + 1);
        EXPECT_EQ(played(cache, "n", &after), "i" + std::to_string(start + 1) + " ");
        EXPECT_EQ(after, before) << "it is written as it was";
      }
    }
  }
}

TEST_F(CounterTest, ANewCounterPlaysAnInteger) {
  coffer_cache* cache = open("memory://?capacity=100&serializer=msgpack");
  EXPECT_EQ(incr(cache, "n", 2, 40).sum, 42);
  uint32_t format = 0;
  EXPECT_EQ(played(cache, "n", &format), "i42 ");
  EXPECT_EQ(format, uint32_t{COFFER_FORMAT_INTEGER});
  EXPECT_EQ(get(cache, "n"), "42") << "as decimal text";
}

TEST_F(CounterTest, CountsDecimalText) {
  coffer_cache* cache = open("memory://?capacity=100");
  put(cache, "n", "-7");
  EXPECT_EQ(incr(cache, "n", 5).sum, -2);
  EXPECT_EQ(get(cache, "n"), "-2");
  for (const char* text : {"", " 1", "1 ", "+1", "0x1", "1.0", "1e3", "one", "-"}) {
    put(cache, "n", text);
    const Answer answer = incr(cache, "n");
    EXPECT_EQ(answer.status, COFFER_INVALID_STATE) << text;
    EXPECT_NE(answer.message.find("not an integer"), std::string::npos) << answer.message;
    EXPECT_EQ(answer.detail, "");
    EXPECT_EQ(get(cache, "n"), text);
  }
}

TEST_F(CounterTest, RefusesValuesThatAreNoInteger) {
  const coffer_value values[] = {
      {nullptr,
       [](void*, const coffer_visitor* to, coffer_sink*) { return to->f64(to->self, 1.0); }},
      {nullptr,
       [](void*, const coffer_visitor* to, coffer_sink*) { return to->text(to->self, "1", 1); }},
      {nullptr,
       [](void*, const coffer_visitor* to, coffer_sink*) { return to->boolean(to->self, 1); }},
      {nullptr, [](void*, const coffer_visitor* to, coffer_sink*) { return to->null(to->self); }},
      {nullptr, [](void*, const coffer_visitor* to, coffer_sink*) {
         const coffer_status status = to->list_begin(to->self, 1, COFFER_LIST);
         if (status != COFFER_OK) return status;
         to->i64(to->self, 1);
         return to->list_end(to->self);
       }}};
  for (const char* serializer : {"json", "msgpack", "yaml", "pickle", "protobuf"}) {
    coffer_cache* cache =
        open((std::string("memory://?capacity=100&serializer=") + serializer).c_str());
    for (const coffer_value& value : values) {
      ASSERT_EQ(put_value(cache, "n", value), COFFER_OK);
      const std::string was = played(cache, "n");
      const Answer answer = incr(cache, "n");
      EXPECT_EQ(answer.status, COFFER_INVALID_STATE) << serializer << " " << was;
      EXPECT_NE(answer.message.find("not an integer"), std::string::npos) << answer.message;
      EXPECT_EQ(played(cache, "n"), was);
    }
  }
}

TEST_F(CounterTest, AStepOutOf64BitsEndsWithAnError) {
  coffer_cache* cache = open("memory://?capacity=100");
  const auto expect_overflow = [&](int64_t start, int64_t delta) {
    ASSERT_EQ(put_value(cache, "n", integer(start)), COFFER_OK);
    const Answer answer = incr(cache, "n", delta);
    EXPECT_EQ(answer.status, COFFER_INVALID_STATE);
    EXPECT_EQ(answer.detail, "OVERFLOW");
    EXPECT_NE(answer.message.find("does not fit in 64 bits"), std::string::npos) << answer.message;
    EXPECT_EQ(played(cache, "n"), "i" + std::to_string(start) + " ");
  };
  expect_overflow(kMost, 1);
  expect_overflow(1, kMost);
  expect_overflow(kLeast, -1);
  expect_overflow(-1, kLeast);
  EXPECT_EQ(incr(cache, "absent", 1, kMost).detail, "OVERFLOW");
  EXPECT_EQ(get(cache, "absent"), "(miss)");
  const coffer_value large = {nullptr, [](void*, const coffer_visitor* to, coffer_sink*) {
                                return to->u64(to->self, UINT64_MAX);
                              }};
  ASSERT_EQ(put_value(cache, "n", large), COFFER_OK);
  EXPECT_EQ(incr(cache, "n", -1).detail, "OVERFLOW");
  put(cache, "n", "9223372036854775808");
  EXPECT_EQ(incr(cache, "n", -1).detail, "OVERFLOW");
}

TEST_F(CounterTest, KeepsExpiryAndDependencies) {
  for (const char* serializer : {"json", "msgpack"}) {
    coffer_cache* cache =
        open((std::string("memory://?capacity=100&serializer=") + serializer).c_str());
    Depends on;
    on.tag("t");
    coffer_put_options options = put_options(COFFER_PUT_SET, 10 * kSecond);
    options.dependencies = on.get();
    const int64_t five = 5;
    ASSERT_EQ(put_value(cache, "n", integer(five), &options), COFFER_OK);
    EXPECT_EQ(incr(cache, "n").sum, 6);
    coffer_ttl left = 0;
    ASSERT_EQ(coffer_ttl_left(cache, "n", 1, &left, nullptr), COFFER_OK);
    EXPECT_EQ(left, 10 * kSecond);
    invalidate(cache, "t");
    EXPECT_EQ(incr(cache, "n").sum, 1) << "a counter that has ended begins anew";
  }
}

TEST_F(CounterTest, APutMayKeepDependencies) {
  coffer_cache* cache = open("memory://?capacity=100");
  Depends on;
  on.tag("t");
  coffer_put_options options = put_options(COFFER_PUT_SET, 10 * kSecond);
  options.dependencies = on.get();
  put(cache, "k", "v", &options);
  coffer_put_options over = put_options(COFFER_PUT_REPLACE, COFFER_TTL_KEEP);
  over.flags = COFFER_PUT_KEEP_DEPENDENCIES;
  EXPECT_EQ(put(cache, "k", "w", &over), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "w");
  invalidate(cache, "t");
  EXPECT_EQ(get(cache, "k"), "(miss)");
  over.ttl = COFFER_TTL_DEFAULT;
  EXPECT_EQ(put(cache, "k", "w", &over), COFFER_INVALID_ARGUMENT);
}

TEST_F(CounterTest, OfOneThatMustExist) {
  coffer_cache* cache = open("memory://?capacity=100");
  int64_t sum = 0;
  EXPECT_EQ(coffer_incr_existing(cache, "n", 1, 1, &sum, nullptr), COFFER_MISS);
  EXPECT_EQ(get(cache, "n"), "(miss)");
  coffer_op op{};
  op.struct_size = sizeof op;
  op.kind = COFFER_OP_INCR;
  op.key = bytes("n");
  op.number = 2;
  op.put = put_options(COFFER_PUT_REPLACE);
  coffer_result result{};
  ASSERT_EQ(coffer_run(cache, &op, 1, sizeof op, &result, nullptr), COFFER_OK);
  EXPECT_EQ(result.status, COFFER_MISS);
  put(cache, "n", "5");
  EXPECT_EQ(coffer_incr_existing(cache, "n", 1, 1, &sum, nullptr), COFFER_OK);
  EXPECT_EQ(sum, 6);
  ASSERT_EQ(coffer_run(cache, &op, 1, sizeof op, &result, nullptr), COFFER_OK);
  EXPECT_EQ(result.number, 8);
  op.put.mode = COFFER_PUT_CAS;
  ASSERT_EQ(coffer_run(cache, &op, 1, sizeof op, &result, nullptr), COFFER_OK);
  EXPECT_EQ(result.status, COFFER_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace coffer::testing
