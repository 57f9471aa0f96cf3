// A store that several processes use, as far as core can tell: the memory store, one instance of it
// behind all runtimes of the test, which says that it is shared. Each runtime stands for a process.
#ifndef COFFER_TESTS_PROMISE_SHARED_STORE_H_
#define COFFER_TESTS_PROMISE_SHARED_STORE_H_

#include "coffer/coffer.h"
#include "coffer/plugin/plugin.h"

extern "C" {
const coffer_plugin_info* coffer_plugin_info_v1_memory(size_t index);
coffer_status coffer_plugin_create_v1_memory(const coffer_host*, const char*, const coffer_option*,
                                             size_t, coffer_instance*, coffer_sink*);
}

namespace coffer::testing {

class SharedStore {
 public:
  static coffer_status enlist() {
    static const coffer_status once = coffer_plugin_register(&info, &create, nullptr);
    return once;
  }

 private:
  static constexpr uint64_t kCaps =
      COFFER_STORE_COPY | COFFER_STORE_SCAN | COFFER_STORE_BOUNDED | COFFER_STORE_SHARED;

  static const coffer_plugin_info* info(size_t index) {
    static const coffer_plugin_info info = [] {
      coffer_plugin_info copy = *coffer_plugin_info_v1_memory(0);
      copy.id = "shared";
      copy.caps = kCaps;
      return copy;
    }();
    return index == 0 ? &info : nullptr;
  }

  // The first runtime's instance serves all; it goes with the last of them, so the first must be
  // released last.
  static coffer_status create(const coffer_host* host, const char*, const coffer_option* options,
                              size_t count, coffer_instance* out, coffer_sink* sink) {
    if (users_ == 0) {
      const coffer_status status =
          coffer_plugin_create_v1_memory(host, "memory", options, count, &instance_, sink);
      if (status != COFFER_OK) return status;
      real_ = static_cast<const coffer_store*>(instance_.table);
      table_ = *real_;
      table_.caps = kCaps;
      table_.destroy = [](void* self) {
        if (--users_ == 0) real_->destroy(self);
      };
    }
    ++users_;
    *out = {instance_.self, &table_};
    return COFFER_OK;
  }

  inline static int users_ = 0;
  inline static coffer_instance instance_{};
  inline static const coffer_store* real_ = nullptr;
  inline static coffer_store table_{};
};

}  // namespace coffer::testing

#endif  // COFFER_TESTS_PROMISE_SHARED_STORE_H_
