// Counters on any store: a decimal integer, changed by compare-and-swap.
#include <charconv>

#include "core/cache/cache.h"
#include "core/ref/entry.h"

using coffer::core::failed;

namespace {

coffer_status parse(const coffer_entry& entry, std::string_view key, int64_t& out,
                    coffer_sink& sink) {
  const auto* begin = static_cast<const char*>(entry.data);
  const char* end = begin + entry.size;
  const auto [stop, error] = std::from_chars(begin, end, out);
  if ((entry.flags & (COFFER_ENTRY_NULL | COFFER_ENTRY_OBJECT)) == 0 && entry.size > 0 &&
      error == std::errc() && stop == end) {
    return COFFER_OK;
  }
  return sink.fail(COFFER_INVALID_STATE, "incr of key '" + std::string(key.substr(0, 64)) +
                                             "': the entry is not a decimal integer of 64 bits");
}

}  // namespace

coffer_status coffer_cache::incr(std::string_view key, int64_t delta, int64_t initial,
                                 coffer_ttl ttl, int64_t* out, coffer_sink& sink) {
  for (;;) {
    coffer_entry entry{};
    coffer_status status = get(key, COFFER_GET_NO_USE, &entry, sink);
    if (failed(status)) return status;
    int64_t value = initial;
    Put put;
    put.options.mode = COFFER_PUT_ADD;
    put.options.ttl = ttl;
    if (status == COFFER_OK) {
      status = parse(entry, key, value, sink);
      put.options.mode = COFFER_PUT_CAS;
      put.options.expected_version = entry.version;
      put.options.ttl = COFFER_TTL_KEEP;
      put.inherits = true;
      coffer::core::release_entry(entry);
      if (failed(status)) return status;
    }
    int64_t sum;
    if (__builtin_add_overflow(value, delta, &sum)) {
      return sink.fail(COFFER_INVALID_STATE, "incr of key '" + std::string(key.substr(0, 64)) +
                                                 "': " + std::to_string(value) + " + " +
                                                 std::to_string(delta) +
                                                 " does not fit in 64 bits; nothing was changed");
    }
    char digits[24];
    const char* end = std::to_chars(digits, digits + sizeof digits, sum).ptr;
    put.value = {digits, static_cast<size_t>(end - digits)};
    status = this->put(key, put, nullptr, sink);
    if (status == COFFER_OK) *out = sum;
    // Somebody else was faster: EXISTS after an add, CONFLICT or MISS after a compare-and-swap.
    // Look again.
    if (status != COFFER_EXISTS && status != COFFER_CONFLICT && status != COFFER_MISS)
      return status;
  }
}
