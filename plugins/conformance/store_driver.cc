#include "plugins/conformance/store_driver.h"

#include <cstring>

#include "plugins/conformance/tables.h"

namespace coffer::conformance {
namespace {

constexpr int kFill = 0xee;
constexpr uint32_t kEntryFlags =
    COFFER_ENTRY_NULL | COFFER_ENTRY_OBJECT | COFFER_ENTRY_NEGATIVE | COFFER_ENTRY_STALE;

// Copies of inputs, each in a block of just its size, that turn to garbage when the call is over:
// what is borrowed for the call cannot be read later, nor beyond its end.
class Borrowed {
 public:
  Borrowed() = default;
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {
    for (auto& [memory, size] : blocks_) {
      std::memset(memory, 0xdd, size);
      delete[] memory;
    }
  }

  // NULL for nothing, as the headers allow.
  const void* copy(const void* data, size_t size) {
    if (size == 0) return nullptr;
    char* memory = new char[size];
    std::memcpy(memory, data, size);
    blocks_.emplace_back(memory, size);
    return memory;
  }
  coffer_bytes bytes(const std::string& text) {
    return {copy(text.data(), text.size()), text.size()};
  }
  template <typename T>
  const T* array(const std::vector<T>& items) {
    return static_cast<const T*>(copy(items.data(), items.size() * sizeof(T)));
  }
  coffer_key key(const coffer_key& key) { return {copy(key.data, key.size), key.size, key.hash}; }

 private:
  std::vector<std::pair<char*, size_t>> blocks_;
};

// An output array that shows what was written, and whether anything was beyond its end.
template <typename T>
class Framed {
 public:
  explicit Framed(size_t count) : items_(count + 1) {
    std::memset(static_cast<void*>(items_.data()), kFill, items_.size() * sizeof(T));
  }
  T* data() { return items_.data(); }
  T& operator[](size_t i) { return items_[i]; }
  bool frame_intact() const { return is_filled(items_.back()); }
  static bool is_filled(const T& item) {
    T filled;
    std::memset(static_cast<void*>(&filled), kFill, sizeof(filled));
    return std::memcmp(&item, &filled, sizeof(item)) == 0;
  }

 private:
  std::vector<T> items_;
};

template <typename T>
void check_frame(const Case& c, const char* call, const Framed<T>& frame) {
  if (!frame.frame_intact()) c.fail(std::string(call) + " wrote beyond the end of an array (P5)");
}

}  // namespace

Pin& Pin::operator=(Pin&& from) noexcept {
  release();
  entry_ = std::exchange(from.entry_, {});
  return *this;
}

std::string Pin::value() const {
  return entry_.size == 0 ? std::string()
                          : std::string(static_cast<const char*>(entry_.data), entry_.size);
}

std::string Pin::meta() const {
  return entry_.meta_size == 0
             ? std::string()
             : std::string(static_cast<const char*>(entry_.meta), entry_.meta_size);
}

void Pin::release() {
  const coffer_entry entry = std::exchange(entry_, {});
  if (entry.release != nullptr) entry.release(entry.owner);
}

Store::Store(const Case& c, FakeHost& host, const OptionValues& options)
    : c_(c), host_(host), instance_(c, host, options), table_{} {
  if (std::string problem = table_problem(COFFER_KIND_STORE, instance_.table()); !problem.empty()) {
    c.fail("in the table " + problem);
  }
  table_ = copy_table<coffer_store>(instance_.table());
  // What others left in a store that outlives its instances is not ours to judge.
  if ((caps() & (COFFER_STORE_SHARED | COFFER_STORE_PERSISTENT)) != 0) clear("");
}

coffer_key Store::make_key(std::string_view key) const {
  uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned char byte : key) hash = (hash ^ byte) * 0x100000001b3u;
  return {key.data(), key.size(), one_hash_.value_or(hash ^ (hash >> 29))};
}

void Store::judge(const char* call, coffer_status status, const FakeSink& sink,
                  const coffer_outcome* each, size_t count) const {
  c_.check(host_);
  bool item_failed = false;
  for (size_t i = 0; status == COFFER_OK && i < count; ++i) {
    const coffer_outcome& outcome = each[i];
    if (outcome.status < 0 || outcome.status > COFFER_INTERNAL) {
      c_.fail(std::string(call) + " did not answer item " + str(i) + " of " + str(count));
    }
    if (outcome.status < 16 && outcome.flags != 0) {
      c_.fail(std::string(call) + ": an outcome has failure flags, or its flags were not written");
    }
    item_failed = item_failed || outcome.status >= 16;
  }
  if (item_failed) return;  // the sink may say why, the call as a whole went well
  std::string problem = sink.problem(status);
  if (!problem.empty()) c_.fail(std::string(call) + " " + problem);
  if (status == COFFER_OK || status == tolerated_) return;
  c_.fail(std::string(call) + " returned " + status_text(status) +
          (status >= 16 ? ": " + sink.failures()[0].message : ", which is no answer of a batch"));
}

void Store::judge_entry(coffer_status status, uint32_t flags, const coffer_entry& entry) const {
  if (status == COFFER_MISS) {
    const coffer_entry cleared = {};
    if (std::memcmp(&entry, &cleared, sizeof(entry)) != 0) {
      c_.fail("get says MISS but does not clear the entry");
    }
    return;
  }
  if (status >= 16) return;
  if (status != COFFER_OK) c_.fail("get answers " + status_text(status));
  if (entry.version == 0) c_.fail("get gives an entry of version 0");
  if (entry.reserved != 0) c_.fail("get leaves `reserved` of an entry unset (P10)");
  if ((entry.flags & ~kEntryFlags) != 0) c_.fail("get gives an entry with unknown flags");
  if (entry.meta_size > 1024) c_.fail("get gives an entry with more than 1024 bytes of meta");
  const bool value_wanted = (flags & COFFER_GET_NO_VALUE) == 0;
  if (value_wanted && entry.size > 0 && entry.data == nullptr) {
    c_.fail("get gives an entry whose data is NULL");
  }
}

std::vector<Written> Store::put_all(const std::vector<Put>& items) {
  Borrowed borrowed;
  std::vector<coffer_store_put> puts;
  for (const Put& item : items) {
    coffer_store_put put = {};
    put.key = borrowed.key(make_key(item.key));
    put.value = borrowed.bytes(item.value);
    put.meta = borrowed.bytes(item.meta);
    put.object = item.object;
    put.object_type = item.object_type;
    put.ttl = item.ttl;
    put.expected_version = item.expected_version;
    put.weight = item.weight;
    put.flags = item.flags;
    put.format = item.format;
    put.mode = item.mode;
    puts.push_back(put);
  }
  Framed<uint64_t> versions(items.size());
  Framed<coffer_outcome> each(items.size());
  FakeSink sink;
  const coffer_status status = table_.put(self(), borrowed.array(puts), puts.size(), COFFER_NEVER,
                                          versions.data(), each.data(), sink.get());
  judge("put", status, sink, each.data(), items.size());
  check_frame(c_, "put", versions);
  check_frame(c_, "put", each);
  std::vector<Written> out;
  for (size_t i = 0; i < items.size(); ++i) {
    const coffer_status item = status == COFFER_OK ? each[i].status : status;
    const bool ok = item == COFFER_OK;
    if (ok && (versions[i] == 0 || Framed<uint64_t>::is_filled(versions[i]))) {
      c_.fail("put says OK but gives no version");
    }
    out.push_back({item, ok ? versions[i] : 0});
  }
  return out;
}

std::vector<Got> Store::get_all(const std::vector<std::string>& keys, uint32_t flags) {
  Borrowed borrowed;
  std::vector<coffer_key> views;
  for (const std::string& key : keys) views.push_back(borrowed.key(make_key(key)));
  Framed<coffer_entry> entries(keys.size());
  Framed<coffer_outcome> each(keys.size());
  FakeSink sink;
  const coffer_status status = table_.get(self(), borrowed.array(views), views.size(), flags,
                                          COFFER_NEVER, entries.data(), each.data(), sink.get());
  judge("get", status, sink, each.data(), keys.size());
  check_frame(c_, "get", entries);
  check_frame(c_, "get", each);
  std::vector<Got> out;
  for (size_t i = 0; i < keys.size(); ++i) {
    const coffer_status item = status == COFFER_OK ? each[i].status : status;
    if (status == COFFER_OK) judge_entry(item, flags, entries[i]);
    out.push_back({item, item == COFFER_OK ? Pin(entries[i]) : Pin()});
  }
  return out;
}

Got Store::get(const std::string& key, uint32_t flags) {
  return std::move(get_all({key}, flags)[0]);
}

std::vector<coffer_status> Store::del_all(const std::vector<std::string>& keys,
                                          const std::vector<uint64_t>& versions) {
  Borrowed borrowed;
  std::vector<coffer_key> views;
  for (const std::string& key : keys) views.push_back(borrowed.key(make_key(key)));
  Framed<coffer_outcome> each(keys.size());
  FakeSink sink;
  const coffer_status status = table_.del(self(), borrowed.array(views),
                                          versions.empty() ? nullptr : borrowed.array(versions),
                                          views.size(), COFFER_NEVER, each.data(), sink.get());
  judge("del", status, sink, each.data(), keys.size());
  check_frame(c_, "del", each);
  std::vector<coffer_status> out;
  for (size_t i = 0; i < keys.size(); ++i) {
    out.push_back(status == COFFER_OK ? each[i].status : status);
  }
  return out;
}

std::vector<coffer_status> Store::touch_all(const std::vector<std::string>& keys,
                                            const std::vector<coffer_ttl>& ttls) {
  Borrowed borrowed;
  std::vector<coffer_key> views;
  for (const std::string& key : keys) views.push_back(borrowed.key(make_key(key)));
  Framed<coffer_outcome> each(keys.size());
  FakeSink sink;
  const coffer_status status = table_.touch(self(), borrowed.array(views), borrowed.array(ttls),
                                            views.size(), COFFER_NEVER, each.data(), sink.get());
  judge("touch", status, sink, each.data(), keys.size());
  check_frame(c_, "touch", each);
  std::vector<coffer_status> out;
  for (size_t i = 0; i < keys.size(); ++i) {
    out.push_back(status == COFFER_OK ? each[i].status : status);
  }
  return out;
}

coffer_status Store::touch(const std::string& key, coffer_ttl ttl) {
  return touch_all({key}, {ttl})[0];
}

Read Store::read(const std::string& key, size_t capacity, size_t meta_capacity) {
  if (table_.read == nullptr) c_.skip("the options turned the capability off");
  Borrowed borrowed;
  Framed<char> buffer(capacity + 16), meta(meta_capacity + 16);
  coffer_store_read io = {};
  io.buffer = buffer.data();
  io.capacity = capacity;
  io.meta = meta_capacity == 0 ? nullptr : meta.data();
  io.meta_capacity = static_cast<uint32_t>(meta_capacity);
  const coffer_key view = borrowed.key(make_key(key));
  FakeSink sink;
  const coffer_status status = table_.read(self(), &view, &io, sink.get());
  c_.check(host_);
  // UNSUPPORTED is said without a report here.
  const bool quiet = status == COFFER_UNSUPPORTED && sink.failures().empty();
  std::string problem = quiet ? "" : sink.problem(status);
  if (!problem.empty()) c_.fail("read " + problem);
  const size_t wrote = status == COFFER_OK ? io.info.size : 0;
  if (wrote > capacity) c_.fail("read says OK with more bytes than there is room for");
  for (size_t i = wrote; i < capacity + 16; ++i) {
    if (static_cast<unsigned char>(buffer[i]) == kFill) continue;
    c_.fail("read wrote to byte " + str(i) + " of a buffer of " + str(capacity) + ", where " +
            str(wrote) + " bytes belong");
  }
  const size_t wrote_meta = status == COFFER_OK && io.meta_size <= meta_capacity ? io.meta_size : 0;
  for (size_t i = wrote_meta; i < meta_capacity + 16; ++i) {
    if (static_cast<unsigned char>(meta[i]) != kFill) c_.fail("read wrote beyond the meta's end");
  }
  return {status, {buffer.data(), wrote}, {meta.data(), wrote_meta}, io};
}

uint64_t Store::clear(const std::string& prefix) {
  Borrowed borrowed;
  uint64_t removed = UINT64_MAX;
  FakeSink sink;
  const coffer_status status =
      table_.clear(self(), borrowed.bytes(prefix), COFFER_NEVER, &removed, sink.get());
  judge("clear", status, sink, nullptr, 0);
  if (removed == UINT64_MAX && status == COFFER_OK) c_.fail("clear does not count");
  return removed;
}

void Store::maintain() {
  if (table_.maintain != nullptr) table_.maintain(self(), host_.now() + 1000000000);
  c_.check(host_);
}

coffer_store_stats Store::stats() const {
  coffer_store_stats stats = {};
  stats.struct_size = sizeof(stats);
  table_.stats(instance_.self(), &stats);
  return stats;
}

Store::Scan::Scan(Store& store, const std::string& prefix) : store_(&store) {
  if (store.table_.scan_open == nullptr || store.table_.scan_next == nullptr ||
      store.table_.scan_close == nullptr) {
    store.c_.fail("capability SCAN is claimed without its functions (P3)");
  }
  Borrowed borrowed;
  FakeSink sink;
  const coffer_status status =
      store.table_.scan_open(store.self(), borrowed.bytes(prefix), &scan_, sink.get());
  store.judge("scan_open", status, sink, nullptr, 0);
}

Store::Scan::Scan(Scan&& from) noexcept
    : store_(std::exchange(from.store_, nullptr)), scan_(from.scan_) {}

Store::Scan::~Scan() {
  if (store_ != nullptr) store_->table_.scan_close(store_->self(), scan_);
}

bool Store::Scan::next(size_t page, std::vector<std::string>* keys) {
  Framed<coffer_bytes> views(page);
  size_t n = SIZE_MAX;
  FakeSink sink;
  const coffer_status status = store_->table_.scan_next(store_->self(), scan_, COFFER_NEVER,
                                                        views.data(), page, &n, sink.get());
  check_frame(store_->c_, "scan_next", views);
  if (status == COFFER_END) {
    if (!sink.failures().empty()) store_->c_.fail("scan_next " + sink.problem(status));
    if (n == SIZE_MAX || n == 0) return false;
    store_->c_.fail("scan_next says END and gives keys");
  }
  store_->judge("scan_next", status, sink, nullptr, 0);
  if (n > page) store_->c_.fail("scan_next gives " + str(n) + " keys for " + str(page));
  for (size_t i = 0; i < n; ++i) {
    const auto* data = static_cast<const char*>(views[i].data);
    keys->push_back(views[i].size == 0 ? std::string() : std::string(data, views[i].size));
  }
  return true;
}

std::vector<std::string> Store::scan(const std::string& prefix, size_t page) {
  std::vector<std::string> keys;
  Scan scan(*this, prefix);
  size_t empty = 0;
  while (true) {
    const size_t before = keys.size();
    if (!scan.next(page, &keys)) return keys;
    empty = keys.size() == before ? empty + 1 : 0;
    if (empty > 100000) c_.fail("scan_next gives empty pages and never END");
    if (keys.size() > 10000000) c_.fail("scan_next never says END");
  }
}

}  // namespace coffer::conformance
