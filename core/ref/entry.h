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

}  // namespace coffer::core

#endif  // COFFER_CORE_REF_ENTRY_H_
