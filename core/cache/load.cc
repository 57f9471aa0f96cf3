// Getting a value in one call: whoever leads computes it with a callback, on its own thread.
#include "core/cache/cache.h"

using coffer::core::failed;
using coffer::core::LeaseTable;

namespace {

// The computations of this thread, innermost first: one that needs its own key again would wait for
// itself.
struct Frame {
  const LeaseTable* table;
  std::string_view key;
  const Frame* outer;
};
thread_local const Frame* t_innermost = nullptr;

}  // namespace

class coffer_cache::Loading {
 public:
  Loading(coffer_cache& cache, std::string_view stored_key, coffer_loader load, void* user)
      : cache_(cache),
        load_(load),
        user_(user),
        frame_{&cache.store_->leases(), stored_key, t_innermost} {}

  bool is_nested() const {
    for (const Frame* frame = t_innermost; frame != nullptr; frame = frame->outer) {
      if (frame->table == frame_.table && frame->key == frame_.key) return true;
    }
    return false;
  }

  // Computes for `lease`. `fallback` is what there is already; it is taken if the computation
  // fails.
  coffer_status run(const LeaseRef& lease, coffer_entry& fallback, coffer_entry* out,
                    coffer_sink& sink) {
    lease->keeps_value = true;
    coffer_sink own;
    const coffer_status status = call(lease->id, own);
    if (!failed(status)) {
      // In case it was not committed; if it was, this does nothing.
      cache_.store_->leases().release(lease->id);
      *out = std::exchange(lease->kept, {});
      return out->data == nullptr && out->version == 0 && out->release == nullptr ? COFFER_MISS
                                                                                  : COFFER_OK;
    }
    coffer_sink ignored;
    const std::string message =
        own.error != nullptr ? own.error->message : coffer::core::status_name(status);
    cache_.abandon(lease->id, status, message, ignored);
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
    struct Entered {
      explicit Entered(const Frame* frame) { t_innermost = frame; }
      ~Entered() { t_innermost = t_innermost->outer; }
    } entered(&frame_);
    return load_(user_, &cache_, lease, &sink);
  }

  coffer_cache& cache_;
  const coffer_loader load_;
  void* const user_;
  const Frame frame_;
};

coffer_status coffer_cache::get_or_load(std::string_view key, const coffer_fetch_options& options,
                                        coffer_loader load, void* user, coffer_entry* out,
                                        coffer_sink& sink) {
  *out = {};
  std::string stored_key = config_.prefix;
  stored_key += key;
  Loading loading(*this, stored_key, load, user);
  if (loading.is_nested()) {
    return sink.fail(COFFER_INVALID_STATE, "get_or_load of key '" + std::string(key.substr(0, 64)) +
                                               "': this thread is computing this very key");
  }
  coffer_fetched fetched{};
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
    if (failed(status)) {
      coffer::core::release_entry(fetched.entry);
      return status;
    }
  } else {
    *out = fetched.entry;
    return COFFER_OK;
  }
  status = loading.run(lease, fetched.entry, out, sink);
  coffer::core::release_entry(fetched.entry);
  return status;
}
