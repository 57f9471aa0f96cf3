#include "plugins/serializers/msgpack/ext.h"

#include <cstring>

#include "coffer/value.h"
#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/common/ext_form.h"

namespace coffer::msgpack {
namespace {

using serial::load_big;
using serial::load_little;
using serial::store_big;
using serial::store_little;

// Appends integers, each in the order of bytes of its side.
class PayloadWriter {
 public:
  explicit PayloadWriter(Payload& out) : out_(out) { out.size = 0; }
  template <typename T>
  PayloadWriter& add(T value) {
    store_big(out_.bytes + out_.size, value);
    out_.size += sizeof(value);
    return *this;
  }

 private:
  Payload& out_;
};

class NeutralWriter {
 public:
  explicit NeutralWriter(Neutral& out) : out_(out) { out.size = 0; }
  template <typename T>
  NeutralWriter& add(T value) {
    store_little(out_.bytes + out_.size, value);
    out_.size += sizeof(value);
    return *this;
  }

 private:
  Neutral& out_;
};

// The smallest of the three forms.
void write_timestamp(Payload& out, int64_t seconds, uint32_t nanoseconds) {
  out.type = kTimestamp;
  PayloadWriter to(out);
  if (seconds >> 34 != 0) {
    to.add(nanoseconds).add(seconds);
  } else if (nanoseconds != 0 || seconds > UINT32_MAX) {
    to.add(uint64_t{nanoseconds} << 34 | static_cast<uint64_t>(seconds));
  } else {
    to.add(static_cast<uint32_t>(seconds));
  }
}

bool read_timestamp(const unsigned char* data, size_t size, Neutral& out) {
  int64_t seconds;
  uint32_t nanoseconds = 0;
  if (size == 4) {
    seconds = load_big<uint32_t>(data);
  } else if (size == 8) {
    const auto both = load_big<uint64_t>(data);
    nanoseconds = static_cast<uint32_t>(both >> 34);
    seconds = static_cast<int64_t>(both & ((uint64_t{1} << 34) - 1));
  } else if (size == 12) {
    nanoseconds = load_big<uint32_t>(data);
    seconds = load_big<int64_t>(data + 4);
  } else {
    return false;
  }
  out.type = COFFER_EXT_DATETIME_TZ;
  NeutralWriter(out).add(seconds).add(nanoseconds).add(int32_t{0});
  return true;
}

bool read_date(const unsigned char* data, size_t size, Neutral& out) {
  if (size != 4) return false;
  out.type = COFFER_EXT_DATE;
  NeutralWriter(out).add(load_big<int32_t>(data));
  return true;
}

bool read_time(const unsigned char* data, size_t size, Neutral& out) {
  if (size != 8 && size != 12) return false;
  out.type = COFFER_EXT_TIME;
  NeutralWriter to(out);
  to.add(load_big<int64_t>(data));
  if (size == 12) to.add(load_big<int32_t>(data + 8));
  return true;
}

// Seconds, nanoseconds, and for some the offset of a zone.
bool read_moment(int type, const unsigned char* data, size_t size, Neutral& out) {
  const bool zoned = type == kDatetimeTz;
  if (size != (zoned ? 16 : 12)) return false;
  out.type = zoned               ? COFFER_EXT_DATETIME_TZ
             : type == kDatetime ? COFFER_EXT_DATETIME
                                 : COFFER_EXT_DURATION;
  NeutralWriter to(out);
  to.add(load_big<int64_t>(data)).add(load_big<uint32_t>(data + 8));
  if (zoned) to.add(load_big<int32_t>(data + 12));
  return true;
}

bool read(int type, const unsigned char* data, size_t size, Neutral& out) {
  switch (type) {
    case kTimestamp: return read_timestamp(data, size, out);
    case kUuid:
      if (size != 16) return false;
      out = {COFFER_EXT_UUID, 16, {}};
      std::memcpy(out.bytes, data, 16);
      return true;
    case kDate: return read_date(data, size, out);
    case kTime: return read_time(data, size, out);
    case kDatetime:
    case kDatetimeTz:
    case kDuration: return read_moment(type, data, size, out);
    default: return false;
  }
}

}  // namespace

Payload to_payload(uint32_t type, const void* data, size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  Payload out{};
  PayloadWriter to(out);
  switch (type) {
    case COFFER_EXT_UUID:
      out.type = kUuid;
      out.size = 16;
      std::memcpy(out.bytes, data, 16);
      return out;
    case COFFER_EXT_DATE:
      out.type = kDate;
      to.add(load_little<int32_t>(bytes));
      return out;
    case COFFER_EXT_TIME:
      out.type = kTime;
      to.add(load_little<int64_t>(bytes));
      if (size == 12) to.add(load_little<int32_t>(bytes + 8));
      return out;
    default: break;
  }
  const auto seconds = load_little<int64_t>(bytes);
  const auto nanoseconds = load_little<uint32_t>(bytes + 8);
  const int32_t offset = type == COFFER_EXT_DATETIME_TZ ? load_little<int32_t>(bytes + 12) : 0;
  if (type == COFFER_EXT_DATETIME_TZ && offset == 0) {
    write_timestamp(out, seconds, nanoseconds);
    return out;
  }
  out.type = type == COFFER_EXT_DATETIME   ? kDatetime
             : type == COFFER_EXT_DURATION ? kDuration
                                           : kDatetimeTz;
  to.add(seconds).add(nanoseconds);
  if (type == COFFER_EXT_DATETIME_TZ) to.add(offset);
  return out;
}

bool from_payload(int type, const unsigned char* data, size_t size, Neutral& out) {
  return read(type, data, size, out) && serial::is_ext(out.type, out.bytes, out.size);
}

}  // namespace coffer::msgpack
