#include "plugins/conformance/testing/fake_host.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "plugins/conformance/testing/fake_strategies.h"

namespace coffer::conformance {
namespace {

thread_local const char* forbidden_in = nullptr;

// ---- Blocks: [head .. canary][the plugin's bytes][canary]. The head takes a multiple of the
// alignment, so that the plugin's bytes are aligned, and ends in a BlockHead.
constexpr uint64_t kAlive = 0x616c697665626c6bu;
constexpr uint64_t kFreed = 0x6672656564626c6bu;
constexpr unsigned char kCanary = 0xc5;
constexpr size_t kCanarySize = 16;

struct BlockHead {
  uint64_t state;
  size_t size;
  size_t align;
  unsigned char canary[kCanarySize];
};

size_t head_space(size_t align) { return (sizeof(BlockHead) + align - 1) / align * align; }

BlockHead* head_of(void* memory) { return reinterpret_cast<BlockHead*>(memory) - 1; }

bool canary_intact(const unsigned char* canary) {
  for (size_t i = 0; i < kCanarySize; ++i) {
    if (canary[i] != kCanary) return false;
  }
  return true;
}

std::string text_of(const void* data, size_t size) {
  return size == 0 ? std::string() : std::string(static_cast<const char*>(data), size);
}

}  // namespace

// ---- The table --------------------------------------------------------------------------------

class FakeHostTable {
 public:
  static coffer_host make(FakeHost* self, uint32_t size) {
    coffer_host table = {};
    table.struct_size = size;
    table.abi_version = COFFER_ABI_VERSION;
    table.self = self;
    table.extension = extension;
    table.retain = retain;
    table.release = release;
    table.fail = fail;
    table.fail_detail = fail_detail;
    table.log = log;
    table.now = now;
    table.alloc = alloc;
    table.free = free;
    table.object_release = object_release;
    table.events_wanted = events_wanted;
    table.event = event;
    table.complete = complete;
    return table;
  }

 private:
  // Every call comes through here.
  static FakeHost& enter(const coffer_host* host, const char* function) {
    FakeHost& self = FakeHost::of(host);
    if (self.silent_ && self.holds_ <= 0) {
      self.add_problem(std::string("host->") + function +
                       " was called after the end of the instance, without host->retain");
    }
    if (const char* caller = forbidden_in) {
      forbidden_in = nullptr;  // once is enough, and the report itself may allocate
      self.add_problem(std::string(caller) + " called host->" + function +
                       ", but it is tagged no-host-call");
      forbidden_in = caller;
    }
    return self;
  }

  static const void* extension(const coffer_host* host, const char* id) {
    FakeHost& self = enter(host, "extension");
    std::lock_guard lock(self.mutex_);
    auto found = self.extensions_.find(id);
    return found == self.extensions_.end() ? nullptr : found->second;
  }

  static void retain(const coffer_host* host) { ++enter(host, "retain").holds_; }

  static void release(const coffer_host* host) {
    FakeHost& self = enter(host, "release");
    if (--self.holds_ < 0) self.add_problem("host->release: more often than host->retain");
  }

  static void fail(const coffer_host* host, coffer_sink* sink, coffer_status status, uint32_t flags,
                   const char* message, size_t size) {
    FakeHost& self = enter(host, "fail");
    FakeSink* fake = FakeSink::from(sink);
    if (fake == nullptr) return self.add_problem("host->fail: the sink is not that of the call");
    if (status < 16) self.add_problem("host->fail: the status is an outcome, not a failure");
    fake->add({status, flags, text_of(message, size), {}});
  }

  static void fail_detail(const coffer_host* host, coffer_sink* sink, const char* name,
                          const char* value, size_t size) {
    FakeHost& self = enter(host, "fail_detail");
    FakeSink* fake = FakeSink::from(sink);
    if (fake == nullptr) return self.add_problem("host->fail_detail: unknown sink");
    fake->add_detail(name, text_of(value, size));
  }

  static void log(const coffer_host* host, int32_t severity, const char* message, size_t size) {
    FakeHost& self = enter(host, "log");
    std::lock_guard lock(self.mutex_);
    self.logs_.push_back({severity, text_of(message, size)});
  }

  static coffer_time now(const coffer_host* host, int32_t clock) {
    FakeHost& self = enter(host, "now");
    if (clock == COFFER_CLOCK_COARSE) return self.now() - self.coarse_lag_;
    if (clock == COFFER_CLOCK_LATEST) return self.now() + self.latest_lead_;
    if (clock != COFFER_CLOCK_PRECISE) self.add_problem("host->now: unknown clock");
    return self.now();
  }

  static void* alloc(const coffer_host* host, size_t size, size_t align) {
    FakeHost& self = enter(host, "alloc");
    if (align == 0 || (align & (align - 1)) != 0) {
      self.add_problem("host->alloc: the alignment is not a power of two");
      return nullptr;
    }
    if (self.allocation_fails() || size > PTRDIFF_MAX / 2) return nullptr;
    const size_t real_align = align < alignof(BlockHead) ? alignof(BlockHead) : align;
    const size_t head = head_space(real_align);
    const size_t total = (head + size + kCanarySize + real_align - 1) / real_align * real_align;
    auto* block = static_cast<unsigned char*>(std::aligned_alloc(real_align, total));
    if (block == nullptr) return nullptr;
    unsigned char* memory = block + head;
    *head_of(memory) = {kAlive, size, align, {}};
    std::memset(head_of(memory)->canary, kCanary, kCanarySize);
    std::memset(memory, 0xd1, size);  // nobody may count on zeroes
    std::memset(memory + size, kCanary, kCanarySize);
    ++self.live_blocks_;
    self.live_bytes_ += size;
    return memory;
  }

  static void free(const coffer_host* host, void* memory, size_t size, size_t align) {
    FakeHost& self = enter(host, "free");
    if (memory == nullptr) return;
    BlockHead* head = head_of(memory);
    if (head->state == kFreed) return self.add_problem("host->free: the block is free already");
    if (head->state != kAlive) return self.add_problem("host->free: not a block of host->alloc");
    if (head->size != size || head->align != align) {
      self.add_problem("host->free: allocated with size " + std::to_string(head->size) +
                       " and align " + std::to_string(head->align) + ", freed with " +
                       std::to_string(size) + " and " + std::to_string(align));
    }
    auto* bytes = static_cast<unsigned char*>(memory);
    if (!canary_intact(head->canary)) self.add_problem("the bytes before a block were written");
    if (!canary_intact(bytes + head->size))
      self.add_problem("the bytes after a block were written");
    --self.live_blocks_;
    self.live_bytes_ -= head->size;
    const size_t real_align = head->align < alignof(BlockHead) ? alignof(BlockHead) : head->align;
    std::memset(memory, 0xdd, head->size);  // late readers see garbage
    head->state = kFreed;
    std::free(bytes - head_space(real_align));
  }

  static void object_release(const coffer_host* host, const coffer_object_type* type,
                             void* object) {
    FakeHost& self = enter(host, "object_release");
    {
      std::lock_guard lock(self.mutex_);
      ++self.releases_[object];
    }
    if (type == nullptr) return self.add_problem("host->object_release: no type");
    type->release(type, object);
  }

  static uint32_t events_wanted(const coffer_host* host) {
    return enter(host, "events_wanted").events_wanted_;
  }

  static void event(const coffer_host* host, uint32_t kind, const void* key, size_t key_size) {
    FakeHost& self = enter(host, "event");
    if (kind != COFFER_EVENT_EVICT && kind != COFFER_EVENT_EXPIRE) {
      self.add_problem("host->event: unknown kind " + std::to_string(kind));
    }
    std::lock_guard lock(self.mutex_);
    self.events_.push_back({kind, text_of(key, key_size)});
  }

  static void complete(const coffer_host* host, uint64_t token, coffer_status status) {
    FakeHost& self = enter(host, "complete");
    std::unique_lock lock(self.mutex_);
    auto found = self.completions_.find(token);
    const bool known = found != self.completions_.end();
    if (known) found->second.push_back(status);
    const bool again = known && found->second.size() > 1;
    lock.unlock();
    self.completed_.notify_all();
    if (!known) self.add_problem("host->complete: a token that was never submitted");
    if (again) self.add_problem("host->complete: a token was completed twice");
  }
};

// ---- FakeHost ---------------------------------------------------------------------------------

FakeHost::FakeHost(size_t tail)
    : table_memory_((sizeof(coffer_host) + tail + 7) / 8, 0xeeeeeeeeeeeeeeeeu),
      strategies_(std::make_unique<FakeStrategies>(this)) {
  const auto size = static_cast<uint32_t>(sizeof(coffer_host) + tail);
  table_ = new (table_memory_.data()) coffer_host(FakeHostTable::make(this, size));
  object_type_.struct_size = sizeof(object_type_);
  object_type_.name = "conformance.object";
  object_type_.user = this;
  object_type_.retain = [](const coffer_object_type*, void* object) {
    ++*static_cast<std::atomic<uint64_t>*>(object);
  };
  object_type_.release = [](const coffer_object_type* type, void* object) {
    auto& references = *static_cast<std::atomic<uint64_t>*>(object);
    if (references.fetch_sub(1) == 0) {
      static_cast<FakeHost*>(type->user)->add_problem("an object was released once too often");
    }
  };
  set_extension(COFFER_HOST_STRATEGIES, strategies_->table());
}

FakeHost::~FakeHost() = default;

void FakeHost::fail_allocation(uint64_t k) { fail_at_ = k == 0 ? 0 : allocations_ + k; }

bool FakeHost::allocation_fails() { return ++allocations_ == fail_at_; }

void* FakeHost::new_object() {
  std::lock_guard lock(mutex_);
  return objects_.emplace_back(std::make_unique<std::atomic<uint64_t>>(1)).get();
}

uint64_t FakeHost::releases_of(const void* object) const {
  std::lock_guard lock(mutex_);
  auto found = releases_.find(object);
  return found == releases_.end() ? 0 : found->second;
}

uint64_t FakeHost::releases() const {
  std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const auto& [object, count] : releases_) sum += count;
  return sum;
}

std::vector<KeyEvent> FakeHost::take_events() {
  std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

std::vector<LogLine> FakeHost::take_logs() {
  std::lock_guard lock(mutex_);
  return std::exchange(logs_, {});
}

uint64_t FakeHost::new_token() {
  std::lock_guard lock(mutex_);
  const uint64_t token = 1000 + completions_.size();
  completions_[token] = {};
  return token;
}

std::optional<coffer_status> FakeHost::wait(uint64_t token, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto& statuses = completions_[token];
  if (!completed_.wait_for(lock, timeout, [&] { return !statuses.empty(); })) return std::nullopt;
  return statuses.front();
}

uint64_t FakeHost::completions_of(uint64_t token) const {
  std::lock_guard lock(mutex_);
  auto found = completions_.find(token);
  return found == completions_.end() ? 0 : found->second.size();
}

void FakeHost::add_strategy(coffer_plugin_info_fn info, coffer_plugin_create_fn create) {
  std::string error;
  if (!strategies_->add(info, create, &error)) add_problem("add_strategy: " + error);
}

bool FakeHost::add_strategy_file(const std::string& path, std::string* error) {
  return strategies_->add_file(path, error);
}

void FakeHost::set_strategy_folder(const std::string& folder) { strategies_->folder = folder; }

void FakeHost::use_reference_strategy(int32_t hit_mode) { strategies_->reference_mode = hit_mode; }

void FakeHost::set_strategy_options(OptionValues values) {
  strategies_->options = std::move(values);
}

size_t FakeHost::open_strategies() const { return strategies_->open_count(); }

void FakeHost::set_extension(const std::string& id, const void* table) {
  std::lock_guard lock(mutex_);
  extensions_[id] = table;
}

void FakeHost::add_problem(std::string text) {
  std::lock_guard lock(mutex_);
  if (problems_.size() < 20) problems_.push_back(std::move(text));  // the first ones tell most
}

std::string FakeHost::problems_so_far() const {
  std::lock_guard lock(mutex_);
  std::string all;
  for (const std::string& problem : problems_) all += problem + "\n";
  return all;
}

std::string FakeHost::problems() const {
  std::string all = problems_so_far();
  if (live_blocks() != 0) {
    all += std::to_string(live_blocks()) + " blocks of host->alloc (" +
           std::to_string(live_bytes()) + " bytes) were not freed\n";
  }
  if (holds_ != 0) all += std::to_string(holds_) + " host->retain were not given back\n";
  if (open_strategies() != 0) all += "a strategy was not closed\n";
  return all;
}

NoHostCalls::NoHostCalls(const char* function) : outer_(std::exchange(forbidden_in, function)) {}

NoHostCalls::~NoHostCalls() { forbidden_in = outer_; }

}  // namespace coffer::conformance
