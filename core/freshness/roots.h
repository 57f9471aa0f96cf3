// The root stamps of the namespaces of one store in this process: what `clear` moves.
#ifndef COFFER_CORE_FRESHNESS_ROOTS_H_
#define COFFER_CORE_FRESHNESS_ROOTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace coffer::core {

// 0 until the namespace is first cleared, so that entries of one that never was need not remember
// it.
using Root = std::atomic<uint64_t>;

// No entry has this root: whoever compares with it has to look closer.
inline constexpr uint64_t kAskForRoot = UINT64_MAX;

// Keeps a root for each namespace that has a handle, and for each that was cleared and may have
// entries since. Sweeps over all entries tell which these are: begin_sweep, use_of_key for each
// entry that is alive, end_sweep. [any-thread]
class Roots {
  struct Space {
    Root root{0};
    size_t handles = 0;
    uint64_t used_in = 0;  // the sweep before or during which it was last used
  };
  using Spaces = std::map<std::string, Space, std::less<>>;

 public:
  Roots() : all_spaces_(spaces_.try_emplace("").first) {}

  // Of one handle: holds the root of its namespace.
  class Handle {
   public:
    Handle() = default;
    Handle(Handle&& other) noexcept
        : roots_(std::exchange(other.roots_, nullptr)), space_(other.space_), root_(other.root_) {}
    Handle& operator=(Handle&&) = delete;
    ~Handle() {
      if (roots_ != nullptr) roots_->let_go(space_);
    }
    // What the handle compares entries with: the namespace's root; or, without a namespace, a root
    // that is kAskForRoot while the namespaces differ.
    const Root& root() const { return *root_; }

   private:
    friend class Roots;
    Handle(Roots* roots, Spaces::iterator space, const Root* root)
        : roots_(roots), space_(space), root_(root) {}

    Roots* roots_ = nullptr;
    Spaces::iterator space_;
    const Root* root_ = nullptr;
  };

  // The Roots outlive the handle.
  Handle of(std::string_view path) {
    const std::lock_guard lock(mutex_);
    const auto space = find_or_add(path);
    ++space->second.handles;
    return {this, space, path.empty() ? &all_ : &space->second.root};
  }

  // That of a stored key, which a handle without a namespace may use although it belongs to one.
  uint64_t of_key(std::string_view key) {
    const std::lock_guard lock(mutex_);
    return nearest(space_of(key))->second.root.load(std::memory_order_acquire);
  }
  // The same, for an entry that is there or is about to be stored.
  uint64_t use_of_key(std::string_view key) {
    const std::lock_guard lock(mutex_);
    Space& space = nearest(space_of(key))->second;
    space.used_in = sweep_;
    return space.root.load(std::memory_order_acquire);
  }

  // Moves that of the namespace and of all nested in it; all there are if the path is empty.
  // Visits no other namespace.
  void move(std::string_view path) {
    const std::string nested = path.empty() ? "" : std::string(path) + '/';
    const std::lock_guard lock(mutex_);
    const auto space = find_or_add(path);
    const uint64_t next = ++last_;
    space->second.root.store(next, std::memory_order_seq_cst);
    space->second.used_in = sweep_;
    auto inner = path.empty() ? std::next(all_spaces_) : spaces_.lower_bound(nested);
    while (inner != spaces_.end() && inner->first.starts_with(nested)) {
      inner->second.root.store(next, std::memory_order_seq_cst);
      // Without a handle it need not be known: the namespace around it has the same root.
      inner = inner->second.handles == 0 ? spaces_.erase(inner) : std::next(inner);
    }
    all_.store(path.empty() ? next : kAskForRoot, std::memory_order_seq_cst);
    note_size();
  }

  // From now on uses count for this sweep.
  void begin_sweep() {
    const std::lock_guard lock(mutex_);
    ++sweep_;
  }
  // The sweep has seen every entry: forgets the namespaces that were not used since it began.
  void end_sweep() {
    const std::lock_guard lock(mutex_);
    const uint64_t whole = all_spaces_->second.root.load(std::memory_order_relaxed);
    bool differ = false;
    for (auto space = std::next(all_spaces_); space != spaces_.end();) {
      if (space->second.handles == 0 && space->second.used_in < sweep_) {
        space = spaces_.erase(space);
        continue;
      }
      differ |= space->second.root.load(std::memory_order_relaxed) != whole;
      ++space;
    }
    if (!differ) all_.store(whole, std::memory_order_seq_cst);
    note_size();
  }

  size_t size() const { return size_.load(std::memory_order_relaxed); }
  // About as much as they take.
  size_t bytes() const { return (size() - 1) * (sizeof(Spaces::value_type) + 64); }

  void before_fork() { mutex_.lock(); }
  void after_fork() { mutex_.unlock(); }

 private:
  static std::string_view space_of(std::string_view key) {
    const size_t end = key.find(':');
    return end == key.npos ? std::string_view() : key.substr(0, end);
  }

  // The namespace, or the innermost around it that is known.
  Spaces::iterator nearest(std::string_view path) {
    for (;;) {
      const auto found = spaces_.find(path);
      if (found != spaces_.end()) return found;
      const size_t slash = path.rfind('/');
      path = slash == path.npos ? std::string_view() : path.substr(0, slash);
    }
  }

  // What is under the keys of a new one was put with the root of the namespace around it.
  Spaces::iterator find_or_add(std::string_view path) {
    const auto around = nearest(path);
    if (around->first == path) return around;
    const auto added = spaces_.try_emplace(std::string(path)).first;
    const uint64_t root = around->second.root.load(std::memory_order_relaxed);
    added->second.root.store(root, std::memory_order_relaxed);
    added->second.used_in = sweep_;
    note_size();
    return added;
  }

  void let_go(Spaces::iterator space) {
    const std::lock_guard lock(mutex_);
    if (--space->second.handles > 0 || space == all_spaces_) return;
    const std::string_view path = space->first;
    const size_t slash = path.rfind('/');
    const auto around = nearest(slash == path.npos ? std::string_view() : path.substr(0, slash));
    if (around->second.root.load(std::memory_order_relaxed) ==
        space->second.root.load(std::memory_order_relaxed)) {
      spaces_.erase(space);
      note_size();
    }
  }

  // With the mutex: what size() tells.
  void note_size() { size_.store(spaces_.size(), std::memory_order_relaxed); }

  mutable std::mutex mutex_;
  std::atomic<size_t> size_{1};
  uint64_t last_ = 0;
  uint64_t sweep_ = 1;
  Root all_{0};
  Spaces spaces_;
  const Spaces::iterator all_spaces_;  // of the empty path, the first
};

}  // namespace coffer::core

#endif  // COFFER_CORE_FRESHNESS_ROOTS_H_
