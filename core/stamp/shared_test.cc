#include "core/stamp/shared.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/dependency/testing/given.h"
#include "core/stamp/plugin_keeper.h"
#include "core/stamp/testing/fake_store.h"

namespace coffer::core {
namespace {

using namespace testing;  // NOLINT: the builders of dependencies

DependencyId tag(std::string_view name) { return tag_id("scope", name); }
DependencyId space(std::string_view name) { return space_id("scope", name); }

// One process.
struct Process {
  explicit Process(FakeStore& store) : stamps(std::make_unique<StoreKeeper>(store.connect())) {}
  explicit Process(std::unique_ptr<StampKeeper> keeper) : stamps(std::move(keeper)) {}

  std::vector<Stamp> pin(Given given) {
    std::vector<Stamp> out;
    EXPECT_EQ(stamps.pin(resolve(std::move(given)), COFFER_NEVER, out, sink), COFFER_OK)
        << message(sink);
    return out;
  }
  coffer_status late(Given given, uint64_t began) {
    std::vector<Stamp> out;
    return stamps.pin_late(resolve(std::move(given)), began, COFFER_NEVER, out, sink);
  }
  bool fresh(const std::vector<Stamp>& list) {
    return stamps.check(list, COFFER_NEVER, nullptr, sink) == COFFER_OK;
  }
  void move(const DependencyId& id) {
    EXPECT_EQ(stamps.move({&id, 1}, COFFER_NEVER, sink), COFFER_OK);
  }
  void event(std::string_view name, const Cells& cells) {
    const Row what = row(name, cells);
    EXPECT_EQ(stamps.move_rows({&what, 1}, COFFER_NEVER, sink), COFFER_OK) << message(sink);
  }

  SharedStamps stamps;
  coffer_sink sink;
};

class SharedStampsTest : public ::testing::Test {
 protected:
  FakeStore store_;
  Process one_{store_}, other_{store_};
};

Given post(int64_t id) { return Given().rows("posts", {{cell("id", i64(id))}}); }

TEST_F(SharedStampsTest, WhatOneStoresAnotherServesAndEnds) {
  const auto entry = one_.pin(Given().tag("a").rows("posts", {{cell("id", i64(1))}}));
  EXPECT_TRUE(other_.fresh(entry));
  other_.move(tag("b"));
  other_.event("posts", {cell("id", i64(2))});
  EXPECT_TRUE(one_.fresh(entry));
  other_.event("posts", {cell("id", i64(1))});
  EXPECT_FALSE(one_.fresh(entry));
  const auto again = one_.pin(Given().tag("a"));
  EXPECT_TRUE(one_.fresh(again));
  other_.move(tag("a"));
  size_t which = 9;
  EXPECT_EQ(one_.stamps.check(again, COFFER_NEVER, &which, one_.sink), COFFER_SUPERSEDED);
  EXPECT_EQ(which, 0u);
}

TEST_F(SharedStampsTest, BothSeeTheSameStamp) {
  const auto mine = one_.pin(Given().tag("a").rows("posts", {{}}));
  const auto yours = other_.pin(Given().tag("a").rows("posts", {{}}));
  for (size_t i = 0; i < mine.size(); ++i) {
    EXPECT_EQ(mine[i].value, yours[i].value);
    EXPECT_EQ(mine[i].id, yours[i].id);
    EXPECT_EQ(mine[i].cell, nullptr);
  }
}

TEST_F(SharedStampsTest, SpacesAndMissingColumnsAndEveryRow) {
  const auto id = one_.pin(post(1));
  other_.move(space("posts"));
  EXPECT_FALSE(one_.fresh(id));
  const auto title = one_.pin(Given().rows("posts", {{cell("title", text("x"))}}));
  other_.event("posts", {cell("id", i64(1))});
  EXPECT_FALSE(one_.fresh(title));
  const auto any = one_.pin(Given().rows("posts", {{}}));
  other_.event("posts", {cell("id", i64(1)), cell("title", text("y"))});
  EXPECT_FALSE(one_.fresh(any));
}

TEST_F(SharedStampsTest, WhatIsLostReadsAsChanged) {
  const auto dependencies = Given().tag("a").rows("posts", {{cell("id", i64(1))}});
  const auto entry = one_.pin(dependencies);
  ASSERT_EQ(store_.entries.size(), 3u);
  const auto all = store_.entries;
  for (const auto& [key, value] : all) {
    store_.entries = all;
    EXPECT_TRUE(one_.fresh(entry));
    store_.entries.erase(key);
    EXPECT_FALSE(one_.fresh(entry));
    // Made again it is another one.
    other_.pin(dependencies);
    EXPECT_FALSE(one_.fresh(entry));
  }
}

TEST_F(SharedStampsTest, AStampNeverComesBack) {
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(seen.insert(one_.pin(Given().tag("a"))[0].value).second);
    other_.move(tag("a"));
  }
}

TEST_F(SharedStampsTest, ASchemeMoreMovesTheSpaceOnce) {
  const auto by_id = one_.pin(post(1));
  const auto by_title = one_.pin(Given().rows("posts", {{cell("title", text("x"))}}));
  EXPECT_FALSE(one_.fresh(by_id));
  EXPECT_TRUE(one_.fresh(by_title));
  const auto again = one_.pin(post(1));
  EXPECT_TRUE(one_.fresh(by_title));
  // After the space has moved they come back together.
  other_.move(space("posts"));
  const auto first = one_.pin(post(1));
  const auto second = one_.pin(Given().rows("posts", {{cell("title", text("x"))}}));
  EXPECT_TRUE(one_.fresh(first));
  EXPECT_TRUE(one_.fresh(second));
}

TEST_F(SharedStampsTest, ListsOfSchemesHaveABound) {
  std::vector<std::string> columns;
  for (int i = 0; i < 1000; ++i) columns.push_back("column" + std::to_string(i));
  std::vector<Stamp> last;
  for (const std::string& column : columns)
    last = one_.pin(Given().rows("posts", {{cell(column, i64(1))}}));
  EXPECT_TRUE(one_.fresh(last));
  for (const auto& [key, entry] : store_.entries) EXPECT_LT(entry.value.size(), 5000u);
  Cells row;
  for (const std::string& column : columns) row.push_back(cell(column, i64(1)));
  other_.event("posts", row);
  EXPECT_FALSE(one_.fresh(last));
}

TEST_F(SharedStampsTest, DamagedEntriesAreAsGoodAsLost) {
  for (const std::string& damage :
       {std::string(), std::string("short"), std::string("12345678\xff\xff\xff\xff", 12),
        std::string("12345678\x01\0\0\0x", 13)}) {
    const auto entry = one_.pin(post(1));
    EXPECT_TRUE(one_.fresh(entry));
    for (auto& [key, value] : store_.entries) value.value = damage;
    EXPECT_FALSE(one_.fresh(entry));
    other_.event("posts", {cell("id", i64(1))});
    const auto again = one_.pin(post(1));
    EXPECT_TRUE(one_.fresh(again));
    other_.event("posts", {cell("id", i64(1))});
    EXPECT_FALSE(one_.fresh(again));
  }
}

TEST_F(SharedStampsTest, OldStampsAreKeptLongerWhenTheyAreUsed) {
  const auto entry = one_.pin(Given().tag("a"));
  FakeStore::Entry& kept = store_.entries.begin()->second;
  EXPECT_EQ(kept.left, kStampLifetime);
  kept.left = kStampLifetime * 2 / 3;
  one_.pin(Given().tag("a"));
  EXPECT_EQ(kept.left, kStampLifetime * 2 / 3);
  kept.left = kStampLifetime / 3;
  one_.pin(Given().tag("a"));
  EXPECT_EQ(kept.left, kStampLifetime);
  EXPECT_TRUE(one_.fresh(entry));
}

TEST_F(SharedStampsTest, ACallIsOneOrTwoToTheStore) {
  const auto entry = one_.pin(Given().tag("a").tag("b").rows("posts", {{cell("id", i64(1))}}));
  EXPECT_EQ(store_.calls, 2u);  // read, make
  one_.pin(Given().tag("a").tag("b").rows("posts", {{cell("id", i64(1))}}));
  EXPECT_EQ(store_.calls, 3u);
  one_.fresh(entry);
  EXPECT_EQ(store_.calls, 4u);
  one_.move(tag("a"));
  EXPECT_EQ(store_.calls, 5u);
  one_.event("posts", {cell("id", i64(1))});
  EXPECT_EQ(store_.calls, 7u);
}

TEST_F(SharedStampsTest, KeysAreThoseOfTheSpecification) {
  one_.pin(Given().tag("a"));
  ASSERT_EQ(store_.entries.size(), 1u);
  const std::string& key = store_.entries.begin()->first;
  ASSERT_EQ(key.size(), 18u);
  EXPECT_EQ(key.substr(0, 2), std::string("\0s", 2));
  const DependencyId id = tag("a");
  EXPECT_EQ(static_cast<unsigned char>(key[2]), id.low & 0xff);
  EXPECT_EQ(static_cast<unsigned char>(key[17]), id.high >> 56);
}

TEST_F(SharedStampsTest, FailuresOfTheStoreAreTold) {
  const auto entry = one_.pin(Given().tag("a"));
  store_.failure = COFFER_UNAVAILABLE;
  std::vector<Stamp> out;
  EXPECT_EQ(one_.stamps.pin(resolve(Given().tag("a")), COFFER_NEVER, out, one_.sink),
            COFFER_UNAVAILABLE);
  EXPECT_EQ(message(one_.sink), "the store is down");
  EXPECT_EQ(one_.late(Given().tag("a"), one_.stamps.now()), COFFER_UNAVAILABLE);
  EXPECT_EQ(one_.stamps.check(entry, COFFER_NEVER, nullptr, one_.sink), COFFER_UNAVAILABLE);
  const DependencyId id = tag("a");
  EXPECT_EQ(one_.stamps.move({&id, 1}, COFFER_NEVER, one_.sink), COFFER_UNAVAILABLE);
  const Row what = row("posts", {});
  EXPECT_EQ(one_.stamps.move_rows({&what, 1}, COFFER_NEVER, one_.sink), COFFER_UNAVAILABLE);
}

TEST_F(SharedStampsTest, AStoreThatKeepsNothingMakesNothingFresh) {
  store_.between = [&] { store_.entries.clear(); };
  EXPECT_FALSE(one_.fresh(one_.pin(Given().tag("a").rows("posts", {{cell("id", i64(1))}}))));
}

TEST_F(SharedStampsTest, AConjunctionNeedsItsSpace) {
  auto dependencies = resolve(post(1));
  dependencies.erase(dependencies.begin());
  std::vector<Stamp> out;
  EXPECT_EQ(one_.stamps.pin(dependencies, COFFER_NEVER, out, one_.sink), COFFER_INTERNAL);
  EXPECT_EQ(message(one_.sink), "\"posts: id = 1\" was pinned without its space");
}

// ---- what is known only after the computation ----

TEST_F(SharedStampsTest, LateOnesAreKnownOnceSeen) {
  const uint64_t first = one_.stamps.now();
  EXPECT_EQ(one_.late(Given().tag("a"), first), COFFER_SUPERSEDED);  // cannot be told
  const uint64_t second = one_.stamps.now();
  EXPECT_EQ(one_.late(Given().tag("a"), second), COFFER_OK);
  EXPECT_EQ(one_.late(Given().tag("a"), first), COFFER_SUPERSEDED);
  const uint64_t third = one_.stamps.now();
  other_.move(tag("a"));
  EXPECT_EQ(one_.late(Given().tag("a"), third), COFFER_SUPERSEDED);
}

TEST_F(SharedStampsTest, LateConjunctionsToo) {
  one_.pin(post(1));
  const uint64_t began = one_.stamps.now();
  EXPECT_EQ(one_.late(post(1), began), COFFER_OK);
  other_.event("posts", {cell("id", i64(2))});
  EXPECT_EQ(one_.late(post(1), began), COFFER_OK);
  other_.event("posts", {cell("id", i64(1))});
  EXPECT_EQ(one_.late(post(1), began), COFFER_SUPERSEDED);
}

// ---- a plugin that keeps stamps by itself ----

// As a script would do it: in one step each.
struct Plugin {
  using Id = std::pair<uint64_t, uint64_t>;
  std::map<Id, uint64_t> stamps;
  std::map<Id, std::set<std::string>> schemes;
  bool throws = false, silent = false;
  std::string bad_scheme;

  static Id key(const coffer_stamp_id& id) { return {id.low, id.high}; }
  static Plugin& of(void* self) {
    auto& plugin = *static_cast<Plugin*>(self);
    if (plugin.throws) throw std::runtime_error("broken");
    return plugin;
  }

  static coffer_status pin(void* self, coffer_stamp_pin* items, size_t count, coffer_ttl lifetime,
                           coffer_time, coffer_sink*) {
    Plugin& plugin = of(self);
    EXPECT_EQ(lifetime, kStampLifetime);
    for (size_t i = 0; i < count && !plugin.silent; ++i) {
      items[i].stamp = plugin.stamps.try_emplace(key(items[i].id), items[i].fresh).first->second;
      if (items[i].scheme.size == 0) continue;
      plugin.schemes[key(items[i].space)].emplace(static_cast<const char*>(items[i].scheme.data),
                                                  items[i].scheme.size);
    }
    return COFFER_OK;
  }
  static coffer_status read(void* self, const coffer_stamp_id* ids, size_t count, coffer_time,
                            uint64_t* stamps, coffer_sink*) {
    Plugin& plugin = of(self);
    for (size_t i = 0; i < count; ++i) {
      const auto found = plugin.stamps.find(key(ids[i]));
      stamps[i] = found == plugin.stamps.end() ? 0 : found->second;
    }
    return COFFER_OK;
  }
  static coffer_status move(void* self, const coffer_stamp_id* ids, size_t count, coffer_time,
                            coffer_sink*) {
    Plugin& plugin = of(self);
    for (size_t i = 0; i < count; ++i) {
      plugin.stamps.erase(key(ids[i]));
      plugin.schemes.erase(key(ids[i]));
    }
    return COFFER_OK;
  }
  static coffer_status each_scheme(void* self, const coffer_stamp_id* space, coffer_time,
                                   void (*each)(void*, coffer_bytes), void* user, coffer_sink*) {
    Plugin& plugin = of(self);
    for (const std::string& scheme : plugin.schemes[key(*space)])
      each(user, {scheme.data(), scheme.size()});
    if (!plugin.bad_scheme.empty())
      each(user, {plugin.bad_scheme.data(), plugin.bad_scheme.size()});
    return COFFER_OK;
  }

  static constexpr coffer_store_stamps kTable{
      sizeof(coffer_store_stamps), 0, pin, read, move, each_scheme};

  std::unique_ptr<StampKeeper> connect() {
    const auto guard = [](coffer_sink& sink, const std::function<coffer_status()>& call) {
      try {
        return call();
      } catch (const std::exception& e) {
        return sink.fail(COFFER_PLUGIN_FAULT, e.what());
      }
    };
    return std::make_unique<PluginKeeper>(kTable, this, guard);
  }
};

TEST(PluginStamps, ServeAsThoseMadeOfEntriesDo) {
  Plugin plugin;
  Process one(plugin.connect()), other(plugin.connect());
  const auto by_id = one.pin(Given().tag("a").rows("posts", {{cell("id", i64(1))}}));
  const auto by_title = one.pin(Given().rows("posts", {{cell("title", text("x"))}}));
  EXPECT_TRUE(other.fresh(by_id));  // here a scheme more moves nothing
  EXPECT_TRUE(other.fresh(by_title));
  other.event("posts", {cell("id", i64(1)), cell("title", text("y"))});
  EXPECT_FALSE(one.fresh(by_id));
  EXPECT_TRUE(one.fresh(by_title));
  other.event("posts", {cell("id", i64(5))});
  EXPECT_FALSE(one.fresh(by_title));
  const auto tagged = one.pin(Given().tag("a"));
  other.move(tag("a"));
  EXPECT_FALSE(one.fresh(tagged));
}

TEST(PluginStamps, FaultsAreTold) {
  Plugin plugin;
  Process one(plugin.connect());
  std::vector<Stamp> out;
  plugin.silent = true;
  EXPECT_EQ(one.stamps.pin(resolve(Given().tag("a")), COFFER_NEVER, out, one.sink),
            COFFER_PLUGIN_FAULT);
  plugin.silent = false;
  plugin.bad_scheme = "\xff";
  const Row what = row("posts", {});
  EXPECT_EQ(one.stamps.move_rows({&what, 1}, COFFER_NEVER, one.sink), COFFER_CORRUPT);
  plugin.throws = true;
  EXPECT_EQ(one.stamps.pin(resolve(Given().tag("a")), COFFER_NEVER, out, one.sink),
            COFFER_PLUGIN_FAULT);
  EXPECT_EQ(message(one.sink), "broken");
}

}  // namespace
}  // namespace coffer::core
