// One entry: a block of memory that never changes once readers can find it (but for its expiry, the
// strategy's node and the reference word). A new value is a new block.
//
//   [BlockHead] [Extra] [Form] [Timer] [Entry] [node of the strategy] [key] [meta] [value]
//
// The parts in front are there only if the entry needs them; a BlockHead if it lies in no slab.
#ifndef COFFER_PLUGINS_STORES_MEMORY_ENTRY_H_
#define COFFER_PLUGINS_STORES_MEMORY_ENTRY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "coffer/plugin/host_entries.h"
#include "coffer/plugin/store.h"

namespace coffer::memory {

inline constexpr coffer_time kNever = COFFER_NEVER;  // typed

// What outlives the store while entries are pinned: the way back to the host.
struct Home {
  explicit Home(const coffer_host* host)
      : host(host),
        entries(
            static_cast<const coffer_host_entries*>(host->extension(host, COFFER_HOST_ENTRIES))) {}

  const coffer_host* const host;
  const coffer_host_entries* const entries;  // or NULL
  uint32_t node_offset = 0;                  // from the Entry
  uint32_t key_offset = 0;
  std::atomic<uint64_t> holders{1};            // the store, and the pool of each shard
  std::atomic<uint64_t> pinned_bytes{0};       // of those entries
  std::atomic<uint64_t> meta_bytes{0};         // of all entries, for which the host keeps something
  std::atomic<bool> strategy_reported{false};  // one complaint is enough

  void* alloc(size_t size, size_t alignment) const { return host->alloc(host, size, alignment); }
  void free(void* memory, size_t size, size_t alignment) const {
    host->free(host, memory, size, alignment);
  }
  coffer_time now(int32_t clock) const { return host->now(host, clock); }
  uint64_t held(int32_t what) const { return entries != nullptr ? entries->held(host, what) : 0; }
  void give_up();  // one holder less
};

// What an allocator takes for `size` bytes: its own word, and steps of 16.
constexpr uint64_t charge_of(uint64_t size) { return (size + 8 + 15) & ~uint64_t{15}; }

class Pool;

struct BlockHead {
  Pool* pool;
  uint64_t size;  // of the whole block
};

struct Extra {
  void* object;
  const coffer_object_type* type;
  uint64_t weight;  // counts towards the byte limit on top of the block
};

// What most entries do not have.
struct Form {
  uint32_t format;
  uint16_t meta_size;
  uint16_t flags;  // COFFER_ENTRY_*, but for OBJECT
};

struct Entry;

// Of entries that can expire: the instant, and the place in a list of the Wheel.
struct Timer {
  Timer* next;
  Timer* prev;
  std::atomic<coffer_time> expires_at;

  Entry* entry() { return reinterpret_cast<Entry*>(this + 1); }
};

struct Entry {
  // The reference word: how many pin it, and who else may reach it.
  static constexpr uint32_t kLinked = 1u << 31;  // the index: only then new pins can be had
  static constexpr uint32_t kLimbo = 1u << 30;   // readers that were there before it was unlinked

  static constexpr size_t kAlign = 16;
  static constexpr uint8_t kTimer = 1, kForm = 2, kExtra = 4, kAlone = 8;
  // No part but a remark on kForm: its meta has a usual size (one or two dependencies), which a
  // reader need not find out then.
  static constexpr uint8_t kUsualMeta = 16;
  static constexpr uint64_t kUsualMetaLeast = 32, kUsualMetaMost = 64;

  std::atomic<uint32_t> refs;
  uint32_t hash_high;  // finds its bucket again
  uint32_t value_size;
  uint16_t key_size;
  uint8_t parts;
  std::atomic<uint8_t> era;  // of the shard's Recency when it was last used
  uint64_t version;

  static constexpr size_t front(uint8_t parts) {
    return (parts & kTimer ? sizeof(Timer) : 0) + (parts & kForm ? sizeof(Form) : 0) +
           (parts & kExtra ? sizeof(Extra) : 0);
  }
  char* at(ptrdiff_t offset) { return reinterpret_cast<char*>(this) + offset; }
  const char* at(ptrdiff_t offset) const { return reinterpret_cast<const char*>(this) + offset; }

  void* node(const Home& home) { return at(home.node_offset); }
  const char* key(uint32_t key_offset) const { return at(key_offset); }
  coffer_bytes key(const Home& home) const { return {at(home.key_offset), key_size}; }

  bool has(uint8_t part) const { return (parts & part) != 0; }
  Timer* timer() { return reinterpret_cast<Timer*>(this) - 1; }
  const Timer* timer() const { return reinterpret_cast<const Timer*>(this) - 1; }
  coffer_time expires_at() const {
    return has(kTimer) ? timer()->expires_at.load(std::memory_order_relaxed) : kNever;
  }
  bool expired(coffer_time now) const {
    const coffer_time at = expires_at();
    return at != kNever && at <= now;
  }
  Form form() const {
    if (!has(kForm)) return {COFFER_FORMAT_RAW, 0, 0};
    return *reinterpret_cast<const Form*>(at(-ptrdiff_t(front(parts & (kTimer | kForm)))));
  }
  uint32_t meta_size() const { return form().meta_size; }
  const char* meta(uint32_t key_offset) const { return key(key_offset) + key_size; }
  coffer_bytes meta(const Home& home) const { return {meta(home.key_offset), meta_size()}; }
  const char* value(uint32_t key_offset) const { return meta(key_offset) + meta_size(); }
  const Extra* extra() const {
    return has(kExtra) ? reinterpret_cast<const Extra*>(at(-ptrdiff_t(front(parts)))) : nullptr;
  }
  uint64_t weight() const { return has(kExtra) ? extra()->weight : 0; }
  bool has_object() const { return has(kExtra) && extra()->object != nullptr; }
  uint32_t flags() const {
    return form().flags | (has_object() ? uint32_t{COFFER_ENTRY_OBJECT} : 0);
  }

  // From the start of the block; keeps entries aligned for whatever node a strategy has.
  static constexpr size_t offset(uint8_t parts) {
    const size_t head = parts & kAlone ? sizeof(BlockHead) : 0;
    return (head + front(parts) + kAlign - 1) & ~(kAlign - 1);
  }
  void* block() { return at(-ptrdiff_t(offset(parts))); }
  const BlockHead* head() const {  // with kAlone
    return static_cast<BlockHead*>(const_cast<Entry*>(this)->block());
  }
  Pool* pool() const;
  // What it counts towards a byte limit.
  uint64_t block_charge() const;
  uint64_t charge() const { return block_charge() + weight(); }

  bool linked() const { return (refs.load(std::memory_order_relaxed) & kLinked) != 0; }
  // For readers within an epoch. False if it was unlinked meanwhile.
  bool pin();

  // Of an entry that nobody reads any more: the next of a list.
  Entry* link() const { return reinterpret_cast<Entry*>(version); }
  void set_link(Entry* next) { version = reinterpret_cast<uintptr_t>(next); }
};
static_assert(sizeof(Entry) == 24);

// What a new block is made from.
struct EntrySpec {
  coffer_key key;
  coffer_bytes value, meta;
  void* object = nullptr;
  const coffer_object_type* object_type = nullptr;
  uint64_t weight = 0;
  uint32_t flags = 0;
  uint32_t format = COFFER_FORMAT_RAW;
  bool can_expire = false;

  // By `plan`, when all else is set.
  uint8_t parts = 0;
  uint64_t size = 0;    // of the block
  uint64_t charge = 0;  // towards a byte limit, but for the weight

  void plan(const Pool& pool);
  bool alone() const { return (parts & Entry::kAlone) != 0; }
};

// An entry that nobody else sees yet, with zeroed node, version and expiry; NULL without memory. It
// does not own the object before it is linked. Under the shard's lock, unless it is alone.
Entry* make_entry(Pool* pool, const EntrySpec& spec);

// Frees what was linked once, under the shard's lock, but not its object.
void free_entry(Entry* entry);
// The same for one alone that the pool never adopted, or that has outlived it. Without a lock.
void free_block(Entry* entry);

// Fills `out` with what can be had without a pin.
void describe(const Home& home, const Entry* entry, coffer_entry* out);

// Gives a pin back. The last one after the entry left gives back its object and, unless readers of
// an earlier epoch may still see it, its block. Not while holding a lock. (As
// coffer_entry.release.)
void unpin(void* entry);

// Gives the object of an entry back that nobody pins and nobody can pin any more.
void release_object(Entry* entry);

// No reader of an earlier epoch is left: the block goes, now or with its last pin. The host is told.
void end_limbo(const Home& home, Entry* entry);

inline bool Entry::pin() {
  uint32_t seen = refs.load(std::memory_order_relaxed);
  while (seen & kLinked) {
    if (refs.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire,
                                   std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_ENTRY_H_
