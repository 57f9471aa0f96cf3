// EventHub: who hears what.
#include <algorithm>

#include "core/queue/queue.h"

namespace coffer::core {

void EventHub::add(coffer_queue* queue) {
  const std::lock_guard lock(mutex_);
  queues_.push_back(queue);
}

void EventHub::remove(coffer_queue* queue) {
  {
    const std::lock_guard lock(mutex_);
    std::erase(queues_, queue);
  }
  refresh();
}

void EventHub::refresh() {
  const std::lock_guard lock(mutex_);
  uint32_t wanted = 0;
  for (const coffer_queue* queue : queues_) {
    for (uint32_t kind = 1; kind <= COFFER_EVENT_READ; kind <<= 1) {
      if (queue->wants(kind, COFFER_LOG_PLUGIN_MISBEHAVING)) wanted |= kind;
    }
  }
  wanted_.store(wanted, std::memory_order_relaxed);
}

// One event object per queue that wants it. Losing an event for lack of memory is allowed: only
// completions are promised, and those do not come through here.
template <typename Fill>
void EventHub::publish(uint32_t kind, int32_t severity, coffer_time at, Fill&& fill) noexcept {
  if ((wanted() & kind) == 0) return;
  const std::lock_guard lock(mutex_);
  for (coffer_queue* queue : queues_) {
    if (!queue->wants(kind, severity)) continue;
    try {
      auto event = std::make_unique<Event>();
      event->view.struct_size = sizeof(coffer_event);
      event->view.kind = kind;
      event->view.severity = severity;
      event->view.at = at;
      fill(*event);
      event->seal();
      queue->push(std::move(event));
    } catch (const std::bad_alloc&) {
    }
  }
}

void EventHub::log(coffer_time at, int32_t severity, std::string_view source,
                   std::string_view text) noexcept {
  publish(COFFER_EVENT_LOG, severity, at, [&](Event& event) {
    event.cache = source;
    event.text = text;
  });
}

void EventHub::key_event(coffer_time at, uint32_t kind, std::string_view source,
                         std::string_view key, uint64_t number, std::string_view text) noexcept {
  publish(kind, 0, at, [&](Event& event) {
    event.cache = source;
    event.key = key;
    event.text = text;
    event.view.number = number;
  });
}

void EventHub::metrics(coffer_time at, std::string_view source,
                       const coffer_stats& stats) noexcept {
  publish(COFFER_EVENT_METRICS, 0, at, [&](Event& event) {
    event.cache = source;
    event.stats = stats;
  });
}

void EventHub::objects_waiting(coffer_time at, const coffer_object_type* type) noexcept {
  publish(COFFER_EVENT_OBJECTS, 0, at, [&](Event& event) { event.view.object_type = type; });
}

void EventHub::before_fork() {
  mutex_.lock();
  for (coffer_queue* queue : queues_) queue->before_fork();
}

void EventHub::after_fork(bool in_child) {
  for (coffer_queue* queue : queues_) {
    if (in_child) {
      queue->after_fork_in_child();
    } else {
      queue->after_fork_in_parent();
    }
  }
  mutex_.unlock();
}

}  // namespace coffer::core
