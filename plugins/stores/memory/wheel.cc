#include "plugins/stores/memory/wheel.h"

#include <algorithm>
#include <new>

namespace coffer::memory {

bool Wheel::open(const Home& home, coffer_time now) {
  if (lists_ != nullptr) return true;
  void* memory = home.alloc(sizeof(Lists), alignof(Lists));
  if (memory == nullptr) return false;
  lists_ = new (memory) Lists;
  turned_ = now;
  tick_ = static_cast<uint64_t>(now) >> kTickBits;
  return true;
}

void Wheel::close(const Home& home) {
  if (lists_ != nullptr) home.free(lists_, sizeof(Lists), alignof(Lists));
  lists_ = nullptr;
}

void Wheel::push(Ring& ring, Timer* timer) {
  timer->prev = ring.ends.prev;
  timer->next = &ring.ends;
  ring.ends.prev->next = timer;
  ring.ends.prev = timer;
}

void Wheel::take_all(Ring& from, Ring& to) {
  if (from.ends.next == &from.ends) return;
  from.ends.next->prev = to.ends.prev;
  from.ends.prev->next = &to.ends;
  to.ends.prev->next = from.ends.next;
  to.ends.prev = from.ends.prev;
  from.ends.next = from.ends.prev = &from.ends;
}

void Wheel::place(Timer* timer) {
  const uint64_t expires =
      static_cast<uint64_t>(timer->expires_at.load(std::memory_order_relaxed)) >> kTickBits;
  const uint64_t at = std::max(expires, tick_);
  for (int wheel = 0; wheel < kWheels; ++wheel) {
    const int shift = wheel * kStepBits;
    if ((at >> shift) - (tick_ >> shift) < kSteps) {
      return push(lists_->steps[wheel][(at >> shift) % kSteps], timer);
    }
  }
  // Beyond the coarsest wheel: to its last step, to be looked at again.
  const int shift = (kWheels - 1) * kStepBits;
  push(lists_->steps[kWheels - 1][((tick_ >> shift) + kSteps - 1) % kSteps], timer);
}

void Wheel::add(Entry* entry) {
  ++count_;
  place(entry->timer());
}

void Wheel::remove(Entry* entry) {
  --count_;
  Timer* timer = entry->timer();
  timer->next->prev = timer->prev;
  timer->prev->next = timer->next;
}

void Wheel::turn(coffer_time now) {
  const uint64_t before = tick_;
  turned_ = now;
  tick_ = static_cast<uint64_t>(now) >> kTickBits;
  for (int wheel = 0; wheel < kWheels; ++wheel) {
    const int shift = wheel * kStepBits;
    const uint64_t to = tick_ >> shift;
    // The present step of each wheel may hold entries that were not due when it began.
    const uint64_t from = std::max(before >> shift, to >= kSteps - 1 ? to - (kSteps - 1) : 0);
    for (uint64_t step = from; step <= to; ++step) {
      take_all(lists_->steps[wheel][step % kSteps], lists_->due);
    }
    if (to == before >> shift) break;  // coarser wheels stand still
  }
}

Entry* Wheel::expired(coffer_time now, int* budget) {
  if (count_ == 0) return nullptr;
  if (now > turned_) turn(now);
  while (lists_->due.ends.next != &lists_->due.ends && (*budget)-- > 0) {
    Timer* timer = lists_->due.ends.next;
    if (timer->expires_at.load(std::memory_order_relaxed) <= now) return timer->entry();
    timer->next->prev = timer->prev;
    timer->prev->next = timer->next;
    place(timer);
  }
  return nullptr;
}

}  // namespace coffer::memory
