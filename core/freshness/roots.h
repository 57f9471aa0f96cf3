// The root stamps of the namespaces of one store in this process: what `clear` moves.
#ifndef COFFER_CORE_FRESHNESS_ROOTS_H_
#define COFFER_CORE_FRESHNESS_ROOTS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace coffer::core {

// 0 until the namespace is first cleared, so that entries of one that never was need not remember
// it.
using Root = std::atomic<uint64_t>;

// No entry has this root: whoever compares with it has to look closer.
inline constexpr uint64_t kAskForRoot = UINT64_MAX;

// [any-thread]
class Roots {
 public:
  Roots() { roots_.emplace("", std::make_unique<Root>(0)); }

  // What a handle on that namespace compares entries with: the namespace's root; or, without a
  // namespace, a root that turns into kAskForRoot once the namespaces differ. Lives as long as this
  // object.
  const Root& of(std::string_view path) {
    if (path.empty()) return all_;
    const std::lock_guard lock(mutex_);
    auto found = roots_.find(path);
    // What is under its keys already was put by a handle without a namespace, with the root that
    // of_key gave it.
    if (found == roots_.end()) {
      const uint64_t root = nearest(path).load(std::memory_order_relaxed);
      found = roots_.emplace(path, std::make_unique<Root>(root)).first;
    }
    return *found->second;
  }

  // That of a stored key, which a handle without a namespace may use although it belongs to one.
  uint64_t of_key(std::string_view key) {
    const size_t end = key.find(':');
    const std::lock_guard lock(mutex_);
    return nearest(end == key.npos ? "" : key.substr(0, end)).load(std::memory_order_acquire);
  }

  // Moves that of the namespace and of all nested in it; all there are if the path is empty.
  void move(std::string_view path) {
    const std::lock_guard lock(mutex_);
    const uint64_t next = ++last_;
    if (!path.empty() && !roots_.contains(path)) roots_.emplace(path, std::make_unique<Root>(0));
    const std::string nested = std::string(path) + '/';
    for (auto& [name, root] : roots_) {
      if (path.empty() || name == path || name.starts_with(nested))
        root->store(next, std::memory_order_seq_cst);
    }
    all_.store(path.empty() ? next : kAskForRoot, std::memory_order_seq_cst);
  }

  void before_fork() { mutex_.lock(); }
  void after_fork() { mutex_.unlock(); }

 private:
  // That of the namespace, or of the innermost around it that has one.
  const Root& nearest(std::string_view path) const {
    for (;;) {
      const auto found = roots_.find(path);
      if (found != roots_.end()) return *found->second;
      const size_t slash = path.rfind('/');
      path = slash == path.npos ? "" : path.substr(0, slash);
    }
  }

  std::mutex mutex_;
  uint64_t last_ = 0;
  Root all_{0};
  std::map<std::string, std::unique_ptr<Root>, std::less<>> roots_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_FRESHNESS_ROOTS_H_
