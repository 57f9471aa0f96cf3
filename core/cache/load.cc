// Getting a value in one call: whoever leads computes it with a callback, on its own thread.
#include <utility>
#include <vector>

#include "core/cache/cache.h"
#include "core/lease/computation.h"
#include "core/ref/entry.h"

using coffer::core::failed;

class coffer_cache::Loading {
 public:
  Loading(coffer_cache& cache, std::string_view stored_key, coffer_loader load, void* user)
      : cache_(cache), stored_key_(stored_key), load_(load), user_(user) {}

  // Computes for `lease`. `fallback` is what there is already; it is taken if the computation
  // fails.
  coffer_status run(const LeaseRef& lease, coffer_entry& fallback, coffer_entry* out,
                    coffer_sink& sink) {
    lease->keeps_value = true;
    coffer_sink own;
    const coffer_status status = call(lease->id, own);
    if (!failed(status)) {
      cache_.store_->leases().not_committed(lease, cache_.config_.hit_for_miss);
      *out = std::exchange(lease->kept, {});
      return out->data == nullptr && out->version == 0 && out->release == nullptr ? COFFER_MISS
                                                                                  : COFFER_OK;
    }
    coffer_sink ignored;
    const std::string_view message = own.error != nullptr ? std::string_view(own.error->message)
                                                          : coffer::core::status_name(status);
    cache_.abandon(lease->id, {status, message, nullptr}, ignored);
    if (fallback.version != 0) {
      *out = std::exchange(fallback, {});
      return COFFER_OK;
    }
    if (own.error == nullptr) return sink.fail(status, "the loader failed and gave no reason");
    sink.error = std::exchange(own.error, nullptr);
    return status;
  }

 private:
  coffer_status call(coffer_lease lease, coffer_sink& sink) {
    coffer::core::Ref<coffer_computation> computation;
    const coffer_status status = coffer_computation::begin(
        {{&cache_.store_->leases(), std::string(stored_key_)}}, computation, sink);
    if (failed(status)) return status;
    cache_.store_->leases().set_computation(lease, computation);
    const coffer::core::Computing computing(std::move(computation));
    return load_(user_, &cache_, lease, &sink);
  }

  coffer_cache& cache_;
  const std::string_view stored_key_;
  const coffer_loader load_;
  void* const user_;
};

coffer_status coffer_cache::get_or_load(std::string_view key, const coffer_fetch_options& options,
                                        coffer_loader load, void* user, coffer_entry* out,
                                        coffer_sink& sink) {
  *out = {};
  std::string stored_key = config_.prefix;
  stored_key += key;
  Loading loading(*this, stored_key, load, user);
  coffer_fetched fetched{};
  const coffer::core::EntryGuard guard(fetched.entry);
  coffer_status status = fetch(key, options, &fetched, sink);
  if (!failed(status) && fetched.state == COFFER_FETCH_WAIT) {
    const coffer_lease lease = fetched.lease;
    coffer::core::release_entry(fetched.entry);
    status = wait(lease, -1, &fetched, sink);
  }
  if (failed(status)) return status;
  LeaseRef lease;
  if (fetched.state == COFFER_FETCH_MISS) {
    if ((options.flags & COFFER_FETCH_LOOK) != 0) return COFFER_MISS;
    lease = store_->leases().detached();
  } else if (fetched.lease != 0) {
    // Lost since: then the deadline was over before the computation began.
    status = store_->leases().find(fetched.lease, lease, sink);
    if (failed(status)) return status;
  } else {
    *out = std::exchange(fetched.entry, {});
    return COFFER_OK;
  }
  return loading.run(lease, fetched.entry, out, sink);
}

coffer_status coffer_cache::begin_computation(const coffer_bytes* keys, const coffer_lease* leases,
                                              size_t count,
                                              coffer::core::Ref<coffer_computation>& out,
                                              coffer_sink& sink) {
  coffer::core::StoreKeys stored;
  coffer_status status = stored.set(config_, keys, sizeof *keys, count, sink);
  if (failed(status)) return status;
  std::vector<coffer_computation::Key> named;
  named.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const coffer_key& key = stored.data()[i];
    named.push_back({&store_->leases(), std::string(static_cast<const char*>(key.data), key.size)});
  }
  status = coffer_computation::begin(std::move(named), out, sink);
  if (failed(status) || leases == nullptr) return status;
  for (size_t i = 0; i < count; ++i) {
    if (leases[i] != 0) store_->leases().set_computation(leases[i], out);
  }
  return COFFER_OK;
}
