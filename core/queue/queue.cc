#include "core/queue/queue.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "core/ref/entry.h"

namespace coffer::core {
namespace {

int64_t monotonic_now() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<int64_t>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec;
}

void make_readable(int fd) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n =
      write(fd, &one, sizeof one);  // cannot fail: the counter is 0 or 1
}

void make_unreadable(int fd) {
  uint64_t count;
  [[maybe_unused]] const ssize_t n = read(fd, &count, sizeof count);
}

}  // namespace

Event::~Event() {
  for (coffer_result& result : results) release_entry(result.entry);
  release_error(view.error);
}

void Event::seal() {
  view.cache = cache.c_str();
  view.key = {key.data(), key.size()};
  view.text = {text.data(), text.size()};
  view.stats = view.kind == COFFER_EVENT_METRICS ? &stats : nullptr;
  view.results = results.empty() ? nullptr : results.data();
  view.result_count = results.size();
  view.owner = this;
}

}  // namespace coffer::core

using coffer::core::Event;

coffer_queue::coffer_queue(std::shared_ptr<coffer::core::EventHub> hub, size_t capacity, int fd)
    : hub_(std::move(hub)), capacity_(capacity), fd_(fd) {
  hub_->add(this);
}

coffer_queue::~coffer_queue() { ::close(fd_); }

void coffer_queue::close() {
  hub_->remove(this);
  // Each is freed outside the lock: entries may call into a store.
  for (std::unique_ptr<Event> event = drop_one(); event != nullptr; event = drop_one()) {
  }
}

std::unique_ptr<Event> coffer_queue::drop_one() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return events_.empty() ? nullptr : events_.take();
}

void coffer_queue::subscribe(uint32_t mask, int32_t severity) {
  mask_.store(mask, std::memory_order_relaxed);
  severity_.store(severity, std::memory_order_relaxed);
  hub_->refresh();
}

void coffer_queue::add_locked(std::unique_ptr<Event> event) {
  if (events_.empty()) coffer::core::make_readable(fd_);
  events_.add(std::move(event));
}

void coffer_queue::push(std::unique_ptr<Event> event) noexcept {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const bool completion = coffer::core::is_promised(event->view.kind);
  if (!completion && droppable_ >= capacity_) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0 && droppable_ < capacity_) {
    // Without memory for the notice it comes with a later event.
    if (std::unique_ptr<Event> notice(new (std::nothrow) Event); notice != nullptr) {
      notice->view.struct_size = sizeof(coffer_event);
      notice->view.kind = COFFER_EVENT_DROPPED;
      notice->view.at = event->view.at;
      notice->view.number = dropped_;
      notice->seal();
      add_locked(std::move(notice));
      ++droppable_;
      dropped_ = 0;
    }
  }
  add_locked(std::move(event));
  if (!completion) ++droppable_;
}

size_t coffer_queue::take(coffer_event* out, size_t capacity) {
  const std::lock_guard lock(mutex_);
  const size_t count = std::min(capacity, events_.size());
  for (size_t i = 0; i < count; ++i) {
    Event* event = events_.take().release();  // owned by the view from here
    if (!coffer::core::is_promised(event->view.kind)) --droppable_;
    const uint32_t size =
        out[i].struct_size != 0 ? out[i].struct_size : uint32_t{sizeof(coffer_event)};
    std::copy_n(reinterpret_cast<const char*>(&event->view),
                std::min<size_t>(size, sizeof(coffer_event)), reinterpret_cast<char*>(&out[i]));
    out[i].struct_size = size;
  }
  if (count > 0 && events_.empty()) coffer::core::make_unreadable(fd_);
  return count;
}

bool coffer_queue::wait(int64_t timeout_ns) const {
  pollfd waiting{fd_, POLLIN, 0};
  timespec timeout{static_cast<time_t>(timeout_ns / 1'000'000'000),
                   static_cast<long>(timeout_ns % 1'000'000'000)};
  return ppoll(&waiting, 1, timeout_ns < 0 ? nullptr : &timeout, nullptr) > 0;
}

size_t coffer_queue::poll(coffer_event* out, size_t capacity, int64_t timeout) {
  if (capacity == 0) return 0;
  const int64_t end = timeout > 0 ? coffer::core::monotonic_now() + timeout : 0;
  for (;;) {
    const size_t count = take(out, capacity);
    if (count > 0 || timeout == 0) return count;
    const int64_t left = timeout < 0 ? -1 : end - coffer::core::monotonic_now();
    if (timeout > 0 && left <= 0) return 0;
    wait(left);  // another thread may take what woke us: look again
  }
}

void coffer_queue::after_fork_in_child() noexcept {
  // The eventfd's counter is shared with the parent: put a fresh one under the same number.
  const int fresh = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fresh >= 0) {
    dup3(fresh, fd_, O_CLOEXEC);
    ::close(fresh);
    if (!events_.empty()) coffer::core::make_readable(fd_);
  }
  mutex_.unlock();
}
