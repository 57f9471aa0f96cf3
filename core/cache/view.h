// Values seen through what plays them.
#ifndef COFFER_CORE_CACHE_VIEW_H_
#define COFFER_CORE_CACHE_VIEW_H_

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
