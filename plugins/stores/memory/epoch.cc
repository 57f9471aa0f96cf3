#include "plugins/stores/memory/epoch.h"

#include <pthread.h>
#include <sched.h>

#include <cstdlib>
#include <new>

// A thread sanitizer does not know membarrier(2): it would see races where there are none.
#if defined(__linux__) && !defined(__SANITIZE_THREAD__)
#define COFFER_MEMBARRIER 1
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "plugins/stores/memory/lock.h"

namespace coffer::memory::epoch {

std::atomic<uint64_t> g_present{1};
bool g_fences = true;
__thread Slot* t_slot __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

// Slots lie in blocks that are only ever added. The first is static, so that a reader's first call
// on a new thread takes no memory.
constexpr uint32_t kFirstSlots = 1024;
constexpr uint32_t kMoreSlots = 256;

struct Block {
  Slot* slots;
  uint32_t size;
  std::atomic<uint32_t> used{0};  // slots that were ever taken
  std::atomic<Block*> next{nullptr};
};

Slot g_first_slots[kFirstSlots];
Block g_first{g_first_slots, kFirstSlots};
Lock g_lock;  // joining threads
pthread_key_t g_at_exit;
bool g_at_exit_made = false;
bool g_prepared = false;

void give_back(void* slot) {
  t_slot = nullptr;
  static_cast<Slot*>(slot)->taken.store(false, std::memory_order_release);
}

// The key's destructor lies in this library: it must not be called once that is unloaded.
__attribute__((destructor)) void forget_key() {
  if (g_at_exit_made) pthread_key_delete(g_at_exit);
}

Slot* take_from(Block& block, uint32_t base) {
  const uint32_t used = block.used.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < used; ++i) {
    if (!block.slots[i].taken.load(std::memory_order_acquire)) return &block.slots[i];
  }
  if (used == block.size) return nullptr;
  block.slots[used].lane = (base + used) % kLanes;
  block.used.store(used + 1, std::memory_order_release);
  return &block.slots[used];
}

Block* more_slots() {
  void* memory = std::aligned_alloc(alignof(Slot), sizeof(Slot) * kMoreSlots);
  if (memory == nullptr) return nullptr;
  auto* block = new (std::nothrow) Block{new (memory) Slot[kMoreSlots], kMoreSlots};
  if (block == nullptr) std::free(memory);
  return block;
}

Slot* try_take() {
  uint32_t base = 0;
  for (Block* block = &g_first;;) {
    if (Slot* slot = take_from(*block, base)) return slot;
    base += block->size;
    Block* next = block->next.load(std::memory_order_relaxed);
    if (next == nullptr) {
      next = more_slots();
      if (next == nullptr) return nullptr;
      block->next.store(next, std::memory_order_release);
    }
    block = next;
  }
}

template <typename Do>
void for_each_slot(Do&& act) {
  for (Block* block = &g_first; block; block = block->next.load(std::memory_order_acquire)) {
    const uint32_t used = block->used.load(std::memory_order_acquire);
    for (uint32_t i = 0; i < used; ++i) act(block->slots[i]);
  }
}

#if defined(COFFER_MEMBARRIER)
bool membarrier(int command) { return syscall(__NR_membarrier, command, 0, 0) == 0; }
#endif

void find_barrier() {
#if defined(COFFER_MEMBARRIER)
  g_fences = !membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
#endif
}

}  // namespace

Slot* join() {
  for (;;) {
    g_lock.lock();
    Slot* slot = try_take();
    if (slot != nullptr) slot->taken.store(true, std::memory_order_relaxed);
    g_lock.unlock();
    if (slot != nullptr) {
      t_slot = slot;
      pthread_setspecific(g_at_exit, slot);
      return slot;
    }
    // No memory for a slot although a thousand threads have one: wait until one of them ends.
    sched_yield();
  }
}

void prepare() {
  g_lock.lock();
  if (!g_prepared) {
    g_prepared = true;
    g_at_exit_made = pthread_key_create(&g_at_exit, give_back) == 0;
    find_barrier();
  }
  g_lock.unlock();
}

uint64_t advance() {
  const uint64_t epoch = g_present.fetch_add(1, std::memory_order_seq_cst) + 1;
#if defined(COFFER_MEMBARRIER)
  if (!g_fences) membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
#endif
#if !defined(__SANITIZE_THREAD__)
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
  return epoch;
}

bool passed(uint64_t epoch) {
  bool all = true;
  for_each_slot([&](Slot& slot) {
    const uint64_t since = slot.since.load(std::memory_order_acquire);
    if (since != 0 && since < epoch) all = false;
  });
  return all;
}

void after_fork_in_child() {
  find_barrier();
  for_each_slot([](Slot& slot) {
    if (&slot == t_slot) return;
    slot.since.store(0, std::memory_order_relaxed);
    slot.taken.store(false, std::memory_order_relaxed);
  });
}

void lock_slots() { g_lock.lock(); }
void unlock_slots() { g_lock.unlock(); }

}  // namespace coffer::memory::epoch
