// Doors of coffer/scan.h.
#include "coffer/scan.h"

#include "capi/door.h"
#include "core/cache/scan.h"

using coffer::capi::door;

coffer_status coffer_scan_open(coffer_cache* cache, int32_t kind, const void* pattern,
                               size_t pattern_size, coffer_scan** out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_scan_open", cache);
    COFFER_REQUIRE(sink, "coffer_scan_open", out);
    *out = nullptr;
    COFFER_REQUIRE_BYTES(sink, "coffer_scan_open", pattern, pattern_size);
    return coffer_scan::open(cache, kind, {static_cast<const char*>(pattern), pattern_size}, out,
                             sink);
  });
}

coffer_status coffer_scan_next(coffer_scan* scan, coffer_bytes* keys, size_t capacity,
                               size_t* count, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_scan_next", scan);
    COFFER_REQUIRE(sink, "coffer_scan_next", count);
    *count = 0;
    if (capacity == 0) return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_scan_next: capacity is 0");
    COFFER_REQUIRE(sink, "coffer_scan_next", keys);
    return scan->next(keys, capacity, count, sink);
  });
}

void coffer_scan_release(coffer_scan* scan) { delete scan; }
