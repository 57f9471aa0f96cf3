// Values seen through what plays them.
#ifndef COFFER_CORE_CACHE_VIEW_H_
#define COFFER_CORE_CACHE_VIEW_H_

#include <charconv>
#include <string>

#include "coffer/object.h"
#include "coffer/value.h"
#include "core/error/error.h"

namespace coffer::core {

// Tells from the first event whether a value is null, and then stops the player.
class NullProbe {
 public:
  NullProbe() {
    visitor_.struct_size = sizeof visitor_;
    visitor_.self = this;
    visitor_.null = [](void* self) {
      static_cast<NullProbe*>(self)->is_null_ = true;
      return coffer_status{COFFER_OK};
    };
    visitor_.boolean = [](void*, uint8_t) { return kStop; };
    visitor_.i64 = [](void*, int64_t) { return kStop; };
    visitor_.u64 = [](void*, uint64_t) { return kStop; };
    visitor_.bigint = [](void*, const char*, size_t) { return kStop; };
    visitor_.f64 = [](void*, double) { return kStop; };
    visitor_.text = [](void*, const char*, size_t) { return kStop; };
    visitor_.blob = [](void*, const void*, size_t) { return kStop; };
    visitor_.list_begin = [](void*, uint64_t, uint32_t) { return kStop; };
    visitor_.list_end = [](void*) { return kStop; };
    visitor_.map_begin = [](void*, uint64_t) { return kStop; };
    visitor_.map_end = [](void*) { return kStop; };
    visitor_.ext = [](void*, uint32_t, const void*, size_t) { return kStop; };
  }
  bool is_null(const coffer_value& value) {
    coffer_sink ignored;
    const coffer_status status = value.play(value.self, &visitor_, &ignored);
    return status == COFFER_OK && is_null_;
  }

 private:
  static constexpr coffer_status kStop = COFFER_CANCELLED;
  coffer_visitor visitor_{};
  bool is_null_ = false;
};

// Tells from the first event whether a value is an integer of 64 bits.
class IntegerProbe {
 public:
  IntegerProbe() {
    visitor_.struct_size = sizeof visitor_;
    visitor_.self = this;
    visitor_.null = [](void* self) { return see(self, COFFER_INVALID_STATE); };
    visitor_.boolean = [](void* self, uint8_t) { return see(self, COFFER_INVALID_STATE); };
    visitor_.i64 = [](void* self, int64_t value) {
      static_cast<IntegerProbe*>(self)->value_ = value;
      return see(self, COFFER_OK);
    };
    visitor_.u64 = [](void* self, uint64_t) { return see(self, COFFER_TOO_LARGE); };
    visitor_.bigint = [](void* self, const char*, size_t) { return see(self, COFFER_TOO_LARGE); };
    visitor_.f64 = [](void* self, double) { return see(self, COFFER_INVALID_STATE); };
    visitor_.text = [](void* self, const char*, size_t) { return see(self, COFFER_INVALID_STATE); };
    visitor_.blob = [](void* self, const void*, size_t) { return see(self, COFFER_INVALID_STATE); };
    visitor_.list_begin = [](void* self, uint64_t, uint32_t) {
      return see(self, COFFER_INVALID_STATE);
    };
    visitor_.list_end = [](void* self) { return see(self, COFFER_INVALID_STATE); };
    visitor_.map_begin = [](void* self, uint64_t) { return see(self, COFFER_INVALID_STATE); };
    visitor_.map_end = [](void* self) { return see(self, COFFER_INVALID_STATE); };
    visitor_.ext = [](void* self, uint32_t, const void*, size_t) {
      return see(self, COFFER_INVALID_STATE);
    };
  }
  const coffer_visitor* visitor() const { return &visitor_; }

  // Once something was played: COFFER_OK with value(), COFFER_TOO_LARGE for an integer beyond 64
  // bits, COFFER_INVALID_STATE for anything else.
  bool has_seen() const { return seen_; }
  coffer_status verdict() const { return verdict_; }
  int64_t value() const { return value_; }

 private:
  static coffer_status see(void* self, coffer_status verdict) {
    auto* const probe = static_cast<IntegerProbe*>(self);
    probe->seen_ = true;
    probe->verdict_ = verdict;
    return verdict == COFFER_OK ? coffer_status{COFFER_OK} : coffer_status{COFFER_CANCELLED};
  }

  coffer_visitor visitor_{};
  int64_t value_ = 0;
  coffer_status verdict_ = COFFER_INVALID_STATE;
  bool seen_ = false;
};

// Bytes of COFFER_FORMAT_INTEGER: COFFER_OK, COFFER_TOO_LARGE or COFFER_INVALID_STATE.
inline coffer_status read_integer(coffer_bytes bytes, int64_t& out) {
  const auto* const begin = static_cast<const char*>(bytes.data);
  const char* const end = begin + bytes.size;
  if (bytes.size == 0) return COFFER_INVALID_STATE;
  const auto [stop, error] = std::from_chars(begin, end, out);
  if (stop != end || error == std::errc::invalid_argument) return COFFER_INVALID_STATE;
  return error == std::errc() ? COFFER_OK : COFFER_TOO_LARGE;
}

// The value that is this integer, which must outlive it.
inline coffer_value integer_value(const int64_t& value) {
  return {const_cast<int64_t*>(&value), [](void* self, const coffer_visitor* into, coffer_sink*) {
            return into->i64(into->self, *static_cast<const int64_t*>(self));
          }};
}

// An object seen as a value.
struct ObjectView {
  void* object;
  const coffer_object_type* type;

  // Whether a store that keeps bytes may have it.
  coffer_status check(const std::string& store, coffer_sink& sink) const {
    if (type->view != nullptr) return COFFER_OK;
    return sink.fail(COFFER_UNSUPPORTED, "store " + store + " keeps bytes, and objects of type " +
                                             type->name +
                                             " cannot be encoded: the type has no view");
  }
  coffer_value value() {
    return {this, [](void* self, const coffer_visitor* into, coffer_sink* sink) {
              const auto* view = static_cast<const ObjectView*>(self);
              return view->type->view(view->type, view->object, into, sink);
            }};
  }
};

// The value that is nothing.
inline coffer_value null_value() {
  return {nullptr,
          [](void*, const coffer_visitor* into, coffer_sink*) { return into->null(into->self); }};
}

inline bool plays_null(const coffer_value& value) { return NullProbe().is_null(value); }

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_VIEW_H_
