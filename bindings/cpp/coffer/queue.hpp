// coffer/queue.hpp: what the core has to tell: completions, leases, evictions, invalidations, logs.
//
//   queue.subscribe(coffer::Events::kEvict | coffer::Events::kLog);
//   while (auto event = queue.next(1s)) ...      // or wait for queue.fd() in an event loop
#ifndef COFFER_QUEUE_HPP_
#define COFFER_QUEUE_HPP_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "coffer/batch.hpp"
#include "coffer/bytes.hpp"
#include "coffer/queue.h"
#include "coffer/result.hpp"

namespace coffer {

// Kinds of event, and sets of them.
enum class Events : std::uint32_t {
  kNone = 0,
  kCompletion = COFFER_EVENT_COMPLETION,
  kLog = COFFER_EVENT_LOG,
  kEvict = COFFER_EVENT_EVICT,
  kExpire = COFFER_EVENT_EXPIRE,
  kClear = COFFER_EVENT_CLEAR,
  kMetrics = COFFER_EVENT_METRICS,
  kObjects = COFFER_EVENT_OBJECTS,
  kDropped = COFFER_EVENT_DROPPED,
  kLease = COFFER_EVENT_LEASE,
  kInvalidate = COFFER_EVENT_INVALIDATE,
  kRead = COFFER_EVENT_READ,
};
constexpr Events operator|(Events a, Events b) noexcept {
  return static_cast<Events>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

enum class Severity : std::int32_t {
  kDebug = COFFER_LOG_DEBUG,
  kInfo = COFFER_LOG_INFO,
  kWarning = COFFER_LOG_WARNING,
  kError = COFFER_LOG_ERROR,
  kPluginMisbehaving = COFFER_LOG_PLUGIN_MISBEHAVING,
};

// One event. Move-only; all views it gives are its own. Which accessor belongs to which kind stands
// in coffer/queue.h.
class Event {
 public:
  explicit Event(const coffer_event& raw) noexcept : raw_(raw) {}
  Event(Event&& other) noexcept : raw_(std::exchange(other.raw_, empty())) {}
  Event& operator=(Event&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Event() { coffer_event_release(&raw_); }

  Events kind() const noexcept { return static_cast<Events>(raw_.kind); }
  Time at() const noexcept { return Time(std::chrono::nanoseconds(raw_.at)); }
  // Name of the cache or store, or "".
  std::string_view cache() const noexcept { return raw_.cache != nullptr ? raw_.cache : ""; }
  // kEvict, kExpire, kRead: the key. kClear: the namespace. kInvalidate: the tag or space.
  std::string_view key() const noexcept { return Bytes(raw_.key).text(); }
  // kLog. kInvalidate: "tag", "space" or "row". kRead: "hit", "null", "stale", "lead", "wait",
  // "miss".
  std::string_view text() const noexcept { return Bytes(raw_.text).text(); }
  // kLog.
  Severity severity() const noexcept { return static_cast<Severity>(raw_.severity); }
  // kDropped: events lost. kLease: the lease (Lease::id). kRead: the entry's age in nanoseconds.
  std::uint64_t number() const noexcept { return raw_.number; }
  // kMetrics, else nullptr.
  const coffer_stats* stats() const noexcept { return raw_.stats; }

  // kCompletion, kLease: as given to Cache::submit or Lease::notify. kCompletion: whether the batch
  // as a whole ran, and if not, why; the answer to each operation.
  std::uint64_t tag() const noexcept { return raw_.tag; }
  Status status() const noexcept { return static_cast<Status>(raw_.status); }
  const char* message() const noexcept {
    return raw_.error != nullptr ? coffer_error_message(raw_.error) : status_name(status());
  }
  ResultsView results() const noexcept { return ResultsView({raw_.results, raw_.result_count}); }

  const coffer_event& raw() const noexcept { return raw_; }

 private:
  static coffer_event empty() noexcept {
    coffer_event event{};
    event.struct_size = sizeof(event);
    return event;
  }

  coffer_event raw_;
};

// A queue of events; created by Runtime::queue. Move-only. Any thread may poll.
class Queue {
 public:
  Queue() noexcept = default;
  explicit Queue(coffer_queue* handle) noexcept : handle_(handle) {}

  // Chooses what it hears of the runtime, in place of the former choice; completions come always,
  // logs from `severity` up.
  void subscribe(Events events, Severity severity = Severity::kWarning) const noexcept {
    coffer_queue_subscribe(raw(), static_cast<std::uint32_t>(events),
                           static_cast<std::int32_t>(severity));
  }

  // The next event, if one comes in time. A zero timeout does not wait.
  std::optional<Event> next(std::chrono::nanoseconds timeout = {}) const noexcept {
    coffer_event event{};
    event.struct_size = sizeof(event);
    const std::int64_t wait = timeout.count() < 0 ? 0 : timeout.count();
    if (coffer_queue_poll(raw(), &event, 1, wait) == 0) return std::nullopt;
    return Event(event);
  }
  // Waits as long as it takes.
  Event wait() const noexcept {
    coffer_event event{};
    event.struct_size = sizeof(event);
    while (coffer_queue_poll(raw(), &event, 1, -1) == 0) {
    }
    return Event(event);
  }

  // Readable while there are events; for poll and epoll only, never to be read or closed.
  int fd() const noexcept { return coffer_queue_fd(raw()); }

  // The handle, for calls of the C ABI; stays owned by this object.
  coffer_queue* raw() const noexcept { return handle_.get(); }

 private:
  struct Release {
    void operator()(coffer_queue* handle) const noexcept { coffer_queue_release(handle); }
  };
  std::unique_ptr<coffer_queue, Release> handle_;
};

}  // namespace coffer

#endif  // COFFER_QUEUE_HPP_
