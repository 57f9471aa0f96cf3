// What each scalar event writes. The encoder and the pass that measures for it share this, so that
// they agree on every byte.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_EVENTS_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_EVENTS_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/plugin/utf8.hpp"
#include "coffer/value.h"
#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/common/ext_form.h"
#include "plugins/serializers/common/ext_text.h"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/msgpack/ext.h"
#include "plugins/serializers/msgpack/options.h"
#include "plugins/serializers/msgpack/pack.h"

namespace coffer::msgpack {

inline constexpr std::string_view kMissing =
    "which MessagePack does not have, and the option "
    "\"ext\" is \"error\"";
inline constexpr std::string_view kTooLong = "longer than the 4 GiB that MessagePack counts";
inline constexpr std::string_view kOutOfOrder = "the events played are not one value";

// `Self` has of its own:
//   bool enter(): one more value begins; false if it must not (then it has set a status)
//   void list(uint64_t count, uint32_t kind), void map(uint64_t count), void end()
//   coffer_status status(): what every event from now on is answered
// `Out` is a serial::Output or counts as one.
template <typename Self, typename Out>
class Events {
 public:
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  coffer_visitor visitor() {
    return {sizeof(coffer_visitor),
            0,
            static_cast<Self*>(this),
            null,
            boolean,
            i64,
            u64,
            bigint,
            f64,
            text,
            blob,
            list_begin,
            list_end,
            map_begin,
            map_end,
            ext};
  }

  const serial::Refusal& refusal() const { return refusal_; }
  uint64_t event() const { return event_; }

 protected:
  template <typename... Arguments>
  Events(const Options& options, Arguments&&... arguments)
      : options_(options), out_(std::forward<Arguments>(arguments)...) {}

  void refuse(std::string_view subject, std::string_view reason) {
    refusal_ = {COFFER_UNSUPPORTED, subject, reason};
  }
  void out_of_order() { refusal_ = {COFFER_INVALID_ARGUMENT, "", kOutOfOrder}; }

  bool is_typed(uint32_t kind) const {
    return kind != COFFER_LIST && options_.ext == Options::Ext::kTyped;
  }

  const Options& options_;
  Out out_;
  serial::Refusal refusal_;
  uint64_t event_ = 0;

 private:
  static Self& of(void* self) { return *static_cast<Self*>(self); }

  // Runs the writing of one value, or of its beginning.
  template <typename Write>
  static coffer_status value(void* self, Write&& write) noexcept {
    Self& me = of(self);
    if (const coffer_status stopped = me.status(); stopped != COFFER_OK) [[unlikely]]
      return stopped;
    ++me.event_;
    try {
      if (me.enter()) [[likely]]
        write(me);
    } catch (const std::bad_alloc&) {
      me.refusal_ = {COFFER_EXHAUSTED, "", "out of memory"};
    }
    return me.status();
  }

  void header(char* end) { out_.keep(end); }

  // Bytes with a beginning of their own, in one piece while they are short.
  void counted(char* (*put)(char*, uint64_t), const void* data, size_t size, const char* name) {
    if (size > kMostCount) [[unlikely]]
      return refuse(name, kTooLong);
    constexpr size_t kShort = 128;
    if (size <= kShort) [[likely]] {
      char* const at = put(out_.room(kHeaderRoom + kShort), size);
      std::memcpy(at, data, size);
      return out_.keep(at + size);
    }
    out_.keep(put(out_.room(kHeaderRoom), size));
    out_.write(static_cast<const char*>(data), size);
  }

  void str(const char* text, size_t size) { counted(put_str, text, size, "text"); }

  // An extension type of a size that varies; with `prefix`, whose 4 bytes come first.
  void extension(int8_t type, const void* data, size_t size, const uint32_t* prefix = nullptr) {
    const uint64_t all = uint64_t{size} + (prefix != nullptr ? sizeof(*prefix) : 0);
    if (all > kMostCount) return refuse("an extension", kTooLong);
    char* at = put_ext(out_.room(kHeaderRoom), type, all);
    if (prefix != nullptr) {
      serial::store_big(at, *prefix);
      at += sizeof(*prefix);
    }
    out_.keep(at);
    out_.write(static_cast<const char*>(data), size);
  }

  void payload(const Payload& payload) {
    char* const at = put_ext(out_.room(2 * kHeaderRoom), payload.type, payload.size);
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
        return str(text.data(), text.size());
      }
      case Options::Ext::kError:
        return refuse(serial::ext_name(type), kMissing);
    }
  }

  void large_integer(const char* digits, size_t size) {
    if (!serial::is_bigint(digits, size)) {
      return refuse("a big integer", "in a form that coffer/value.h does not know");
    }
    switch (options_.ext) {
      case Options::Ext::kTyped:
        return extension(kBigint, digits, size);
      case Options::Ext::kPlain:
        return str(digits, size);
      case Options::Ext::kError:
        return refuse("an integer beyond 64 bits", kMissing);
    }
  }

  bool may_begin(uint32_t kind) {
    constexpr std::string_view kNames[] = {"a list", "a tuple", "a set", "a frozen set"};
    if (kind > COFFER_FROZENSET) {
      refuse("a list of an unknown kind", "which MessagePack does not have");
    } else if (kind != COFFER_LIST && options_.ext == Options::Ext::kError) {
      refuse(kNames[kind], kMissing);
    }
    return refusal_.status == COFFER_OK;
  }

  // ---- The visitor

  static coffer_status null(void* self) {
    return value(self, [](Self& e) { e.header(put(e.out_.room(kHeaderRoom), kNil)); });
  }
  static coffer_status boolean(void* self, uint8_t is) {
    return value(
        self, [is](Self& e) { e.header(put(e.out_.room(kHeaderRoom), is != 0 ? kTrue : kFalse)); });
  }
  static coffer_status i64(void* self, int64_t number) {
    return value(self,
                 [number](Self& e) { e.header(put_signed(e.out_.room(kHeaderRoom), number)); });
  }
  static coffer_status u64(void* self, uint64_t number) {
    return value(self,
                 [number](Self& e) { e.header(put_unsigned(e.out_.room(kHeaderRoom), number)); });
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    return value(self, [=](Self& e) { e.large_integer(digits, n); });
  }
  static coffer_status f64(void* self, double number) {
    return value(self, [number](Self& e) {
      e.header(put(e.out_.room(kHeaderRoom), kFloat64, std::bit_cast<int64_t>(number)));
    });
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    return value(self, [=](Self& e) {
      if (plugin::utf8_prefix(utf8, n) != n) [[unlikely]] {
        return e.refuse("text that is not UTF-8", "which str must be; bytes are a blob");
      }
      e.str(utf8, n);
    });
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    return value(self, [=](Self& e) { e.counted(put_bin, data, n, "bytes"); });
  }
  static coffer_status list_begin(void* self, uint64_t count, uint32_t kind) {
    return value(self, [=](Self& e) {
      if (e.may_begin(kind)) e.list(count, kind);
    });
  }
  static coffer_status map_begin(void* self, uint64_t count) {
    return value(self, [=](Self& e) { e.map(count); });
  }
  static coffer_status list_end(void* self) { return end(self); }
  static coffer_status map_end(void* self) { return end(self); }
  static coffer_status end(void* self) {
    Self& me = of(self);
    if (const coffer_status stopped = me.status(); stopped != COFFER_OK) [[unlikely]]
      return stopped;
    ++me.event_;
    me.end();
    return me.status();
  }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    return value(self, [=](Self& e) {
      if (type == 0) return e.refuse("an extension of type 0", "which is no type");
      if (type > COFFER_EXT_DURATION) return e.application(type, data, n);
      e.typed(type, data, n);
    });
  }
};

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_EVENTS_H_
