// The stamps of a store that other processes use too: each is in the store, and so is every check.
#ifndef COFFER_CORE_STAMP_SHARED_H_
#define COFFER_CORE_STAMP_SHARED_H_

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "core/stamp/keeper.h"
#include "core/stamp/seen.h"
#include "core/stamp/stamps.h"

namespace coffer::core {

class SharedStamps final : public Stamps {
 public:
  explicit SharedStamps(std::unique_ptr<StampKeeper> keeper) : keeper_(std::move(keeper)) {}

  // Instants of this process. A stamp that it saw before `began` and sees again has not moved
  // since; one that it sees for the first time may have, so the first value that depends on
  // something late is not kept.
  uint64_t now() const override { return clock_.load(std::memory_order_seq_cst); }

  // Every conjunction has its space in the same list.
  coffer_status pin(std::span<const Dependency> dependencies, coffer_time deadline,
                    std::vector<Stamp>& out, coffer_sink& sink) override;
  coffer_status pin_late(std::span<const Dependency> dependencies, uint64_t began,
                         coffer_time deadline, std::vector<Stamp>& out, coffer_sink& sink) override;
  // Nothing is held: the store keeps stamps for as long as it likes.
  void unpin(std::span<const Stamp>, coffer_time) noexcept override {}
  coffer_status check(std::span<const Stamp> stamps, coffer_time deadline, size_t* which,
                      coffer_sink& sink) override;
  coffer_status move(std::span<const DependencyId> tags_or_spaces, coffer_time deadline,
                     coffer_sink& sink) override;
  coffer_status move_rows(std::span<const Row> rows, coffer_time deadline,
                          coffer_sink& sink) override;
  // Names are not kept in the store: only the id is known.
  std::string name(const Stamp& stamp) const override;
  // Of what others do nothing is known: moves of this process only.
  Counts count() const override;
  void before_fork() override {
    seen_.before_fork();
    keeper_->before_fork();
  }
  void after_fork() override {
    keeper_->after_fork();
    seen_.after_fork();
  }

 private:
  const std::unique_ptr<StampKeeper> keeper_;
  Seen seen_;
  std::atomic<uint64_t> clock_{1};
  std::atomic<uint64_t> moves_{0};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_SHARED_H_
