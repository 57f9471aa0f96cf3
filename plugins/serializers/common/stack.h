// A stack that allocates nothing while it is shallow: the open lists and maps of a decoder, which
// keeps them here and not on the thread's stack, because hostile input decides how many they are.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_STACK_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_STACK_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace coffer::serial {

template <typename T>
class Stack {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Stack() = default;
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  T& top() { return items_[size_ - 1]; }
  void pop() { --size_; }
  void push(const T& item) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    items_[size_++] = item;
  }

 private:
  static constexpr size_t kInline = 32;

  [[gnu::noinline]] void grow() {
    std::unique_ptr<T[]> more(new T[capacity_ * 2]);
    std::copy(items_, items_ + size_, more.get());
    heap_ = std::move(more);
    items_ = heap_.get();
    capacity_ *= 2;
  }

  T inline_[kInline];
  T* items_ = inline_;
  size_t size_ = 0;
  size_t capacity_ = kInline;
  std::unique_ptr<T[]> heap_;
};

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_STACK_H_
