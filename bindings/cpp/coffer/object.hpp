// coffer/object.hpp: live C++ objects in an in-process store: a hit hands out the object itself.
//
//   inline constexpr coffer::ObjectType<const User> kUser{"app.user"};
//
//   cache.put_object("user:7", std::make_shared<const User>(...), kUser);
//   if (auto user = cache.get_object("user:7", kUser)) use(**user);
//
// All readers share one object, so it should be const or take care of threads itself. It lives
// until the entry is gone and the last reader has dropped its pointer.
#ifndef COFFER_OBJECT_HPP_
#define COFFER_OBJECT_HPP_

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "coffer/entry.h"
#include "coffer/object.h"
#include "coffer/read.hpp"
#include "coffer/result.hpp"
#include "coffer/write.hpp"

namespace coffer {
namespace detail {

// What the store holds: a counted box around the program's pointer.
template <typename T>
struct ObjectBox {
  std::atomic<std::uint64_t> references{1};
  std::shared_ptr<T> object;

  static void retain(void* self) noexcept {
    static_cast<ObjectBox*>(self)->references.fetch_add(1, std::memory_order_relaxed);
  }
  static void release(void* self) noexcept {
    auto* box = static_cast<ObjectBox*>(self);
    if (box->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete box;
  }
};

// One reference to a box, for the length of a call.
template <typename T>
class ObjectReference {
 public:
  explicit ObjectReference(std::shared_ptr<T> object) : box_(new ObjectBox<T>) {
    box_->object = std::move(object);
  }
  ObjectReference(const ObjectReference&) = delete;
  ObjectReference& operator=(const ObjectReference&) = delete;
  ~ObjectReference() { ObjectBox<T>::release(box_); }
  void* get() const noexcept { return box_; }

 private:
  ObjectBox<T>* box_;
};

}  // namespace detail

// Describes the objects of one type. Make it a constant of static storage: it must outlive every
// object, and an entry is only read by the descriptor it was written with. If T is Writable
// (coffer/write.hpp) objects can also be stored in caches that hold bytes.
template <typename T>
class ObjectType {
 public:
  // `name` is for messages.
  constexpr explicit ObjectType(const char* name) noexcept {
    raw_.struct_size = sizeof(raw_);
    raw_.name = name;
    raw_.retain = [](const coffer_object_type*, void* object) {
      detail::ObjectBox<T>::retain(object);
    };
    raw_.release = [](const coffer_object_type*, void* object) {
      detail::ObjectBox<T>::release(object);
    };
    if constexpr (Writable<std::remove_const_t<T>>) raw_.view = view;
  }
  ObjectType(const ObjectType&) = delete;
  ObjectType& operator=(const ObjectType&) = delete;

  // The object of a pinned entry, or a failure if it holds something else.
  Result<std::shared_ptr<T>> share(const coffer_entry& entry) const noexcept {
    if ((entry.flags & COFFER_ENTRY_OBJECT) == 0 || entry.object_type != &raw_) {
      return Outcome::failure(Status::kUnsupported,
                              "the entry holds no live object of the type asked for");
    }
    return static_cast<const detail::ObjectBox<T>*>(entry.object)->object;
  }

  const coffer_object_type* raw() const noexcept { return &raw_; }

 private:
  static coffer_status view(const coffer_object_type*, void* object, const coffer_visitor* into,
                            coffer_sink* sink) noexcept {
    return detail::guarded(sink, [&] {
      Writer writer(*into, sink);
      writer.value(std::as_const(*static_cast<detail::ObjectBox<T>*>(object)->object));
      return writer.status();
    });
  }

  coffer_object_type raw_{};
};

}  // namespace coffer

#endif  // COFFER_OBJECT_HPP_
