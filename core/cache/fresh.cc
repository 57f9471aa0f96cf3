#include "core/cache/fresh.h"

#include <algorithm>
#include <new>

#include "core/dependency/describe.h"
#include "core/runtime/runtime.h"

namespace coffer::core {

std::string printable_key(const coffer_key& key) {
  return printable({static_cast<const char*>(key.data), key.size}, 64);
}

namespace {

// Stamps that cannot be read are as good as moved.
bool is_present(Stamps& stamps, const MetaView& meta, coffer_time deadline) noexcept {
  coffer_sink ignored;
  if (meta.has_cells()) {
    return meta.each_stamp([&](const Stamp& stamp) {
      return stamps.check({&stamp, 1}, deadline, nullptr, ignored) == COFFER_OK;
    });
  }
  try {
    return stamps.check(meta.stamps(), deadline, nullptr, ignored) == COFFER_OK;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace

Judgement judge(Store& store, uint64_t root, const Evidence& evidence,
                coffer_time deadline) noexcept {
  Judgement result;
  if (!result.meta.read(evidence.meta, evidence.meta_size)) return result;
  const MetaView& meta = result.meta;
  const bool local = store.local();
  if (local && meta.root() != root) return result;
  if (meta.has_stamps()) {
    // A pointer out of another process must not be followed.
    if (meta.has_cells() != local) return result;
    if (!is_present(store.stamps(), meta, deadline)) return result;
  }
  result.fresh_until = meta.fresh_until(evidence.expires_at);
  const MetaTimes& times = meta.times();
  // A use gives a sliding entry a time to live from when the store hears of it, which may end after
  // its cap.
  const bool capped = times.sliding != 0 && times.cap != COFFER_NEVER;
  if (capped) result.fresh_until = std::min(result.fresh_until, times.cap);
  const bool timed = (capped || times.grace != 0) && evidence.expires_at != COFFER_NEVER;
  const coffer_time now = timed ? store.runtime()->now() : coffer_time{COFFER_NEVER};
  result.verdict = Verdict::kFresh;
  if (timed && now >= result.fresh_until)
    result.verdict = now - result.fresh_until < times.grace ? Verdict::kStale : Verdict::kDead;
  return result;
}

bool bury(Store& store, const coffer_key& key, uint64_t version, coffer_time deadline) noexcept {
  coffer_sink ignored;
  coffer_outcome outcome{};
  const coffer_status status = store.call(ignored, [&] {
    return store.table().del(store.self(), &key, &version, 1, deadline, &outcome, &ignored);
  });
  return !failed(status) && !failed(outcome.status);
}

}  // namespace coffer::core
