// What the plugin allocates: nothing for usual values, little for any input.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "plugins/serializers/json/testing.h"

namespace {

size_t allocations = 0;  // calls
size_t live = 0;         // bytes held now
size_t peak = 0;         // and at most

}  // namespace

// This program's own; everything of the plugin's comes through here.
void* operator new(size_t size) {
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

namespace coffer::json {
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

// Memory: none for what is usual, and never more than a small multiple of the input.
TEST(Memory, OfDecoding) {
  const Serializer json(kJson);
  const coffer_visitor visitor = nobody();
  const auto decode = [&](std::string_view bytes) {
    return json.table().decode(json.self(), {bytes.data(), bytes.size()}, &visitor, &kAmple,
                               nullptr);
  };
  const std::string plain =
      "{\"name\":\"a text of more than sixteen bytes\",\"n\":[1,2.5,null,[[]]]}";
  const size_t before = allocations;
  ASSERT_EQ(decode(plain), COFFER_OK);
  EXPECT_EQ(allocations, before);

  std::string escaped = "[";
  for (int i = 0; i < 1'000; ++i) escaped += "\"" + std::string(2'000, 'x') + "\\n\",";
  escaped.back() = ']';
  peak = live;
  const size_t base = live;
  ASSERT_EQ(decode(escaped), COFFER_OK);
  EXPECT_LT(peak - base, escaped.size() / 10);  // one text at a time

  const std::string one = "\"" + std::string(1'000'000, 'x') + "\\n\"";
  peak = live;
  ASSERT_EQ(decode(one), COFFER_OK);
  EXPECT_LT(peak - live, one.size() * 4);
}

// The densest nestings that there are, closed or cut off, and with tags, which are nested too.
TEST(Memory, OfNesting) {
  constexpr size_t kDepth = 200'000;
  const auto repeated = [](std::string_view text) {
    std::string out;
    for (size_t i = 0; i < kDepth; ++i) out += text;
    return out;
  };
  coffer_limits limits = kAmple;
  limits.max_depth = UINT32_MAX;
  const coffer_visitor visitor = nobody();
  for (const char* ext : {"error", "tagged"}) {
    const Serializer json(kJson, {{"ext", ext}});
    for (const std::string& bytes :
         {repeated("[") + repeated("]"), repeated("["), repeated("{\"\":"), repeated("[[],"),
          repeated("{\"$tuple\":[") + repeated("]}"), repeated("\"\\n\",")}) {
      const size_t base = peak = live;
      conformance::FakeSink sink;
      json.table().decode(json.self(), {bytes.data(), bytes.size()}, &visitor, &limits, sink.get());
      EXPECT_LT(peak - base, 10'000 + 40 * bytes.size()) << ext << bytes.substr(0, 20);
    }
  }
}

TEST(Memory, OfEncoding) {
  const Serializer json(kJson);
  const Value value =
      map({{text("name"), list({integer(1), real(2.5), text(std::string(100, 'x'))})}});
  static char room[4'096];
  const coffer_writer writer = {nullptr,
                                [](void*, size_t size, coffer_status*) -> void* {
                                  return size <= sizeof(room) ? room : nullptr;
                                },
                                [](void*, size_t) {}};
  const coffer_value source = as_c(value);
  const size_t before = allocations;
  ASSERT_EQ(json.table().encode(json.self(), &source, &writer, nullptr), COFFER_OK);
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace coffer::json
