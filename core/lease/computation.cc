#include "core/lease/computation.h"

#include <algorithm>

#include "core/dependency/describe.h"

namespace {

thread_local constinit coffer_computation* t_current __attribute__((tls_model("initial-exec"))) =
    nullptr;

}  // namespace

coffer_computation* coffer_computation::current() noexcept { return t_current; }

coffer_computation* coffer_computation::enter(coffer_computation* computation) noexcept {
  return std::exchange(t_current, computation);
}

coffer_status coffer_computation::begin(std::vector<Key> keys,
                                        coffer::core::Ref<coffer_computation>& out,
                                        coffer_sink& sink) {
  if (t_current != nullptr) {
    std::vector<std::string> cycle;
    bool closed = false;
    // From the inside outward: the keys on the way are named the other way round.
    t_current->each_outward([&](const coffer_computation& outer) {
      for (const Key& key : keys) {
        const auto same = [&](const Key& other) {
          return other.table == key.table && other.name == key.name;
        };
        if (std::any_of(outer.keys_.begin(), outer.keys_.end(), same)) {
          cycle.insert(cycle.begin(), key.name);
          cycle.push_back(key.name);
          closed = true;
          return false;
        }
      }
      cycle.insert(cycle.begin(), outer.keys_.front().name);
      return true;
    });
    if (closed) return coffer::core::refuse_cycle(cycle, sink);
  }
  out = coffer::core::Ref<coffer_computation>::adopt(new coffer_computation(
      std::move(keys), coffer::core::Ref<coffer_computation>::share(t_current)));
  return COFFER_OK;
}

namespace coffer::core {
namespace {

int g_fork_locks = 0;  // of a forking thread, which holds the lock of all runtimes

}  // namespace

std::mutex& wait_graph() {
  static std::mutex* const instance = new std::mutex;  // never destroyed: threads outlive main
  return *instance;
}

void wait_graph_before_fork() {
  if (g_fork_locks++ == 0) wait_graph().lock();
}

void wait_graph_after_fork() {
  if (--g_fork_locks == 0) wait_graph().unlock();
}

std::string describe_cycle(const std::vector<std::string>& cycle) {
  const auto name = [&](size_t i) { return "'" + printable(cycle[i], 64) + "'"; };
  if (cycle.size() == 2) return "computing " + name(0) + " needs " + name(0) + " itself";
  std::string text = "a cycle: computing " + name(0) + " needs " + name(1);
  for (size_t i = 2; i < cycle.size(); ++i) {
    // A long one is cut in its middle.
    if (cycle.size() > 12 && i == 8) {
      text += ", ...";
      i = cycle.size() - 3;
    }
    text += ", which needs " + name(i);
  }
  return text;
}

coffer_status refuse_cycle(const std::vector<std::string>& cycle, coffer_sink& sink) {
  const std::string description = describe_cycle(cycle);
  sink.fail(COFFER_INVALID_STATE, description);
  sink.detail("cycle", description);
  return COFFER_INVALID_STATE;
}

}  // namespace coffer::core
