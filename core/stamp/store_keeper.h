// Stamps in any store that can get, add, set and remove.
//
// A tag or a conjunction is an entry of 8 bytes, its stamp. A space is an entry too: its stamp,
// then its schemes. Adding a scheme overwrites it with another stamp: so whoever loses a scheme, to
// an overwrite by another process or to an eviction, sees that the space has moved. Moving removes
// entries, and what is missing is made again by the next pin: a space with all schemes that this
// process has met there, so that they need not be added, each with a move, one by one.
#ifndef COFFER_CORE_STAMP_STORE_KEEPER_H_
#define COFFER_CORE_STAMP_STORE_KEEPER_H_

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/stamp/keeper.h"

namespace coffer::core {

// What it needs of a store. Each call is for a batch; one item that fails fails it all.
// [any-thread]
class StampStore {
 public:
  struct Item {
    std::string key;
    std::string value;    // get: out, put: in
    bool done = false;    // get: it was there; add: it was not there, and is now
    coffer_ttl left = 0;  // get: how long it is kept from now; negative: for ever
  };

  virtual ~StampStore() = default;
  virtual coffer_status get(std::span<Item> items, coffer_time deadline, coffer_sink& sink) = 0;
  // Those that are there already stay as they are.
  virtual coffer_status add(std::span<Item> items, coffer_ttl ttl, coffer_time deadline,
                            coffer_sink& sink) = 0;
  virtual coffer_status set(std::span<Item> items, coffer_ttl ttl, coffer_time deadline,
                            coffer_sink& sink) = 0;
  virtual coffer_status touch(std::span<Item> items, coffer_ttl ttl, coffer_time deadline,
                              coffer_sink& sink) = 0;
  // Those that are missing do not matter.
  virtual coffer_status remove(std::span<Item> items, coffer_time deadline, coffer_sink& sink) = 0;
};

// NUL, 's', and the id, low half first, little-endian: 18 bytes. Names of namespaces do not start
// with NUL, and core refuses keys that do, so no key of a caller is one of these.
inline constexpr char kStampKeyStart[] = {'\0', 's'};
std::string stamp_key(const coffer_stamp_id& id);

class StoreKeeper final : public StampKeeper {
 public:
  explicit StoreKeeper(std::unique_ptr<StampStore> store) : store_(std::move(store)) {}

  coffer_status pin(std::span<coffer_stamp_pin> items, coffer_time deadline,
                    coffer_sink& sink) override;
  coffer_status read(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                     std::span<uint64_t> stamps, coffer_sink& sink) override;
  coffer_status move(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                     coffer_sink& sink) override;
  coffer_status schemes(const coffer_stamp_id& space, coffer_time deadline,
                        std::vector<Scheme>& out, coffer_sink& sink) override;
  void before_fork() override { met_.mutex.lock(); }
  void after_fork() override { met_.mutex.unlock(); }

 private:
  class Pinning;

  // The schemes met of some spaces. Too many are forgotten.
  class Met {
   public:
    void note(const coffer_stamp_id& space, const std::vector<Scheme>& schemes);
    std::vector<Scheme> of(const coffer_stamp_id& space);

    std::mutex mutex;

   private:
    static constexpr size_t kMostSpaces = 1024;
    std::map<std::pair<uint64_t, uint64_t>, std::vector<Scheme>> spaces_;
  };

  const std::unique_ptr<StampStore> store_;
  Met met_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_STORE_KEEPER_H_
