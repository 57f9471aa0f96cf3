// Counted references for the objects behind opaque handles.
#ifndef COFFER_CORE_REF_REF_H_
#define COFFER_CORE_REF_REF_H_

#include <atomic>
#include <cstdint>
#include <utility>

namespace coffer::core {

// Starts with one reference, owned by whoever called new.
template <typename T>
class RefCounted {
 public:
  void retain() const noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }

  void release() const noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete static_cast<const T*>(this);
  }

  // For look-ups in tables that do not count: fails once the last reference is gone.
  bool try_retain() const noexcept {
    uint32_t refs = refs_.load(std::memory_order_relaxed);
    while (refs != 0) {
      if (refs_.compare_exchange_weak(refs, refs + 1, std::memory_order_acquire,
                                      std::memory_order_relaxed))
        return true;
    }
    return false;
  }

 protected:
  RefCounted() = default;
  ~RefCounted() = default;

 private:
  mutable std::atomic<uint32_t> refs_{1};
};

// Owns one reference.
template <typename T>
class Ref {
 public:
  Ref() = default;
  // Takes over a reference the caller owns.
  static Ref adopt(T* object) {
    Ref ref;
    ref.object_ = object;
    return ref;
  }
  // Takes a further reference.
  static Ref share(T* object) {
    if (object != nullptr) object->retain();
    return adopt(object);
  }
  Ref(const Ref& other) : object_(other.object_) {
    if (object_ != nullptr) object_->retain();
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->release();
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  T* take() { return std::exchange(object_, nullptr); }  // gives the reference to the caller

 private:
  T* object_ = nullptr;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_REF_REF_H_
