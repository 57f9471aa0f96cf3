// Doors of coffer/fetch.h.
#include "coffer/fetch.h"

#include <vector>

#include "capi/door.h"
#include "core/cache/cache.h"
#include "core/cache/op.h"
#include "core/object/objects.h"

using coffer::capi::door;
using coffer::core::failed;
using coffer::core::LeaseFailure;
using coffer::core::LoadedValue;

namespace {

std::string_view view(const void* data, size_t size) {
  return {static_cast<const char*>(data), size};
}

}  // namespace

coffer_status coffer_fetch(coffer_cache* cache, const void* key, size_t key_size,
                           const coffer_fetch_options* options, coffer_fetched* out,
                           coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_fetch", cache);
    COFFER_REQUIRE(sink, "coffer_fetch", out);
    *out = {};
    coffer_fetch_options full;
    const coffer_status status = coffer::core::read_fetch_options(options, full, sink);
    return failed(status) ? status : cache->fetch(view(key, key_size), full, out, sink);
  });
}

coffer_status coffer_fetch_many(coffer_cache* cache, const coffer_bytes* keys, size_t count,
                                const coffer_fetch_options* options, coffer_fetched* out,
                                coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_fetch_many", cache);
    if (count == 0) return COFFER_OK;
    COFFER_REQUIRE_COUNT(sink, "coffer_fetch_many", count);
    COFFER_REQUIRE(sink, "coffer_fetch_many", keys);
    COFFER_REQUIRE(sink, "coffer_fetch_many", out);
    coffer_fetch_options full;
    const coffer_status status = coffer::core::read_fetch_options(options, full, sink);
    return failed(status) ? status : cache->fetch_many(keys, count, full, out, sink);
  });
}

coffer_status coffer_lease_wait(coffer_cache* cache, coffer_lease lease, int64_t timeout,
                                coffer_fetched* out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_lease_wait", cache);
    COFFER_REQUIRE(sink, "coffer_lease_wait", out);
    return cache->wait(lease, timeout, out, sink);
  });
}

coffer_status coffer_lease_notify(coffer_cache* cache, coffer_lease lease, coffer_queue* queue,
                                  uint64_t tag, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_lease_notify", cache);
    COFFER_REQUIRE(sink, "coffer_lease_notify", queue);
    return cache->notify(lease, queue, tag, sink);
  });
}

coffer_status coffer_lease_commit(coffer_cache* cache, coffer_lease lease,
                                  const coffer_commit* commit, coffer_entry* out,
                                  coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_lease_commit", cache);
    COFFER_REQUIRE(sink, "coffer_lease_commit", commit);
    if (out != nullptr) *out = {};
    coffer_commit full;
    const coffer_status status = coffer::core::read_commit(commit, full, sink);
    return failed(status) ? status : cache->commit(lease, full, out, sink);
  });
}

coffer_status coffer_lease_commit_many(coffer_cache* cache, const coffer_lease* leases,
                                       const coffer_commit* commits, size_t stride, size_t count,
                                       coffer_outcome* each, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_lease_commit_many", cache);
    if (count == 0) return COFFER_OK;
    COFFER_REQUIRE_COUNT(sink, "coffer_lease_commit_many", count);
    COFFER_REQUIRE(sink, "coffer_lease_commit_many", leases);
    COFFER_REQUIRE(sink, "coffer_lease_commit_many", commits);
    COFFER_REQUIRE(sink, "coffer_lease_commit_many", each);
    std::vector<coffer_commit> full(count);
    for (size_t i = 0; i < count; ++i) {
      const auto* from = reinterpret_cast<const coffer_commit*>(
          reinterpret_cast<const char*>(commits) + i * stride);
      const coffer_status status = coffer::core::read_commit(from, full[i], sink);
      if (failed(status)) return status;
      if (stride < from->struct_size) {
        return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_lease_commit_many: the stride of " +
                                                      std::to_string(stride) +
                                                      " bytes is less than struct_size " +
                                                      std::to_string(from->struct_size));
      }
    }
    return cache->commit_many(leases, full, each, sink);
  });
}

coffer_status coffer_lease_abandon(coffer_cache* cache, coffer_lease lease, coffer_status status,
                                   const char* message, coffer_error** error) {
  return coffer_lease_abandon_with(cache, lease, status, message, nullptr, nullptr, error);
}

coffer_status coffer_lease_abandon_with(coffer_cache* cache, coffer_lease lease,
                                        coffer_status status, const char* message, void* object,
                                        const coffer_object_type* type, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_lease_abandon", cache);
    if (!failed(status)) {
      return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_lease_abandon: status is " +
                                                    std::to_string(status) +
                                                    "; it must be a failure, 16 or more");
    }
    LeaseFailure failure{status, message != nullptr ? message : "no reason was given", nullptr};
    if (object != nullptr) {
      const coffer_status checked = coffer::core::check_object_type(type, sink);
      if (failed(checked)) return checked;
      failure.object = std::make_shared<const LoadedValue>(
          coffer_bytes{}, uint32_t{COFFER_ENTRY_OBJECT}, COFFER_FORMAT_RAW, object, type);
    }
    return cache->abandon(lease, failure, sink);
  });
}

coffer_status coffer_lease_decline(coffer_cache* cache, coffer_lease lease, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_lease_decline", cache);
    return cache->decline(lease, sink);
  });
}

coffer_status coffer_lease_extend(coffer_cache* cache, coffer_lease lease, int64_t duration,
                                  coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_lease_extend", cache);
    if (duration <= 0) {
      return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_lease_extend: duration must be positive");
    }
    return cache->store().leases().extend(lease, duration, sink);
  });
}

void coffer_lease_release(coffer_cache* cache, coffer_lease lease) {
  if (cache == nullptr || lease == 0) return;
  door(nullptr, [&](coffer_sink&) -> coffer_status {
    cache->store().leases().release(lease);
    return COFFER_OK;
  });
}

coffer_status coffer_get_or_load(coffer_cache* cache, const void* key, size_t key_size,
                                 const coffer_fetch_options* options, coffer_loader load,
                                 void* user, coffer_entry* out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_get_or_load", cache);
    COFFER_REQUIRE_BYTES(sink, "coffer_get_or_load", key, key_size);
    COFFER_REQUIRE(sink, "coffer_get_or_load", load);
    COFFER_REQUIRE(sink, "coffer_get_or_load", out);
    *out = {};
    coffer_fetch_options full;
    const coffer_status status = coffer::core::read_fetch_options(options, full, sink);
    return failed(status) ? status
                          : cache->get_or_load(view(key, key_size), full, load, user, out, sink);
  });
}

coffer_status coffer_explain(coffer_cache* cache, const void* key, size_t key_size,
                             const coffer_visitor* into, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_explain", cache);
    return cache->explain(view(key, key_size), into, sink);
  });
}
