// Dates and times as YAML 1.1 writes them: "2001-12-14", "2001-12-14t21:59:43.10 -5:30".
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_TIMESTAMP_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_TIMESTAMP_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coffer::yaml {

// Whether a scalar without quotes is a timestamp by its form. It may be none by its numbers.
bool is_timestamp(std::string_view plain);

// One as the bytes of a COFFER_EXT_*; type 0 if the text is none.
struct Timestamp {
  uint32_t type = 0;
  unsigned char bytes[16];
  size_t size = 0;
};
Timestamp read_timestamp(std::string_view text);

// Whether a date or datetime of this form is one that YAML's readers take as it is: years 1 to
// 9999, no finer than microseconds, a zone in whole minutes. If not, why.
enum class TimestampFit { kFits, kYear, kNanoseconds, kZone, kMalformed };
TimestampFit fits_timestamp(uint32_t type, const void* data, size_t size);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_TIMESTAMP_H_
