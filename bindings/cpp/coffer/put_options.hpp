// coffer/put_options.hpp: what a put can say beyond key and value.
#ifndef COFFER_PUT_OPTIONS_HPP_
#define COFFER_PUT_OPTIONS_HPP_

#include <cstdint>

#include "coffer/bytes.hpp"
#include "coffer/cache.h"
#include "coffer/dependencies.hpp"

namespace coffer {

// Written in place: `cache.put(key, value, {.ttl = 5min})`.
struct PutOptions {
  Ttl ttl = {};
  // How long after its ttl it may still be served stale; by default as the cache's option says.
  DefaultedDuration grace = {};
  // What the value depends on, as of the put: coffer/dependencies.hpp.
  DependsOn depends_on = {};
  std::uint32_t format = COFFER_FORMAT_RAW;  // a serializer's id, if the bytes are already encoded
  bool negative = false;                     // a cached failure, for programs that cache errors
  std::uint64_t weight =
      0;  // what the entry counts towards `bytes` beyond its own size, for objects

  // As the C ABI takes it.
  coffer_put_options raw(std::int32_t mode = COFFER_PUT_SET,
                         std::uint64_t expected_version = 0) const noexcept {
    coffer_put_options out{};
    out.struct_size = sizeof(out);
    out.mode = mode;
    out.ttl = ttl.raw();
    out.expected_version = expected_version;
    out.flags = negative ? static_cast<std::uint32_t>(COFFER_ENTRY_NEGATIVE) : 0;
    out.format = format;
    out.weight = weight;
    out.grace = grace.raw();
    out.dependencies = depends_on.raw();
    return out;
  }
};

}  // namespace coffer

#endif  // COFFER_PUT_OPTIONS_HPP_
