// Unpins entries: what coffer_entry_release does, for core, which stands below the doors.
#ifndef COFFER_CORE_REF_ENTRY_H_
#define COFFER_CORE_REF_ENTRY_H_

#include "coffer/entry.h"

namespace coffer::core {

// Clears the struct first, so that a second call does nothing.
inline void release_entry(coffer_entry& entry) {
  void (*release)(void*) = entry.release;
  void* owner = entry.owner;
  entry = {};
  if (release != nullptr) release(owner);
}

// Releases what is left in an entry at the end of the scope.
class EntryGuard {
 public:
  explicit EntryGuard(coffer_entry& entry) : entry_(entry) {}
  EntryGuard(const EntryGuard&) = delete;
  EntryGuard& operator=(const EntryGuard&) = delete;
  ~EntryGuard() { release_entry(entry_); }

 private:
  coffer_entry& entry_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_REF_ENTRY_H_
