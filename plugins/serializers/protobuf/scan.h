// Looks through the fields of one coffer.Value, without going into its items: what the value is,
// is known at the last field only, because fields come in any order and the last one wins.
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_SCAN_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_SCAN_H_

#include <cstddef>
#include <cstdint>

#include "plugins/serializers/protobuf/format.h"

namespace coffer::protobuf {

struct Scanned {
  uint32_t kind = kNone;                // which Field of the oneof
  uint64_t number = 0;                  // of those that are a number: as on the wire
  const unsigned char* data = nullptr;  // of those that are bytes, and in Extension and Message
  size_t size = 0;
  const unsigned char* name = nullptr;  // Message.type_url
  size_t name_size = 0;
  uint64_t seconds = 0;  // of the messages for time; zigzag
  uint32_t nanoseconds = 0;
  uint64_t time = 0;  // Time.nanoseconds
  uint64_t offset = 0;
  bool has_offset = false;
  uint64_t items = 0;
};

// Where the bytes are no such message, and why.
struct ScanProblem {
  const unsigned char* at;
  const char* problem;
};

bool scan(const unsigned char* begin, const unsigned char* end, Scanned& out, ScanProblem& problem);

}  // namespace coffer::protobuf

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_SCAN_H_
