// Committing: a computed value goes into the store, unless what it was computed from has changed.
#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "core/cache/cache.h"
#include "core/cache/view.h"
#include "core/lease/point.h"
#include "core/object/objects.h"

using coffer::core::BufferWriter;
using coffer::core::Dependency;
using coffer::core::failed;
using coffer::core::Lease;
using coffer::core::LeaseTable;
using coffer::core::LoadedValue;
using coffer::core::PinnedStamps;

// One lease on its way. Whatever becomes of it, conclude() tells the line.
class coffer_cache::Committing {
 public:
  Committing(coffer_cache& cache, const coffer_commit& commit) : cache_(cache), commit_(commit) {}
  Committing(const Committing&) = delete;
  Committing& operator=(const Committing&) = delete;
  // Something was thrown on the way: the lease leads on.
  ~Committing() {
    if (lease_ != nullptr && !concluded_) cache_.store_->leases().commit_failed(lease_);
  }

  // COFFER_OK: item() may go to the store. COFFER_SUPERSEDED, COFFER_END (nothing is to be stored)
  // or a failure: it must not; conclude() comes all the same.
  coffer_status prepare(coffer_lease id, coffer_sink& sink) {
    const coffer_status status = cache_.store_->leases().begin_commit(id, lease_, sink);
    if (failed(status)) return status;
    key_ = {lease_->line->key.data(), lease_->line->key.size(), lease_->line->hash};
    return prepare_reserved(sink);
  }
  // The same for one of many, which is its own answer; it has a reference on its object then.
  coffer_outcome prepare_item(coffer_lease id, coffer_sink& sink) noexcept {
    coffer_status status;
    try {
      status = prepare(id, sink);
      if (status == COFFER_OK && item_.object != nullptr)
        coffer::core::retain_object(item_.object_type, item_.object);
    } catch (const std::bad_alloc&) {
      status = sink.fail(COFFER_EXHAUSTED, "out of memory", COFFER_FAIL_RETRIABLE);
    }
    return {status, sink.error != nullptr ? sink.error->flags : 0};
  }
  const coffer_store_put& item() const { return item_; }

  // What became of it; `version` is that of the entry stored. Returns what the caller is told.
  coffer_status conclude(coffer_status status, uint64_t version, coffer_entry* out) noexcept;

 private:
  coffer_status check(coffer_sink& sink) const;
  coffer_status encode(coffer_sink& sink);
  coffer_status prepare_reserved(coffer_sink& sink);
  // Whether everything the value was computed from is still as it was.
  coffer_status check_present(coffer_sink& sink);
  void make_item();
  void conclude_not_stored() noexcept;
  std::shared_ptr<const LoadedValue> copy() const {
    return std::make_shared<const LoadedValue>(put_.value, put_.options.flags | object_flag(),
                                               put_.options.format, put_.object, put_.object_type);
  }
  uint32_t object_flag() const {
    return put_.object != nullptr ? uint32_t{COFFER_ENTRY_OBJECT} : 0;
  }
  coffer_status hand_over(uint64_t version, coffer_entry* out) noexcept;

  coffer_cache& cache_;
  const coffer_commit& commit_;
  LeaseRef lease_;
  coffer_key key_{};
  Put put_;
  Plan plan_;
  PinnedStamps late_;
  std::unique_ptr<BufferWriter> buffer_;
  coffer_store_put item_{};
  bool concluded_ = false;
};

coffer_status coffer_cache::Committing::check(coffer_sink& sink) const {
  const coffer_commit& commit = commit_;
  const auto refuse = [&](const std::string& what) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "commit of key '" + coffer::core::printable_key(key_) + "': " + what);
  };
  const bool bytes = commit.value.size != 0 || commit.value.data != nullptr;
  if (int{bytes} + int{commit.object != nullptr} + int{commit.neutral != nullptr} > 1) {
    return refuse("give one of value, object and neutral, not several");
  }
  if (commit.object != nullptr) {
    const coffer_status status = coffer::core::check_object_type(commit.object_type, sink);
    if (failed(status)) return status;
  }
  if (commit.neutral != nullptr && commit.neutral->play == nullptr)
    return refuse("neutral has no play function");
  if (commit.ttl == COFFER_TTL_KEEP) return refuse("COFFER_TTL_KEEP is for puts over an entry");
  return COFFER_OK;
}

coffer_status coffer_cache::Committing::encode(coffer_sink& sink) {
  coffer_value value{};
  coffer::core::ObjectView view{commit_.object, commit_.object_type};
  const bool bare = cache_.store_->bare();
  if (bare && (commit_.flags & COFFER_ENTRY_NULL) != 0) {
    value = coffer::core::null_value();
    put_.options.flags &= ~uint32_t{COFFER_ENTRY_NULL};
  } else if (commit_.neutral != nullptr) {
    value = *commit_.neutral;
    if (!bare && coffer::core::plays_null(value)) {
      put_.options.flags |= COFFER_ENTRY_NULL;
      return COFFER_OK;
    }
  } else if (commit_.object != nullptr && !cache_.store_->has(COFFER_STORE_OBJECTS)) {
    const coffer_status status = view.check(cache_.label(), sink);
    if (failed(status)) return status;
    value = view.value();
  } else {
    put_.value = commit_.value;
    put_.object = commit_.object;
    put_.object_type = commit_.object_type;
    put_.options.format = commit_.format;
    return COFFER_OK;
  }
  buffer_ = std::make_unique<BufferWriter>(cache_.config_.max_value, "max_value");
  const std::string_view name(static_cast<const char*>(key_.data), key_.size);
  const coffer_status status = cache_.encode(name, value, *buffer_, &put_.options.format, sink);
  if (!failed(status)) put_.value = buffer_->bytes();
  return status;
}

coffer_status coffer_cache::Committing::prepare_reserved(coffer_sink& sink) {
  put_.options.struct_size = sizeof put_.options;
  put_.options.flags = commit_.flags;
  put_.options.ttl = commit_.ttl;
  put_.options.grace = commit_.grace;
  put_.options.weight = commit_.weight;
  coffer_status status = check(sink);
  if (!failed(status)) status = encode(sink);
  const std::string_view name(static_cast<const char*>(key_.data), key_.size);
  if (!failed(status) && commit_.mode == COFFER_COMMIT_DECLINE) return COFFER_END;
  if (!failed(status)) status = cache_.check_put(name, put_, sink);
  if (status == COFFER_OK) status = check_present(sink);
  if (status != COFFER_OK) return status;
  if (commit_.ttl == COFFER_TTL_EXPIRED) return COFFER_END;
  make_item();
  if (!cache_.store_->leases().begin_storing(lease_)) return COFFER_SUPERSEDED;
  coffer::core::point("storing");
  return COFFER_OK;
}

coffer_status coffer_cache::Committing::check_present(coffer_sink& sink) {
  if (lease_->request.txn && lease_->request.txn->is_dirty()) return COFFER_SUPERSEDED;
  if (cache_.root_of(key_) != lease_->root) return COFFER_SUPERSEDED;
  coffer::core::Stamps& stamps = cache_.store_->stamps();
  if (commit_.dependencies != nullptr) {
    std::vector<Dependency> all = lease_->request.dependencies;
    const size_t known = all.size();
    coffer_status status = cache_.dependencies_of(commit_.dependencies, all, sink);
    if (failed(status)) {
      sink.prefix("commit of key '" + coffer::core::printable_key(key_) + "'");
      return status;
    }
    const std::span<const Dependency> late = std::span(all).subspan(known);
    status = late_.pin_late(stamps, late, lease_->began, cache_.deadline(), sink);
    if (status != COFFER_OK) return status;
  }
  return lease_->stamps.check(cache_.deadline(), sink);
}

void coffer_cache::Committing::make_item() {
  const coffer_time now = cache_.runtime()->now();
  const coffer::core::Life life = cache_.life_of(
      {commit_.ttl, commit_.grace, (put_.options.flags & COFFER_ENTRY_NULL) != 0}, now);
  coffer::core::Origin origin;
  origin.root = lease_->root;
  origin.created = now;
  origin.times = life.times;
  // Without an end there is nothing that what it cost could hasten.
  if (life.ttl > 0) origin.cost = std::max<int64_t>(now - lease_->since, 0);
  std::vector<coffer::core::Stamp> stamps(lease_->stamps.list().begin(),
                                          lease_->stamps.list().end());
  stamps.insert(stamps.end(), late_.list().begin(), late_.list().end());
  origin.stamps = stamps;
  cache_.keep_beside(origin, plan_);
  plan_.ttl = life.ttl;
  plan_.until = coffer::core::last_served(life, now);
  // Another process may have stored, or deleted, what we did not see.
  if (!cache_.store_->local()) {
    put_.options.mode = lease_->seen != 0 ? COFFER_PUT_CAS : COFFER_PUT_ADD;
    put_.options.expected_version = lease_->seen;
  }
  item_ = store_put(key_, put_, plan_.ttl, plan_.meta.bytes());
}

// Gives the caller the value as an entry: the stored one if it is there still.
coffer_status coffer_cache::Committing::hand_over(uint64_t version, coffer_entry* out) noexcept {
  coffer_entry entry{};
  if (version != 0) {
    coffer_sink ignored;
    if (cache_.get_raw(key_, COFFER_GET_NO_USE, &entry, ignored) == COFFER_OK &&
        entry.version != version) {
      coffer::core::release_entry(entry);
    }
  }
  try {
    if (entry.version == 0) LoadedValue::fill(copy(), &entry);
  } catch (const std::bad_alloc&) {
    return COFFER_EXHAUSTED;
  }
  *out = entry;
  return COFFER_OK;
}

coffer_status coffer_cache::Committing::conclude(coffer_status status, uint64_t version,
                                                 coffer_entry* out) noexcept {
  if (lease_ == nullptr) return status;
  concluded_ = true;
  LeaseTable& leases = cache_.store_->leases();
  if (status == COFFER_EXISTS || status == COFFER_CONFLICT || status == COFFER_MISS)
    status = COFFER_SUPERSEDED;
  if (failed(status)) {
    cache_.count(kErrors);
    leases.commit_failed(lease_);
    return status;
  }
  if (status == COFFER_OK) {
    cache_.count(kPuts);
    lease_->stamps.used_until(plan_.until);
    late_.used_until(plan_.until);
  } else if (status == COFFER_SUPERSEDED) {
    cache_.count(kSuperseded);
  }
  coffer_entry* const kept = lease_->keeps_value ? &lease_->kept : nullptr;
  coffer_status handed = COFFER_OK;
  if (out != nullptr) handed = hand_over(version, out);
  if (kept != nullptr && !failed(handed)) handed = hand_over(version, kept);
  if (status == COFFER_OK) {
    leases.stored(lease_);
  } else if (status == COFFER_SUPERSEDED) {
    leases.superseded(lease_);
  } else if (commit_.mode == COFFER_COMMIT_DECLINE) {
    leases.declined(lease_, cache_.config_.hit_for_miss);
    status = COFFER_OK;
  } else {
    conclude_not_stored();
    status = COFFER_OK;
  }
  coffer::core::point("concluded");
  return failed(handed) ? handed : status;
}

// Those who waited get a copy; without memory for one the next of them computes.
void coffer_cache::Committing::conclude_not_stored() noexcept {
  LeaseTable& leases = cache_.store_->leases();
  std::shared_ptr<const LoadedValue> value;
  try {
    value = copy();
  } catch (const std::bad_alloc&) {
    return leases.superseded(lease_);
  }
  leases.not_stored(lease_, std::move(value));
}

coffer_status coffer_cache::commit(coffer_lease lease, const coffer_commit& commit,
                                   coffer_entry* out, coffer_sink& sink) {
  runtime()->keep_house();
  Committing committing(*this, commit);
  uint64_t version = 0;
  coffer_status status = committing.prepare(lease, sink);
  if (status == COFFER_OK) status = put_item(committing.item(), &version, sink);
  return committing.conclude(status, version, out);
}

coffer_status coffer_cache::commit_many(const coffer_lease* leases,
                                        const std::vector<coffer_commit>& commits,
                                        coffer_outcome* each, coffer_sink& sink) {
  runtime()->keep_house();
  const size_t count = commits.size();
  std::vector<std::unique_ptr<Committing>> committing(count);
  std::vector<coffer_store_put> items;
  std::vector<size_t> sent;
  std::vector<uint64_t> versions(count);
  std::vector<coffer_outcome> outcomes(count, coffer_outcome{COFFER_INTERNAL, 0});
  // Beforehand, so that nothing is thrown between the first lease that is reserved and the last
  // that is concluded.
  items.reserve(count);
  sent.reserve(count);
  for (size_t i = 0; i < count; ++i)
    committing[i] = std::make_unique<Committing>(*this, commits[i]);
  for (size_t i = 0; i < count; ++i) {
    coffer_sink own;  // an item's failure is its answer
    each[i] = committing[i]->prepare_item(leases[i], own);
    if (each[i].status != COFFER_OK) continue;
    items.push_back(committing[i]->item());
    sent.push_back(i);
  }
  coffer_status status = COFFER_OK;
  if (!items.empty()) {
    status = store_->call(sink, [&] {
      return store_->table().put(store_->self(), items.data(), items.size(), deadline(),
                                 versions.data(), outcomes.data(), &sink);
    });
  }
  for (size_t k = 0; k < items.size(); ++k) {
    each[sent[k]] = failed(status) ? coffer_outcome{status, 0} : outcomes[k];
    if (each[sent[k]].status != COFFER_OK && items[k].object != nullptr) {
      coffer::core::release_object(items[k].object_type, items[k].object);
    }
  }
  for (size_t i = 0, k = 0; i < count; ++i) {
    const bool stored = k < sent.size() && sent[k] == i;
    each[i].status = committing[i]->conclude(each[i].status, stored ? versions[k] : 0, nullptr);
    if (stored) ++k;
  }
  return status;
}

coffer_status coffer_cache::abandon(coffer_lease id, const coffer::core::LeaseFailure& failure,
                                    coffer_sink& sink) {
  LeaseRef ended;  // gives its stamps back
  return store_->leases().abandon(id, failure, config_.throttle, config_.hit_for_miss, ended, sink);
}

coffer_status coffer_cache::decline(coffer_lease id, coffer_sink& sink) {
  LeaseRef ended;
  return store_->leases().decline(id, config_.hit_for_miss, ended, sink);
}
