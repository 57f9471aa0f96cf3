// Doors of coffer/invalidate.h and coffer/dependency.h.
#include "coffer/invalidate.h"

#include "capi/door.h"
#include "core/cache/cache.h"

using coffer::capi::door;

namespace {

std::string_view view(coffer_bytes bytes) {
  return {static_cast<const char*>(bytes.data), bytes.size};
}

}  // namespace

coffer_status coffer_space_declare(coffer_cache* cache, coffer_bytes space,
                                   const coffer_column* columns, size_t count,
                                   coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_space_declare", cache);
    COFFER_REQUIRE_COUNT(sink, "coffer_space_declare", count);
    if (count > 0) COFFER_REQUIRE(sink, "coffer_space_declare", columns);
    return cache->store().spaces().declare(cache->config().scope, view(space), columns, count,
                                           sink);
  });
}

coffer_status coffer_invalidate_tags(coffer_cache* cache, coffer_txn* txn, const coffer_bytes* tags,
                                     size_t count, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_invalidate_tags", cache);
    if (count == 0) return COFFER_OK;
    COFFER_REQUIRE_COUNT(sink, "coffer_invalidate_tags", count);
    COFFER_REQUIRE(sink, "coffer_invalidate_tags", tags);
    return cache->invalidate_tags(txn, tags, count, sink);
  });
}

coffer_status coffer_invalidate_space(coffer_cache* cache, coffer_txn* txn, coffer_bytes space,
                                      coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_invalidate_space", cache);
    return cache->invalidate_space(txn, view(space), sink);
  });
}

coffer_status coffer_row_event(coffer_cache* cache, coffer_txn* txn, coffer_bytes space,
                               const coffer_cells* old_row, const coffer_cells* new_row,
                               coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_row_event", cache);
    return cache->row_event(txn, view(space), old_row, new_row, sink);
  });
}

coffer_status coffer_txn_delete(coffer_cache* cache, coffer_txn* txn, const void* key,
                                size_t key_size, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_txn_delete", cache);
    COFFER_REQUIRE_BYTES(sink, "coffer_txn_delete", key, key_size);
    return cache->remove_later(txn, view({key, key_size}), sink);
  });
}

coffer_status coffer_clear(coffer_cache* cache, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_clear", cache);
    return cache->clear(sink);
  });
}

coffer_status coffer_remove_prefix(coffer_cache* cache, const void* prefix, size_t prefix_size,
                                   uint64_t* removed, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_remove_prefix", cache);
    COFFER_REQUIRE_BYTES(sink, "coffer_remove_prefix", prefix, prefix_size);
    return cache->remove_prefix(view({prefix, prefix_size}), removed, sink);
  });
}
