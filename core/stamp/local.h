// The stamps of a store whose entries are all of this process: cells in memory.
//
// Each dependency that somebody computes under or that an entry has been stored with has a slot,
// with a cell that entries point to. A hit compares what the cells hold: no lock, no look-up.
//
// A store that tells of its entries (`hold` and `let_go`) pins a slot once for each: it goes with
// the last pin. Of one that does not, a slot goes when it is not pinned and `until` has passed
// (maintain), when its stamp moves while it is not pinned (what has the old one is dead, so nobody
// needs it), or when there are too many that are not pinned; then the one that has been idle the
// longest goes. So memory has a bound although entries may live for ever.
//
// Going moves the stamp: an entry that needed it after all reads as changed, which is always safe.
#ifndef COFFER_CORE_STAMP_LOCAL_H_
#define COFFER_CORE_STAMP_LOCAL_H_

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "core/stamp/recent.h"
#include "core/stamp/schemes.h"
#include "core/stamp/slots.h"
#include "core/stamp/stamps.h"

namespace coffer::core {

class LocalStamps final : public Stamps {
 public:
  // A slot takes about 150 bytes.
  static constexpr size_t kMostIdle = size_t{1} << 18;

  // Of slots that are not pinned it keeps at most about `most_idle`; none if the store tells of its
  // entries.
  explicit LocalStamps(size_t most_idle = kMostIdle);
  static constexpr size_t kStoreTells = 0;

  uint64_t now() const override { return clock_.load(std::memory_order_seq_cst); }
  coffer_status pin(std::span<const Dependency> dependencies, coffer_time deadline,
                    std::vector<Stamp>& out, coffer_sink& sink) override;
  coffer_status pin_late(std::span<const Dependency> dependencies, uint64_t began,
                         coffer_time deadline, std::vector<Stamp>& out, coffer_sink& sink) override;
  void unpin(std::span<const Stamp> stamps, coffer_time until) noexcept override;
  void prolong(std::span<const Stamp> stamps, coffer_time until) noexcept override;
  void hold(const Stamp& stamp) noexcept override;
  void let_go(const Stamp& stamp) noexcept override;
  size_t held() const noexcept override { return bytes_.load(std::memory_order_relaxed); }
  coffer_status check(std::span<const Stamp> stamps, coffer_time deadline, size_t* which,
                      coffer_sink& sink) override;
  coffer_status move(std::span<const DependencyId> tags_or_spaces, coffer_time deadline,
                     coffer_sink& sink) override;
  coffer_status move_rows(std::span<const Row> rows, coffer_time deadline,
                          coffer_sink& sink) override;
  void maintain(coffer_time now) noexcept override;
  std::string name(const Stamp& stamp) const override;
  Counts count() const override;
  void before_fork() override;
  void after_fork() override;

 private:
  struct alignas(64) Shard {
    explicit Shard(uint32_t its_number) : number(its_number) {}
    const uint32_t number;
    mutable std::mutex mutex;
    Slots slots;
    uint64_t moves = 0;
    size_t counted = 0;  // of its bytes, in those of all
  };
  static constexpr size_t kShards = 32;  // a power of two

  Shard& shard_of(const DependencyId& id) { return *shards_[id.low % kShards]; }
  Shard& shard_of(const Stamp& stamp) const { return *shards_[stamp.value % kShards]; }
  uint64_t tick() { return clock_.fetch_add(kShards, std::memory_order_seq_cst) + kShards; }
  // A stamp is the instant at which it was made, and below that the shard of its slot: whose memory
  // may have gone by the time that somebody asks.
  uint64_t make_stamp(const Shard& shard) { return tick() | shard.number; }
  static uint64_t instant_of(uint64_t stamp) { return stamp & ~uint64_t{kShards - 1}; }

  // All with the shard locked, except for the two that move.
  void count_bytes(Shard& shard) noexcept;
  static Slot* slot_of(const Stamp& stamp);
  void unpin_slot(Shard& shard, Slot* slot) noexcept;
  Slot* pin_slot(Shard& shard, const Dependency& dependency);
  bool moved_since(const Slot& slot, const Dependency& dependency, uint64_t began) const;
  void move_one(const DependencyId& id);
  void move_row(const Row& row);
  void reclaim(Shard& shard, Slot* slot) noexcept;

  // Events take their instants, and slots their stamps, from one count: so a stamp never comes
  // back, and a stamp tells when it was made. Mutexes are taken in this order: that of a slot's
  // shard, that of its space's.
  std::atomic<uint64_t> clock_{kShards};
  const size_t most_idle_;  // of a shard
  const bool store_tells_;
  std::atomic<size_t> bytes_{0};  // of the slots of all shards
  std::array<std::unique_ptr<Shard>, kShards> shards_;
  Schemes schemes_{clock_};
  Recent ids_;     // when each last moved, or would have
  Recent spaces_;  // when each last had an event of rows
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_LOCAL_H_
