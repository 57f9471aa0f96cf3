// Writing single keys.
#include "core/cache/cache.h"
#include "core/object/objects.h"

using coffer::core::failed;
using coffer::core::StoreKey;

namespace {

// Far longer than any program runs, and far from overflowing when added to the present.
constexpr coffer_ttl kLongestTtl = INT64_MAX / 4;

// How an already expired entry is put when the outcome depends on what is there: it lives no measurable time.
constexpr coffer_ttl kShortestTtl = 1;

}  // namespace

coffer_status coffer_cache::check_ttl(std::string_view key, coffer_ttl ttl, coffer_sink& sink) const {
  if (ttl >= COFFER_TTL_KEEP) [[likely]] return COFFER_OK;
  return sink.fail(COFFER_INVALID_ARGUMENT, "ttl of key '" + std::string(key.substr(0, 64)) + "' is " +
                                                std::to_string(ttl) +
                                                "; it may be a positive duration in nanoseconds or COFFER_TTL_*");
}

coffer_status coffer_cache::check_put(std::string_view key, const Put& put, coffer_sink& sink) const {
  const coffer_put_options& options = put.options;
  const auto refuse = [&](coffer_status status, const std::string& what) {
    return sink.fail(status, "put of key '" + std::string(key.substr(0, 64)) + "': " + what);
  };
  if (options.mode < COFFER_PUT_SET || options.mode > COFFER_PUT_CAS) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT, "mode is " + std::to_string(options.mode) + "; it must be COFFER_PUT_*");
  }
  if ((options.flags & ~uint32_t{COFFER_ENTRY_NULL | COFFER_ENTRY_NEGATIVE}) != 0) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT, "flags may hold only COFFER_ENTRY_NULL and COFFER_ENTRY_NEGATIVE");
  }
  if (options.reserved != 0) [[unlikely]] return refuse(COFFER_INVALID_ARGUMENT, "reserved must be zero");
  if ((options.flags & COFFER_ENTRY_NULL) != 0 && put.value.size != 0) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT, "a null has no bytes");
  }
  if (put.value.size > config_.max_value) [[unlikely]] {
    return refuse(COFFER_TOO_LARGE, "value of " + std::to_string(put.value.size) + " bytes is over max_value of " +
                                        std::to_string(config_.max_value));
  }
  return check_ttl(key, options.ttl, sink);
}

coffer_ttl coffer_cache::resolve_ttl(coffer_ttl ttl, uint32_t entry_flags) const {
  if (ttl == COFFER_TTL_DEFAULT) ttl = (entry_flags & COFFER_ENTRY_NULL) != 0 ? config_.null_ttl : config_.ttl;
  if (ttl == COFFER_TTL_EXPIRED) return kShortestTtl;
  return ttl > kLongestTtl ? COFFER_TTL_FOREVER : ttl;
}

coffer_store_put coffer_cache::store_put(const coffer_key& key, const Put& put) const {
  coffer_store_put item{};
  item.key = key;
  item.value = put.value;
  item.object = put.object;
  item.object_type = put.object_type;
  item.ttl = resolve_ttl(put.options.ttl, put.options.flags);
  item.expected_version = put.options.expected_version;
  item.weight = put.options.weight;
  item.flags = put.options.flags | (put.object != nullptr ? uint32_t{COFFER_ENTRY_OBJECT} : 0);
  item.format = put.options.format;
  item.mode = put.options.mode;
  return item;
}

coffer_status coffer_cache::put_once(const coffer_key& key, const Put& put, uint64_t* version, coffer_sink& sink) {
  const coffer_store_put item = store_put(key, put);
  if (item.object != nullptr) item.object_type->retain(item.object_type, item.object);
  uint64_t new_version = 0;
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  coffer_status status = store_->call(
      sink, [&] { return table.put(store_->self(), &item, 1, deadline(), &new_version, &outcome, &sink); });
  if (status == COFFER_OK) status = outcome.status;
  if (status == COFFER_OK) {
    if (version != nullptr) *version = new_version;
    counters_.add(kPuts);
  } else {
    // Not stored, so the reference taken for the store is ours again.
    if (item.object != nullptr) coffer::core::release_object(item.object_type, item.object);
    if (failed(status)) counters_.add(kErrors);
  }
  return status;
}

coffer_status coffer_cache::put(std::string_view key, const Put& put, uint64_t* version, coffer_sink& sink) {
  if (version != nullptr) *version = 0;
  coffer_status status = check_put(key, put, sink);
  if (failed(status)) [[unlikely]] return status;
  runtime()->keep_house();
  const bool set = put.options.mode == COFFER_PUT_SET;
  if (set && put.options.ttl == COFFER_TTL_EXPIRED) [[unlikely]] {
    status = remove(key, sink);
    return status == COFFER_MISS ? COFFER_OK : status;
  }
  if (put.options.ttl == COFFER_TTL_KEEP && put.options.mode <= COFFER_PUT_ADD) [[unlikely]] {
    return put_keeping_ttl(key, put, version, sink);
  }
  StoreKey store_key;
  status = store_key.set(config_, key, sink);
  if (failed(status)) [[unlikely]] return status;
  return put_once(store_key.get(), put, version, sink);
}

// A store can keep the expiry only of an entry that is there: so replace it, or add it with the default. Between the
// two another caller may add or remove it, which decides the next round.
coffer_status coffer_cache::put_keeping_ttl(std::string_view key, const Put& put, uint64_t* version,
                                            coffer_sink& sink) {
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) return status;
  Put replacing = put;
  replacing.options.mode = COFFER_PUT_REPLACE;
  Put adding = put;
  adding.options.mode = COFFER_PUT_ADD;
  adding.options.ttl = COFFER_TTL_DEFAULT;
  if (put.options.mode == COFFER_PUT_ADD) return put_once(store_key.get(), adding, version, sink);
  do {
    status = put_once(store_key.get(), replacing, version, sink);
    if (status == COFFER_MISS) status = put_once(store_key.get(), adding, version, sink);
  } while (status == COFFER_EXISTS);
  return status;
}

coffer_status coffer_cache::remove(std::string_view key, coffer_sink& sink) {
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) return status;
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  status = store_->call(
      sink, [&] { return table.del(store_->self(), &store_key.get(), nullptr, 1, deadline(), &outcome, &sink); });
  if (status == COFFER_OK) status = outcome.status;
  if (status == COFFER_OK) counters_.add(kDeletes);
  if (failed(status)) counters_.add(kErrors);
  return status;
}

coffer_status coffer_cache::touch(std::string_view key, coffer_ttl ttl, coffer_sink& sink) {
  coffer_status status = check_ttl(key, ttl, sink);
  if (failed(status)) return status;
  if (ttl == COFFER_TTL_EXPIRED) return remove(key, sink);
  if (ttl == COFFER_TTL_KEEP) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "touch with COFFER_TTL_KEEP would change nothing; give a new time to live");
  }
  StoreKey store_key;
  status = store_key.set(config_, key, sink);
  if (failed(status)) return status;
  const coffer_ttl resolved = resolve_ttl(ttl, 0);
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  status = store_->call(sink, [&] {
    return table.touch(store_->self(), &store_key.get(), &resolved, 1, deadline(), &outcome, &sink);
  });
  if (status == COFFER_OK) status = outcome.status;
  if (failed(status)) counters_.add(kErrors);
  return status;
}

coffer_status coffer_cache::clear(uint64_t* removed, coffer_sink& sink) {
  uint64_t count = 0;
  const coffer_bytes prefix{config_.prefix.data(), config_.prefix.size()};
  const coffer_store& table = store_->table();
  const coffer_status status =
      store_->call(sink, [&] { return table.clear(store_->self(), prefix, deadline(), &count, &sink); });
  if (removed != nullptr) *removed = status == COFFER_OK ? count : 0;
  if (failed(status)) {
    counters_.add(kErrors);
    return status;
  }
  runtime()->hub().key_event(runtime()->now(), COFFER_EVENT_CLEAR, label(), config_.space, count);
  return status;
}
