#include "core/cache/scan.h"

#include <memory>

#include "core/cache/glob.h"

using coffer::core::failed;
using coffer::core::Store;

coffer_status coffer_scan::open(coffer_cache* cache, int32_t kind, std::string_view pattern,
                                coffer_scan** out, coffer_sink& sink) {
  std::string prefix = cache->config().prefix;
  std::optional<std::string> glob;
  if (kind == COFFER_SCAN_PREFIX) {
    prefix += pattern;
  } else if (kind == COFFER_SCAN_GLOB) {
    const coffer_status status = coffer::core::check_glob(pattern, sink);
    if (failed(status)) return status;
    glob = pattern;
    prefix += coffer::core::glob_prefix(pattern);
  } else {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "scan: kind is " + std::to_string(kind) +
                         "; it must be COFFER_SCAN_PREFIX or COFFER_SCAN_GLOB");
  }
  std::unique_ptr<coffer_scan> scan(new coffer_scan(cache, std::move(glob)));
  Store& store = cache->store();
  const coffer_status status = store.call(sink, [&] {
    return store.table().scan_open(store.self(), {prefix.data(), prefix.size()}, &scan->scan_,
                                   &sink);
  });
  if (failed(status)) return status;
  *out = scan.release();
  return COFFER_OK;
}

coffer_scan::~coffer_scan() {
  if (scan_ == nullptr) return;
  coffer_sink sink;
  Store& store = cache_->store();
  store.call(sink, [&] {
    store.table().scan_close(store.self(), scan_);
    return COFFER_OK;
  });
}

coffer_status coffer_scan::next(coffer_bytes* keys, size_t capacity, size_t* count,
                                coffer_sink& sink) {
  *count = 0;
  Store& store = cache_->store();
  size_t found = 0;
  const coffer_status status = store.call(sink, [&] {
    return store.table().scan_next(store.self(), scan_, cache_->deadline(), keys, capacity, &found,
                                   &sink);
  });
  if (failed(status)) return status;
  const size_t prefix = cache_->config().prefix.size();
  const bool doubtful = store.may_be_stale();
  for (size_t i = 0; i < found; ++i) {
    const std::string_view key(static_cast<const char*>(keys[i].data) + prefix,
                               keys[i].size - prefix);
    if (cache_->config().reserves_nul &&
        coffer::core::is_reserved(key.data(), key.size(), cache_->config().prefix)) {
      continue;
    }
    if (glob_ && !coffer::core::glob_matches(*glob_, key)) continue;
    // Never dead or stale entries: who wants to know of those, asks for each.
    if (doubtful && !is_fresh(keys[i])) continue;
    keys[(*count)++] = {key.data(), key.size()};
  }
  return status;
}

// `key` as the store has it.
bool coffer_scan::is_fresh(const coffer_bytes& key) const {
  const coffer_key whole{key.data, key.size,
                         coffer::core::hash_bytes(key.data, key.size, cache_->config().hash_seed)};
  coffer_sink ignored;  // what cannot be looked at is not listed
  coffer_entry entry{};
  if (cache_->get_raw(whole, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, ignored) != COFFER_OK)
    return false;
  const coffer::core::Judgement judged = cache_->judge_quietly(whole, entry);
  coffer::core::release_entry(entry);
  return judged.verdict == coffer::core::Verdict::kFresh;
}
