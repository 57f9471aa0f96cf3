#include "plugins/conformance/testing/reference_strategy.h"

#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "plugins/conformance/testing/fake_host.h"

namespace coffer::conformance {
namespace {

constexpr size_t kNodeSize = 24;
constexpr size_t kNodeAlign = 8;
constexpr unsigned char kMark = 0xa7;

struct Shard {
  struct Entry {
    uint64_t turn;
    uint64_t weight;
  };

  FakeHost* host;
  std::atomic<bool> busy{false};
  uint64_t turns = 0;
  std::map<uint64_t, void*> order;
  std::unordered_map<void*, Entry> live;

  void problem(const std::string& text) { host->add_problem("strategy contract: " + text); }
};

// Notices two calls on one shard at once.
class Turn {
 public:
  Turn(Shard* shard, const char* function) : shard_(shard), alone_(!shard->busy.exchange(true)) {
    if (!alone_) shard->problem(std::string(function) + " overlaps another call on its shard");
  }
  ~Turn() {
    if (alone_) shard_->busy.store(false);
  }
  explicit operator bool() const { return alone_; }

 private:
  Shard* shard_;
  bool alone_;
};

// The store may write the first byte only, and only to count hits.
void mark(void* node) { std::memset(static_cast<char*>(node) + 1, kMark, kNodeSize - 1); }

void check_mark(Shard* shard, const void* node, const char* function) {
  const auto* bytes = static_cast<const unsigned char*>(node);
  for (size_t i = 1; i < kNodeSize; ++i) {
    if (bytes[i] == kMark) continue;
    shard->problem(std::string(function) + ": the bytes of a node were changed since insert");
    return;
  }
}

void check_fresh(Shard* shard, const void* node, const char* function) {
  const auto* bytes = static_cast<const unsigned char*>(node);
  if (reinterpret_cast<uintptr_t>(node) % kNodeAlign != 0) {
    shard->problem(std::string(function) + ": the node is not aligned to node_align");
  }
  for (size_t i = 0; i < kNodeSize; ++i) {
    if (bytes[i] == 0) continue;
    shard->problem(std::string(function) + ": the bytes of a new node are not zero");
    return;
  }
}

void destroy(void* self) { delete static_cast<FakeHost**>(self); }

coffer_status shard_create(void* self, uint64_t, void** shard, coffer_sink*) {
  auto fresh = std::make_unique<Shard>();
  fresh->host = *static_cast<FakeHost**>(self);
  *shard = fresh.release();
  return COFFER_OK;
}

void shard_destroy(void* state) {
  auto* shard = static_cast<Shard*>(state);
  if (!Turn(shard, "shard_destroy")) return;
  delete shard;
}

void add(Shard* shard, void* node, const coffer_node_info* info, uint64_t turn) {
  mark(node);
  shard->live[node] = {turn, info->weight};
  shard->order[turn] = node;
}

void insert(void* state, void* node, const coffer_node_info* info) {
  auto* shard = static_cast<Shard*>(state);
  Turn turn(shard, "insert");
  if (!turn) return;
  if (shard->live.count(node) != 0)
    return shard->problem("insert: the node is in the shard already");
  check_fresh(shard, node, "insert");
  add(shard, node, info, ++shard->turns);
}

void replace(void* state, void* old_node, void* node, const coffer_node_info* info, uint8_t used) {
  auto* shard = static_cast<Shard*>(state);
  Turn turn(shard, "replace");
  if (!turn) return;
  auto old = shard->live.find(old_node);
  if (old == shard->live.end()) return shard->problem("replace: the old node is not in the shard");
  if (used > 1) shard->problem("replace: `used` is neither 0 nor 1");
  check_mark(shard, old_node, "replace");
  const uint64_t place = old->second.turn;
  shard->live.erase(old);
  if (node != old_node) {
    if (shard->live.count(node) != 0) return shard->problem("replace: the new node is in use");
    check_fresh(shard, node, "replace");
  }
  add(shard, node, info, place);
}

void hits(void* state, void* const* nodes, size_t count) {
  auto* shard = static_cast<Shard*>(state);
  Turn turn(shard, "hits");
  if (!turn) return;
  for (size_t i = 0; i < count; ++i) {
    if (shard->live.count(nodes[i]) == 0) shard->problem("hits: a node is not in the shard");
  }
}

void hits_unwanted(void* state, void* const*, size_t) {
  static_cast<Shard*>(state)->problem("hits: called although hit_mode is neither BATCH nor RECENT");
}

void remove(void* state, void* node, int32_t reason) {
  auto* shard = static_cast<Shard*>(state);
  Turn turn(shard, "remove");
  if (!turn) return;
  auto entry = shard->live.find(node);
  if (entry == shard->live.end()) return shard->problem("remove: the node is not in the shard");
  if (reason < COFFER_REMOVE_EVICTED || reason > COFFER_REMOVE_DELETED) {
    shard->problem("remove: unknown reason " + std::to_string(reason));
  }
  check_mark(shard, node, "remove");
  shard->order.erase(entry->second.turn);
  shard->live.erase(entry);
}

size_t victims(void* state, uint64_t need, void** nodes, size_t capacity) {
  auto* shard = static_cast<Shard*>(state);
  Turn turn(shard, "victims");
  if (!turn) return 0;
  size_t n = 0;
  uint64_t sum = 0;
  for (auto entry = shard->order.begin(); entry != shard->order.end(); ++entry) {
    if (n == capacity || (n > 0 && sum >= need)) break;
    nodes[n++] = entry->second;
    sum += shard->live[entry->second].weight;
  }
  return n;
}

void resize(void* state, uint64_t) { Turn(static_cast<Shard*>(state), "resize"); }

uint64_t bytes(const void* state) {
  const auto* shard = static_cast<const Shard*>(state);
  return sizeof(*shard) + shard->live.size() * 96;
}

coffer_strategy make_table(int32_t hit_mode) {
  coffer_strategy table = {};
  table.struct_size = sizeof(table);
  table.hit_mode = hit_mode;
  table.node_size = kNodeSize;
  table.node_align = kNodeAlign;
  table.hit_limit = hit_mode == COFFER_HITS_BYTE ? 3 : 0;
  table.destroy = destroy;
  table.shard_create = shard_create;
  table.shard_destroy = shard_destroy;
  table.insert = insert;
  table.replace = replace;
  table.hits = hears_of_hits(hit_mode) ? hits : hits_unwanted;
  table.remove = remove;
  table.victims = victims;
  table.resize = resize;
  table.bytes = bytes;
  return table;
}

}  // namespace

const coffer_strategy* reference_strategy(int32_t hit_mode) {
  static const coffer_strategy tables[] = {
      make_table(COFFER_HITS_NONE), make_table(COFFER_HITS_BYTE), make_table(COFFER_HITS_BATCH),
      make_table(COFFER_HITS_RECENT)};
  return &tables[hit_mode];
}

void* new_reference_strategy(FakeHost* host) { return new FakeHost*(host); }

}  // namespace coffer::conformance
