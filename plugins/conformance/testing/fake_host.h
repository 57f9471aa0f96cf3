// A host for tests of plugins: everything a plugin may ask of its host, watched and steerable.
//
//   FakeHost host;
//   FakeSink sink;
//   coffer_instance instance = {};
//   coffer_status status = create(host.get(), "mine", options.data(), options.size(), &instance,
//                                 sink.get());
//   EXPECT_EQ(sink.problem(status), "");       // failed <=> said why, once, with this status
//   ...
//   EXPECT_EQ(host.problems(), "");            // no leak, no double release, no broken canary
//
// It stands on the headers alone, so that it can be linked beside a plugin without libcoffer.
#ifndef COFFER_PLUGINS_CONFORMANCE_TESTING_FAKE_HOST_H_
#define COFFER_PLUGINS_CONFORMANCE_TESTING_FAKE_HOST_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/plugin/plugin.h"
#include "coffer/queue.h"
#include "plugins/conformance/testing/options.h"

namespace coffer::conformance {

class FakeStrategies;

// One call of host->fail.
struct Failure {
  coffer_status status = COFFER_OK;
  uint32_t flags = 0;
  std::string message;
  std::vector<std::pair<std::string, std::string>> details;

  // The value of a detail, or NULL.
  const std::string* detail(std::string_view name) const;
};

// The failure slot of one call. Stands in for the opaque coffer_sink; any thread may write it.
class FakeSink {
 public:
  FakeSink() = default;
  FakeSink(const FakeSink&) = delete;
  FakeSink& operator=(const FakeSink&) = delete;
  ~FakeSink() { magic_ = 0; }

  coffer_sink* get() { return reinterpret_cast<coffer_sink*>(this); }

  // What is wrong with the reports in view of the status that the call returned: duty P4, and the
  // text. Empty if nothing.
  std::string problem(coffer_status returned) const;

  // All calls of fail so far, and forgetting them for the next call.
  std::vector<Failure> failures() const;
  void reset();

  // NULL unless `sink` is the handle of a FakeSink that lives.
  static FakeSink* from(coffer_sink* sink);
  void add(Failure failure);
  void add_detail(std::string name, std::string value);

 private:
  static constexpr uint64_t kMagic = 0x636f66666572536bu;
  uint64_t magic_ = kMagic;
  mutable std::mutex mutex_;
  std::vector<Failure> failures_;
};

struct LogLine {
  int32_t severity;
  std::string text;
};

struct KeyEvent {
  uint32_t kind;  // COFFER_EVENT_EVICT or COFFER_EVENT_EXPIRE
  std::string key;
};

class FakeHost {
 public:
  // With `tail` the host is of a later release: its table is longer by that many (garbage) bytes.
  explicit FakeHost(size_t tail = 0);
  ~FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const coffer_host* get() const { return table_; }
  static FakeHost& of(const coffer_host* host) { return *static_cast<FakeHost*>(host->self); }

  // The release of the ABI that the host says it has.
  void set_abi_version(uint32_t version) { table_->abi_version = version; }

  // ---- Clock: stands still until moved. Starts at 1000 s.
  coffer_time now() const { return now_.load(std::memory_order_relaxed); }
  void advance(int64_t nanoseconds) { now_.fetch_add(nanoseconds, std::memory_order_relaxed); }
  // How far COARSE is behind PRECISE, and LATEST ahead of it.
  void set_clock_bounds(int64_t behind, int64_t ahead) {
    coarse_lag_ = behind;
    latest_lead_ = ahead;
  }

  // ---- Memory
  // The k-th allocation from now on fails, and only that one; 0: none does.
  void fail_allocation(uint64_t k);
  uint64_t allocations() const { return allocations_.load(); }  // since construction
  uint64_t live_blocks() const { return live_blocks_.load(); }
  uint64_t live_bytes() const { return live_bytes_.load(); }

  // ---- Life
  // Says that the last instance has ended: a call from now on is a problem unless host->retain
  // holds the host.
  void expect_silence() { silent_ = true; }
  int64_t holds() const { return holds_.load(); }

  // ---- Objects
  // A descriptor whose objects are counted by this host, and a new object of it with one reference
  // (that of the store it will be put into).
  const coffer_object_type* object_type() const { return &object_type_; }
  void* new_object();
  // How often the host's object_release was called for `object`; and for all objects.
  uint64_t releases_of(const void* object) const;
  uint64_t releases() const;

  // ---- Events and logs
  void want_events(uint32_t mask) { events_wanted_ = mask; }
  std::vector<KeyEvent> take_events();
  std::vector<LogLine> take_logs();

  // ---- Completions of coffer.store.async/1
  // A token to submit with. Completing another one, or one twice, is a problem.
  uint64_t new_token();
  // The status `token` was completed with, waiting for it up to `timeout`.
  std::optional<coffer_status> wait(uint64_t token, std::chrono::milliseconds timeout);
  uint64_t completions_of(uint64_t token) const;

  // ---- Strategies for stores ("coffer.host.strategies/1")
  // A strategy linked into the test, by the functions of its static build.
  void add_strategy(coffer_plugin_info_fn info, coffer_plugin_create_fn create);
  // A strategy from a file; false and `*error` if it cannot be used.
  bool add_strategy_file(const std::string& path, std::string* error);
  // Names not added are looked up as FOLDER/libcoffer_NAME.so.
  void set_strategy_folder(const std::string& folder);
  // Names found nowhere get the reference strategy: fifo, and it reports as a problem of this host
  // whatever a store does against coffer/plugin/strategy.h.
  void use_reference_strategy(int32_t hit_mode = COFFER_HITS_BATCH);
  // Options that strategies opened from now on get ("strategy.x" of a cache URL, without the dot).
  void set_strategy_options(OptionValues values);
  // How many strategies are open.
  size_t open_strategies() const;

  // ---- Other extensions
  void set_extension(const std::string& id, const void* table);

  // ---- Judgement
  void add_problem(std::string text);
  // Problems so far, one a line, and now also what is not given back (memory, holds, strategies);
  // for the end of a test. Empty is good.
  std::string problems() const;
  // The same without what may still be given back.
  std::string problems_so_far() const;

 private:
  friend class FakeHostTable;
  friend class FakeStrategies;

  bool allocation_fails();

  std::vector<uint64_t> table_memory_;
  coffer_host* table_;
  std::atomic<coffer_time> now_{1000000000000};
  std::atomic<int64_t> coarse_lag_{0}, latest_lead_{0};
  std::atomic<uint64_t> allocations_{0}, fail_at_{0}, live_blocks_{0}, live_bytes_{0};
  std::atomic<uint32_t> events_wanted_{0};
  std::atomic<int64_t> holds_{0};
  std::atomic<bool> silent_{false};

  coffer_object_type object_type_ = {};
  mutable std::mutex mutex_;
  std::condition_variable completed_;
  std::map<const void*, uint64_t> releases_;
  std::vector<std::unique_ptr<std::atomic<uint64_t>>> objects_;
  std::vector<KeyEvent> events_;
  std::vector<LogLine> logs_;
  std::map<uint64_t, std::vector<coffer_status>> completions_;
  std::map<std::string, const void*> extensions_;
  std::vector<std::string> problems_;
  std::unique_ptr<FakeStrategies> strategies_;
};

// While one lives, any call of a host from this thread is a problem of that host: for functions
// tagged [no-host-call].
class NoHostCalls {
 public:
  explicit NoHostCalls(const char* function);
  ~NoHostCalls();
  NoHostCalls(const NoHostCalls&) = delete;
  NoHostCalls& operator=(const NoHostCalls&) = delete;

 private:
  const char* outer_;
};

bool is_utf8(std::string_view text);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_TESTING_FAKE_HOST_H_
