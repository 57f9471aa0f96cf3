// Keeps the stamps of a store that other processes use too: coffer.store.stamps/1 in the words of
// core.
#ifndef COFFER_CORE_STAMP_KEEPER_H_
#define COFFER_CORE_STAMP_KEEPER_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coffer/plugin/store_stamps.h"
#include "core/dependency/dependency.h"
#include "core/error/error.h"

namespace coffer::core {

// What each function promises stands in store_stamps.h. [any-thread]
class StampKeeper {
 public:
  virtual ~StampKeeper() = default;
  virtual coffer_status pin(std::span<coffer_stamp_pin> items, coffer_time deadline,
                            coffer_sink& sink) = 0;
  virtual coffer_status read(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                             std::span<uint64_t> stamps, coffer_sink& sink) = 0;
  virtual coffer_status move(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                             coffer_sink& sink) = 0;
  virtual coffer_status schemes(const coffer_stamp_id& space, coffer_time deadline,
                                std::vector<Scheme>& out, coffer_sink& sink) = 0;
  virtual void before_fork() {}
  virtual void after_fork() {}
};

// How long stamps are kept after somebody last computed under them: an entry that lives longer
// reads as changed then.
inline constexpr coffer_ttl kStampLifetime = int64_t{60} * 24 * 3600 * 1'000'000'000;

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_KEEPER_H_
