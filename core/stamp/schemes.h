// The schemes in use in each space: the sets of columns that an event must look at.
#ifndef COFFER_CORE_STAMP_SCHEMES_H_
#define COFFER_CORE_STAMP_SCHEMES_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/dependency/dependency.h"

namespace coffer::core {

// One scheme of one space, for as long as anyone uses it.
class SchemeUse {
 public:
  // Every event after this instant has looked at the scheme.
  uint64_t since() const { return since_; }

 private:
  friend class Schemes;
  DependencyId space_;
  std::shared_ptr<const Scheme> columns_;
  uint64_t since_ = 0;
  size_t users_ = 0;  // guarded by the mutex of the shard
};

// [any-thread]
class Schemes {
 public:
  using List = std::vector<std::shared_ptr<const Scheme>>;

  // `clock` counts events and more; it is read while no event can look at the space.
  explicit Schemes(const std::atomic<uint64_t>& clock) : clock_(clock) {}

  // Never of the empty scheme: that is always in use. To be given back.
  SchemeUse* use(const DependencyId& space, const Scheme& scheme);
  void unuse(SchemeUse* scheme) noexcept;

  // An event: the schemes in use (NULL: none but the empty one), read after `note()` was called
  // with the space locked.
  template <typename Note>
  std::shared_ptr<const List> look(const DependencyId& space, Note&& note) {
    Shard& shard = shard_of(space);
    const std::lock_guard lock(shard.mutex);
    note();
    const auto found = shard.spaces.find(space);
    return found == shard.spaces.end() ? nullptr : list_of(found->second);
  }

  void count(uint64_t& schemes, uint64_t& spaces) const;
  void before_fork();
  void after_fork();

 private:
  struct Space {
    std::unordered_map<std::string_view, std::unique_ptr<SchemeUse>> uses;
    std::shared_ptr<const List> list;  // of `uses`; NULL: to be made when an event comes
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<DependencyId, Space> spaces;
  };
  static constexpr size_t kShards = 8;

  Shard& shard_of(const DependencyId& space) { return shards_[space.high % kShards]; }
  static const std::shared_ptr<const List>& list_of(Space& space);

  const std::atomic<uint64_t>& clock_;
  std::array<Shard, kShards> shards_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_SCHEMES_H_
