// How serializers say what went wrong, each in its one way: the messages and details that
// coffer/plugin/serializer.h asks for.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_REPORT_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_REPORT_H_

#include <cstdint>
#include <string_view>

#include "coffer/plugin/plugin.h"

namespace coffer::serial {

// Why a value cannot be written. The reason is static text.
struct Refusal {
  coffer_status status = COFFER_OK;
  std::string_view subject;  // "NaN", "a date"; empty if the reason says it all
  std::string_view reason;
};

// A failure with one detail. Returns `status`.
coffer_status report(const coffer_host* host, coffer_status status, std::string_view message,
                     const char* detail, std::string_view value, coffer_sink* sink);

// The refusal of event number `event` (from 1) of `value`, with its path in detail "at".
coffer_status report_refusal(const coffer_host* host, const Refusal& refusal, uint64_t event,
                             const coffer_value& value, coffer_sink* sink);

// Bytes that are not of the format ("JSON"), with detail "offset".
coffer_status report_corrupt(const coffer_host* host, std::string_view format, size_t offset,
                             std::string_view problem, coffer_sink* sink);

// More than a field of coffer_limits ("max_depth") allows, with detail "limit".
coffer_status report_too_large(const coffer_host* host, const char* limit, uint64_t value,
                               coffer_sink* sink);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_REPORT_H_
