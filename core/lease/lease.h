// One lease: a place in the line of those who want the same missing value. The first in line
// computes it.
#ifndef COFFER_CORE_LEASE_LEASE_H_
#define COFFER_CORE_LEASE_LEASE_H_

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/fetch.h"
#include "core/lease/computation.h"
#include "core/lease/value.h"
#include "core/queue/queue.h"
#include "core/ref/entry.h"
#include "core/ref/ref.h"
#include "core/stamp/pinned.h"
#include "core/txn/txn.h"

namespace coffer::core {

class LeaseTable;
struct Line;

// What its owner asked for.
struct LeaseRequest {
  int64_t hard = 0;  // how long a lead lasts
  int64_t soft = 0;  // how long to wait before a stale value will do, 0: as long as it takes
  int32_t on_error = COFFER_ON_ERROR_RETRY;
  bool refreshes_early = true;  // asked for a fresh entry, it takes a lease if nobody has one
  bool has_stale = false;
  bool refresh = false;  // although there is a fresh value
  std::vector<Dependency> dependencies;
  Ref<coffer_txn> txn;
};

// What those in line are told.
struct LeaseNews {
  enum Kind {
    kNone,
    kLead,    // it is their turn
    kLeads,   // it has been their turn already
    kStored,  // the value is in the store
    kValue,   // here is the value; it is not in the store
    kFailed,  // the computation failed
    kCycle,   // it would wait for itself
    kStale    // take the stale one
  };
  Kind kind = kNone;
  std::shared_ptr<const LoadedValue> value;  // of kFailed: the failure as an object, or NULL
  coffer_status status = COFFER_OK;
  std::shared_ptr<const std::string> message;  // of kFailed; NULL: there was no memory for it
};

// Why a computation came to no end.
struct LeaseFailure {
  coffer_status status;
  std::string_view message;
  std::shared_ptr<const LoadedValue> object;  // the same as an object of a language, or NULL
};

// Guarded by the lock of its stripe; but whoever made it kPreparing or kCommitting has `request`,
// `stamps`, `began` and `root` to itself.
struct Lease {
  Lease() = default;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  enum Role {
    kWaiting,
    kPreparing,  // leads, but its stamps are not taken yet
    kLeading,
    kCommitting,  // somebody is in a commit
    kStoring,     // and writing to the store: who changes the key waits for it
    kEnded
  };

  coffer_lease id = 0;
  LeaseTable* table = nullptr;
  Role role = kWaiting;
  pthread_t
      owner{};  // the thread that entered the line; others do not live on in the child of a fork
  std::shared_ptr<Line> line;
  LeaseRequest request;
  bool superseded = false;
  coffer_time deadline = COFFER_NEVER;    // of the lead
  coffer_time soft_until = COFFER_NEVER;  // of the wait
  LeaseNews news;
  std::condition_variable changed;

  // As they were before the computation began.
  coffer_time since = 0;
  uint64_t began = 0;
  uint64_t root = 0;
  PinnedStamps stamps;
  uint64_t seen = 0;  // the version of the entry there was, fresh or not; 0: none

  // The computation it leads for, if anybody said so.
  Ref<coffer_computation> computation;
  // The computation that waits with it, while it does. Guarded by wait_graph().
  Ref<coffer_computation> within;
  std::atomic<bool> watched{false};  // there is one

  // For coffer_get_or_load, which hands the committed value on.
  bool keeps_value = false;
  coffer_entry kept{};

  // Who is to be told of news, once; and with what, made beforehand, since it is promised.
  Ref<coffer_queue> queue;
  std::unique_ptr<Event> event;
  uint64_t tag = 0;

  size_t bytes = 0;  // that it takes

  ~Lease() { release_entry(kept); }
  bool leads() const {
    return role == kPreparing || role == kLeading || role == kCommitting || role == kStoring;
  }
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LEASE_LEASE_H_
