// Memory of one call: from the host, in pieces that grow with what is used, and all given back at
// the end. What a usual value needs is on the stack.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_MEMORY_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_MEMORY_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

#include "coffer/plugin/host.h"

namespace coffer::pickle {

// Blocks that live as long as the arena. Throws std::bad_alloc.
class Arena {
 public:
  explicit Arena(const coffer_host* host) : host_(host) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    while (chunks_ != nullptr) {
      Chunk* const chunk = chunks_;
      chunks_ = chunk->next;
      host_->free(host_, chunk, chunk->size, kAlign);
    }
  }

  void* alloc(size_t size) {
    size = (size + kAlign - 1) / kAlign * kAlign;
    if (static_cast<size_t>(end_ - at_) < size) [[unlikely]]
      return more(size);
    char* const block = at_;
    at_ += size;
    return block;
  }

  template <typename T>
  T* make(const T& value) {
    return new (alloc(sizeof(T))) T(value);
  }

  const coffer_host* host() const { return host_; }

 private:
  struct Chunk {
    Chunk* next;
    size_t size;
  };
  static constexpr size_t kAlign = alignof(void*);
  static constexpr size_t kFirstPiece = 2048;
  static constexpr size_t kLargestPiece = 512 << 10;

  [[gnu::noinline]] void* more(size_t size) {
    if (size > std::numeric_limits<size_t>::max() / 2) throw std::bad_alloc();
    const size_t room = std::max(size, std::min(used_, kLargestPiece));
    void* const memory = host_->alloc(host_, sizeof(Chunk) + room, kAlign);
    if (memory == nullptr) throw std::bad_alloc();
    chunks_ = new (memory) Chunk{chunks_, sizeof(Chunk) + room};
    used_ += room;
    char* const block = reinterpret_cast<char*>(chunks_ + 1);
    // A block that fills its chunk leaves the rest of the one before in use.
    if (room > size) at_ = block + size, end_ = block + room;
    return block;
  }

  const coffer_host* const host_;
  Chunk* chunks_ = nullptr;
  size_t used_ = kFirstPiece;
  alignas(kAlign) char first_[kFirstPiece];
  char* at_ = first_;
  char* end_ = first_ + kFirstPiece;
};

// A vector of plain values, the first `kInline` of them in place. It never takes more than `limit`
// places, however it grows: whoever knows that an input of n bytes cannot need more than n says so.
// Throws std::bad_alloc.
template <typename T, size_t kInline>
class Stack {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit Stack(const coffer_host* host,
                 size_t limit = std::numeric_limits<size_t>::max() / sizeof(T) / 4)
      : host_(host), limit_(limit) {}
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack() { release(); }

  size_t size() const { return static_cast<size_t>(top_ - begin_); }
  bool empty() const { return top_ == begin_; }
  T& operator[](size_t i) { return begin_[i]; }
  T& back() { return top_[-1]; }
  const T& back() const { return top_[-1]; }
  T* end() { return top_; }

  void push(const T& value) {
    if (top_ == end_) [[unlikely]]
      grow(size() + 1);
    *top_++ = value;
  }
  void pop(size_t n = 1) { top_ -= n; }
  void shrink(size_t size) { top_ = begin_ + size; }

  // Makes the size at least `size`; what is new is all zero bits.
  void extend(size_t size) {
    if (size <= this->size()) return;
    if (size > static_cast<size_t>(end_ - begin_)) grow(size);
    std::memset(static_cast<void*>(top_), 0, (size - this->size()) * sizeof(T));
    top_ = begin_ + size;
  }

 private:
  [[gnu::noinline]] void grow(size_t wanted) {
    const size_t held = size();
    const size_t capacity =
        std::max(wanted, std::min(limit_, static_cast<size_t>(end_ - begin_) * 2));
    void* const memory = host_->alloc(host_, capacity * sizeof(T), alignof(T));
    if (memory == nullptr) throw std::bad_alloc();
    std::memcpy(memory, static_cast<const void*>(begin_), held * sizeof(T));
    release();
    begin_ = static_cast<T*>(memory);
    top_ = begin_ + held;
    end_ = begin_ + capacity;
  }
  void release() {
    if (begin_ != first())
      host_->free(host_, begin_, static_cast<size_t>(end_ - begin_) * sizeof(T), alignof(T));
  }
  T* first() { return reinterpret_cast<T*>(first_); }

  const coffer_host* const host_;
  const size_t limit_;
  alignas(T) char first_[kInline * sizeof(T)];
  T* begin_ = first();
  T* top_ = first();
  T* end_ = first() + kInline;
};

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_MEMORY_H_
