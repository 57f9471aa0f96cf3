// Runtimes, handles, queues, batches and serializers while an allocation fails at each place.
#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "tests/faults/fixture.h"

namespace coffer::faults {
namespace {

using LifecycleFaults = FaultsTest;

TEST_F(LifecycleFaults, RuntimesAndCaches) {
  for (const char* url : kStores) {
    each_place(
        url,
        [&](coffer_error** error) {
          coffer_runtime* runtime = nullptr;
          coffer_cache* cache = nullptr;
          coffer_cache* derived = nullptr;
          const coffer_option option = testing::text_option("clock", "manual");
          coffer_status status = coffer_runtime_create(&option, 1, &runtime, error);
          if (status == COFFER_OK)
            status = coffer_cache_open(runtime, url, nullptr, 0, &cache, error);
          const coffer_option space = testing::text_option("namespace", "inner");
          if (status == COFFER_OK) status = coffer_cache_derive(cache, &space, 1, &derived, error);
          if (status == COFFER_OK)
            status = coffer_put(derived, "k", 1, "v", 1, nullptr, nullptr, error);
          coffer_runtime_release(runtime);
          coffer_cache_release(cache);
          coffer_cache_release(derived);
          return status;
        },
        [](coffer_status) {}, true);
  }
}

// A plugin that could not be loaded for lack of memory is loaded the next time.
TEST_F(LifecycleFaults, NamedStoresAndPlugins) {
  each_place(
      "open a named store",
      [&](coffer_error** error) {
        coffer_cache* cache = nullptr;
        const coffer_status status =
            coffer_cache_open(runtime_, "memory://shared?capacity=10", nullptr, 0, &cache, error);
        coffer_cache_release(cache);
        return status;
      },
      [&](coffer_status) {
        coffer_cache* cache = nullptr;
        EXPECT_EQ(
            coffer_cache_open(runtime_, "memory://shared?capacity=10", nullptr, 0, &cache, nullptr),
            COFFER_OK);
        EXPECT_EQ(put(cache, "k", "v"), COFFER_OK);
        EXPECT_EQ(get_pinned(cache, "k"), "v");
        coffer_cache_release(cache);
      },
      true);
  const coffer_visitor visitor = deaf_visitor();
  each_place("list plugins",
             [&](coffer_error** error) { return coffer_plugins_list(runtime_, &visitor, error); });
  each_place("explain plugins", [&](coffer_error** error) {
    return coffer_plugins_explain(runtime_, "json", &visitor, error);
  });
}

TEST_F(LifecycleFaults, Serializers) {
  const coffer_visitor visitor = deaf_visitor();
  const coffer_value value = sample();
  for (const char* name : {"json", "msgpack", "pickle", "protobuf", "yaml"}) {
    coffer_buffer kept{};
    coffer_serializer_handle* open = nullptr;
    ASSERT_EQ(coffer_serializer_open(runtime_, name, nullptr, 0, &open, nullptr), COFFER_OK);
    ASSERT_EQ(coffer_encode(open, &value, nullptr, &kept, nullptr), COFFER_OK);
    each_place(
        name,
        [&](coffer_error** error) {
          coffer_serializer_handle* serializer = nullptr;
          coffer_buffer buffer{};
          coffer_status status =
              coffer_serializer_open(runtime_, name, nullptr, 0, &serializer, error);
          if (status == COFFER_OK)
            status = coffer_encode(serializer, &value, nullptr, &buffer, error);
          if (status == COFFER_OK) {
            status = coffer_decode(serializer, buffer.data, buffer.size, &visitor, nullptr, error);
          }
          coffer_buffer_release(&buffer);
          coffer_serializer_release(serializer);
          return status;
        },
        [&](coffer_status) {
          EXPECT_EQ(coffer_decode(open, kept.data, kept.size, &visitor, nullptr, nullptr),
                    COFFER_OK);
        });
    const coffer_output nowhere = {
        nullptr, [](void*, const void*, size_t) { return coffer_status{COFFER_OK}; }};
    each_place("encode_to", [&](coffer_error** error) {
      return coffer_encode_to(open, &value, nullptr, &nowhere, error);
    });
    coffer_buffer_release(&kept);
    coffer_serializer_release(open);
  }
}

class BatchFaults : public FaultsTest {
 protected:
  void SetUp() override {
    FaultsTest::SetUp();
    cache_ = open(kStores[0]);
    ASSERT_EQ(put(cache_, "kept", "kept"), COFFER_OK);
    const coffer_bytes keys[] = {bytes("a"),    bytes("b"), bytes("kept"),
                                 bytes("kept"), bytes("n"), bytes("a")};
    const int32_t kinds[] = {COFFER_OP_PUT,    COFFER_OP_PUT,  COFFER_OP_GET,
                             COFFER_OP_EXISTS, COFFER_OP_INCR, COFFER_OP_DELETE};
    on_ = {sizeof on_, 0, &tag_, 1, nullptr, 0};
    for (size_t i = 0; i < 6; ++i) {
      coffer_op op{};
      op.struct_size = sizeof op;
      op.kind = kinds[i];
      op.key = keys[i];
      if (op.kind == COFFER_OP_PUT) op.value = bytes("a value longer than a short string is");
      if (i == 1) {
        op.put = put_options();
        op.put.dependencies = &on_;
      }
      ops_.push_back(op);
    }
  }
  static void check(coffer_result* results, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(results[i].status < 16 || results[i].status == COFFER_EXHAUSTED) << i;
      coffer_entry_release(&results[i].entry);
    }
  }

  coffer_cache* cache_ = nullptr;
  const coffer_bytes tag_ = bytes("tag");
  coffer_dependencies on_{};
  std::vector<coffer_op> ops_;
};

TEST_F(BatchFaults, RunAnswersEachOperation) {
  each_place(
      "run",
      [&](coffer_error** error) {
        coffer_result results[6] = {};
        const coffer_status status =
            coffer_run(cache_, ops_.data(), ops_.size(), sizeof(coffer_op), results, error);
        check(results, 6);
        return status;
      },
      [&](coffer_status) { EXPECT_EQ(get_pinned(cache_, "kept"), "kept"); });
}

// What is submitted completes, on a worker's thread.
TEST_F(BatchFaults, SubmittedBatchesComplete) {
  each_place(
      "submit",
      [&](coffer_error** error) {
        coffer_queue* queue = nullptr;
        coffer_status status = coffer_queue_create(runtime_, 0, &queue, error);
        if (status != COFFER_OK) return status;
        coffer_queue_subscribe(queue, COFFER_EVENT_LOG | COFFER_EVENT_CLEAR, 0);
        status =
            coffer_submit(cache_, ops_.data(), ops_.size(), sizeof(coffer_op), queue, 7, error);
        if (status == COFFER_OK) {
          coffer_event event{};
          event.struct_size = sizeof event;
          EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 30 * testing::kSecond), 1u);
          EXPECT_EQ(event.tag, 7u);
          EXPECT_TRUE(event.status < 16 || event.status == COFFER_EXHAUSTED);
          check(event.results, event.result_count);
          for (size_t i = 0; i < event.result_count; ++i) event.results[i].entry = {};
          coffer_event_release(&event);
        }
        coffer_queue_release(queue);
        return status;
      },
      [&](coffer_status) { EXPECT_EQ(get_pinned(cache_, "kept"), "kept"); });
}

TEST_F(BatchFaults, EventsAreDroppedNeverFatal) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 2, &queue, nullptr), COFFER_OK);
  coffer_queue_subscribe(queue, ~uint32_t{COFFER_EVENT_COMPLETION}, 0);
  each_place(
      "events",
      [&](coffer_error** error) {
        for (int i = 0; i < 4; ++i) coffer_clear(cache_, nullptr);
        coffer_event event{};
        while (coffer_queue_poll(queue, &event, 1, 0) == 1) coffer_event_release(&event);
        return coffer_runtime_maintain(runtime_, error);
      },
      [&](coffer_status) {
        coffer_event event{};
        while (coffer_queue_poll(queue, &event, 1, 0) == 1) coffer_event_release(&event);
      });
  coffer_queue_release(queue);
}

// On threads that begin while there is no memory: none ends the process, and each works later.
TEST_F(BatchFaults, ThreadsBeginWithoutMemory) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const std::string key = "thread " + std::to_string(t);
      for (int i = 0; i < 50; ++i) {
        coffer_status status;
        {
          const NoMemory none;
          coffer_put_options options = put_options();
          options.dependencies = &on_;
          status = coffer_put(cache_, key.data(), key.size(), "v", 1, &options, nullptr, nullptr);
          coffer_entry entry{};
          coffer_get(cache_, key.data(), key.size(), &entry, nullptr);
          coffer_entry_release(&entry);
          char buffer[8];
          coffer_read_info info{};
          coffer_read(cache_, "kept", 4, buffer, sizeof buffer, &info, nullptr);
          coffer_fetched fetched{};
          coffer_fetch(cache_, key.data(), key.size(), nullptr, &fetched, nullptr);
          coffer_lease_release(cache_, fetched.lease);
          coffer_entry_release(&fetched.entry);
        }
        EXPECT_TRUE(status == COFFER_OK || status == COFFER_EXHAUSTED);
        EXPECT_EQ(put(cache_, key, "v"), COFFER_OK);
        EXPECT_EQ(get_pinned(cache_, key), "v");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// The housekeeping thread of a runtime with a real clock, and all else at once.
TEST_F(BatchFaults, HousekeepingThreadSurvives) {
  coffer_runtime* runtime = nullptr;
  const coffer_option option = testing::text_option("housekeeping", "1ms");
  ASSERT_EQ(coffer_runtime_create(&option, 1, &runtime, nullptr), COFFER_OK);
  coffer_cache* cache = nullptr;
  ASSERT_EQ(coffer_cache_open(runtime, "memory://?capacity=1000&hard=1ms&codec=zstd", nullptr, 0,
                              &cache, nullptr),
            COFFER_OK);
  const auto places = std::make_unique<Places>();
  int quiet = 0;
  for (int i = 0; i < 3000 && quiet < 50; ++i) {
    fail_next(*places);
    coffer_put_options options = put_options(COFFER_PUT_SET, 1'000'000);
    options.dependencies = &on_;
    coffer_put(cache, &i, sizeof i, "v", 1, &options, nullptr, nullptr);
    coffer_fetched fetched{};
    coffer_fetch(cache, "k", 1, nullptr, &fetched, nullptr);
    coffer_invalidate_tags(cache, nullptr, &tag_, 1, nullptr);
    if (i % 16 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    quiet = stop_failing() ? 0 : quiet + 1;
    coffer_lease_release(cache, fetched.lease);
    coffer_entry_release(&fetched.entry);
  }
  EXPECT_EQ(put(cache, "k", "v"), COFFER_OK);
  EXPECT_EQ(get_pinned(cache, "k"), "v");
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
}

// A library that is opened late has thread-local data of its own: threads that were there before
// must not need memory for it.
TEST(LateFaults, NoThreadLocalDataIsAllocated) {
  // Whichever of our libraries have such data, all of it is reserved when they are loaded.
  EXPECT_EQ(std::system("for f in \"$COFFER_LIBRARY\" \"$COFFER_PLUGIN_PATH\"/*.so; do "
                        "if readelf -lW \"$f\" | grep -q ' TLS ' && "
                        "! readelf -dW \"$f\" | grep -q STATIC_TLS; then echo $f; exit 1; fi; "
                        "if readelf -rW \"$f\" | grep -qE 'DTPMOD64|TLSDESC'; then "
                        "echo $f; exit 1; fi; done"),
            0);
}

}  // namespace
}  // namespace coffer::faults
