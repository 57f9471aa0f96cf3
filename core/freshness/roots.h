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

// 0 until the namespace is first cleared, so that entries of one that never was need not remember it.
using Root = std::atomic<uint64_t>;

// [any-thread]
class Roots {
 public:
  Roots() { of(""); }

  // That of a namespace, by its whole path. Lives as long as this object.
  const Root& of(std::string_view path) {
    const std::lock_guard lock(mutex_);
    auto found = roots_.find(path);
    if (found == roots_.end()) {
      // A new namespace may be nested in one that was cleared, but nothing of it can be in the store yet.
      found = roots_.emplace(path, std::make_unique<Root>(0)).first;
    }
    return *found->second;
  }

  // That of a stored key, which a handle without a namespace may use although it belongs to one.
  const Root& of_key(std::string_view key) {
    const size_t end = key.find(':');
    const std::lock_guard lock(mutex_);
    const auto found = end == key.npos ? roots_.end() : roots_.find(key.substr(0, end));
    return found != roots_.end() ? *found->second : *roots_.find("")->second;
  }

  // Whether any was ever moved: until then all are 0.
  bool moved() const { return moved_.load(std::memory_order_relaxed); }

  // Moves that of the namespace and of all nested in it; all there are if the path is empty.
  void move(std::string_view path) {
    const std::lock_guard lock(mutex_);
    const uint64_t next = ++last_;
    moved_.store(true, std::memory_order_relaxed);
    const std::string nested = std::string(path) + '/';
    for (auto& [name, root] : roots_) {
      if (path.empty() || name == path || name.starts_with(nested)) root->store(next, std::memory_order_seq_cst);
    }
  }

  void before_fork() { mutex_.lock(); }
  void after_fork() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
  std::atomic<bool> moved_{false};
  uint64_t last_ = 0;
  std::map<std::string, std::unique_ptr<Root>, std::less<>> roots_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_FRESHNESS_ROOTS_H_
