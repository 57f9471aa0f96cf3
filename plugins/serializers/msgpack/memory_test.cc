// What the plugin allocates: nothing for usual values, little for any; and what it does without.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "plugins/serializers/msgpack/testing.h"

namespace {

size_t allocations = 0;         // calls
size_t live = 0;                // bytes held now
size_t peak = 0;                // and at most
size_t fails_after = SIZE_MAX;  // so many calls one finds no memory

}  // namespace

// This program's own; everything of the plugin's comes through here.
void* operator new(size_t size) {
  if (fails_after-- == 0) throw std::bad_alloc();
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  ++allocations;
  live += malloc_usable_size(memory);
  peak = std::max(peak, live);
  return memory;
}
void operator delete(void* memory) noexcept {
  live -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept { operator delete(memory); }
// Those of a sanitizer do not come through the ones above.
void* operator new[](size_t size) { return operator new(size); }
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, size_t) noexcept { operator delete(memory); }

namespace coffer::msgpack {
namespace {

using namespace coffer::serializers;

// A visitor that keeps nothing.
coffer_visitor nobody() {
  return {sizeof(coffer_visitor),
          0,
          nullptr,
          [](void*) -> coffer_status { return COFFER_OK; },
          [](void*, uint8_t) -> coffer_status { return COFFER_OK; },
          [](void*, int64_t) -> coffer_status { return COFFER_OK; },
          [](void*, uint64_t) -> coffer_status { return COFFER_OK; },
          [](void*, const char*, size_t) -> coffer_status { return COFFER_OK; },
          [](void*, double) -> coffer_status { return COFFER_OK; },
          [](void*, const char*, size_t) -> coffer_status { return COFFER_OK; },
          [](void*, const void*, size_t) -> coffer_status { return COFFER_OK; },
          [](void*, uint64_t, uint32_t) -> coffer_status { return COFFER_OK; },
          [](void*) -> coffer_status { return COFFER_OK; },
          [](void*, uint64_t) -> coffer_status { return COFFER_OK; },
          [](void*) -> coffer_status { return COFFER_OK; },
          [](void*, uint32_t, const void*, size_t) -> coffer_status { return COFFER_OK; }};
}

// A writer that gives the same room each time.
coffer_writer nowhere() {
  static char room[1 << 17];
  return {nullptr,
          [](void*, size_t size, coffer_status*) -> void* {
            return size <= sizeof(room) ? room : nullptr;
          },
          [](void*, size_t) {}};
}

coffer_status decode(const Serializer& msgpack, std::string_view bytes, coffer_sink* sink) {
  const coffer_visitor visitor = nobody();
  return msgpack.table().decode(msgpack.self(), {bytes.data(), bytes.size()}, &visitor, &kAmple,
                                sink);
}

const Value& usual() {
  static const Value value =
      map({{text("name"), text("a text of more than sixteen bytes")},
           {text("n"), list({integer(1), real(2.5), null(), list({list({})})})},
           {text("when"), packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{1}, int32_t{2}, int32_t{0})},
           {text("price"), ext(COFFER_EXT_DECIMAL, "12.50")}});
  return value;
}

TEST(Memory, NoneForUsualValues) {
  const Serializer msgpack(kMsgpack);
  const std::string bytes = msgpack.encode(usual()).bytes;
  const coffer_value source = as_c(usual());
  const coffer_writer writer = nowhere();
  const size_t before = allocations;
  EXPECT_EQ(decode(msgpack, bytes, nullptr), COFFER_OK);
  EXPECT_EQ(msgpack.table().encode(msgpack.self(), &source, &writer, nullptr), COFFER_OK);
  EXPECT_EQ(allocations, before);
}

TEST(Memory, OfDecodingIsThatOfTheNesting) {
  const Serializer msgpack(kMsgpack);
  const std::string deep = std::string(900, '\x91') + "\xc0";
  peak = live;
  const size_t base = live;
  ASSERT_EQ(decode(msgpack, deep, nullptr), COFFER_OK);
  EXPECT_LT(peak - base, 64u << 10);
  // What a length claims is not allocated.
  peak = live;
  const size_t calls = allocations;
  for (const char* lie : {"\xdb\xff\xff\xff\xff"
                          "abc",
                          "\xdd\xff\xff\xff\xff"
                          "abc"}) {
    conformance::FakeSink sink;
    EXPECT_EQ(decode(msgpack, lie, sink.get()), COFFER_CORRUPT);
  }
  EXPECT_LT(allocations - calls, 50u);  // the reports
  EXPECT_LT(peak - base, 4u << 10);
}

// A million lists of unknown length: 8 bytes for each, whatever is in them.
TEST(Memory, OfMeasuringIsSmall) {
  const Serializer msgpack(kMsgpack);
  const coffer_value value = {
      nullptr, [](void*, const coffer_visitor* v, coffer_sink*) {
        static const std::string large(1'000, 'x');
        coffer_status status = v->list_begin(v->self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
        for (int i = 0; i < 10'000 && status == COFFER_OK; ++i) {
          status = v->list_begin(v->self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
          if (status == COFFER_OK) status = v->text(v->self, large.data(), large.size());
          if (status == COFFER_OK) status = v->list_end(v->self);
        }
        return status == COFFER_OK ? v->list_end(v->self) : status;
      }};
  const coffer_writer writer = nowhere();
  peak = live;
  const size_t base = live;
  ASSERT_EQ(msgpack.table().encode(msgpack.self(), &value, &writer, nullptr), COFFER_OK);
  EXPECT_LT(peak - base, 10'000 * 8 * 4);  // while a vector grows, there are two of it
}

// Without memory, calls fail as they should and leave nothing behind.
TEST(NoMemory, FailsProperly) {
  const Serializer msgpack(kMsgpack), plain(kMsgpack, {{"ext", "plain"}});
  const coffer_writer writer = nowhere();
  const Value tuple = list({usual(), list({}, COFFER_SET)}, COFFER_TUPLE);
  const coffer_value measured = as_c(tuple);
  // Text that is longer than what a std::string holds by itself.
  const Value moment = packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{1}, int32_t{2}, int32_t{3'600});
  const coffer_value textual = as_c(moment);
  const std::string deep = std::string(900, '\x91') + "\xc0";
  const auto until_it_works = [&](auto&& call) {
    for (size_t n = 0;; ++n) {
      conformance::FakeSink sink;
      const size_t before = live;
      fails_after = n;
      const coffer_status status = call(sink.get());
      fails_after = SIZE_MAX;
      if (status == COFFER_OK) {
        EXPECT_EQ(live, before);
        return n;
      }
      EXPECT_EQ(status, COFFER_EXHAUSTED);
      EXPECT_EQ(sink.problem(status), "");
    }
  };
  EXPECT_GT(until_it_works([&](coffer_sink* sink) {
              return msgpack.table().encode(msgpack.self(), &measured, &writer, sink);
            }),
            0u);
  EXPECT_GT(until_it_works([&](coffer_sink* sink) {
              return plain.table().encode(plain.self(), &textual, &writer, sink);
            }),
            0u);
  EXPECT_GT(until_it_works([&](coffer_sink* sink) { return decode(msgpack, deep, sink); }), 0u);
}

}  // namespace
}  // namespace coffer::msgpack
