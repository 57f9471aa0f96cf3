// What a plugin's table may not look like, and what a good one becomes.
#include "core/loader/table.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "core/error/error.h"

namespace coffer::core {
namespace {

// Any address will do for a function that is never called.
template <typename Function>
void set(Function& function) {
  function = reinterpret_cast<Function>(uintptr_t{0x1000});
}

coffer_store good_store() {
  coffer_store table = {};
  table.struct_size = sizeof(table);
  set(table.destroy);
  set(table.get);
  set(table.put);
  set(table.del);
  set(table.touch);
  set(table.clear);
  set(table.stats);
  return table;
}

coffer_strategy good_strategy() {
  coffer_strategy table = {};
  table.struct_size = sizeof(table);
  table.node_size = 16;
  table.node_align = 8;
  set(table.destroy);
  set(table.shard_create);
  set(table.shard_destroy);
  set(table.insert);
  set(table.replace);
  set(table.remove);
  set(table.victims);
  set(table.resize);
  set(table.bytes);
  return table;
}

coffer_serializer good_serializer() {
  coffer_serializer table = {};
  table.struct_size = sizeof(table);
  table.format = 16;
  table.media_type = "application/json";
  set(table.destroy);
  set(table.encode);
  set(table.decode);
  return table;
}

constexpr uint64_t kAllCaps = ~uint64_t{0};

template <typename Table>
std::string copy(const Table& table, uint64_t caps = kAllCaps) {
  Table out;
  return copy_table(&table, caps, out);
}

template <typename Table>
void expect_refused(Table table, const std::function<void(Table&)>& spoil, std::string_view part) {
  spoil(table);
  const std::string why = copy(table);
  EXPECT_NE(why.find(part), std::string::npos) << "'" << part << "' in '" << why << "'";
}

template <typename Table>
void expect_sizes_checked(const Table& good, uint32_t frozen) {
  Table out;
  EXPECT_NE(copy_table(static_cast<const Table*>(nullptr), 0, out), "");
  for (uint32_t size : {0u, frozen - 1, 4097u, 0xFFFFFFFFu}) {
    Table bad = good;
    bad.struct_size = size;
    EXPECT_NE(copy(bad).find("struct_size of its table is " + std::to_string(size)),
              std::string::npos);
  }
  Table least = good;
  least.struct_size = frozen;
  EXPECT_EQ(copy(least), "");
  // A later release's table is longer: its tail is not ours.
  std::vector<char> longer(4096, 0x55);
  std::memcpy(longer.data(), &good, sizeof(good));
  reinterpret_cast<Table*>(longer.data())->struct_size = 4096;
  EXPECT_EQ(copy_table(reinterpret_cast<const Table*>(longer.data()), kAllCaps, out), "");
  EXPECT_EQ(out.struct_size, sizeof(Table));
}

TEST(StoreTable, SizesAreChecked) { expect_sizes_checked(good_store(), 120); }
TEST(StrategyTable, SizesAreChecked) { expect_sizes_checked(good_strategy(), 104); }
TEST(SerializerTable, SizesAreChecked) { expect_sizes_checked(good_serializer(), 48); }

TEST(StoreTable, NamesTheFunctionThatIsMissing) {
  using Spoil = std::function<void(coffer_store&)>;
  const std::pair<std::string_view, Spoil> cases[] = {
      {"'destroy'", [](auto& t) { t.destroy = nullptr; }},
      {"'get'", [](auto& t) { t.get = nullptr; }},
      {"'put'", [](auto& t) { t.put = nullptr; }},
      {"'del'", [](auto& t) { t.del = nullptr; }},
      {"'touch'", [](auto& t) { t.touch = nullptr; }},
      {"'clear'", [](auto& t) { t.clear = nullptr; }},
      {"'stats'", [](auto& t) { t.stats = nullptr; }},
      {"reserved", [](auto& t) { t.reserved = 1; }},
  };
  for (const auto& [part, spoil] : cases) expect_refused(good_store(), spoil, part);
}

TEST(StoreTable, CapabilitiesAndFunctionsAgree) {
  using Spoil = std::function<void(coffer_store&)>;
  const std::pair<std::string_view, Spoil> cases[] = {
      {"claims COFFER_STORE_COPY, but function 'read' is NULL",
       [](auto& t) { t.caps = COFFER_STORE_COPY; }},
      {"function 'read' is set, but it does not claim", [](auto& t) { set(t.read); }},
      {"claims COFFER_STORE_SCAN, but function 'scan_open' is NULL",
       [](auto& t) { t.caps = COFFER_STORE_SCAN; }},
      {"'scan_next' is NULL",
       [](auto& t) {
         t.caps = COFFER_STORE_SCAN;
         set(t.scan_open);
         set(t.scan_close);
       }},
      {"'scan_close' is NULL",
       [](auto& t) {
         t.caps = COFFER_STORE_SCAN;
         set(t.scan_open);
         set(t.scan_next);
       }},
      {"'scan_close' is set", [](auto& t) { set(t.scan_close); }},
      {"claims COFFER_STORE_ASYNC, but function 'extension' is NULL",
       [](auto& t) { t.caps = COFFER_STORE_ASYNC; }},
  };
  for (const auto& [part, spoil] : cases) expect_refused(good_store(), spoil, part);
  coffer_store table = good_store();
  table.caps = COFFER_STORE_BOUNDED;
  EXPECT_EQ(copy(table, COFFER_STORE_BOUNDED), "");
  EXPECT_NE(copy(table, COFFER_STORE_SCAN).find("claims capabilities that its info does not"),
            std::string::npos);
}

TEST(StoreTable, GapsAreFilled) {
  const coffer_store table = good_store();
  coffer_store out;
  ASSERT_EQ(copy_table(&table, 0, out), "");
  coffer_sink sink;
  EXPECT_EQ(out.read(nullptr, nullptr, nullptr, &sink), COFFER_UNSUPPORTED);
  EXPECT_EQ(sink.error, nullptr);
  void* scan = nullptr;
  EXPECT_EQ(out.scan_open(nullptr, {}, &scan, &sink), COFFER_UNSUPPORTED);
  EXPECT_NE(sink.error, nullptr);
  size_t n = 7;
  EXPECT_EQ(out.scan_next(nullptr, nullptr, 0, nullptr, 0, &n, &sink), COFFER_END);
  EXPECT_EQ(n, 0u);
  out.scan_close(nullptr, nullptr);
  out.maintain(nullptr, 0);
  EXPECT_EQ(out.extension(nullptr, "x"), nullptr);
}

TEST(StrategyTable, RefusesEachBadMember) {
  using Spoil = std::function<void(coffer_strategy&)>;
  const std::pair<std::string_view, Spoil> cases[] = {
      {"'destroy'", [](auto& t) { t.destroy = nullptr; }},
      {"'shard_create'", [](auto& t) { t.shard_create = nullptr; }},
      {"'shard_destroy'", [](auto& t) { t.shard_destroy = nullptr; }},
      {"'insert'", [](auto& t) { t.insert = nullptr; }},
      {"'replace'", [](auto& t) { t.replace = nullptr; }},
      {"'remove'", [](auto& t) { t.remove = nullptr; }},
      {"'victims'", [](auto& t) { t.victims = nullptr; }},
      {"'resize'", [](auto& t) { t.resize = nullptr; }},
      {"'bytes'", [](auto& t) { t.bytes = nullptr; }},
      {"'hits'", [](auto& t) { t.hit_mode = COFFER_HITS_BATCH; }},
      {"'hits'", [](auto& t) { t.hit_mode = COFFER_HITS_RECENT; }},
      {"hit_mode", [](auto& t) { t.hit_mode = 4; }},
      {"hit_mode", [](auto& t) { t.hit_mode = -1; }},
      {"node_size is 65", [](auto& t) { t.node_size = 65; }},
      {"node_align is 0", [](auto& t) { t.node_align = 0; }},
      {"node_align is 12", [](auto& t) { t.node_align = 12; }},
      {"node_align is 32", [](auto& t) { t.node_align = 32; }},
      {"hit_limit is 0", [](auto& t) { t.hit_mode = COFFER_HITS_BYTE; }},
      {"hit_limit is 256",
       [](auto& t) {
         t.hit_mode = COFFER_HITS_BYTE;
         t.hit_limit = 256;
       }},
      {"hit_limit is 1", [](auto& t) { t.hit_limit = 1; }},
      {"node_size of at least 1",
       [](auto& t) {
         t.hit_mode = COFFER_HITS_BYTE;
         t.hit_limit = 3;
         t.node_size = 0;
       }},
      {"reserved", [](auto& t) { t.reserved = 1; }},
  };
  for (const auto& [part, spoil] : cases) expect_refused(good_strategy(), spoil, part);
}

TEST(StrategyTable, GapsAreFilled) {
  const coffer_strategy table = good_strategy();
  coffer_strategy out;
  ASSERT_EQ(copy_table(&table, 0, out), "");
  out.hits(nullptr, nullptr, 0);
}

TEST(SerializerTable, RefusesEachBadMember) {
  using Spoil = std::function<void(coffer_serializer&)>;
  const std::pair<std::string_view, Spoil> cases[] = {
      {"'destroy'", [](auto& t) { t.destroy = nullptr; }},
      {"'encode'", [](auto& t) { t.encode = nullptr; }},
      {"'decode'", [](auto& t) { t.decode = nullptr; }},
      {"format is 15", [](auto& t) { t.format = 15; }},
      {"media_type", [](auto& t) { t.media_type = nullptr; }},
      {"media_type", [](auto& t) { t.media_type = ""; }},
      {"media_type", [](auto& t) { t.media_type = "\xff"; }},
  };
  for (const auto& [part, spoil] : cases) expect_refused(good_serializer(), spoil, part);
  coffer_serializer table = good_serializer();
  table.caps = COFFER_SERIALIZER_TEXT;
  EXPECT_EQ(copy(table, COFFER_SERIALIZER_TEXT), "");
  EXPECT_NE(copy(table, 0).find("capabilities"), std::string::npos);
}

TEST(CodecTable, RefusesEachBadMember) {
  using Spoil = std::function<void(coffer_codec&)>;
  coffer_codec good = {};
  good.struct_size = sizeof(good);
  good.codec = 16;
  set(good.destroy);
  set(good.encode);
  set(good.decode);
  const std::pair<std::string_view, Spoil> cases[] = {
      {"'destroy'", [](auto& t) { t.destroy = nullptr; }},
      {"'encode'", [](auto& t) { t.encode = nullptr; }},
      {"'decode'", [](auto& t) { t.decode = nullptr; }},
      {"codec is 15", [](auto& t) { t.codec = 15; }},
      {"capabilities", [](auto& t) { t.caps = COFFER_CODEC_COMPRESSES; }},
  };
  for (const auto& [part, spoil] : cases) expect_refused(good, spoil, part);
  EXPECT_NE(copy(good, COFFER_CODEC_ENCRYPTS).find("capabilities"), std::string::npos);
  EXPECT_EQ(copy(good, 0), "");
}

}  // namespace
}  // namespace coffer::core
