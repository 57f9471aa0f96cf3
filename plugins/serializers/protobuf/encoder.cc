#include "plugins/serializers/protobuf/encoder.h"

#include <bit>
#include <cstring>
#include <string_view>
#include <utility>

#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/common/ext_form.h"
#include "plugins/serializers/common/ext_text.h"
#include "plugins/serializers/common/measured.h"
#include "plugins/serializers/common/output.h"
#include "plugins/serializers/common/utf8.h"
#include "plugins/serializers/protobuf/put.h"

namespace coffer::protobuf {
namespace {

using serial::load_little;
using serial::Measured;

constexpr std::string_view kTooLong = "longer than the 2 GiB that protobuf takes";
constexpr std::string_view kBadForm = "in a form that coffer/value.h does not know";
constexpr size_t kRoom = 64;  // of all that has no bytes of the value's own

constexpr Field list_field(uint32_t kind) {
  constexpr Field kFields[] = {kList, kTuple, kSet, kFrozenset};
  return kFields[kind];
}

// What each scalar writes. A value within a list or map is a field of that: `nested()`.
template <typename Self, typename Out>
class Events : public serial::EventWriter<Self> {
 public:
  template <typename... Arguments>
  explicit Events(const Options& options, Arguments&&... arguments)
      : options_(options), out_(std::forward<Arguments>(arguments)...) {}

 protected:
  friend class serial::EventWriter<Self>;
  using serial::EventWriter<Self>::refuse;

  // The beginning of a value of `size` bytes.
  char* begin(char* at, uint64_t size) {
    return static_cast<Self*>(this)->nested() ? put_bytes_field(at, kItems, size) : at;
  }

  void put_null() { varint(kNull, 0); }
  void put_boolean(bool is) { varint(kBoolean, is ? 1 : 0); }
  void put_i64(int64_t number) { varint(kInteger, zigzag(number)); }
  void put_u64(uint64_t number) { varint(kLargeInteger, number); }
  void put_f64(double number) {
    char* const at = put_tag(begin(out_.room(kRoom), 1 + sizeof(number)), kNumber, kFixed64);
    serial::store_little(at, std::bit_cast<uint64_t>(number));
    out_.keep(at + sizeof(number));
  }
  void put_text(const char* utf8, size_t size) { bytes(kText, utf8, size, "text"); }
  void put_blob(const void* data, size_t size) { bytes(kBlob, data, size, "bytes"); }
  void put_bigint(const char* digits, size_t size) {
    if (!serial::is_bigint(digits, size)) return refuse("a big integer", kBadForm);
    bytes(kBigInteger, digits, size, "a big integer");
  }

  void put_ext(uint32_t type, const void* data, size_t size) {
    if (!serial::is_ext(type, data, size)) return refuse(serial::ext_name(type), kBadForm);
    const auto* from = static_cast<const unsigned char*>(data);
    switch (type) {
      case COFFER_EXT_DECIMAL: return bytes(kDecimal, data, size, "a decimal");
      case COFFER_EXT_UUID: return bytes(kUuid, data, size, "a UUID");
      case COFFER_EXT_DATE:
        return varint(kDate, static_cast<uint32_t>(zigzag(load_little<int32_t>(from))));
      case COFFER_EXT_TIME: return time(from, size == 12);
      case COFFER_EXT_DATETIME: return moment(kDatetime, from, 0);
      case COFFER_EXT_DATETIME_TZ:
        return moment(kDatetimeTz, from, load_little<int32_t>(from + 12));
      case COFFER_EXT_DURATION: return moment(kDuration, from, 0);
      default: return application(type, static_cast<const char*>(data), size);
    }
  }

  const Options& options_;
  Out out_;

 private:
  void varint(Field field, uint64_t value) {
    char* const at = begin(out_.room(kRoom), varint_field_size(field, value));
    out_.keep(put_varint_field(at, field, value));
  }

  void bytes(Field field, const void* data, size_t size, std::string_view name) {
    if (size > kMostBytes) [[unlikely]]
      return refuse(name, kTooLong);
    constexpr size_t kShort = 128;
    char* at = out_.room(kRoom + kShort);
    at = put_bytes_field(begin(at, bytes_field_size(field, size)), field, size);
    if (size <= kShort) [[likely]] {
      std::memcpy(at, data, size);
      return out_.keep(at + size);
    }
    out_.keep(at);
    out_.write(static_cast<const char*>(data), size);
  }

  // A message of a few numbers, made by `put`.
  template <typename Put>
  void small_message(Field field, Put&& put) {
    char inside[kRoom];
    const auto size = static_cast<size_t>(put(inside) - inside);
    char* at = begin(out_.room(2 * kRoom), bytes_field_size(field, size));
    at = put_bytes_field(at, field, size);
    std::memcpy(at, inside, size);
    out_.keep(at + size);
  }
  void time(const unsigned char* from, bool zoned) {
    small_message(kTime, [&](char* at) {
      at = put_if_set(at, kNanoseconds, load_little<uint64_t>(from));
      if (!zoned) return at;
      const uint64_t offset = zigzag(load_little<int32_t>(from + 8));
      return put_varint_field(at, kTimeOffset, offset);
    });
  }
  void moment(Field field, const unsigned char* from, int32_t offset) {
    small_message(field, [&](char* at) {
      at = put_if_set(at, kMomentSeconds, zigzag(load_little<int64_t>(from)));
      at = put_if_set(at, kMomentNanoseconds, load_little<uint32_t>(from + 8));
      return put_if_set(at, kMomentOffset, zigzag(offset));
    });
  }

  void application(uint32_t type, const char* data, size_t size) {
    if (type == options_.message_ext) return message(data, size);
    const size_t data_size = size == 0 ? 0 : bytes_field_size(kExtensionData, size);
    two_fields(
        kExtension, varint_field_size(kExtensionType, type) + data_size,
        [&](char* at) {
          at = put_varint_field(at, kExtensionType, type);
          return size == 0 ? at : put_bytes_field(at, kExtensionData, size);
        },
        data, size);
  }

  // The name of the message's type, a zero byte, the message.
  void message(const char* data, size_t size) {
    const void* const zero = size == 0 ? nullptr : std::memchr(data, 0, size);
    if (zero == nullptr) {
      return refuse("a protobuf message", "without the zero byte behind the name of its type");
    }
    const auto name = static_cast<size_t>(static_cast<const char*>(zero) - data);
    if (name > kLongestName || !serial::is_utf8(data, name)) {
      return refuse("a protobuf message", "whose name is too long or not UTF-8");
    }
    const char* const value = data + name + 1;
    const size_t left = size - name - 1;
    const size_t name_size = name == 0 ? 0 : bytes_field_size(kTypeUrl, name);
    const size_t value_size = left == 0 ? 0 : bytes_field_size(kMessageValue, left);
    two_fields(
        kMessage, name_size + value_size,
        [&](char* at) {
          if (name != 0) {
            at = put_bytes_field(at, kTypeUrl, name);
            out_.keep(at);
            out_.write(data, name);
            at = out_.room(kRoom);
          }
          return left == 0 ? at : put_bytes_field(at, kMessageValue, left);
        },
        value, left);
  }

  // A message that `put` begins and whose last bytes are `data`.
  template <typename Put>
  void two_fields(Field field, uint64_t message_size, Put&& put, const char* data, size_t size) {
    if (message_size > kMostBytes) return refuse("an extension", kTooLong);
    char* const at = begin(out_.room(2 * kRoom), bytes_field_size(field, message_size));
    out_.keep(put(put_bytes_field(at, field, message_size)));
    out_.write(data, size);
  }
};

class Encoder : public serial::Encoder<Encoder, Events<Encoder, serial::Output>> {
 public:
  using serial::Encoder<Encoder, Events<Encoder, serial::Output>>::Encoder;
  bool nested() const { return depth_ != 0; }

 private:
  friend class serial::EventWriter<Encoder>;

  void put_list(uint64_t count, uint32_t kind) { put_items(list_field(kind), count, 1); }
  void put_map(uint64_t count) { put_items(kMap, count, 2); }

  // The outermost list is nobody's field, and its size is not asked for.
  void put_items(Field field, uint64_t count, uint64_t values) {
    Measured known{};
    if (nested() || count == COFFER_COUNT_UNKNOWN) {
      if (!take(known)) return;
      count = known.count;
    }
    if (count > kMostBytes) return refuse("a list or map", kTooLong);
    expect(values * count);
    char* const at = begin(out_.room(kRoom), known.bytes);
    out_.keep(put_varint_field(at, field, count));
    ++depth_;
  }
  void put_end() {
    if (written_before()) return;
    if (depth_ == 0) return out_of_order();
    --depth_;
  }

  uint64_t depth_ = 0;
};

class Measure : public serial::Measure<Measure, Events<Measure, serial::ByteCounter>> {
 public:
  using serial::Measure<Measure, Events<Measure, serial::ByteCounter>>::Measure;
  bool nested() const { return !at_top(); }

 private:
  friend class serial::EventWriter<Measure>;
  friend class serial::Measure<Measure, Events<Measure, serial::ByteCounter>>;

  void put_list(uint64_t count, uint32_t kind) {
    serial::Measure<Measure, Events<Measure, serial::ByteCounter>>::begin(
        kind, false, nested() || count == COFFER_COUNT_UNKNOWN);
  }
  void put_map(uint64_t count) {
    serial::Measure<Measure, Events<Measure, serial::ByteCounter>>::begin(
        COFFER_LIST, true, nested() || count == COFFER_COUNT_UNKNOWN);
  }

  void finish_list(const Open& list, uint64_t count, Measured& out) {
    if (count > kMostBytes) return refuse("a list or map", kTooLong);
    const Field field = list.map ? kMap : list_field(list.kind);
    out_.keep(put_varint_field(out_.room(kRoom), field, count));
    const uint64_t bytes = out_.size() - list.start;
    if (bytes > kMostBytes) return refuse("a list or map", kTooLong);
    if (nested()) out_.keep(put_bytes_field(out_.room(kRoom), kItems, bytes));
    out = {static_cast<uint32_t>(count), static_cast<uint32_t>(bytes)};
  }
};

}  // namespace

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink) {
  Encoder encoder(options, out);
  Measure measure(options);
  return serial::encode_measured(host, encoder, measure, value, sink);
}

}  // namespace coffer::protobuf
