// The receiving side of an encoder: a visitor whose events become calls of `Self`, with what every
// one of them needs around it.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_EVENT_WRITER_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_EVENT_WRITER_H_

#include <cstdint>
#include <new>
#include <string_view>

#include "coffer/value.h"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/common/utf8.h"

namespace coffer::serial {

inline constexpr std::string_view kOutOfOrder = "the events played are not one value";

// `Self` has, for its friend:
//   coffer_status status(): what the present event is answered
//   bool enter(): one more value begins; false if nothing is to be written of it
//   void put_null(), put_boolean(bool), put_i64(int64_t), put_u64(uint64_t), put_f64(double),
//     put_bigint(digits, size), put_text(utf8, size), put_blob(data, size), put_ext(type, data,
//     size)
//   void put_list(count, kind), put_map(count), and put_end() for both
template <typename Self>
class EventWriter {
 public:
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

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
            end,
            map_begin,
            end,
            ext};
  }

  const Refusal& refusal() const { return refusal_; }
  uint64_t event() const { return event_; }

 protected:
  EventWriter() = default;

  // Every event from now on is answered `status`.
  [[gnu::cold]] void stop(coffer_status status) { stopped_ = status; }
  [[gnu::cold]] void refuse(std::string_view subject, std::string_view reason) {
    fail(COFFER_UNSUPPORTED, subject, reason);
  }
  [[gnu::cold]] void out_of_order() { fail(COFFER_INVALID_ARGUMENT, "", kOutOfOrder); }

  coffer_status stopped_ = COFFER_OK;
  uint64_t event_ = 0;

 private:
  void fail(coffer_status status, std::string_view subject, std::string_view reason) {
    refusal_ = {status, subject, reason};
    stopped_ = status;
  }

  static Self& of(void* self) { return *static_cast<Self*>(self); }

  // One event. What it throws (no memory) ends here.
  template <typename Write>
  static coffer_status event(void* self, Write&& write) noexcept {
    Self& me = of(self);
    if (me.stopped_ != COFFER_OK) [[unlikely]]
      return me.stopped_;
    ++me.event_;
    try {
      write(me);
    } catch (const std::bad_alloc&) {
      me.fail(COFFER_EXHAUSTED, "", "out of memory");
    }
    return me.status();
  }
  template <typename Write>
  static coffer_status value(void* self, Write&& write) noexcept {
    return event(self, [&](Self& me) {
      if (me.enter()) [[likely]]
        write(me);
    });
  }

  static coffer_status null(void* self) {
    return value(self, [](Self& me) { me.put_null(); });
  }
  static coffer_status boolean(void* self, uint8_t is) {
    return value(self, [is](Self& me) { me.put_boolean(is != 0); });
  }
  static coffer_status i64(void* self, int64_t number) {
    return value(self, [number](Self& me) { me.put_i64(number); });
  }
  static coffer_status u64(void* self, uint64_t number) {
    return value(self, [number](Self& me) { me.put_u64(number); });
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    return value(self, [=](Self& me) { me.put_bigint(digits, n); });
  }
  static coffer_status f64(void* self, double number) {
    return value(self, [number](Self& me) { me.put_f64(number); });
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    return value(self, [=](Self& me) {
      if (!is_utf8(utf8, n)) [[unlikely]] {
        return me.refuse("text that is not UTF-8", "which text must be; bytes are a blob");
      }
      me.put_text(utf8, n);
    });
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    return value(self, [=](Self& me) { me.put_blob(data, n); });
  }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    return value(self, [=](Self& me) { me.put_ext(type, data, n); });
  }
  static coffer_status list_begin(void* self, uint64_t count, uint32_t kind) {
    return value(self, [=](Self& me) {
      if (kind > COFFER_FROZENSET) return me.refuse("a list of an unknown kind", "which is new");
      me.put_list(count, kind);
    });
  }
  static coffer_status map_begin(void* self, uint64_t count) {
    return value(self, [=](Self& me) { me.put_map(count); });
  }
  static coffer_status end(void* self) {
    return event(self, [](Self& me) { me.put_end(); });
  }

  Refusal refusal_;
};

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_EVENT_WRITER_H_
