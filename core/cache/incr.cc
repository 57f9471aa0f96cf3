// Counters on any store: an integer, whoever has written it, changed by compare-and-swap.
#include <charconv>

#include "core/cache/cache.h"
#include "core/cache/view.h"
#include "core/ref/entry.h"
#include "core/value/buffer.h"

using coffer::core::BufferWriter;
using coffer::core::failed;
using coffer::core::IntegerProbe;

namespace {

constexpr const char* kRange = "a counter is from -2^63 to 2^63 - 1; nothing was changed";

coffer_status refuse(std::string_view key, const std::string& why, coffer_sink& sink) {
  return sink.fail(COFFER_INVALID_STATE,
                   "incr of key '" + std::string(key.substr(0, 64)) + "': " + why);
}

// A program can tell it from an entry that is not a counter by the detail.
coffer_status refuse_overflow(std::string_view key, const std::string& what, coffer_sink& sink) {
  const coffer_status status = refuse(key, what + "; " + kRange, sink);
  sink.detail("reason", "OVERFLOW");
  return status;
}

}  // namespace

// The integer of an entry. COFFER_INVALID_STATE if it is something else, COFFER_TOO_LARGE if it is
// beyond 64 bits; both without a message.
coffer_status coffer_cache::count_of(const coffer_entry& entry, int64_t& out, coffer_sink& sink) {
  const bool null = (entry.flags & COFFER_ENTRY_NULL) != 0;
  const bool object = (entry.flags & COFFER_ENTRY_OBJECT) != 0;
  if (!null && !object && entry.format == COFFER_FORMAT_RAW && !store_->bare())
    return coffer::core::read_integer({entry.data, entry.size}, out);
  IntegerProbe probe;
  coffer_sink why;
  const coffer_status status = play(&entry, probe.visitor(), nullptr, why);
  // What it found ended the play, which is no failure of the player.
  if (probe.has_seen() && probe.verdict() != COFFER_OK) return probe.verdict();
  if (status == COFFER_OK) {
    out = probe.value();
    return COFFER_OK;
  }
  if (object && status == COFFER_UNSUPPORTED) return COFFER_INVALID_STATE;
  sink.error = std::exchange(why.error, nullptr);
  return status;
}

// The sum is written as what it replaces was: put.options.format says how.
coffer_status coffer_cache::put_count(std::string_view key, int64_t count, Put put,
                                      coffer_sink& sink) {
  uint32_t& format = put.options.format;
  const bool own = store_->bare() && format <= COFFER_FORMAT_INTEGER;
  if (!own && format <= COFFER_FORMAT_INTEGER) {
    char digits[24];
    const char* end = std::to_chars(digits, digits + sizeof digits, count).ptr;
    put.value = {digits, static_cast<size_t>(end - digits)};
    return this->put(key, put, nullptr, sink);
  }
  coffer::core::Ref<coffer::core::Serializer> serializer;
  coffer_status status =
      own ? this->serializer(serializer, sink) : serializer_of(format, serializer, sink);
  if (failed(status)) return status;
  BufferWriter buffer(config_.max_value, "max_value");
  status = serializer->encode(coffer::core::integer_value(count), nullptr, buffer, sink);
  if (failed(status)) return status;
  format = serializer->format();
  put.value = buffer.bytes();
  return this->put(key, put, nullptr, sink);
}

coffer_status coffer_cache::incr(std::string_view key, const Step& step, int64_t* out,
                                 coffer_sink& sink) {
  for (;;) {
    coffer_entry entry{};
    const coffer::core::EntryGuard guard(entry);
    coffer_status status = get(key, COFFER_GET_NO_USE, &entry, sink);
    if (failed(status)) return status;
    int64_t count = step.initial;
    Put put;
    put.options.mode = COFFER_PUT_ADD;
    put.options.ttl = step.ttl;
    put.options.format = COFFER_FORMAT_INTEGER;
    if (status == COFFER_MISS && step.must_exist) return COFFER_MISS;
    if (status == COFFER_OK) {
      put.options.mode = COFFER_PUT_CAS;
      put.options.expected_version = entry.version;
      if (step.ttl != COFFER_TTL_EXPIRED) {
        put.options.ttl = COFFER_TTL_KEEP;
        put.options.flags = COFFER_PUT_KEEP_DEPENDENCIES;
      }
      if ((entry.flags & COFFER_ENTRY_OBJECT) == 0) put.options.format = entry.format;
      status = count_of(entry, count, sink);
      coffer::core::release_entry(entry);
      if (status == COFFER_INVALID_STATE && sink.error == nullptr)
        return refuse(key, "the entry is not an integer", sink);
      if (status == COFFER_TOO_LARGE && sink.error == nullptr)
        return refuse_overflow(key, "the entry does not fit in 64 bits", sink);
      if (failed(status)) {
        sink.prefix("incr of key '" + std::string(key.substr(0, 64)) + "'");
        return status;
      }
    }
    int64_t sum;
    if (__builtin_add_overflow(count, step.delta, &sum)) {
      return refuse_overflow(
          key,
          std::to_string(count) + " + " + std::to_string(step.delta) + " does not fit in 64 bits",
          sink);
    }
    status = put_count(key, sum, put, sink);
    if (status == COFFER_OK) *out = sum;
    // Somebody else was faster: EXISTS after an add, CONFLICT or MISS after a compare-and-swap.
    // Look again.
    if (status != COFFER_EXISTS && status != COFFER_CONFLICT && status != COFFER_MISS)
      return status;
  }
}
