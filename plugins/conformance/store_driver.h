// A store under test, driven with suspicion: inputs vanish after each call, outputs are framed by
// canaries, and every answer is checked against the rules that hold for all calls.
#ifndef COFFER_PLUGINS_CONFORMANCE_STORE_DRIVER_H_
#define COFFER_PLUGINS_CONFORMANCE_STORE_DRIVER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/conformance/case.h"

namespace coffer::conformance {

// A pinned entry, released once.
class Pin {
 public:
  Pin() = default;
  explicit Pin(const coffer_entry& entry) : entry_(entry) {}
  Pin(Pin&& from) noexcept : entry_(std::exchange(from.entry_, {})) {}
  Pin& operator=(Pin&& from) noexcept;
  ~Pin() { release(); }

  const coffer_entry* operator->() const { return &entry_; }
  const coffer_entry& entry() const { return entry_; }
  std::string value() const;
  std::string meta() const;
  void release();

 private:
  coffer_entry entry_ = {};
};

struct Put {
  std::string key = {};
  std::string value = {};
  std::string meta = {};
  coffer_ttl ttl = COFFER_TTL_FOREVER;
  int32_t mode = COFFER_PUT_SET;
  uint64_t expected_version = 0;
  uint32_t flags = 0;
  uint32_t format = COFFER_FORMAT_RAW;
  uint64_t weight = 0;
  void* object = nullptr;
  const coffer_object_type* object_type = nullptr;
};

struct Written {
  coffer_status status;
  uint64_t version;
};

struct Got {
  coffer_status status;
  Pin pin;
};

struct Read {
  coffer_status status;
  std::string value;
  std::string meta;
  coffer_store_read io;
};

class Store {
 public:
  Store(const Case& c, FakeHost& host, const OptionValues& options = {});

  // All keys hash to this number from now on.
  void collide(uint64_t hash) { one_hash_ = hash; }
  // A call may fail with this status; then each item has it.
  void tolerate(coffer_status status) { tolerated_ = status; }
  uint64_t caps() const { return table_.caps; }
  const coffer_store& table() const { return table_; }
  void* self() const { return instance_.self(); }
  void destroy() { instance_.destroy(); }

  std::vector<Written> put_all(const std::vector<Put>& items);
  std::vector<Got> get_all(const std::vector<std::string>& keys, uint32_t flags = 0);
  // As many versions as keys, or none.
  std::vector<coffer_status> del_all(const std::vector<std::string>& keys,
                                     const std::vector<uint64_t>& versions = {});
  std::vector<coffer_status> touch_all(const std::vector<std::string>& keys,
                                       const std::vector<coffer_ttl>& ttls);
  Written put(const Put& item) { return put_all({item})[0]; }
  Got get(const std::string& key, uint32_t flags = 0);
  coffer_status del(const std::string& key) { return del_all({key})[0]; }
  coffer_status del(const std::string& key, uint64_t version) {
    return del_all({key}, {version})[0];
  }
  coffer_status touch(const std::string& key, coffer_ttl ttl);

  Read read(const std::string& key, size_t capacity, size_t meta_capacity);
  uint64_t clear(const std::string& prefix);
  void maintain();
  coffer_store_stats stats() const;

  // The key as the store sees it. Views `key`.
  coffer_key make_key(std::string_view key) const;

  // Where a page of a scan goes.
  class Scan {
   public:
    Scan(Store& store, const std::string& prefix);
    Scan(Scan&& from) noexcept;
    ~Scan();
    // Appends the next page; false at the end.
    bool next(size_t page, std::vector<std::string>* keys);

   private:
    Store* store_;
    void* scan_ = nullptr;
  };
  std::vector<std::string> scan(const std::string& prefix, size_t page);

 private:
  void judge(const char* call, coffer_status status, const FakeSink& sink,
             const coffer_outcome* each, size_t count) const;
  void judge_entry(coffer_status status, uint32_t flags, const coffer_entry& entry) const;

  const Case& c_;
  FakeHost& host_;
  Instance instance_;
  coffer_store table_;
  std::optional<uint64_t> one_hash_;
  coffer_status tolerated_ = COFFER_OK;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_STORE_DRIVER_H_
