// Stamps pinned for as long as a value is being computed.
#ifndef COFFER_CORE_STAMP_PINNED_H_
#define COFFER_CORE_STAMP_PINNED_H_

#include <span>
#include <utility>
#include <vector>

#include "core/stamp/stamps.h"

namespace coffer::core {

class PinnedStamps {
 public:
  PinnedStamps() = default;
  ~PinnedStamps() { unpin(); }
  PinnedStamps(const PinnedStamps&) = delete;
  PinnedStamps& operator=(const PinnedStamps&) = delete;

  coffer_status pin(Stamps& stamps, std::span<const Dependency> dependencies, coffer_time deadline,
                    coffer_sink& sink) {
    stamps_ = &stamps;
    return dependencies.empty() ? COFFER_OK : stamps.pin(dependencies, deadline, list_, sink);
  }
  coffer_status pin_late(Stamps& stamps, std::span<const Dependency> dependencies, uint64_t began,
                         coffer_time deadline, coffer_sink& sink) {
    stamps_ = &stamps;
    return dependencies.empty() ? COFFER_OK
                                : stamps.pin_late(dependencies, began, deadline, list_, sink);
  }
  coffer_status check(coffer_time deadline, coffer_sink& sink) const {
    return list_.empty() ? COFFER_OK : stamps_->check(list_, deadline, nullptr, sink);
  }
  // An entry was stored with them that may be served until then.
  void used_until(coffer_time until) { until_ = until; }
  std::span<const Stamp> list() const { return list_; }

  void unpin() noexcept {
    if (!list_.empty()) stamps_->unpin(list_, until_);
    list_.clear();
    until_ = kUnused;
  }

 private:
  static constexpr coffer_time kUnused = -1;

  Stamps* stamps_ = nullptr;
  std::vector<Stamp> list_;
  coffer_time until_ = kUnused;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_PINNED_H_
