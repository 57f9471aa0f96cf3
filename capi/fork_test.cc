// Fork: a child uses what it inherited, whatever the parent's other threads were doing.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "capi/testing/fixture.h"

namespace coffer::testing {
namespace {

// Runs `body` in a forked child; what it returns is the exit code.
template <typename Body>
int in_child(Body&& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);  // a child that hangs on a lock must not hang the test
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class ForkTest : public RuntimeTest {};

TEST_F(ForkTest, AForkedChildUsesWhatItInherited) {
  coffer_runtime* runtime = nullptr;
  coffer_cache* cache = nullptr;
  coffer_queue* queue = nullptr;
  const coffer_option housekeeping = text_option("housekeeping", "1ms");
  ASSERT_EQ(coffer_runtime_create(&housekeeping, 1, &runtime, nullptr), COFFER_OK);
  ASSERT_EQ(coffer_cache_open(runtime, "memory://?capacity=1000", nullptr, 0, &cache, nullptr),
            COFFER_OK);
  ASSERT_EQ(coffer_queue_create(runtime, 0, &queue, nullptr), COFFER_OK);
  put(cache, "inherited", "v");
  const int code = in_child([&] {
    if (get(cache, "inherited") != "v") return 1;
    put(cache, "child", "c");
    if (get(cache, "child") != "c") return 2;
    coffer_op op{};
    op.struct_size = sizeof op;
    op.kind = COFFER_OP_GET;
    op.key = {"child", 5};
    coffer_submit(cache, &op, 1, sizeof op, queue, 7, nullptr);
    coffer_event event{};
    if (coffer_queue_poll(queue, &event, 1, 10 * kSecond) != 1 || event.tag != 7) return 3;
    coffer_event_release(&event);
    coffer_queue_release(queue);
    coffer_cache_release(cache);
    coffer_runtime_release(runtime);
    return 0;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(get(cache, "child"), "(miss)") << "the child's store is its own";
  coffer_queue_release(queue);
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
}

TEST_F(ForkTest, ForkWhileOtherThreadsAreAtWork) {
  coffer_runtime* runtime = nullptr;
  coffer_cache* cache = nullptr;
  const coffer_option housekeeping = text_option("housekeeping", "1ms");
  ASSERT_EQ(coffer_runtime_create(&housekeeping, 1, &runtime, nullptr), COFFER_OK);
  ASSERT_EQ(
      coffer_cache_open(runtime, "memory://?capacity=200&ttl=1ms", nullptr, 0, &cache, nullptr),
      COFFER_OK);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !stop.load(); ++i) {
        const std::string key = std::to_string((i * 7 + t) % 500);
        put(cache, key, key);
        get_pinned(cache, key);
        if (i % 50 == 0) {
          coffer_cache* other = nullptr;
          if (coffer_cache_open(runtime, "memory://named", nullptr, 0, &other, nullptr) ==
              COFFER_OK) {
            coffer_cache_release(other);
          }
        }
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    const int code = in_child([&] {
      for (int k = 0; k < 300; ++k) {
        const std::string key = std::to_string(k);
        if (put(cache, key, "child") != COFFER_OK) return 1;
        const std::string value = get_pinned(cache, key);
        if (value != "child" && value != "(miss)") return 2;
      }
      coffer_cache* other = nullptr;
      if (coffer_cache_open(runtime, "memory://named", nullptr, 0, &other, nullptr) != COFFER_OK)
        return 3;
      coffer_clear(cache, nullptr);
      coffer_runtime_maintain(runtime, nullptr);
      return 0;
    });
    EXPECT_EQ(code, 0) << "child " << i;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
}

}  // namespace
}  // namespace coffer::testing
