// What each event writes. The encoder and the play that measures for it share this, so that they
// agree on every byte.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_EVENTS_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_EVENTS_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/value.h"
#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/common/event_writer.h"
#include "plugins/serializers/common/ext_form.h"
#include "plugins/serializers/common/ext_text.h"
#include "plugins/serializers/msgpack/ext.h"
#include "plugins/serializers/msgpack/options.h"
#include "plugins/serializers/msgpack/pack.h"

namespace coffer::msgpack {

inline constexpr std::string_view kMissing =
    "which MessagePack does not have, and the option \"ext\" is \"error\"";
inline constexpr std::string_view kTooLong = "longer than the 4 GiB that MessagePack counts";

// `Out` is a serial::Output or counts as one.
template <typename Self, typename Out>
class Events : public serial::EventWriter<Self> {
 public:
  template <typename... Arguments>
  explicit Events(const Options& options, Arguments&&... arguments)
      : options_(options), out_(std::forward<Arguments>(arguments)...) {}

 protected:
  friend class serial::EventWriter<Self>;
  using serial::EventWriter<Self>::refuse;

  bool is_typed(uint32_t kind) const {
    return kind != COFFER_LIST && options_.ext == Options::Ext::kTyped;
  }
  bool needs_measure(uint64_t count, uint32_t kind) const {
    return count == COFFER_COUNT_UNKNOWN || is_typed(kind);
  }
  bool may_begin(uint32_t kind) {
    constexpr std::string_view kNames[] = {"a list", "a tuple", "a set", "a frozen set"};
    if (kind == COFFER_LIST || options_.ext != Options::Ext::kError) return true;
    refuse(kNames[kind], kMissing);
    return false;
  }
  bool may_count(uint64_t count) {
    if (count <= kMostCount) [[likely]]
      return true;
    refuse("a list or map", "longer than MessagePack counts");
    return false;
  }

  void put_null() { header(put(room(), kNil)); }
  void put_boolean(bool is) { header(put(room(), is ? kTrue : kFalse)); }
  void put_i64(int64_t number) { header(put_signed(room(), number)); }
  void put_u64(uint64_t number) { header(put_unsigned(room(), number)); }
  void put_f64(double number) { header(put(room(), kFloat64, std::bit_cast<int64_t>(number))); }
  void put_text(const char* utf8, size_t size) { counted(begin_str, utf8, size, "text"); }
  void put_blob(const void* data, size_t size) { counted(begin_bin, data, size, "bytes"); }
  void put_bigint(const char* digits, size_t size) {
    if (!serial::is_bigint(digits, size)) {
      return refuse("a big integer", "in a form that coffer/value.h does not know");
    }
    switch (options_.ext) {
      case Options::Ext::kTyped: return extension(kBigint, digits, size);
      case Options::Ext::kPlain: return put_text(digits, size);
      case Options::Ext::kError: return refuse("an integer beyond 64 bits", kMissing);
    }
  }
  void put_ext(uint32_t type, const void* data, size_t size) {
    if (type == 0) return refuse("an extension of type 0", "which is no type");
    if (type > COFFER_EXT_DURATION) return application(type, data, size);
    typed(type, data, size);
  }

  const Options& options_;
  Out out_;

 private:
  char* room() { return out_.room(kHeaderRoom); }
  void header(char* end) { out_.keep(end); }

  // Bytes with a beginning of their own, in one piece while they are short.
  template <typename Begin>
  void counted(Begin&& begin, const void* data, size_t size, const char* name) {
    if (size > kMostCount) [[unlikely]]
      return refuse(name, kTooLong);
    constexpr size_t kShort = 128;
    if (size <= kShort) [[likely]] {
      char* const at = begin(out_.room(kHeaderRoom + kShort), size);
      std::memcpy(at, data, size);
      return out_.keep(at + size);
    }
    out_.keep(begin(room(), size));
    out_.write(static_cast<const char*>(data), size);
  }

  // An extension type of a size that varies; with `prefix`, whose 4 bytes come first.
  void extension(int8_t type, const void* data, size_t size, const uint32_t* prefix = nullptr) {
    const uint64_t all = uint64_t{size} + (prefix != nullptr ? sizeof(*prefix) : 0);
    if (all > kMostCount) return refuse("an extension", kTooLong);
    char* at = begin_ext(room(), type, all);
    if (prefix != nullptr) {
      serial::store_big(at, *prefix);
      at += sizeof(*prefix);
    }
    out_.keep(at);
    out_.write(static_cast<const char*>(data), size);
  }

  void payload(const Payload& payload) {
    char* const at = begin_ext(out_.room(2 * kHeaderRoom), payload.type, payload.size);
    std::memcpy(at, payload.bytes, sizeof(payload.bytes));
    out_.keep(at + payload.size);
  }

  // A type that only an application knows, or one of a later version of ours.
  void application(uint32_t type, const void* data, size_t size) {
    const uint32_t native = type - COFFER_EXT_APPLICATION;
    if (options_.foreign_ext && native <= INT8_MAX && !is_ours(static_cast<int>(native))) {
      return extension(static_cast<int8_t>(native), data, size);
    }
    if (options_.ext != Options::Ext::kTyped) {
      return refuse(serial::ext_name(type),
                    "which has no plain form; the option \"ext\" can be \"typed\"");
    }
    extension(kApplication, data, size, &type);
  }

  // One of COFFER_EXT_DECIMAL to COFFER_EXT_DURATION.
  void typed(uint32_t type, const void* data, size_t size) {
    if (!serial::is_ext(type, data, size)) {
      return refuse(serial::ext_name(type), "in a form that coffer/value.h does not know");
    }
    if (type == COFFER_EXT_DATETIME_TZ) {
      // Moments in UTC are MessagePack's own.
      const Payload timestamp = to_payload(type, data, size);
      if (timestamp.type == kTimestamp) return payload(timestamp);
    }
    switch (options_.ext) {
      case Options::Ext::kTyped:
        if (type == COFFER_EXT_DECIMAL) return extension(kDecimal, data, size);
        return payload(to_payload(type, data, size));
      case Options::Ext::kPlain: {
        std::string text;
        if (!serial::write_ext(text, type, data, size)) {
          return refuse(serial::ext_name(type), "in a form that has no text");
        }
        return put_text(text.data(), text.size());
      }
      case Options::Ext::kError: return refuse(serial::ext_name(type), kMissing);
    }
  }
};

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_EVENTS_H_
