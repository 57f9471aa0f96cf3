// A child uses the stamps it inherited, whatever other threads of its parent were doing.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "core/dependency/testing/given.h"
#include "core/stamp/local.h"

namespace coffer::core {
namespace {

using namespace testing;  // NOLINT: the builders of dependencies

TEST(LocalStampsFork, TheChildGoesOnWithItsCopy) {
  LocalStamps stamps;
  coffer_sink sink;
  const auto dependencies = resolve(Given().tag("a").rows("posts", {{cell("id", i64(1))}}));
  const auto busy = resolve(Given().tag("b").rows("posts", {{cell("title", text("x"))}}));
  std::vector<Stamp> entry;
  ASSERT_EQ(stamps.pin(dependencies, COFFER_NEVER, entry, sink), COFFER_OK);
  stamps.unpin(entry, COFFER_NEVER);

  std::atomic<bool> stop{false};
  std::thread other([&] {
    const Row event = row("posts", {cell("id", i64(2)), cell("title", text("x"))});
    while (!stop.load()) {
      std::vector<Stamp> own;
      coffer_sink ignored;
      stamps.pin(busy, COFFER_NEVER, own, ignored);
      stamps.move_rows({&event, 1}, COFFER_NEVER, ignored);
      stamps.unpin(own, 5);
      stamps.maintain(6);
    }
  });
  for (int i = 0; i < 20; ++i) {
    stamps.before_fork();
    const pid_t child = fork();
    stamps.after_fork();
    if (child == 0) {
      alarm(30);  // a child that hangs on a lock must not hang the test
      coffer_sink own;
      const bool fresh = stamps.check(entry, COFFER_NEVER, nullptr, own) == COFFER_OK;
      std::vector<DependencyId> ids;
      for (const Stamp& stamp : entry) ids.push_back(stamp.id);
      stamps.move(ids, COFFER_NEVER, own);
      stamps.maintain(1000);
      const bool moved = stamps.check(entry, COFFER_NEVER, nullptr, own) == COFFER_SUPERSEDED;
      _exit(fresh && moved && stamps.count().schemes <= 1 ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  stop.store(true);
  other.join();
  // What children moved are their own stamps.
  EXPECT_EQ(stamps.check(entry, COFFER_NEVER, nullptr, sink), COFFER_OK);
}

}  // namespace
}  // namespace coffer::core
