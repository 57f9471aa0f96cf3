// Doors of coffer/cache.h and coffer/entry.h.
#include "coffer/cache.h"

#include "capi/door.h"
#include "core/cache/cache.h"
#include "core/cache/op.h"
#include "core/ref/entry.h"

using coffer::capi::door;
using coffer::core::failed;

namespace {

std::string_view view(const void* data, size_t size) {
  return {static_cast<const char*>(data), size};
}

}  // namespace

coffer_status coffer_cache_open(coffer_runtime* runtime, const char* url,
                                const coffer_option* options, size_t count, coffer_cache** out,
                                coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_cache_open", runtime);
    COFFER_REQUIRE(sink, "coffer_cache_open", out);
    *out = nullptr;
    return coffer_cache::open(runtime, url, options, count, out, sink);
  });
}

coffer_status coffer_cache_derive(coffer_cache* cache, const coffer_option* options, size_t count,
                                  coffer_cache** out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_cache_derive", cache);
    COFFER_REQUIRE(sink, "coffer_cache_derive", out);
    *out = nullptr;
    return cache->derive(options, count, out, sink);
  });
}

void coffer_cache_release(coffer_cache* cache) {
  if (cache != nullptr) cache->release();
}

void coffer_entry_release(coffer_entry* entry) {
  if (entry != nullptr) coffer::core::release_entry(*entry);
}

coffer_status coffer_get(coffer_cache* cache, const void* key, size_t key_size, coffer_entry* out,
                         coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_get", cache);
    COFFER_REQUIRE(sink, "coffer_get", out);
    *out = {};
    return cache->get(view(key, key_size), 0, out, sink);
  });
}

// The hot path: its guard is inside coffer_cache::read.
coffer_status coffer_read(coffer_cache* cache, const void* key, size_t key_size, void* buffer,
                          size_t capacity, coffer_read_info* info, coffer_error** error) {
  coffer_sink sink;
  if (cache == nullptr || info == nullptr) [[unlikely]] {
    return sink.finish(
        coffer::capi::null_argument(sink, "coffer_read", cache == nullptr ? "cache" : "info"),
        error);
  }
  return sink.finish(cache->read(view(key, key_size), buffer, capacity, info, sink), error);
}

coffer_status coffer_exists(coffer_cache* cache, const void* key, size_t key_size,
                            coffer_read_info* info, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_exists", cache);
    coffer_entry entry{};
    const coffer_status status =
        cache->get(view(key, key_size), COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (status == COFFER_OK && info != nullptr) {
      *info = {entry.size, entry.version, entry.expires_at, entry.flags, entry.format};
    }
    coffer_entry_release(&entry);
    return status;
  });
}

coffer_status coffer_ttl_left(coffer_cache* cache, const void* key, size_t key_size,
                              coffer_ttl* out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_ttl_left", cache);
    COFFER_REQUIRE(sink, "coffer_ttl_left", out);
    return cache->ttl_left(view(key, key_size), out, sink);
  });
}

coffer_status coffer_put(coffer_cache* cache, const void* key, size_t key_size, const void* value,
                         size_t value_size, const coffer_put_options* options, uint64_t* version,
                         coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_put", cache);
    COFFER_REQUIRE_BYTES(sink, "coffer_put", value, value_size);
    coffer_cache::Put put;
    put.value = {value, value_size};
    const coffer_status status = coffer::core::read_put_options(options, put.options, sink);
    return failed(status) ? status : cache->put(view(key, key_size), put, version, sink);
  });
}

coffer_status coffer_put_value(coffer_cache* cache, const void* key, size_t key_size,
                               const coffer_value* value, const coffer_put_options* options,
                               uint64_t* version, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_put_value", cache);
    COFFER_REQUIRE(sink, "coffer_put_value", value);
    COFFER_REQUIRE(sink, "coffer_put_value", value->play);
    coffer_put_options full;
    const coffer_status status = coffer::core::read_put_options(options, full, sink);
    return failed(status) ? status
                          : cache->put_value(view(key, key_size), value, full, version, sink);
  });
}

coffer_status coffer_put_object(coffer_cache* cache, const void* key, size_t key_size, void* object,
                                const coffer_object_type* type, const coffer_put_options* options,
                                uint64_t* version, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_put_object", cache);
    COFFER_REQUIRE(sink, "coffer_put_object", object);
    coffer_put_options full;
    const coffer_status status = coffer::core::read_put_options(options, full, sink);
    return failed(status)
               ? status
               : cache->put_object(view(key, key_size), object, type, full, version, sink);
  });
}

coffer_status coffer_delete(coffer_cache* cache, const void* key, size_t key_size,
                            coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_delete", cache);
    return cache->remove(view(key, key_size), sink);
  });
}

coffer_status coffer_delete_if(coffer_cache* cache, const void* key, size_t key_size,
                               uint64_t version, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_delete_if", cache);
    return cache->remove_if(view(key, key_size), version, sink);
  });
}

coffer_status coffer_expire(coffer_cache* cache, const void* key, size_t key_size,
                            coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_expire", cache);
    return cache->expire(view(key, key_size), sink);
  });
}

coffer_status coffer_touch(coffer_cache* cache, const void* key, size_t key_size, coffer_ttl ttl,
                           coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_touch", cache);
    return cache->touch(view(key, key_size), ttl, sink);
  });
}

coffer_status coffer_incr(coffer_cache* cache, const void* key, size_t key_size, int64_t delta,
                          int64_t initial, coffer_ttl ttl, int64_t* out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_incr", cache);
    COFFER_REQUIRE(sink, "coffer_incr", out);
    return cache->incr(view(key, key_size), {delta, initial, ttl, false}, out, sink);
  });
}

coffer_status coffer_incr_existing(coffer_cache* cache, const void* key, size_t key_size,
                                   int64_t delta, int64_t* out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_incr_existing", cache);
    COFFER_REQUIRE(sink, "coffer_incr_existing", out);
    return cache->incr(view(key, key_size), {delta, 0, COFFER_TTL_DEFAULT, true}, out, sink);
  });
}

coffer_status coffer_entry_play(coffer_cache* cache, const coffer_entry* entry,
                                const coffer_visitor* into, const coffer_limits* limits,
                                coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_entry_play", cache);
    COFFER_REQUIRE(sink, "coffer_entry_play", entry);
    return cache->play(entry, into, limits, sink);
  });
}

coffer_status coffer_cache_stats(coffer_cache* cache, coffer_stats* out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_cache_stats", cache);
    COFFER_REQUIRE(sink, "coffer_cache_stats", out);
    constexpr uint32_t kMinimum = 192;  // as in the first release
    if (out->struct_size < kMinimum || out->struct_size > coffer::core::kMaximumStructSize) {
      return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_stats: struct_size is " +
                                                    std::to_string(out->struct_size) +
                                                    "; set it to sizeof(coffer_stats)");
    }
    cache->stats(out);
    return COFFER_OK;
  });
}

coffer_status coffer_cache_describe(coffer_cache* cache, const coffer_visitor* into,
                                    coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_cache_describe", cache);
    const coffer_status status = coffer::core::check_visitor(into, sink);
    if (failed(status)) return status;
    coffer::core::Player player(into);
    cache->play_description(player);
    return player.status();
  });
}
