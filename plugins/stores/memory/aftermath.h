// What a change leaves to do once the shard's lock is given back: events, and objects to release.
#ifndef COFFER_PLUGINS_STORES_MEMORY_AFTERMATH_H_
#define COFFER_PLUGINS_STORES_MEMORY_AFTERMATH_H_

#include "coffer/queue.h"
#include "plugins/stores/memory/entry.h"

namespace coffer::memory {

class Aftermath {
 public:
  explicit Aftermath(Home* home) : home_(home) {}
  ~Aftermath() { settle(); }
  Aftermath(const Aftermath&) = delete;
  Aftermath& operator=(const Aftermath&) = delete;

  // Full: what is at hand has to be settled before anything else may leave the shard.
  bool full() const { return count_ == kItems; }

  // Keeps an entry that is just leaving, if there is something to do about it. `event` is a
  // COFFER_EVENT_* or 0. True if it was kept: it has a pin then.
  bool keep(Entry* entry, uint32_t event) {
    if (event != 0 && (home_->host->events_wanted(home_->host) & event) == 0) event = 0;
    if (event == 0 && !entry->has_object()) return false;
    entry->refs.fetch_add(1, std::memory_order_relaxed);
    items_[count_++] = {entry, event};
    return true;
  }

  // Without the lock.
  void settle() {
    for (uint32_t i = 0; i < count_; ++i) {
      Entry* entry = items_[i].entry;
      if (items_[i].event != 0) {
        home_->host->event(home_->host, items_[i].event, entry->key(home_->key_offset),
                           entry->key_size);
      }
      unpin(entry);
    }
    count_ = 0;
  }

 private:
  static constexpr uint32_t kItems = 32;
  struct Item {
    Entry* entry;
    uint32_t event;
  };

  Home* home_;
  uint32_t count_ = 0;
  Item items_[kItems];
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_AFTERMATH_H_
