// What the plugin allocates: nothing to write usual values, little to read any text. And what it
// does when there is no memory.
#include <gtest/gtest.h>

#include <cstdlib>

#include "plugins/serializers/yaml/testing.h"
#include "plugins/serializers/yaml/watched_memory.h"

namespace coffer::yaml {
namespace {

using namespace coffer::serializers;

const Value& usual() {
  static const Value value = map({{text("name"), list({integer(1), real(2.5), map({}), null()})},
                                  {text("text"), text("lines\nof text\n")},
                                  {text("quoted"), text("a: b")},
                                  {text("bytes"), blob("some")}});
  return value;
}

TEST(Memory, OfDecoding) {
  const Serializer yaml(kYaml);
  Nobody nobody;
  const coffer_visitor& visitor = nobody.visitor;
  // The densest texts that there are: many nodes, long text, many names.
  std::string nodes = "[", names;
  for (int i = 0; i < 300'000; ++i) nodes += "a,";
  for (int i = 0; i < 50'000; ++i) names += "- &n" + std::to_string(i) + " a\n";
  for (const std::string& bytes :
       {nodes + "]", "\"" + std::string(1'000'000, 'x') + "\"", names, std::string(300'000, '[')}) {
    const size_t base = memory.live;
    memory.peak = base;
    const coffer_status status =
        yaml.table().decode(yaml.self(), {bytes.data(), bytes.size()}, &visitor, &kAmple, nullptr);
    EXPECT_LT(memory.peak - base, 100'000 + 30 * bytes.size()) << bytes.substr(0, 20);
    // The host keeps the report of a failure.
    if (status == COFFER_OK) {
      EXPECT_EQ(memory.live, base);
    }
  }
}

// Without names, merge keys and sets memory does not grow with the text.
TEST(Memory, OfDecodingPlainTextIsThatOfOneScalar) {
  const Serializer yaml(kYaml);
  Nobody nobody;
  std::string rows, pairs, flow = "[";
  for (int i = 0; i < 50'000; ++i) {
    const std::string n = std::to_string(i);
    rows += "- id: " + n + "\n  name: \"R & D, number " + n +
            "\"\n  data: !!binary aGk=\n  tags: [a, b]\n";
    pairs += "key" + n + ":\n- 1.5\n- wow!\n";
    flow += "{a: 1, b: [2]},";
  }
  for (const std::string& bytes : {rows, pairs, flow + "]"}) {
    const size_t base = memory.live;
    memory.peak = base;
    EXPECT_EQ(yaml.table().decode(yaml.self(), {bytes.data(), bytes.size()}, &nobody.visitor,
                                  &kAmple, nullptr),
              COFFER_OK);
    EXPECT_LT(memory.peak - base, 200'000u) << bytes.substr(0, 20);
    EXPECT_EQ(memory.live, base);
  }
}

TEST(Memory, OfEncoding) {
  const Serializer yaml(kYaml);
  static char room[4'096];
  const coffer_writer writer = {nullptr,
                                [](void*, size_t size, coffer_status*) -> void* {
                                  return size <= sizeof(room) ? room : nullptr;
                                },
                                [](void*, size_t) {}};
  const coffer_value source = as_c(usual());
  const size_t before = memory.allocations;
  ASSERT_EQ(yaml.table().encode(yaml.self(), &source, &writer, nullptr), COFFER_OK);
  EXPECT_EQ(memory.allocations, before);
}

// Counts the reports of failures; the watched host of other tests would need memory for them.
struct BareHost {
  coffer_host host = {};
  static inline int reports = 0;

  BareHost() {
    host.struct_size = sizeof(host);
    host.abi_version = COFFER_ABI_VERSION;
    host.fail = [](const coffer_host*, coffer_sink*, coffer_status, uint32_t, const char*, size_t) {
      ++reports;
    };
    host.fail_detail = [](const coffer_host*, coffer_sink*, const char*, const char*, size_t) {};
    host.alloc = [](const coffer_host*, size_t size, size_t) { return std::malloc(size); };
    host.free = [](const coffer_host*, void* memory, size_t, size_t) { std::free(memory); };
  }
};

// Without memory from any of its allocations on, decoding is EXHAUSTED, once reported, and leaves
// nothing behind.
TEST(Memory, NoneLeft) {
  const BareHost bare;
  const conformance::OptionList options(*kYaml.info(0), {});
  coffer_instance instance = {};
  ASSERT_EQ(kYaml.create(&bare.host, "yaml", options.data(), options.size(), &instance, nullptr),
            COFFER_OK);
  const auto& table = *static_cast<const coffer_serializer*>(instance.table);
  Nobody nobody;
  const coffer_visitor& visitor = nobody.visitor;
  const std::string bytes =
      "%TAG !y! tag:yaml.org,2002:\n---\n- &name {a: \"some text that is long\", <<: {b: 0x1"
      "FFFFFFFFFFFFFFFFFFFF}}\n- *name\n- !y!set {x, !!binary AAAA: }\n- |\n  lines\n  of text\n";
  const auto decode = [&] {
    return table.decode(instance.self, {bytes.data(), bytes.size()}, &visitor, &kAmple, nullptr);
  };
  const size_t before = memory.allocations;
  ASSERT_EQ(decode(), COFFER_OK);
  const size_t count = memory.allocations - before;
  ASSERT_GT(count, 50u);
  for (size_t i = 0; i < count; ++i) {
    const size_t base = memory.live;
    BareHost::reports = 0;
    memory.fail_from = memory.allocations + i;
    const coffer_status status = decode();
    memory.fail_from = SIZE_MAX;
    ASSERT_EQ(status, COFFER_EXHAUSTED) << i;
    ASSERT_EQ(BareHost::reports, 1) << i;
    ASSERT_EQ(memory.live, base) << i;
  }
  table.destroy(instance.self);
}

}  // namespace
}  // namespace coffer::yaml
