// What a decoder may still play: coffer_limits, counted down.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_LIMITS_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_LIMITS_H_

#include <cstdint>

#include "coffer/value.h"
#include "plugins/serializers/common/report.h"

namespace coffer::serial {

class Limits {
 public:
  explicit Limits(const coffer_limits& limits)
      : limits_(limits), items_(limits.max_items), bytes_(limits.max_bytes) {}

  // One more scalar, list or map; so many more bytes of text and the like. False if that is too
  // much.
  bool item() {
    if (items_ == 0) [[unlikely]]
      return exceed("max_items", limits_.max_items);
    --items_;
    return true;
  }
  bool bytes(uint64_t size) {
    if (size > bytes_) [[unlikely]]
      return exceed("max_bytes", limits_.max_bytes);
    bytes_ -= size;
    return true;
  }
  // A list or map within `depth` others.
  bool nest(uint64_t depth) {
    return depth < limits_.max_depth || exceed("max_depth", limits_.max_depth);
  }

  // Reports the limit that was exceeded.
  [[gnu::cold]] coffer_status report(const coffer_host* host, coffer_sink* sink) const {
    return report_too_large(host, exceeded_, value_, sink);
  }

 private:
  [[gnu::cold]] bool exceed(const char* limit, uint64_t value) {
    exceeded_ = limit;
    value_ = value;
    return false;
  }

  const coffer_limits& limits_;
  uint64_t items_;
  uint64_t bytes_;
  const char* exceeded_ = nullptr;
  uint64_t value_ = 0;
};

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_LIMITS_H_
