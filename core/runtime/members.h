// What is open in a runtime: the little it has to know of stores and caches, which know it.
#ifndef COFFER_CORE_RUNTIME_MEMBERS_H_
#define COFFER_CORE_RUNTIME_MEMBERS_H_

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "coffer/cache.h"
#include "core/ref/ref.h"
#include "core/value/describe.h"

namespace coffer::core {

class StoreMember : public RefCounted<StoreMember> {
 public:
  virtual ~StoreMember() = default;
  // "memory" or "memory://name".
  virtual const std::string& label() const = 0;
  // Sweeps expired entries until `deadline`, or all of them if it is COFFER_NEVER.
  virtual void maintain(coffer_time deadline) noexcept = 0;
  // Its locks are held across a fork.
  virtual void before_fork() = 0;
  virtual void after_fork(bool in_child) = 0;
};

class CacheMember : public RefCounted<CacheMember> {
 public:
  virtual ~CacheMember() = default;
  virtual const std::string& label() const = 0;
  virtual void stats(coffer_stats* out) = 0;
  virtual void play_description(Player& player) = 0;
};

// A list of members. A member takes itself out before its last reference is quite gone, so whoever
// goes through the list holds each one first, and calls it without the lock.
template <typename Member>
class Members {
 public:
  void add(Member* member) {
    const std::lock_guard lock(mutex_);
    list_.push_back(member);
  }
  void remove(Member* member) {
    const std::lock_guard lock(mutex_);
    std::erase(list_, member);
  }
  std::vector<Ref<Member>> held() const {
    std::vector<Ref<Member>> members;
    const std::lock_guard lock(mutex_);
    members.reserve(list_.size());
    for (Member* member : list_) {
      if (member->try_retain()) members.push_back(Ref<Member>::adopt(member));
    }
    return members;
  }

  void before_fork() { mutex_.lock(); }
  void after_fork() { mutex_.unlock(); }
  // Between the two: calls act(member) for each.
  template <typename Act>
  void each_locked(Act&& act) {
    for (Member* member : list_) act(*member);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Member*> list_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_MEMBERS_H_
