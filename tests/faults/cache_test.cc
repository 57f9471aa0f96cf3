// Reads, writes and events while an allocation fails at each place in turn.
#include "tests/faults/fixture.h"

namespace coffer::faults {
namespace {

const std::string kLong(5000, 'v');  // compresses, and has a block of its own

class CacheFaults : public FaultsTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    FaultsTest::SetUp();
    cache_ = open(GetParam());
    ASSERT_EQ(put(cache_, "kept", kLong), COFFER_OK);
  }
  // What was stored before is there, and the cache works.
  void check() {
    EXPECT_EQ(get_pinned(cache_, "kept"), kLong);
    EXPECT_EQ(put(cache_, "other", "1"), COFFER_OK);
    EXPECT_EQ(get_pinned(cache_, "other"), "1");
  }
  template <typename Call>
  void each(const char* what, Call&& call) {
    each_place(what, std::forward<Call>(call), [this](coffer_status) { check(); });
  }

  coffer_cache* cache_ = nullptr;
};

TEST_P(CacheFaults, PutAndGet) {
  const std::string key(3000, 'k');
  each("put", [&](coffer_error** error) {
    return coffer_put(cache_, key.data(), key.size(), kLong.data(), kLong.size(), nullptr, nullptr,
                      error);
  });
  each("get", [&](coffer_error** error) {
    coffer_entry entry{};
    const coffer_status status = coffer_get(cache_, key.data(), key.size(), &entry, error);
    coffer_entry_release(&entry);
    return status;
  });
  each("read", [&](coffer_error** error) {
    char buffer[64];
    coffer_read_info info{};
    return coffer_read(cache_, key.data(), key.size(), buffer, sizeof buffer, &info, error);
  });
  each("exists", [&](coffer_error** error) {
    return coffer_exists(cache_, key.data(), key.size(), nullptr, error);
  });
  each("ttl_left", [&](coffer_error** error) {
    coffer_ttl left = 0;
    return coffer_ttl_left(cache_, key.data(), key.size(), &left, error);
  });
  each("touch", [&](coffer_error** error) {
    return coffer_touch(cache_, key.data(), key.size(), testing::kSecond, error);
  });
  each("delete",
       [&](coffer_error** error) { return coffer_delete(cache_, key.data(), key.size(), error); });
  each("incr", [&](coffer_error** error) {
    int64_t out = 0;
    return coffer_incr(cache_, "n", 1, 1, 0, COFFER_TTL_DEFAULT, &out, error);
  });
}

TEST_P(CacheFaults, PutModesKeepTheOldValue) {
  for (const int32_t mode : {COFFER_PUT_SET, COFFER_PUT_ADD, COFFER_PUT_REPLACE, COFFER_PUT_CAS}) {
    for (const coffer_ttl ttl : {coffer_ttl{COFFER_TTL_KEEP}, coffer_ttl{testing::kSecond}}) {
      coffer_put_options options = put_options(mode, ttl);
      each("put by mode", [&](coffer_error** error) {
        return coffer_put(cache_, "other", 5, "2", 1, &options, nullptr, error);
      });
    }
  }
}

TEST_P(CacheFaults, ValuesAndObjects) {
  const coffer_value value = sample();
  each("put_value", [&](coffer_error** error) {
    return coffer_put_value(cache_, "v", 1, &value, nullptr, nullptr, error);
  });
  const coffer_visitor visitor = deaf_visitor();
  each("play", [&](coffer_error** error) {
    coffer_entry entry{};
    coffer_status status = coffer_get(cache_, "v", 1, &entry, error);
    if (status == COFFER_OK) status = coffer_entry_play(cache_, &entry, &visitor, nullptr, error);
    coffer_entry_release(&entry);
    return status;
  });
  static int references = 0;
  coffer_object_type type{};
  type.struct_size = sizeof type;
  type.name = "test.object";
  type.retain = [](const coffer_object_type*, void*) { ++references; };
  type.release = [](const coffer_object_type*, void*) { --references; };
  type.view = [](const coffer_object_type*, void*, const coffer_visitor* into, coffer_sink* sink) {
    return sample().play(nullptr, into, sink);
  };
  coffer_object_type deferred = type;
  deferred.flags = COFFER_OBJECT_DEFERRED_RELEASE;
  for (const coffer_object_type* each_type : {&type, &deferred}) {
    each_place(
        "put_object",
        [&](coffer_error** error) {
          return coffer_put_object(cache_, "o", 1, &references, each_type, nullptr, nullptr, error);
        },
        [&](coffer_status) {
          check();
          void* waiting[4];
          references -= static_cast<int>(coffer_object_drain(&deferred, waiting, 4));
          EXPECT_LE(references, 1);
        });
  }
  coffer_delete(cache_, "o", 1, nullptr);
  void* waiting[4];
  references -= static_cast<int>(coffer_object_drain(&deferred, waiting, 4));
  EXPECT_EQ(references, 0);
}

TEST_P(CacheFaults, DependenciesAndEvents) {
  const coffer_bytes tags[] = {bytes("a tag whose name is longer than a short string"), bytes("b")};
  const coffer_cell cells[] = {{bytes("author"), {COFFER_DATUM_I64, 0, 7, 0, {}}},
                               {bytes("title"), {COFFER_DATUM_TEXT, 0, 0, 0, bytes("On engines")}}};
  const coffer_cells all = {cells, 2};
  const coffer_rows rows = {bytes("post"), &all, 1};
  coffer_dependencies on{sizeof on, 0, tags, 2, &rows, 1};
  coffer_put_options options = put_options();
  options.dependencies = &on;
  each("put with dependencies", [&](coffer_error** error) {
    return coffer_put(cache_, "d", 1, "x", 1, &options, nullptr, error);
  });
  const coffer_visitor visitor = deaf_visitor();
  each("explain",
       [&](coffer_error** error) { return coffer_explain(cache_, "d", 1, &visitor, error); });
  const coffer_column column = {bytes("author"), COFFER_COLUMN_INTEGER, 0};
  each("declare", [&](coffer_error** error) {
    return coffer_space_declare(cache_, bytes("post"), &column, 1, error);
  });
  coffer_txn* txn = nullptr;
  for (const bool within : {false, true}) {
    if (within) {
      ASSERT_EQ(coffer_txn_begin(runtime_, &txn, nullptr), COFFER_OK);
    }
    each("invalidate_tags",
         [&](coffer_error** error) { return coffer_invalidate_tags(cache_, txn, tags, 2, error); });
    each("invalidate_space", [&](coffer_error** error) {
      return coffer_invalidate_space(cache_, txn, bytes("post"), error);
    });
    ASSERT_EQ(coffer_put(cache_, "d", 1, "x", 1, &options, nullptr, nullptr), COFFER_OK);
    each("row_event", [&](coffer_error** error) {
      return coffer_row_event(cache_, txn, bytes("post"), &all, &all, error);
    });
    EXPECT_EQ(get_pinned(cache_, "d"), within ? "x" : "(miss)");
  }
  each("txn_delete",
       [&](coffer_error** error) { return coffer_txn_delete(cache_, txn, "d", 1, error); });
  each("savepoint", [&](coffer_error** error) { return coffer_txn_savepoint(txn, error); });
  each_place(
      "inner commit",
      [&](coffer_error** error) {
        const coffer_status saved = coffer_txn_savepoint(txn, nullptr);
        return saved == COFFER_OK ? coffer_txn_commit(txn, error)
                                  : coffer_txn_savepoint(txn, error);
      },
      [&](coffer_status) { check(); });
  // Whatever fails while the events are played, each is played or reported.
  EXPECT_EQ(coffer_txn_mark_dirty(txn, nullptr), COFFER_OK);
  each_place(
      "commit",
      [&](coffer_error** error) {
        coffer_txn* one = nullptr;
        coffer_status status = coffer_txn_begin(runtime_, &one, error);
        if (status == COFFER_OK) status = coffer_invalidate_tags(cache_, one, tags, 2, error);
        if (status == COFFER_OK) status = coffer_txn_commit(one, error);
        coffer_txn_release(one);
        return status;
      },
      [&](coffer_status) { check(); });
  coffer_txn_release(txn);
}

TEST_P(CacheFaults, ClearAndRemove) {
  each("remove_prefix", [&](coffer_error** error) {
    uint64_t removed = 0;
    return coffer_remove_prefix(cache_, "oth", 3, &removed, error);
  });
  each("scan", [&](coffer_error** error) {
    coffer_scan* scan = nullptr;
    coffer_status status = coffer_scan_open(cache_, COFFER_SCAN_GLOB, "k*", 2, &scan, error);
    coffer_bytes page[4];
    size_t count = 0;
    while (status == COFFER_OK) status = coffer_scan_next(scan, page, 4, &count, error);
    coffer_scan_release(scan);
    return status;
  });
  each_place(
      "clear", [&](coffer_error** error) { return coffer_clear(cache_, error); },
      [&](coffer_status status) {
        EXPECT_EQ(get_pinned(cache_, "kept"), status < 16 ? "(miss)" : get_pinned(cache_, "kept"));
        ASSERT_EQ(put(cache_, "kept", kLong), COFFER_OK);
        check();
      });
  each_place(
      "maintain after clear",
      [&](coffer_error** error) {
        coffer_clear(cache_, nullptr);
        return coffer_runtime_maintain(runtime_, error);
      },
      [&](coffer_status) {
        ASSERT_EQ(put(cache_, "kept", kLong), COFFER_OK);
        check();
      });
}

TEST_P(CacheFaults, StatsAndDescriptions) {
  const coffer_visitor visitor = deaf_visitor();
  each("stats", [&](coffer_error** error) {
    coffer_stats stats{};
    stats.struct_size = sizeof stats;
    return coffer_cache_stats(cache_, &stats, error);
  });
  each("describe",
       [&](coffer_error** error) { return coffer_cache_describe(cache_, &visitor, error); });
  each("describe runtime",
       [&](coffer_error** error) { return coffer_runtime_describe(runtime_, &visitor, error); });
}

// The index grows, entries expire and are evicted.
TEST_P(CacheFaults, ChurnAndExpiry) {
  int at = 0;
  coffer_put_options options = put_options(COFFER_PUT_SET, testing::kSecond);
  each_place(
      "churn",
      [&](coffer_error** error) {
        coffer_status status = COFFER_OK;
        for (int i = 0; i < 200 && status == COFFER_OK; ++i) {
          const int key = ++at;
          status = coffer_put(cache_, &key, sizeof key, kLong.data(), static_cast<size_t>(i) * 20,
                              &options, nullptr, error);
        }
        return status;
      },
      [&](coffer_status) {
        advance(testing::kSecond);
        EXPECT_EQ(coffer_runtime_maintain(runtime_, nullptr), COFFER_OK);
        ASSERT_EQ(put(cache_, "kept", kLong), COFFER_OK);
        check();
      });
}

INSTANTIATE_TEST_SUITE_P(Stores, CacheFaults, ::testing::ValuesIn(kStores));

}  // namespace
}  // namespace coffer::faults
