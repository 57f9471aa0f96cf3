// Keeps the stamps of a local store for as long as its entries need them.
#ifndef COFFER_CORE_CACHE_ENTRY_STAMPS_H_
#define COFFER_CORE_CACHE_ENTRY_STAMPS_H_

#include "core/freshness/roots.h"
#include "core/lease/table.h"
#include "core/runtime/host.h"
#include "core/stamp/stamps.h"

namespace coffer::core {

// [any-thread]
class EntryStamps final : public EntryWatcher {
 public:
  EntryStamps(Stamps& stamps, LeaseTable& leases, Roots& roots)
      : stamps_(stamps), leases_(leases), roots_(roots) {}

  void stored(coffer_bytes meta) noexcept override;
  void left(coffer_bytes meta) noexcept override;
  uint64_t held(int32_t what) const noexcept override;

 private:
  Stamps& stamps_;
  LeaseTable& leases_;
  Roots& roots_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_ENTRY_STAMPS_H_
