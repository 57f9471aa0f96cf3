// A computed value that is not in the store, or not only: handed to its caller and to those who
// waited for it.
#ifndef COFFER_CORE_LEASE_VALUE_H_
#define COFFER_CORE_LEASE_VALUE_H_

#include <memory>
#include <string>

#include "coffer/entry.h"
#include "core/object/objects.h"

namespace coffer::core {

class LoadedValue {
 public:
  LoadedValue(coffer_bytes bytes, uint32_t flags, uint32_t format, void* object,
              const coffer_object_type* type)
      : bytes_(static_cast<const char*>(bytes.data), bytes.size),
        flags_(flags),
        format_(format),
        object_(object),
        type_(type) {
    if (object_ != nullptr) retain_object(type_, object_);
  }
  ~LoadedValue() {
    if (object_ != nullptr) release_object(type_, object_);
  }
  LoadedValue(const LoadedValue&) = delete;
  LoadedValue& operator=(const LoadedValue&) = delete;

  // An entry that keeps the value alive. It has no version: it is in no store.
  static void fill(std::shared_ptr<const LoadedValue> value, coffer_entry* out) {
    auto owner = std::make_unique<std::shared_ptr<const LoadedValue>>(std::move(value));
    const LoadedValue* const from = owner->get();
    *out = {};
    out->data = from->bytes_.data();
    out->size = from->bytes_.size();
    out->flags = from->flags_;
    out->format = from->format_;
    out->object = from->object_;
    out->object_type = from->type_;
    out->owner = owner.release();
    out->release = [](void* owner) {
      delete static_cast<std::shared_ptr<const LoadedValue>*>(owner);
    };
  }

 private:
  const std::string bytes_;
  const uint32_t flags_;
  const uint32_t format_;
  void* const object_;
  const coffer_object_type* const type_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LEASE_VALUE_H_
