// Event queues: the only way the core tells a program something from a thread of its own.
#ifndef COFFER_CORE_QUEUE_QUEUE_H_
#define COFFER_CORE_QUEUE_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "coffer/batch.h"
#include "coffer/queue.h"
#include "core/error/error.h"
#include "core/ref/ref.h"

namespace coffer::core {

// An event with everything its public view points to.
struct Event {
  coffer_event view{};
  std::string cache;
  std::string key;
  std::string text;
  coffer_stats stats{};
  std::vector<coffer_result> results;
  Event* next = nullptr;  // in its queue

  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event();

  // Points the view at the members; called once they are complete.
  void seal();
};

// Somebody waits for these: they are never dropped.
inline bool is_promised(uint32_t kind) {
  return (kind & (COFFER_EVENT_COMPLETION | COFFER_EVENT_LEASE)) != 0;
}

class EventHub;

// Events in order, the first first. Owns them; adding one needs no memory.
class EventList {
 public:
  EventList() = default;
  EventList(const EventList&) = delete;
  EventList& operator=(const EventList&) = delete;
  ~EventList() {
    while (!empty()) take();
  }
  bool empty() const { return first_ == nullptr; }
  size_t size() const { return size_; }
  void add(std::unique_ptr<Event> event) {
    *end_ = event.release();
    end_ = &(*end_)->next;
    ++size_;
  }
  std::unique_ptr<Event> take() {
    std::unique_ptr<Event> event(first_);
    first_ = event->next;
    if (first_ == nullptr) end_ = &first_;
    --size_;
    return event;
  }

 private:
  Event* first_ = nullptr;
  Event** end_ = &first_;
  size_t size_ = 0;
};

}  // namespace coffer::core

// Counted: the program's handle, each batch in flight, and the hub hold it.
struct coffer_queue : coffer::core::RefCounted<coffer_queue> {
 public:
  coffer_queue(std::shared_ptr<coffer::core::EventHub> hub, size_t capacity, int fd);
  ~coffer_queue();

  // Needs no memory: what is promised arrives.
  void push(std::unique_ptr<coffer::core::Event> event) noexcept;
  size_t poll(coffer_event* out, size_t capacity, int64_t timeout);
  void subscribe(uint32_t mask, int32_t severity);
  int fd() const { return fd_; }
  // The program is done with the queue: drops what it holds and takes nothing more.
  void close();

  bool wants(uint32_t kind, int32_t severity) const {
    return (mask_.load(std::memory_order_relaxed) & kind) != 0 &&
           (kind != COFFER_EVENT_LOG || severity >= severity_.load(std::memory_order_relaxed));
  }

  // Fork: the lock is held across it, and the child gets a descriptor of its own under the same
  // number.
  void before_fork() { mutex_.lock(); }
  void after_fork_in_parent() { mutex_.unlock(); }
  void after_fork_in_child() noexcept;

 private:
  size_t take(coffer_event* out, size_t capacity);
  bool wait(int64_t timeout_ns) const;
  std::unique_ptr<coffer::core::Event> drop_one();
  void add_locked(std::unique_ptr<coffer::core::Event> event);

  std::shared_ptr<coffer::core::EventHub> hub_;
  const size_t capacity_;
  const int fd_;
  std::atomic<uint32_t> mask_{0};
  std::atomic<int32_t> severity_{COFFER_LOG_INFO};

  std::mutex mutex_;
  coffer::core::EventList events_;
  size_t droppable_ = 0;  // events in the queue that are not promised
  uint64_t dropped_ = 0;  // events lost since the last DROPPED event
  bool closed_ = false;
};

namespace coffer::core {

// The queues of one runtime, and what they want to hear.
class EventHub {
 public:
  void add(coffer_queue* queue);
  void remove(coffer_queue* queue);
  void refresh();  // after a subscription changed

  // The union of what all queues want: checked before an event is even made.
  uint32_t wanted() const { return wanted_.load(std::memory_order_relaxed); }

  void log(coffer_time at, int32_t severity, std::string_view source,
           std::string_view text) noexcept;
  void key_event(coffer_time at, uint32_t kind, std::string_view source, std::string_view key,
                 uint64_t number, std::string_view text = {}) noexcept;
  void metrics(coffer_time at, std::string_view source, const coffer_stats& stats) noexcept;
  void objects_waiting(coffer_time at, const coffer_object_type* type) noexcept;

  void before_fork();
  void after_fork(bool in_child);

 private:
  template <typename Fill>
  void publish(uint32_t kind, int32_t severity, coffer_time at, Fill&& fill) noexcept;

  std::atomic<uint32_t> wanted_{0};
  std::mutex mutex_;
  std::vector<coffer_queue*> queues_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_QUEUE_QUEUE_H_
