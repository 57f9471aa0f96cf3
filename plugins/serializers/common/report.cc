#include "plugins/serializers/common/report.h"

#include <string>

#include "plugins/serializers/common/path.h"

namespace coffer::serial {

coffer_status report(const coffer_host* host, coffer_status status, std::string_view message,
                     const char* detail, std::string_view value, coffer_sink* sink) {
  host->fail(host, sink, status, 0, message.data(), message.size());
  host->fail_detail(host, sink, detail, value.data(), value.size());
  return status;
}

coffer_status report_refusal(const coffer_host* host, const Refusal& refusal, uint64_t event,
                             const coffer_value& value, coffer_sink* sink) {
  const Place place = find_place(value, event, sink);
  std::string message;
  if (refusal.subject.empty()) {
    message.append("at ").append(place.path).append(": ").append(refusal.reason);
  } else {
    message.append(place.is_key ? "a key of " : "").append(place.path).append(" is ");
    message.append(refusal.subject).append(", ").append(refusal.reason);
  }
  return report(host, refusal.status, message, "at", place.path, sink);
}

coffer_status report_corrupt(const coffer_host* host, std::string_view format, size_t offset,
                             std::string_view problem, coffer_sink* sink) {
  const std::string at = std::to_string(offset);
  std::string message("not ");
  message.append(format).append(" at byte ").append(at).append(": ").append(problem);
  return report(host, COFFER_CORRUPT, message, "offset", at, sink);
}

coffer_status report_too_large(const coffer_host* host, const char* limit, uint64_t value,
                               coffer_sink* sink) {
  std::string message("the value is beyond the limit ");
  message.append(limit).append(" of ").append(std::to_string(value));
  return report(host, COFFER_TOO_LARGE, message, "limit", limit, sink);
}

}  // namespace coffer::serial
