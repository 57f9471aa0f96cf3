// Long random use of a store, next to a plain map that says what is right.
#include <map>
#include <set>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {
namespace {

class Model {
 public:
  explicit Model(StoreBench& bench) : b_(bench), random_(bench.c.random()) {
    for (int i = 0; i < 60; ++i) keys_.push_back((i % 3 == 0 ? "a:" : "b:") + str(i));
    keys_.insert(keys_.end(), {"", std::string("\0", 1), "\xff\xfe", std::string(300, 'k')});
  }

  void step() {
    switch (random_.below(20)) {
      case 0: return b_.host.advance(random_.below(2000));
      case 1: return random_.one_in(10) ? clear() : b_.store.maintain();
      case 2: return random_.one_in(10) ? compare_all() : touch();
      case 3:
      case 4: return del();
      case 5:
      case 6: return read();
      case 7: return pin();
      case 8:
      case 9:
      case 10:
      case 11:
      case 12: return put();
      default: return get();
    }
  }

  void compare_all() {
    for (const std::string& key : keys_) check(key, b_.store.get(key));
    if ((b_.store.caps() & COFFER_STORE_SCAN) == 0) return;
    std::set<std::string> listed;
    for (const std::string& key : b_.store.scan("a:", 1 + random_.below(20))) {
      if (!key.starts_with("a:")) fail("scan of \"a:\" lists " + quoted(key));
      if (!listed.insert(key).second) fail("scan lists " + quoted(key) + " twice");
    }
    for (const std::string& key : keys_) {
      if (key.starts_with("a:") && alive(key) && listed.count(key) == 0 && !evicted(key)) {
        fail("scan does not list " + quoted(key));
      }
    }
  }

 private:
  struct Entry {
    std::string value, meta;
    uint32_t flags, format;
    uint64_t version;
    coffer_time expires_at;
  };

  [[noreturn]] void fail(const std::string& text) {
    b_.c.fail(text + " [after " + str(calls_) + " calls]");
  }

  const std::string& any_key() { return keys_[random_.below(keys_.size())]; }

  std::vector<std::string> some_keys() {
    std::vector<std::string> keys(random_.one_in(4) ? random_.below(20) : 1);
    for (std::string& key : keys) key = any_key();
    return keys;
  }

  bool alive(const std::string& key) {
    auto found = entries_.find(key);
    if (found == entries_.end()) return false;
    const coffer_time expiry = found->second.expires_at;
    if (expiry == COFFER_NEVER || b_.host.now() < expiry) return true;
    entries_.erase(found);
    return false;
  }

  // An entry that is missing may have been evicted, if the store says that it evicts. Then the
  // model forgets it too.
  bool evicted(const std::string& key) {
    if (b_.store.stats().evictions <= evictions_) return false;
    ++evictions_;
    entries_.erase(key);
    return true;
  }

  coffer_ttl any_ttl() {
    return random_.one_in(2) ? COFFER_TTL_FOREVER
                             : static_cast<coffer_ttl>(1 + random_.below(8000));
  }
  coffer_time expiry(coffer_ttl ttl) {
    return ttl == COFFER_TTL_FOREVER ? coffer_time{COFFER_NEVER} : b_.host.now() + ttl;
  }

  // What a put must answer, and what it changes then.
  coffer_status expected(const Put& put) {
    const bool there = alive(put.key);
    if (put.mode == COFFER_PUT_ADD && there) return COFFER_EXISTS;
    if (put.mode >= COFFER_PUT_REPLACE && !there) return COFFER_MISS;
    if (put.mode == COFFER_PUT_CAS && entries_[put.key].version != put.expected_version) {
      return COFFER_CONFLICT;
    }
    return COFFER_OK;
  }

  void put() {
    std::vector<Put> puts;
    for (const std::string& key : some_keys()) {
      Put put = {.key = key, .value = random_.bytes(random_.below(random_.one_in(20) ? 5000 : 60))};
      put.meta = random_.bytes(random_.one_in(3) ? random_.below(40) : 0);
      put.ttl = any_ttl();
      put.mode = static_cast<int32_t>(random_.one_in(2) ? 0 : random_.below(4));
      put.flags = random_.one_in(5) ? COFFER_ENTRY_NULL : 0;
      put.format = static_cast<uint32_t>(random_.below(3) * 16);
      put.expected_version = alive(key) && !random_.one_in(3) ? entries_[key].version : 12345;
      puts.push_back(std::move(put));
    }
    ++calls_;
    const std::vector<Written> written = b_.store.put_all(puts);
    for (size_t i = 0; i < puts.size(); ++i) apply(puts[i], written[i]);
  }

  void apply(const Put& put, const Written& written) {
    coffer_status want = expected(put);
    if (want != written.status && alive(put.key) && evicted(put.key)) want = expected(put);
    if (want != written.status) {
      fail("put of " + quoted(put.key) + " in mode " + std::to_string(put.mode) + ": expected " +
           status_text(want) + ", got " + status_text(written.status));
    }
    if (want != COFFER_OK) return;
    if (!versions_.insert({put.key, written.version}).second) {
      fail("version " + str(written.version) + " of " + quoted(put.key) + " is used again");
    }
    entries_[put.key] = {put.value,  put.meta,        put.flags,
                         put.format, written.version, expiry(put.ttl)};
  }

  void check(const std::string& key, const Got& got) {
    const bool there = alive(key);
    if (there && got.status == COFFER_MISS && evicted(key)) return;
    if ((got.status == COFFER_OK) != there) {
      fail("get of " + quoted(key) + ": expected " + status_text(there ? COFFER_OK : COFFER_MISS) +
           ", got " + status_text(got.status));
    }
    if (there)
      compare(key, got.pin.value(), got.pin.meta(), got.pin->version, got.pin->flags,
              got.pin->format, got.pin->expires_at);
  }

  void compare(const std::string& key, const std::string& value, const std::string& meta,
               uint64_t version, uint32_t flags, uint32_t format, coffer_time expires_at) {
    const Entry& want = entries_[key];
    if (value != want.value) fail("the value of " + quoted(key) + " is another");
    if (meta != want.meta) fail("the meta of " + quoted(key) + " is another");
    if (version != want.version) fail("the version of " + quoted(key) + " is another");
    if (flags != want.flags) fail("the flags of " + quoted(key) + " are others");
    if (format != want.format) fail("the format of " + quoted(key) + " is another");
    if (expires_at != want.expires_at) fail("the expiry of " + quoted(key) + " is another");
  }

  void get() {
    const std::vector<std::string> keys = some_keys();
    ++calls_;
    const std::vector<Got> got = b_.store.get_all(keys);
    for (size_t i = 0; i < keys.size(); ++i) check(keys[i], got[i]);
  }

  // Holds a pin over the next steps, so that entries die while they are pinned.
  void pin() {
    const std::string key = any_key();
    Got got = b_.store.get(key);
    check(key, got);
    if (got.status == COFFER_OK) pins_[random_.below(pins_.size())] = std::move(got.pin);
  }

  void read() {
    if ((b_.store.caps() & COFFER_STORE_COPY) == 0) return;
    const std::string key = any_key();
    ++calls_;
    const Read read = b_.store.read(key, 6000, 1024);
    const bool there = alive(key);
    if (there && read.status == COFFER_MISS && evicted(key)) return;
    if (read.status != (there ? COFFER_OK : COFFER_MISS)) {
      fail("read of " + quoted(key) + " says " + status_text(read.status));
    }
    if (there)
      compare(key, read.value, read.meta, read.io.info.version, read.io.info.flags,
              read.io.info.format, read.io.info.expires_at);
  }

  void del() {
    const std::vector<std::string> keys = some_keys();
    ++calls_;
    std::vector<uint64_t> versions;
    if (random_.one_in(2)) {
      for (const std::string& key : keys) {
        const uint64_t present = alive(key) ? entries_[key].version : 0;
        versions.push_back(random_.one_in(3) ? 0 : random_.one_in(3) ? 12345 : present);
      }
    }
    const std::vector<coffer_status> statuses = b_.store.del_all(keys, versions);
    for (size_t i = 0; i < keys.size(); ++i) {
      const bool there = alive(keys[i]);
      const uint64_t version = versions.empty() ? 0 : versions[i];
      coffer_status want = there ? COFFER_OK : COFFER_MISS;
      if (there && version != 0 && version != entries_[keys[i]].version) want = COFFER_CONFLICT;
      if (statuses[i] != want && !(there && statuses[i] == COFFER_MISS && evicted(keys[i]))) {
        fail("del of " + quoted(keys[i]) + " says " + status_text(statuses[i]));
      }
      if (statuses[i] != COFFER_CONFLICT) entries_.erase(keys[i]);
    }
  }

  void touch() {
    const std::string key = any_key();
    const coffer_ttl ttl = any_ttl();
    ++calls_;
    const coffer_status status = b_.store.touch(key, ttl);
    const bool there = alive(key);
    if (there && status == COFFER_MISS && evicted(key)) return;
    if (status != (there ? COFFER_OK : COFFER_MISS)) {
      fail("touch of " + quoted(key) + " says " + status_text(status));
    }
    if (there) entries_[key].expires_at = expiry(ttl);
  }

  void clear() {
    const std::string prefix = random_.one_in(3) ? "" : random_.one_in(2) ? "a:" : "a:3";
    ++calls_;
    b_.store.clear(prefix);
    std::erase_if(entries_, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  }

  StoreBench& b_;
  Random& random_;
  std::vector<std::string> keys_;
  std::map<std::string, Entry> entries_;
  std::set<std::pair<std::string, uint64_t>> versions_;
  std::vector<Pin> pins_ = std::vector<Pin>(16);
  uint64_t evictions_ = 0;
  uint64_t calls_ = 0;
};

void run(StoreBench& b, int steps) {
  {
    Model model(b);
    for (int i = 0; i < steps; ++i) model.step();
    model.compare_all();
  }
  b.finish();
}

}  // namespace

void store_model(Case& c) {
  StoreBench b(c);
  run(b, 15000);
}

void store_model_byte(Case& c) {
  StoreBench b(c, {}, COFFER_HITS_BYTE);
  run(b, 8000);
}

void store_model_recent(Case& c) {
  StoreBench b(c, {}, COFFER_HITS_RECENT);
  run(b, 8000);
}

void store_model_none(Case& c) {
  StoreBench b(c, {}, COFFER_HITS_NONE);
  run(b, 8000);
}

void store_collisions(Case& c) {
  for (uint64_t hash : {uint64_t{0}, UINT64_MAX, c.random().next()}) {
    StoreBench b(c);
    b.store.collide(hash);
    run(b, 4000);
  }
}

}  // namespace coffer::conformance::checks
