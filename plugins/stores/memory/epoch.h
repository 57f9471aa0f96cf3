// When may the memory of an unlinked block be used again? When every reader that might have found
// it has left.
//
// A reader notes the present epoch in a slot of its thread while it reads. A writer unlinks blocks,
// then begins a new epoch, and frees them once no slot holds an older one. The reader's note must
// be visible before its reads begin; where the system has membarrier(2) the writer, who is rare
// and works in batches, forces that upon all threads, and a reader pays one plain store.
#ifndef COFFER_PLUGINS_STORES_MEMORY_EPOCH_H_
#define COFFER_PLUGINS_STORES_MEMORY_EPOCH_H_

#include <atomic>
#include <cstdint>

namespace coffer::memory::epoch {

inline constexpr uint32_t kLanes = 64;

// One per thread, reused when the thread ends, never freed.
struct alignas(64) Slot {
  std::atomic<uint64_t> since{0};  // the epoch the reader entered in, 0: not reading
  std::atomic<bool> taken{false};
  uint32_t lane = 0;  // below kLanes: spreads threads over what is kept per thread
};

// Hidden, although the flags say so for what is defined: else a reader goes through the GOT.
#define COFFER_HIDDEN __attribute__((visibility("hidden")))
extern COFFER_HIDDEN std::atomic<uint64_t> g_present;
extern COFFER_HIDDEN bool g_fences;  // readers fence for themselves
// Initial-exec: reached without a call, also from a shared object.
extern COFFER_HIDDEN __thread Slot* t_slot __attribute__((tls_model("initial-exec")));
#undef COFFER_HIDDEN

// Gives the calling thread a slot.
Slot* join();

inline Slot* mine() {
  Slot* slot = t_slot;
  return __builtin_expect(slot != nullptr, 1) ? slot : join();
}

// Between the two, blocks that the thread finds are not freed. Not to be nested.
inline void enter(Slot* slot) {
  const uint64_t present = g_present.load(std::memory_order_acquire);
  if (__builtin_expect(g_fences, 0)) {
    // An exchange and not a fence: it orders the same, and race detectors understand it.
    slot->since.exchange(present, std::memory_order_seq_cst);
  } else {
    slot->since.store(present, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
}
inline void leave(Slot* slot) { slot->since.store(0, std::memory_order_release); }

class Reading {
 public:
  Reading() : slot_(mine()) { enter(slot_); }
  ~Reading() { leave(slot_); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  uint32_t lane() const { return slot_->lane; }

 private:
  Slot* slot_;
};

// Finds out what the system offers. Before the first reader; more calls do nothing.
void prepare();

// Begins an epoch; blocks unlinked before this call are free of readers once `passed` says so.
uint64_t advance();
bool passed(uint64_t epoch);

// In the child of a fork no other thread exists any more, and what the system was asked for is to
// be asked for again.
void after_fork_in_child();

// Held over a fork, so that the slots are in order in the child.
void lock_slots();
void unlock_slots();

}  // namespace coffer::memory::epoch

#endif  // COFFER_PLUGINS_STORES_MEMORY_EPOCH_H_
