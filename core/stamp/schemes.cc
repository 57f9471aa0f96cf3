#include "core/stamp/schemes.h"

namespace coffer::core {

SchemeUse* Schemes::use(const DependencyId& space, const Scheme& scheme) {
  Shard& shard = shard_of(space);
  const std::lock_guard lock(shard.mutex);
  const auto known = shard.spaces.find(space);
  if (known != shard.spaces.end()) {
    const auto found = known->second.uses.find(scheme);
    if (found != known->second.uses.end()) {
      ++found->second->users_;
      return found->second.get();
    }
  }
  auto fresh = std::make_unique<SchemeUse>();
  fresh->space_ = space;
  fresh->columns_ = std::make_shared<const Scheme>(scheme);
  fresh->since_ = clock_.load(std::memory_order_seq_cst);
  fresh->users_ = 1;
  Space& owner = shard.spaces[space];
  SchemeUse* const use = fresh.get();
  owner.uses.emplace(*fresh->columns_, std::move(fresh));
  owner.list.reset();
  return use;
}

void Schemes::unuse(SchemeUse* scheme) noexcept {
  Shard& shard = shard_of(scheme->space_);
  const std::lock_guard lock(shard.mutex);
  if (--scheme->users_ > 0) return;
  const auto found = shard.spaces.find(scheme->space_);
  found->second.list.reset();
  found->second.uses.erase(found->second.uses.find(*scheme->columns_));
  if (found->second.uses.empty()) shard.spaces.erase(found);
}

const std::shared_ptr<const Schemes::List>& Schemes::list_of(Space& space) {
  if (space.list == nullptr) {
    auto list = std::make_shared<List>();
    list->reserve(space.uses.size());
    for (const auto& [columns, use] : space.uses) list->push_back(use->columns_);
    space.list = std::move(list);
  }
  return space.list;
}

void Schemes::count(uint64_t& schemes, uint64_t& spaces) const {
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    spaces += shard.spaces.size();
    for (const auto& [id, space] : shard.spaces) schemes += space.uses.size();
  }
}

void Schemes::before_fork() {
  for (Shard& shard : shards_) shard.mutex.lock();
}

void Schemes::after_fork() {
  for (Shard& shard : shards_) shard.mutex.unlock();
}

}  // namespace coffer::core
