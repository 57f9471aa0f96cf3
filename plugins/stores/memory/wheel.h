// Which entries expire next: wheels of 64 lists each, turning at 4 ms, 0.27 s, 17 s, 18 min and
// 19 h a step. An entry lies in the list of the step in which it expires, on the finest wheel that
// reaches that far, and moves to a finer one when its step has come. All under the shard's lock.
#ifndef COFFER_PLUGINS_STORES_MEMORY_WHEEL_H_
#define COFFER_PLUGINS_STORES_MEMORY_WHEEL_H_

#include <cstdint>

#include "plugins/stores/memory/entry.h"

namespace coffer::memory {

class Wheel {
 public:
  // Makes the lists, before the first `add`. False without memory.
  bool open(const Home& home, coffer_time now);
  void close(const Home& home);
  bool is_open() const { return lists_ != nullptr; }
  uint64_t bytes() const { return lists_ != nullptr ? charge_of(sizeof(Lists)) : 0; }

  // The entry's instant must be set, and not be COFFER_NEVER.
  void add(Entry* entry);
  void remove(Entry* entry);
  bool empty() const { return count_ == 0; }

  // An entry that has expired at `now`, still in its list; NULL if there is none, or if `budget`
  // entries (counted down) were looked at before one was found.
  Entry* expired(coffer_time now, int* budget);

 private:
  static constexpr int kWheels = 5, kSteps = 64, kStepBits = 6, kTickBits = 22;

  struct Ring {  // a list closed by a node of its own
    Timer ends{&ends, &ends, COFFER_NEVER};
  };
  struct Lists {
    Ring steps[kWheels][kSteps];
    Ring due;  // their step has come; some have expired, others move to a finer wheel
  };

  static void push(Ring& ring, Timer* timer);
  static void take_all(Ring& from, Ring& to);
  void place(Timer* timer);
  void turn(coffer_time now);

  Lists* lists_ = nullptr;
  uint64_t tick_ = 0;  // `turned_` in steps of the finest wheel
  coffer_time turned_ = 0;
  uint64_t count_ = 0;
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_WHEEL_H_
