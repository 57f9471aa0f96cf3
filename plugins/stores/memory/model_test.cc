// Random calls against a map that does the same, and the same calls with memory running out.
#include <map>

#include "plugins/stores/memory/test_store.h"

namespace coffer::memory {
namespace {

struct Model {
  struct Entry {
    std::string value, meta;
    uint64_t version = 0;
    coffer_time expires_at = COFFER_NEVER;
    void* object = nullptr;
  };

  Entry* live(const std::string& key, coffer_time now) {
    auto found = entries.find(key);
    if (found == entries.end()) return nullptr;
    const coffer_time at = found->second.expires_at;
    return at != COFFER_NEVER && at <= now ? nullptr : &found->second;
  }

  std::map<std::string, Entry> entries;
};

class Play {
 public:
  Play(FakeHost* host, TestStore* store, Random* random)
      : host_(host), store_(store), random_(random) {}

  void step() {
    switch (random_->below(12)) {
      case 0:
      case 1:
      case 2:
      case 3: return put();
      case 4:
      case 5: return get();
      case 6:
      case 7: return read();
      case 8: return del();
      case 9: return touch();
      case 10:
        host_->advance(static_cast<int64_t>(random_->below(3000000)));
        if (random_->below(4) == 0) store_->maintain(host_->now() + 1);
        return;
      default:
        if (random_->below(20) == 0) return clear();
        if (random_->below(20) == 0) return scan();
        if (random_->below(8) == 0) return unpin();
    }
  }

  void finish() {
    while (!pins_.empty()) unpin();
  }

  uint64_t lost = 0;  // calls that had no memory

 private:
  struct Pin {
    coffer_entry entry;
    Model::Entry expected;
  };

  std::string key() {
    const uint64_t n = random_->below(60);
    // Of all lengths around a word, and with common prefixes.
    return std::string(n % 23, 'p') + std::to_string(n);
  }

  coffer_ttl ttl() {
    return random_->below(2) ? COFFER_TTL_FOREVER
                             : static_cast<coffer_ttl>(1 + random_->below(20000000));
  }

  void put() {
    const std::string k = key();
    const std::string value = random_->bytes(random_->below(random_->below(20) ? 150 : 9000));
    Put how;
    how.mode = static_cast<int32_t>(random_->below(4));
    how.ttl = ttl();
    how.meta = random_->bytes(random_->below(3) ? 0 : random_->below(100));
    how.weight = random_->below(5) == 0 ? random_->below(1000) : 0;
    how.format = random_->below(2) ? 0 : 16;
    if (random_->below(10) == 0) {
      how.object = host_->new_object();
      how.object_type = host_->object_type();
      ++objects_;
    }
    if ((how.mode == COFFER_PUT_REPLACE || how.mode == COFFER_PUT_CAS) && random_->below(3) == 0) {
      how.ttl = COFFER_TTL_KEEP;
    }
    Model::Entry* old = model_.live(k, host_->now());
    how.expected_version = old != nullptr && random_->below(3) ? old->version : 77777;
    coffer_status expected = COFFER_OK;
    if (how.mode == COFFER_PUT_ADD && old) expected = COFFER_EXISTS;
    if (how.mode == COFFER_PUT_REPLACE && !old) expected = COFFER_MISS;
    if (how.mode == COFFER_PUT_CAS) {
      expected = !old                                   ? COFFER_MISS
                 : how.expected_version != old->version ? COFFER_CONFLICT
                                                        : COFFER_OK;
    }
    uint64_t version = 0;
    const coffer_status status = store_->put(k, value, how, &version);
    if (status == COFFER_EXHAUSTED) {
      ++lost;
    } else {
      ASSERT_EQ(status, expected);
    }
    if (status != COFFER_OK) {
      if (how.object != nullptr) {
        EXPECT_EQ(host_->releases_of(how.object), 0u);
      }
      return;
    }
    EXPECT_GT(version, old ? old->version : 0);
    Model::Entry entry;
    entry.value = value;
    entry.meta = how.meta;
    entry.version = version;
    entry.object = how.object;
    if (how.ttl > 0) entry.expires_at = host_->now() + how.ttl;
    if (how.ttl == COFFER_TTL_KEEP) entry.expires_at = old->expires_at;
    model_.entries[k] = entry;
  }

  static void expect_same(const coffer_entry& entry, const Model::Entry& expected) {
    EXPECT_EQ(TestStore::text(entry), expected.value);
    EXPECT_EQ(entry.version, expected.version);
    EXPECT_EQ(std::string(static_cast<const char*>(entry.meta), entry.meta_size), expected.meta);
    EXPECT_EQ(entry.object, expected.object);
  }

  void get() {
    const std::string k = key();
    const Model::Entry* expected = model_.live(k, host_->now());
    coffer_entry entry = {};
    ASSERT_EQ(store_->get(k, &entry), expected ? COFFER_OK : COFFER_MISS) << k;
    if (expected == nullptr) return;
    expect_same(entry, *expected);
    EXPECT_EQ(entry.expires_at, expected->expires_at);
    if (random_->below(4) == 0) {
      pins_.push_back({entry, *expected});
    } else {
      TestStore::release(&entry);
    }
  }

  void read() {
    const std::string k = key();
    const Model::Entry* expected = model_.live(k, host_->now());
    std::string value, meta;
    const size_t room = random_->below(200);
    coffer_status status = !expected                       ? COFFER_MISS
                           : expected->object              ? COFFER_UNSUPPORTED
                           : expected->value.size() > room ? COFFER_SHORT
                                                           : COFFER_OK;
    coffer_read_info info = {};
    ASSERT_EQ(store_->read(k, &value, room, &info, &meta), status);
    if (status == COFFER_SHORT) {
      EXPECT_EQ(info.size, expected->value.size());
    }
    if (status != COFFER_OK) return;
    EXPECT_EQ(value, expected->value);
    EXPECT_EQ(meta, expected->meta);
    EXPECT_EQ(info.version, expected->version);
    EXPECT_EQ(info.expires_at, expected->expires_at);
  }

  void del() {
    const std::string k = key();
    ASSERT_EQ(store_->del(k), model_.live(k, host_->now()) ? COFFER_OK : COFFER_MISS);
    model_.entries.erase(k);
  }

  void touch() {
    const std::string k = key();
    Model::Entry* entry = model_.live(k, host_->now());
    const coffer_ttl t = ttl();
    const coffer_status status = store_->touch(k, t);
    if (status == COFFER_EXHAUSTED) {
      ++lost;
      return;
    }
    ASSERT_EQ(status, entry ? COFFER_OK : COFFER_MISS);
    if (entry) entry->expires_at = t > 0 ? host_->now() + t : coffer_time{COFFER_NEVER};
  }

  void clear() {
    const std::string prefix(random_->below(25), 'p');
    uint64_t expected = 0;
    for (auto entry = model_.entries.begin(); entry != model_.entries.end();) {
      const bool matches = entry->first.compare(0, prefix.size(), prefix) == 0;
      if (matches && model_.live(entry->first, host_->now())) ++expected;
      entry = matches ? model_.entries.erase(entry) : std::next(entry);
    }
    EXPECT_EQ(store_->clear(prefix), expected);
  }

  void scan() {
    std::map<std::string, int> expected;
    for (const auto& [k, entry] : model_.entries) {
      if (model_.live(k, host_->now())) expected[k] = 1;
    }
    std::map<std::string, int> seen;
    for (const std::string& k : store_->keys("", 1 + random_->below(20))) ++seen[k];
    EXPECT_EQ(seen, expected);
  }

  void unpin() {
    if (pins_.empty()) return;
    const size_t i = random_->below(pins_.size());
    expect_same(pins_[i].entry, pins_[i].expected);
    TestStore::release(&pins_[i].entry);
    pins_[i] = pins_.back();
    pins_.pop_back();
  }

  FakeHost* host_;
  TestStore* store_;
  Random* random_;
  Model model_;
  std::vector<Pin> pins_;
  uint64_t objects_ = 0;
};

class ModelTest : public testing::TestWithParam<const char*> {};

TEST_P(ModelTest, DoesWhatAMapDoes) {
  Random random(test_seed());
  for (int round = 0; round < rounds(40); ++round) {
    FakeHost host;
    host.use_reference_strategy(static_cast<int32_t>(random.below(3)));
    TestStore store(&host, {{"capacity", random.below(2) ? "0" : "1000"},
                            {"bytes", random.below(2) ? "0" : "64MiB"},
                            {"shards", std::to_string(1u << random.below(4))},
                            {"strategy", GetParam()}});
    ASSERT_EQ(store.status, COFFER_OK);
    Play play(&host, &store, &random);
    for (int i = 0; i < 2000 && !HasFatalFailure(); ++i) play.step();
    EXPECT_EQ(play.lost, 0u);
    EXPECT_EQ(host.problems_so_far(), "");
    if (random.below(2)) store.destroy();
    play.finish();
    store.destroy();
    EXPECT_EQ(host.problems(), "");
    if (HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, ModelTest, testing::Values("lru", "reference"));

// Every allocation of a scenario fails once, each in a run of its own.
TEST(MemoryRunsOut, NothingIsLostAtWhicheverAllocation) {
  const uint64_t seed = test_seed();
  bool failed = true;
  for (uint64_t k = 1; failed; k += k < 60 ? 1 : static_cast<uint64_t>(rounds(1)) * 7) {
    Random random(seed);
    FakeHost host;
    host.add_strategy(coffer_plugin_info_v1_lru, coffer_plugin_create_v1_lru);
    host.fail_allocation(k);
    TestStore store(&host, {{"shards", "2"}});
    Play play(&host, &store, &random);
    if (store.status == COFFER_OK) {
      for (int i = 0; i < 400; ++i) play.step();
    } else {
      EXPECT_GE(store.status, COFFER_INVALID_ARGUMENT);  // whatever the host says of a strategy
      EXPECT_EQ(store.sink().problem(store.status), "");
    }
    EXPECT_LE(play.lost, 1u);
    failed = host.allocations() >= k;
    play.finish();
    store.destroy();
    ASSERT_EQ(host.problems(), "") << "allocation " << k;
    ASSERT_FALSE(testing::Test::HasFailure()) << "allocation " << k;
  }
}

}  // namespace
}  // namespace coffer::memory
