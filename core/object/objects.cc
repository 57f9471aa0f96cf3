#include "core/object/objects.h"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace coffer::core {
namespace {

// Never destroyed: bindings release objects while the process ends.
struct Waiting {
  std::mutex mutex;
  std::unordered_map<const coffer_object_type*, std::vector<void*>> objects;
};

Waiting& waiting() {
  static Waiting* const instance = new Waiting;
  return *instance;
}

// The first release had this much; never raise it.
constexpr uint32_t kMinimumTypeSize = 48;

}  // namespace

coffer_status check_object_type(const coffer_object_type* type, coffer_sink& sink) {
  if (type == nullptr)
    return sink.fail(COFFER_INVALID_ARGUMENT, "an object needs an object_type; it is NULL");
  if (type->struct_size < kMinimumTypeSize || type->struct_size > 4096) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "object_type: struct_size is " +
                                                  std::to_string(type->struct_size) +
                                                  "; set it to sizeof(coffer_object_type)");
  }
  if (type->name == nullptr || type->retain == nullptr || type->release == nullptr) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "object_type: name, retain and release must be set");
  }
  return COFFER_OK;
}

bool release_object(const coffer_object_type* type, void* object) noexcept {
  if ((type->flags & COFFER_OBJECT_DEFERRED_RELEASE) == 0) {
    type->release(type, object);
    return false;
  }
  const std::lock_guard lock(waiting().mutex);
  std::vector<void*>& objects = waiting().objects[type];
  objects.push_back(object);
  return objects.size() == 1;
}

size_t drain_objects(const coffer_object_type* type, void** out, size_t capacity) noexcept {
  const std::lock_guard lock(waiting().mutex);
  const auto found = waiting().objects.find(type);
  if (found == waiting().objects.end()) return 0;
  std::vector<void*>& objects = found->second;
  const size_t count = std::min(capacity, objects.size());
  std::copy(objects.end() - static_cast<ptrdiff_t>(count), objects.end(), out);
  objects.resize(objects.size() - count);
  return count;
}

void objects_before_fork() { waiting().mutex.lock(); }
void objects_after_fork() { waiting().mutex.unlock(); }

}  // namespace coffer::core
