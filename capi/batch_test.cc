// Batches at once and later, and the queue that tells of them.
#include "coffer/batch.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <map>
#include <thread>

#include "capi/testing/fixture.h"

namespace coffer::testing {
namespace {

coffer_op op(int32_t kind, std::string_view key, std::string_view value = {}) {
  coffer_op op{};
  op.struct_size = sizeof op;
  op.kind = kind;
  op.key = {key.data(), key.size()};
  op.value = {value.data(), value.size()};
  return op;
}

std::string value_of(const coffer_result& result) {
  return {static_cast<const char*>(result.entry.data), result.entry.size};
}

class BatchTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("memory://?capacity=1000&namespace=ns");
    ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue_, nullptr), COFFER_OK);
  }
  void TearDown() override {
    coffer_queue_release(queue_);
    RuntimeTest::TearDown();
  }

  std::vector<coffer_result> run(const std::vector<coffer_op>& ops) {
    std::vector<coffer_result> results(ops.size());
    coffer_error* error = nullptr;
    EXPECT_EQ(coffer_run(cache_, ops.data(), ops.size(), sizeof(coffer_op), results.data(), &error),
              COFFER_OK)
        << message_of(error);
    return results;
  }

  // The next event, which must come; release it.
  coffer_event next() {
    coffer_event event{};
    EXPECT_EQ(coffer_queue_poll(queue_, &event, 1, 10 * kSecond), 1u);
    return event;
  }

  coffer_cache* cache_ = nullptr;
  coffer_queue* queue_ = nullptr;
};

TEST_F(BatchTest, EveryOperationHasItsOwnAnswer) {
  auto put_add = op(COFFER_OP_PUT, "a", "again");
  put_add.put = put_options(COFFER_PUT_ADD);
  auto incr = op(COFFER_OP_INCR, "n");
  incr.number = 2;
  incr.initial = 40;
  auto touch = op(COFFER_OP_TOUCH, "a");
  touch.put = put_options(0, 5 * kSecond);
  auto results = run({op(COFFER_OP_PUT, "a", "1"), op(COFFER_OP_PUT, "b", "2"), put_add,
                      op(COFFER_OP_GET, "a"), op(COFFER_OP_GET, "none"), op(COFFER_OP_EXISTS, "b"),
                      op(COFFER_OP_DELETE, "b"), op(COFFER_OP_GET, "b"), incr, touch,
                      op(COFFER_OP_DELETE, "none")});
  const coffer_status expected[] = {COFFER_OK,   COFFER_OK, COFFER_EXISTS, COFFER_OK,
                                    COFFER_MISS, COFFER_OK, COFFER_OK,     COFFER_MISS,
                                    COFFER_OK,   COFFER_OK, COFFER_MISS};
  for (size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].status, expected[i]) << i;
  EXPECT_EQ(value_of(results[3]), "1");
  EXPECT_EQ(results[3].version, results[0].version);
  EXPECT_EQ(results[8].number, 42);
  for (coffer_result& result : results) coffer_entry_release(&result.entry);
  advance(5 * kSecond);
  EXPECT_EQ(get(cache_, "a"), "(miss)");
}

TEST_F(BatchTest, SameKeyActsInOrder) {
  auto results =
      run({op(COFFER_OP_PUT, "k", "1"), op(COFFER_OP_PUT, "k", "2"), op(COFFER_OP_PUT, "k", "3")});
  EXPECT_NE(results[0].version, results[2].version);
  EXPECT_EQ(get(cache_, "k"), "3");
}

TEST_F(BatchTest, ManyKeysAtOnce) {
  std::vector<std::string> keys;
  for (int i = 0; i < 500; ++i) keys.push_back("key" + std::to_string(i));
  std::vector<coffer_op> puts;
  std::vector<coffer_op> gets;
  for (const std::string& key : keys) {
    puts.push_back(op(COFFER_OP_PUT, key, key));
    gets.push_back(op(COFFER_OP_GET, key));
  }
  run(puts);
  auto results = run(gets);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(results[i].status, COFFER_OK);
    EXPECT_EQ(value_of(results[i]), keys[i]);
    coffer_entry_release(&results[i].entry);
  }
  EXPECT_EQ(stats_of(cache_).hits, 500u);
}

TEST_F(BatchTest, MalformedBatchesAreRefusedAsAWhole) {
  coffer_op wrong = op(77, "k");
  coffer_result result{};
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_run(cache_, &wrong, 1, sizeof wrong, &result, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("kind 77"), std::string::npos);
  wrong = op(COFFER_OP_GET, "k");
  wrong.struct_size = 4;
  EXPECT_EQ(coffer_run(cache_, &wrong, 1, sizeof wrong, &result, nullptr), COFFER_INVALID_ARGUMENT);
  wrong = op(COFFER_OP_GET, "k");
  EXPECT_EQ(coffer_run(cache_, &wrong, 1, 16, &result, nullptr), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(coffer_run(cache_, nullptr, 0, 0, nullptr, nullptr), COFFER_OK);
}

TEST_F(BatchTest, SubmittedBatchesCompleteExactlyOnce) {
  constexpr uint64_t kBatches = 200;
  for (uint64_t tag = 0; tag < kBatches; ++tag) {
    // The strings die before the batch runs: it has copies.
    const std::string key = "key" + std::to_string(tag);
    const coffer_op ops[] = {op(COFFER_OP_PUT, key, key), op(COFFER_OP_GET, key)};
    ASSERT_EQ(coffer_submit(cache_, ops, 2, sizeof ops[0], queue_, tag, nullptr), COFFER_OK);
  }
  std::map<uint64_t, int> seen;
  for (uint64_t i = 0; i < kBatches; ++i) {
    coffer_event event = next();
    ASSERT_EQ(event.kind, COFFER_EVENT_COMPLETION);
    EXPECT_EQ(event.status, COFFER_OK);
    EXPECT_EQ(event.error, nullptr);
    ASSERT_EQ(event.result_count, 2u);
    EXPECT_EQ(value_of(event.results[1]), "key" + std::to_string(event.tag));
    ++seen[event.tag];
    coffer_event_release(&event);
  }
  EXPECT_EQ(seen.size(), kBatches);
  coffer_event event{};
  EXPECT_EQ(coffer_queue_poll(queue_, &event, 1, 0), 0u);
}

TEST_F(BatchTest, ResultsCanBeMovedOutOfAnEvent) {
  put(cache_, "k", "v");
  const coffer_op get = op(COFFER_OP_GET, "k");
  ASSERT_EQ(coffer_submit(cache_, &get, 1, sizeof get, queue_, 1, nullptr), COFFER_OK);
  coffer_event event = next();
  coffer_entry entry = event.results[0].entry;
  event.results[0].entry = {};
  coffer_event_release(&event);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "v");
  coffer_entry_release(&entry);
}

TEST_F(BatchTest, TheDescriptorIsReadableWhileThereAreEvents) {
  pollfd waiting{coffer_queue_fd(queue_), POLLIN, 0};
  EXPECT_EQ(poll(&waiting, 1, 0), 0);
  const coffer_op get = op(COFFER_OP_GET, "k");
  coffer_submit(cache_, &get, 1, sizeof get, queue_, 1, nullptr);
  coffer_submit(cache_, &get, 1, sizeof get, queue_, 2, nullptr);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(poll(&waiting, 1, 10'000), 1);
    coffer_event event = next();
    coffer_event_release(&event);
  }
  EXPECT_EQ(poll(&waiting, 1, 0), 0);
}

TEST_F(BatchTest, EverythingMayBeReleasedWhileBatchesRun) {
  coffer_runtime* runtime = nullptr;
  ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime, nullptr), COFFER_OK);
  for (int round = 0; round < 50; ++round) {
    coffer_cache* cache = nullptr;
    coffer_queue* queue = nullptr;
    ASSERT_EQ(coffer_cache_open(runtime, "memory://?capacity=100", nullptr, 0, &cache, nullptr),
              COFFER_OK);
    ASSERT_EQ(coffer_queue_create(runtime, 0, &queue, nullptr), COFFER_OK);
    const coffer_op ops[] = {op(COFFER_OP_PUT, "k", "v"), op(COFFER_OP_GET, "k")};
    for (int i = 0; i < 10; ++i) coffer_submit(cache, ops, 2, sizeof ops[0], queue, 1, nullptr);
    coffer_cache_release(cache);
    coffer_queue_release(queue);
  }
  coffer_runtime_release(runtime);
}

TEST_F(BatchTest, TheLastHandleMayBeGivenBackByAWorker) {
  for (int round = 0; round < 20; ++round) {
    coffer_runtime* runtime = nullptr;
    coffer_cache* cache = nullptr;
    coffer_queue* queue = nullptr;
    ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime, nullptr), COFFER_OK);
    ASSERT_EQ(coffer_cache_open(runtime, "memory://?capacity=100", nullptr, 0, &cache, nullptr),
              COFFER_OK);
    ASSERT_EQ(coffer_queue_create(runtime, 0, &queue, nullptr), COFFER_OK);
    const coffer_op ops[] = {op(COFFER_OP_PUT, "k", "v")};
    coffer_submit(cache, ops, 1, sizeof ops[0], queue, 1, nullptr);
    coffer_queue_release(queue);
    coffer_cache_release(cache);
    coffer_runtime_release(runtime);
  }
}

TEST_F(BatchTest, EventsTellOfEvictionExpiryAndClear) {
  coffer_queue_subscribe(queue_, COFFER_EVENT_EVICT | COFFER_EVENT_EXPIRE | COFFER_EVENT_CLEAR, 0);
  coffer_cache* small = open("memory://small?capacity=2&shards=1&strategy=lru");
  put(small, "a", "1");
  put(small, "b", "2");
  put(small, "c", "3");
  coffer_event event = next();
  EXPECT_EQ(event.kind, COFFER_EVENT_EVICT);
  EXPECT_EQ(std::string(static_cast<const char*>(event.key.data), event.key.size), "a");
  EXPECT_STREQ(event.cache, "memory://small");
  coffer_event_release(&event);

  const coffer_put_options second = put_options(COFFER_PUT_SET, kSecond);
  put(small, "b", "2", &second);
  advance(2 * kSecond);
  coffer_runtime_maintain(runtime_, nullptr);
  event = next();
  EXPECT_EQ(event.kind, COFFER_EVENT_EXPIRE);
  EXPECT_EQ(std::string(static_cast<const char*>(event.key.data), event.key.size), "b");
  coffer_event_release(&event);

  coffer_clear(small, nullptr);
  event = next();
  EXPECT_EQ(event.kind, COFFER_EVENT_CLEAR);
  coffer_event_release(&event);
}

TEST_F(BatchTest, MetricsComeWithEachHousekeeping) {
  put(cache_, "k", "v");
  coffer_queue_subscribe(queue_, COFFER_EVENT_METRICS, 0);
  coffer_runtime_maintain(runtime_, nullptr);
  coffer_event event = next();
  EXPECT_EQ(event.kind, COFFER_EVENT_METRICS);
  ASSERT_NE(event.stats, nullptr);
  EXPECT_EQ(event.stats->puts, 1u);
  coffer_event_release(&event);
  coffer_queue_subscribe(queue_, 0, 0);
  coffer_runtime_maintain(runtime_, nullptr);
  EXPECT_EQ(coffer_queue_poll(queue_, &event, 1, 0), 0u);
}

TEST_F(BatchTest, AFullQueueSaysHowMuchItLost) {
  coffer_queue* tiny = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 2, &tiny, nullptr), COFFER_OK);
  coffer_queue_subscribe(tiny, COFFER_EVENT_CLEAR, 0);
  for (int i = 0; i < 5; ++i) coffer_clear(cache_, nullptr);
  coffer_event events[8] = {};
  ASSERT_EQ(coffer_queue_poll(tiny, events, 8, 0), 2u);
  for (coffer_event& event : events) coffer_event_release(&event);
  coffer_clear(cache_, nullptr);
  ASSERT_EQ(coffer_queue_poll(tiny, events, 8, 0), 2u);
  EXPECT_EQ(events[0].kind, COFFER_EVENT_DROPPED);
  EXPECT_EQ(events[0].number, 3u);
  EXPECT_EQ(events[1].kind, COFFER_EVENT_CLEAR);
  for (coffer_event& event : events) coffer_event_release(&event);
  coffer_queue_release(tiny);
}

TEST_F(BatchTest, OneQueueMayBePolledByManyThreads) {
  constexpr uint64_t kBatches = 400;
  std::atomic<uint64_t> received{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (received.load() < kBatches) {
        coffer_event event{};
        if (coffer_queue_poll(queue_, &event, 1, 1'000'000) == 1) received.fetch_add(1);
        coffer_event_release(&event);
      }
    });
  }
  const coffer_op get = op(COFFER_OP_GET, "k");
  for (uint64_t i = 0; i < kBatches; ++i)
    coffer_submit(cache_, &get, 1, sizeof get, queue_, i, nullptr);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(received.load(), kBatches);
}

}  // namespace
}  // namespace coffer::testing
