// Reads the fields of a message one by one, unknown ones and groups included.
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_FIELDS_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_FIELDS_H_

#include <cstddef>
#include <cstdint>

#include "plugins/serializers/protobuf/format.h"

namespace coffer::protobuf {

struct FieldView {
  uint32_t number = 0;
  Wire wire = kVarint;                  // kVarint, kFixed64, kBytes, kGroup (all of it) or kFixed32
  uint64_t value = 0;                   // of kVarint and the fixed ones
  const unsigned char* data = nullptr;  // of kBytes
  size_t size = 0;
};

class Fields {
 public:
  Fields(const unsigned char* begin, const unsigned char* end) : p_(begin), end_(end) {}

  // Reads one more. False at the end, or where the bytes are no field: then problem() says why.
  bool next(FieldView& out);

  const char* problem() const { return problem_; }
  // Behind the last field; of a problem, where it is.
  const unsigned char* at() const { return p_; }

 private:
  bool tag(FieldView& out);
  bool value(FieldView& out);
  bool varint(uint64_t& out);
  bool fixed(size_t size, uint64_t& out);
  bool bytes(FieldView& out);
  bool skip_group(uint32_t number);
  bool fail(const char* problem) {
    problem_ = problem;
    return false;
  }

  const unsigned char* p_;
  const unsigned char* const end_;
  const char* problem_ = nullptr;
};

}  // namespace coffer::protobuf

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_FIELDS_H_
