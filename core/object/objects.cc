#include "core/object/objects.h"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

namespace coffer::core {
namespace {

// Never destroyed: bindings release objects while the process ends.
struct OfType {
  size_t held = 0;             // references that will be given back
  std::vector<void*> objects;  // those given back, with room for all that are held
};
struct Waiting {
  std::mutex mutex;
  std::unordered_map<const coffer_object_type*, OfType> types;
};

Waiting& waiting() {
  static Waiting* const instance = new Waiting;
  return *instance;
}

constexpr size_t kLeastRoom = 64;

// Of what once was needed for many more. Without memory for the smaller one nothing changes.
void give_back_room(OfType& of) noexcept {
  try {
    std::vector<void*> smaller;
    smaller.reserve(std::max((of.objects.size() + of.held) * 3 / 2, kLeastRoom));
    smaller.assign(of.objects.begin(), of.objects.end());
    of.objects.swap(smaller);
  } catch (const std::bad_alloc&) {
  }
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

void retain_object(const coffer_object_type* type, void* object) {
  if ((type->flags & COFFER_OBJECT_DEFERRED_RELEASE) != 0) {
    const std::lock_guard lock(waiting().mutex);
    OfType& of = waiting().types[type];
    const size_t needed = of.held + 1 + of.objects.size();
    if (needed > of.objects.capacity()) of.objects.reserve(std::max(needed, kLeastRoom) * 3 / 2);
    ++of.held;
  }
  type->retain(type, object);
}

bool release_object(const coffer_object_type* type, void* object) noexcept {
  if ((type->flags & COFFER_OBJECT_DEFERRED_RELEASE) == 0) {
    type->release(type, object);
    return false;
  }
  const std::lock_guard lock(waiting().mutex);
  OfType& of = waiting().types.find(type)->second;
  --of.held;
  of.objects.push_back(object);
  return of.objects.size() == 1;
}

size_t drain_objects(const coffer_object_type* type, void** out, size_t capacity) noexcept {
  const std::lock_guard lock(waiting().mutex);
  const auto found = waiting().types.find(type);
  if (found == waiting().types.end()) return 0;
  OfType& of = found->second;
  std::vector<void*>& objects = of.objects;
  const size_t count = std::min(capacity, objects.size());
  std::copy(objects.end() - static_cast<ptrdiff_t>(count), objects.end(), out);
  objects.resize(objects.size() - count);
  if (objects.empty() && of.held == 0) {
    waiting().types.erase(found);
  } else if (objects.capacity() > kLeastRoom && objects.size() + of.held < objects.capacity() / 4) {
    give_back_room(of);
  }
  return count;
}

void objects_before_fork() { waiting().mutex.lock(); }
void objects_after_fork() { waiting().mutex.unlock(); }

}  // namespace coffer::core
