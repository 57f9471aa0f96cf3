#include "core/cache/sweep.h"

#include <array>
#include <string>
#include <vector>

#include "core/cache/fresh.h"
#include "core/cache/store.h"
#include "core/hash/hash.h"
#include "core/ref/entry.h"
#include "core/runtime/runtime.h"

namespace coffer::core {
namespace {
constexpr size_t kPage = 64;
}

void Sweeper::run(Store& store, coffer_time deadline) noexcept {
  // Entries of other processes are theirs to give back.
  if (!store.local() || !store.has(COFFER_STORE_SCAN)) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  if (scan_ == nullptr) {
    if (!wanted_.exchange(false, std::memory_order_relaxed)) return;
    store.roots().begin_sweep();
    coffer_sink ignored;
    const coffer_status opened = store.call(ignored, [&] {
      return store.table().scan_open(store.self(), {nullptr, 0}, &scan_, &ignored);
    });
    if (failed(opened)) {
      scan_ = nullptr;
      want();
      return;
    }
  }
  coffer_status status = COFFER_EXHAUSTED;
  try {
    for (status = sweep_page(store); status == COFFER_OK; status = sweep_page(store)) {
      if (deadline != COFFER_NEVER && store.runtime()->now() >= deadline) return;
    }
  } catch (const std::bad_alloc&) {
    status = COFFER_EXHAUSTED;
  }
  close(store);
  if (status == COFFER_END) {
    store.roots().end_sweep();
  } else if (status == COFFER_EXHAUSTED) {
    want();  // the next pass sees what this one did not
  }
}

coffer_status Sweeper::sweep_page(Store& store) {
  std::array<coffer_bytes, kPage> names;
  size_t count = 0;
  coffer_sink ignored;
  const coffer_status status = store.call(ignored, [&] {
    return store.table().scan_next(store.self(), scan_, COFFER_NEVER, names.data(), kPage, &count,
                                   &ignored);
  });
  if (failed(status)) return status;
  std::vector<std::string> kept(
      count);  // views end with the next call on the scan; entries outlive it
  for (size_t i = 0; i < count; ++i) {
    kept[i].assign(static_cast<const char*>(names[i].data), names[i].size);
    const coffer_key key{kept[i].data(), kept[i].size(),
                         hash_bytes(kept[i].data(), kept[i].size(), store.runtime()->hash_seed())};
    coffer_entry entry{};
    coffer_outcome outcome{};
    const coffer_status got = store.call(ignored, [&] {
      return store.table().get(store.self(), &key, 1, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE,
                               COFFER_NEVER, &entry, &outcome, &ignored);
    });
    if (failed(got)) return got;
    if (failed(outcome.status)) return outcome.status;
    if (outcome.status != COFFER_OK) continue;
    const uint64_t root = store.roots().of_key(kept[i]);
    const Judgement judged =
        judge(store, root, {entry.meta, entry.meta_size, entry.expires_at}, COFFER_NEVER);
    const uint64_t version = entry.version;
    release_entry(entry);
    const bool gone = judged.verdict == Verdict::kDead && bury(store, key, version, COFFER_NEVER);
    if (!gone) store.roots().use_of_key(kept[i]);
  }
  return status;
}

void Sweeper::close(Store& store) noexcept {
  coffer_sink ignored;
  store.call(ignored, [&] {
    store.table().scan_close(store.self(), scan_);
    return COFFER_OK;
  });
  scan_ = nullptr;
}

void Sweeper::stop(Store& store) noexcept {
  const std::lock_guard lock(mutex_);
  if (scan_ != nullptr) close(store);
}

}  // namespace coffer::core
