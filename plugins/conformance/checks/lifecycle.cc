// Fork: the child goes on with what it inherited.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/codec_driver.h"
#include "plugins/conformance/serializer_driver.h"
#include "plugins/conformance/store_bench.h"
#include "plugins/conformance/strategy_driver.h"

namespace coffer::conformance::checks {
namespace {

// Runs `body` in a forked process, and tells how that ended; "" is well.
std::string in_fork(std::chrono::milliseconds limit, const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      body();
    } catch (const CheckEnd&) {
      _exit(1);
    }
    _exit(0);
  }
  const auto deadline = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return "hangs";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  if (WIFSIGNALED(status)) return "is killed by signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : "gets wrong answers";
}

constexpr std::chrono::milliseconds kLimit{5000};

void both(Case& c, const std::function<void()>& body) {
  const std::string end = in_fork(kLimit, body);
  if (!end.empty()) c.fail("after fork the child " + end);
  body();
}

}  // namespace

void lifecycle_fork(Case& c) {
  FakeHost host;
  prepare(c, &host);
  if (c.info().kind == COFFER_KIND_STORE) {
    Store store(c, host);
    store.put({.key = "before", .value = "1"});
    both(c, [&] {
      if (store.get("before").pin.value() != "1") c.fail("the entry is gone");
      if (store.put({.key = "after", .value = "2"}).status != COFFER_OK) c.fail("put fails");
      if (store.get("after").pin.value() != "2") c.fail("the new entry is gone");
      store.maintain();
      store.clear("");
      store.destroy();
    });
  } else if (c.info().kind == COFFER_KIND_STRATEGY) {
    Strategy strategy(c, host);
    Shard shard(c, host, strategy, 100, 50);
    shard.churn(c.random(), 500, 3);
    both(c, [&] { shard.churn(c.random(), 500, 3); });
  } else if (c.info().kind == COFFER_KIND_CODEC) {
    Codec codec(c, host);
    both(c, [&] { codec.round_trip(std::string(5000, 'x'), "context"); });
  } else {
    Serializer serializer(c, host);
    GuardedMemory memory(1 << 20);
    both(c, [&] {
      serializer.round_trip(Value::list({Value::text("a"), Value::integer(1)}), memory);
    });
  }
  c.check(host);
}

void lifecycle_fork_busy(Case& c) {
  StoreBench b(c);
  std::atomic<bool> done{false};
  std::vector<std::string> ends;
  const uint64_t seed = c.random().next();
  c.threads(3, [&](size_t thread) {
    Random random(seed + thread);
    if (thread > 0) {
      while (!done) {
        const std::string key = "k" + str(random.below(50));
        b.store.put({.key = key, .value = "v"});
        b.store.get(key);
      }
      return;
    }
    for (int i = 0; i < 20 && ends.empty(); ++i) {
      const std::string end = in_fork(std::chrono::milliseconds(1000), [&] {
        for (int k = 0; k < 50; ++k) {
          b.store.put({.key = "k" + str(k), .value = "w"});
          b.store.get("k" + str(k));
        }
      });
      if (!end.empty()) ends.push_back(end);
    }
    done = true;
  });
  if (!ends.empty()) {
    c.warn("after a fork amid calls of other threads the child " + ends[0] +
           " (pthread_atfork lets the locks of the store rest over a fork)");
  }
}

}  // namespace coffer::conformance::checks
