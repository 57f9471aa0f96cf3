// A visitor for tests: writes what it hears in one line, and fails at the event numbered `fail_at`.
#ifndef COFFER_CORE_VALUE_TESTING_RECORDER_H_
#define COFFER_CORE_VALUE_TESTING_RECORDER_H_

#include <string>

#include "coffer/value.h"

namespace coffer::core {

class Recorder {
 public:
  Recorder() {
    visitor_.struct_size = sizeof(visitor_);
    visitor_.self = this;
    visitor_.null = [](void* s) { return event(s, "null"); };
    visitor_.boolean = [](void* s, uint8_t b) { return event(s, b != 0 ? "true" : "false"); };
    visitor_.i64 = [](void* s, int64_t n) { return event(s, "i" + std::to_string(n)); };
    visitor_.u64 = [](void* s, uint64_t n) { return event(s, "u" + std::to_string(n)); };
    visitor_.bigint = [](void* s, const char* t, size_t n) { return event(s, {t, n}); };
    visitor_.f64 = [](void* s, double d) { return event(s, "f" + std::to_string(d)); };
    visitor_.text = [](void* s, const char* t, size_t n) { return event(s, {t, n}); };
    visitor_.blob = [](void* s, const void*, size_t) { return event(s, "blob"); };
    visitor_.list_begin = [](void* s, uint64_t, uint32_t) { return event(s, "["); };
    visitor_.list_end = [](void* s) { return event(s, "]"); };
    visitor_.map_begin = [](void* s, uint64_t) { return event(s, "{"); };
    visitor_.map_end = [](void* s) { return event(s, "}"); };
    visitor_.ext = [](void* s, uint32_t, const void*, size_t) { return event(s, "ext"); };
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  const coffer_visitor* visitor() const { return &visitor_; }

  std::string heard;
  int events = 0;
  int fail_at = -1;

 private:
  static coffer_status event(void* self, const std::string& text) {
    auto& recorder = *static_cast<Recorder*>(self);
    recorder.heard += text + " ";
    return recorder.events++ == recorder.fail_at ? COFFER_TOO_LARGE : COFFER_OK;
  }

  coffer_visitor visitor_ = {};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_TESTING_RECORDER_H_
