// The first promise, proven for a small world: two readers, one writer and one invalidator on one
// key, in every order in which the engine lets their steps happen.
//
// The actors are coroutines on one thread. The engine stops at its own points (core/lease/point.h),
// between its steps; there the scheduler chooses who goes on. It walks through all choices, depth
// first. Since a step holds no lock when it ends, nothing but the order of steps can matter.
#include <gtest/gtest.h>
#include <ucontext.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "capi/testing/freshness.h"
#include "core/lease/point.h"
#include "tests/promise/static_runtime.h"

namespace coffer::testing {
namespace {

// ---- The scheduler ------------------------------------------------------------------------------

class Scheduler {
 public:
  using Body = std::function<void()>;

  Scheduler() { instance_ = this; }
  ~Scheduler() { instance_ = nullptr; }

  // Runs the actors, of whom the first two are alike, once, by the next order there is. False after
  // the last.
  bool run(std::vector<Body> bodies) {
    actors_.resize(bodies.size());
    for (size_t i = 0; i < bodies.size(); ++i) start(actors_[i], std::move(bodies[i]));
    trace_.clear();
    for (size_t step = 0;; ++step) {
      std::vector<size_t> enabled;
      for (size_t i = 0; i < actors_.size(); ++i) {
        // The first two do the same: it makes no difference which of them begins.
        if (i == 1 && !actors_[0].begun) continue;
        if (actors_[i].can_go_on()) enabled.push_back(i);
      }
      if (enabled.empty()) break;
      if (step == choices_.size()) choices_.push_back({0, 0});
      choices_[step].of = enabled.size();
      resume(enabled[choices_[step].taken]);
    }
    while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().of)
      choices_.pop_back();
    if (choices_.empty()) return false;
    ++choices_.back().taken;
    return true;
  }

  // Ends the step of whoever is running.
  void pause(const char* where) {
    if (running_ == nullptr) return;
    running_->at = where;
    running_->blocked = std::strcmp(where, "waits") == 0;
    swapcontext(&running_->context, &home_);
  }

  // Ends the step of whoever is running, whose next one may come once `gate` is down.
  void pause_until_down(const char* where, const bool& gate) {
    running_->gate = &gate;
    pause(where);
    running_->gate = nullptr;
  }

  // The order of this run, for messages.
  std::string trace() const {
    std::string text;
    for (const auto& [actor, where] : trace_) text += std::to_string(actor) + ":" + where + " ";
    return text;
  }

  // As core's hook. What is not listed does not end a step: nothing that others could see happens
  // there.
  static void at_point(const char* name) {
    for (const char* stop : {"looked", "pinned", "storing", "superseded", "waits"}) {
      if (std::strcmp(name, stop) == 0) return instance_->pause(name);
    }
  }

 private:
  struct Actor {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    Body body;
    bool begun = false;
    bool done = false;
    bool blocked = false;        // until somebody else has taken a step
    const bool* gate = nullptr;  // until this is down
    const char* at = "start";

    bool can_go_on() const { return !done && !blocked && (gate == nullptr || !*gate); }
  };
  struct Choice {
    size_t taken;
    size_t of;
  };
  static constexpr size_t kStack = 256 * 1024;

  static void enter() {
    Actor* self = instance_->running_;
    self->body();
    self->done = true;
    self->at = "end";
  }

  void start(Actor& actor, Body body) {
    if (actor.stack == nullptr) actor.stack = std::make_unique<char[]>(kStack);
    actor.body = std::move(body);
    actor.begun = actor.done = actor.blocked = false;
    getcontext(&actor.context);
    actor.context.uc_stack.ss_sp = actor.stack.get();
    actor.context.uc_stack.ss_size = kStack;
    actor.context.uc_link = &home_;
    makecontext(&actor.context, &Scheduler::enter, 0);
  }

  void resume(size_t i) {
    running_ = &actors_[i];
    running_->begun = true;
    swapcontext(&home_, &running_->context);
    running_ = nullptr;
    trace_.emplace_back(i, actors_[i].at);
    for (Actor& other : actors_) {
      if (&other != &actors_[i]) other.blocked = false;
    }
  }

  inline static Scheduler* instance_ = nullptr;
  ucontext_t home_;
  Actor* running_ = nullptr;
  std::vector<Actor> actors_;
  std::vector<Choice> choices_;
  std::vector<std::pair<size_t, const char*>> trace_;
};

// ---- The small world ----------------------------------------------------------------------------

enum class Writer { kDeletes, kPuts, kClears };

class World {
 public:
  World(coffer_cache* cache, Scheduler& scheduler, Writer writer)
      : cache_(cache), scheduler_(scheduler), writer_(writer) {}

  // The bodies of one run; each has its own key and tag, so that no run sees another's.
  std::vector<Scheduler::Body> actors() {
    ++runs_;
    key_ = "k" + std::to_string(runs_);
    tag_ = "t" + std::to_string(runs_);
    database_ = floor_ = 0;
    return {[this] { read(); }, [this] { read(); }, [this] { write(); },
            [this] { invalidate_tag(); }};
  }

  // What is served at the end is what the database has.
  void check_end() {
    const std::string served = get_pinned(cache_, key_);
    if (served != "(miss)" && served != std::to_string(database_)) {
      stale("at the end " + served + " is served, the database has " + std::to_string(database_));
    }
    stored_ += served != "(miss)" ? 1 : 0;
    remove(cache_, key_);
  }

  const std::string& stale() const { return stale_; }
  uint64_t runs() const { return runs_; }
  uint64_t hits() const { return hits_; }
  uint64_t stored() const { return stored_; }
  uint64_t superseded() const { return superseded_; }

 private:
  void read() {
    const int floor = floor_;  // what every event that is over by now was about
    Depends depends;
    depends.tag(tag_);
    const Fetch got = fetch_with(cache_, key_, depends);
    if (got.fetched.state == COFFER_FETCH_HIT) {
      ++hits_;
      check(got, floor);
    } else if (got.fetched.state == COFFER_FETCH_LEAD) {
      const std::string value = std::to_string(database_);
      scheduler_.pause("computed");
      if (commit(cache_, got.lease(), value) == COFFER_SUPERSEDED) ++superseded_;
    } else {
      const Fetch told = wait(cache_, got.lease(), 0);  // nobody would come while we wait
      if (told.fetched.state == COFFER_FETCH_HIT) check(told, floor);
      coffer_lease_release(cache_, told.lease());
    }
  }

  void write() {
    const int value = ++database_;
    if (writer_ == Writer::kPuts) {
      // Under the lock of the row, as one who writes through must: nobody else writes between the
      // two.
      row_locked_ = true;
      Depends depends;
      depends.tag(tag_);
      coffer_put_options options = put_options();
      options.dependencies = depends.get();
      put(cache_, key_, std::to_string(value), &options);
      row_locked_ = false;
    } else {
      scheduler_.pause("wrote");
      if (writer_ == Writer::kDeletes) remove(cache_, key_);
      if (writer_ == Writer::kClears) coffer_clear(cache_, nullptr);
    }
    floor_ = std::max(floor_, value);
  }

  void invalidate_tag() {
    if (row_locked_) scheduler_.pause_until_down("row", row_locked_);
    const int value = ++database_;
    scheduler_.pause("wrote");
    invalidate(cache_, tag_);
    floor_ = std::max(floor_, value);
  }

  void check(const Fetch& got, int floor) {
    const int served = std::stoi(
        std::string(static_cast<const char*>(got.fetched.entry.data), got.fetched.entry.size));
    if (served < floor)
      stale(std::to_string(served) + " is served after an event about " + std::to_string(floor));
  }
  void stale(const std::string& what) {
    if (stale_.empty()) stale_ = what + ", in the order " + scheduler_.trace();
  }

  coffer_cache* const cache_;
  Scheduler& scheduler_;
  const Writer writer_;
  std::string key_;
  std::string tag_;
  int database_ = 0;
  int floor_ = 0;
  bool row_locked_ = false;
  std::string stale_;
  uint64_t runs_ = 0;
  uint64_t hits_ = 0;
  uint64_t stored_ = 0;
  uint64_t superseded_ = 0;
};

class InterleavingsTest : public StaticRuntimeTest, public ::testing::WithParamInterface<Writer> {};

TEST_P(InterleavingsTest, NothingStaleIsServedInAnyOrder) {
  coffer_cache* cache = open("memory://?capacity=64&strategy=ttl&early=0&namespace=n");
  Scheduler scheduler;
  World world(cache, scheduler, GetParam());
  coffer::core::g_point_hook.store(&Scheduler::at_point);
  bool more = true;
  while (more && world.stale().empty()) {
    more = scheduler.run(world.actors());
    world.check_end();
  }
  coffer::core::g_point_hook.store(nullptr);
  EXPECT_EQ(world.stale(), "");
  // Or the walk was none: all kinds of ends must have come up.
  EXPECT_GT(world.runs(), 10'000u);
  EXPECT_GT(world.hits(), 0u);
  EXPECT_GT(world.stored(), 0u);
  EXPECT_GT(world.superseded(), 0u);
  std::printf("%llu orders, %llu hits, %llu superseded\n",
              static_cast<unsigned long long>(world.runs()),
              static_cast<unsigned long long>(world.hits()),
              static_cast<unsigned long long>(world.superseded()));
}

std::string name_of(const ::testing::TestParamInfo<Writer>& info) {
  static constexpr const char* kNames[] = {"Deletes", "Puts", "Clears"};
  return kNames[static_cast<int>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(Writers, InterleavingsTest,
                         ::testing::Values(Writer::kDeletes, Writer::kPuts, Writer::kClears),
                         name_of);

}  // namespace
}  // namespace coffer::testing
