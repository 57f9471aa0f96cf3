// Batches handed to stores that answer later: who waits for which token.
#ifndef COFFER_CORE_RUNTIME_ASYNC_H_
#define COFFER_CORE_RUNTIME_ASYNC_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "coffer/base.h"

namespace coffer::core {

class Host;

// Completions of one store. A token is answered once; what a store completes twice, or never got,
// is reported as its misbehaviour and changes nothing.
class AsyncBatches {
 public:
  using Done = std::function<void(coffer_status)>;

  explicit AsyncBatches(Host& host) : host_(host) {}

  uint64_t expect(Done done);
  // Takes the expectation back, for a submit that failed; false if it has been completed all the
  // same.
  bool forget(uint64_t token);
  // Called by the plugin, on any thread.
  void complete(uint64_t token, coffer_status status) noexcept;

 private:
  Done take(uint64_t token);

  Host& host_;
  std::mutex mutex_;
  uint64_t next_token_ = 1;
  std::unordered_map<uint64_t, Done> waiting_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_ASYNC_H_
