// A store in front of a store: what goes through it is sealed, what comes back is opened.
#ifndef COFFER_CORE_WIRE_SEALED_STORE_H_
#define COFFER_CORE_WIRE_SEALED_STORE_H_

#include <functional>
#include <string>

#include "coffer/plugin/store.h"
#include "core/error/error.h"
#include "core/wire/sealer.h"

namespace coffer::core {

// [any-thread]
class SealedStore {
 public:
  // Told of each entry that nobody here can read: its key, and why.
  using Unreadable = std::function<void(const coffer_key& key, const coffer_error* why)>;

  // `inner` with its `inner_self` outlives this.
  SealedStore(const coffer_store& inner, void* inner_self, std::unique_ptr<Sealer> sealer,
              Unreadable unreadable);
  SealedStore(const SealedStore&) = delete;
  SealedStore& operator=(const SealedStore&) = delete;

  // As a plugin's, for `self` = this object. It neither copies nor keeps objects: an entry has to
  // be opened, which makes memory of its own. Whatever the plugin throws passes through.
  const coffer_store& table() const { return table_; }
  Sealer& sealer() const { return *sealer_; }

 private:
  template <auto Member>
  struct Forward;
  static SealedStore& of(void* self) { return *static_cast<SealedStore*>(self); }

  static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                           coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                           coffer_sink* sink);
  static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                           coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                           coffer_sink* sink);
  void open(const coffer_key& key, coffer_entry& entry, coffer_outcome& outcome) const;

  const coffer_store& inner_;
  void* const inner_self_;
  const std::unique_ptr<Sealer> sealer_;
  const Unreadable unreadable_;
  coffer_store table_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_WIRE_SEALED_STORE_H_
