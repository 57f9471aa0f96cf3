// Contexts of Zstandard to be used again: making one costs more than compressing a small value.
#ifndef COFFER_PLUGINS_CODECS_ZSTD_POOL_H_
#define COFFER_PLUGINS_CODECS_ZSTD_POOL_H_

#include <atomic>
#include <memory>
#include <utility>

namespace coffer::zstd {

// [any-thread] without a lock, so that a fork finds nothing half done. Keeps a few; more are freed
// after use.
template <typename T, T* (*Create)(), size_t (*Free)(T*)>
class Pool {
 public:
  struct Return {
    Pool* pool;
    void operator()(T* context) const { pool->put(context); }
  };
  using Handle = std::unique_ptr<T, Return>;

  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (auto& slot : slots_) Free(slot.load(std::memory_order_acquire));
  }

  // NULL when out of memory.
  Handle take() {
    for (auto& slot : slots_) {
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* context = slot.exchange(nullptr, std::memory_order_acquire))
        return Handle(context, {this});
    }
    return Handle(Create(), {this});
  }

 private:
  void put(T* context) {
    for (auto& slot : slots_) {
      T* none = nullptr;
      if (slot.compare_exchange_strong(none, context, std::memory_order_release,
                                       std::memory_order_relaxed))
        return;
    }
    Free(context);
  }

  std::atomic<T*> slots_[4] = {};
};

}  // namespace coffer::zstd

#endif  // COFFER_PLUGINS_CODECS_ZSTD_POOL_H_
