// One group of a batch: consecutive operations of one kind, laid out as the store wants them.
#ifndef COFFER_CORE_CACHE_BATCH_H_
#define COFFER_CORE_CACHE_BATCH_H_

#include <list>
#include <string>
#include <vector>

#include "coffer/plugin/store_async.h"
#include "core/cache/cache.h"
#include "core/cache/op.h"

namespace coffer::core {

class Group {
 public:
  // Borrows `ops`, all of one kind and is_simple().
  Group(coffer_cache& cache, const coffer_op* ops, size_t count);
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group();

  // Checks the operations. If finish() does not follow, all is as if it had not been called.
  coffer_status prepare(coffer_sink& sink);
  // Runs them now, or describes them for a store that answers later.
  coffer_status run(coffer_sink& sink);
  coffer_store_batch store_batch(coffer_sink& sink);
  // Turns what the store answered into results and counts them.
  void finish(coffer_status status, coffer_result* results);

 private:
  coffer_status prepare_puts(coffer_sink& sink);
  coffer_status prepare_put(size_t i, coffer_sink& sink);
  void finish_item(size_t i, coffer_result& result);
  std::string_view key_of(size_t i) const {
    return {static_cast<const char*>(ops_[i].key.data), ops_[i].key.size};
  }

  coffer_cache& cache_;
  const coffer_op* const ops_;
  const size_t count_;
  StoreKeys keys_;
  std::vector<coffer_outcome> outcomes_;
  std::vector<coffer_entry> entries_;
  std::vector<coffer_store_put> puts_;
  std::list<coffer_cache::Plan> plans_;  // of puts that are more than bytes and a time to live
  std::vector<coffer_cache::Plan*> plan_of_;
  std::vector<uint64_t> versions_;
  std::vector<coffer_ttl> ttls_;
  size_t retained_ = 0;  // of puts_: holding a reference on their objects for the store
  bool sent_ = false;
};

coffer_cache::Put put_of(const coffer_op& op);

// Whether the operation is one call of the store, so that it can go into a group.
bool is_simple(const coffer_op& op, const Store& store);

// Runs an operation that is not.
void run_single(coffer_cache& cache, const coffer_op& op, coffer_result& result, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_BATCH_H_
