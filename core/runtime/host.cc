#include "core/runtime/host.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "core/object/objects.h"
#include "core/runtime/async.h"
#include "core/runtime/runtime.h"

namespace coffer::core {

// The functions of the table. They are called by plugins, from any thread, so none lets an
// exception out.
struct HostDoors {
  static Host& of(const coffer_host* host) { return *static_cast<Host*>(host->self); }

  static const void* extension(const coffer_host* host, const char* id) {
    if (id != nullptr && std::strcmp(id, COFFER_HOST_STRATEGIES) == 0)
      return of(host).strategies_.table();
    if (id != nullptr && std::strcmp(id, COFFER_HOST_ENTRIES) == 0) {
      of(host).tells_of_entries_.store(true, std::memory_order_relaxed);
      return &kEntries;
    }
    return nullptr;
  }

  static EntryWatcher* watcher(const coffer_host* host) {
    return of(host).watcher_.load(std::memory_order_acquire);
  }
  static void stored(const coffer_host* host, coffer_bytes meta) {
    if (EntryWatcher* const to = watcher(host); to != nullptr) to->stored(meta);
  }
  static void left(const coffer_host* host, coffer_bytes meta) {
    if (EntryWatcher* const to = watcher(host); to != nullptr) to->left(meta);
  }
  static uint64_t held(const coffer_host* host, int32_t what) {
    const EntryWatcher* const from = watcher(host);
    return from != nullptr ? from->held(what) : 0;
  }
  static constexpr coffer_host_entries kEntries = {sizeof(coffer_host_entries), 0, stored, left,
                                                   held};

  static void fail(const coffer_host*, coffer_sink* sink, coffer_status status, uint32_t flags,
                   const char* message, size_t size) {
    if (sink == nullptr) return;
    try {
      sink->fail(status, message != nullptr ? std::string(message, size) : std::string(), flags);
    } catch (...) {
      sink->fail(status, std::string(), flags);
    }
  }

  static void fail_detail(const coffer_host*, coffer_sink* sink, const char* name,
                          const char* value, size_t size) {
    if (sink != nullptr && name != nullptr && value != nullptr) sink->detail(name, {value, size});
  }

  static void log(const coffer_host* host, int32_t severity, const char* message, size_t size) {
    const Host& self = of(host);
    EventHub& hub = self.runtime_->hub();
    if ((hub.wanted() & COFFER_EVENT_LOG) != 0)
      hub.log(self.runtime_->now(), severity, self.name_, {message, size});
  }

  static coffer_time now(const coffer_host* host, int32_t clock) {
    return of(host).runtime_->clock().now(clock);
  }

  static void* alloc(const coffer_host* host, size_t size, size_t align) {
    void* memory = nullptr;
    if (align <= alignof(std::max_align_t)) {
      memory = std::malloc(size != 0 ? size : 1);
    } else if (posix_memalign(&memory, align, size) !=
               0) {  // takes any size, aligned_alloc does not
      memory = nullptr;
    }
    if (memory != nullptr) of(host).bytes_.fetch_add(size, std::memory_order_relaxed);
    return memory;
  }

  static void free(const coffer_host* host, void* memory, size_t size, size_t) {
    if (memory == nullptr) return;
    of(host).bytes_.fetch_sub(size, std::memory_order_relaxed);
    of(host).freed_.fetch_add(size, std::memory_order_relaxed);
    std::free(memory);
  }

  static void object_release(const coffer_host* host, const coffer_object_type* type,
                             void* object) {
    const bool first_waiting = release_object(type, object);
    if (!first_waiting) return;
    coffer_runtime* runtime = of(host).runtime_;
    runtime->hub().objects_waiting(runtime->now(), type);
  }

  static uint32_t events_wanted(const coffer_host* host) {
    return of(host).runtime_->hub().wanted() & (COFFER_EVENT_EVICT | COFFER_EVENT_EXPIRE);
  }

  static void event(const coffer_host* host, uint32_t kind, const void* key, size_t key_size) {
    if ((kind & events_wanted(host)) == 0) return;
    const Host& self = of(host);
    self.runtime_->hub().key_event(self.runtime_->now(), kind, self.name_,
                                   {static_cast<const char*>(key), key_size}, 0);
  }

  static void retain(const coffer_host* host) { of(host).retain(); }
  static void release(const coffer_host* host) { of(host).release(); }

  static void complete(const coffer_host* host, uint64_t token, coffer_status status) {
    of(host).batches_->complete(token, status);
  }
};

Host::Host(coffer_runtime* runtime, std::string name, Options strategy_options)
    : table_{
          .struct_size = sizeof(coffer_host),
          .abi_version = COFFER_ABI_VERSION,
          .self = this,
          .extension = HostDoors::extension,
          .fail = HostDoors::fail,
          .fail_detail = HostDoors::fail_detail,
          .log = HostDoors::log,
          .now = HostDoors::now,
          .alloc = HostDoors::alloc,
          .free = HostDoors::free,
          .object_release = HostDoors::object_release,
          .events_wanted = HostDoors::events_wanted,
          .event = HostDoors::event,
          .retain = HostDoors::retain,
          .release = HostDoors::release,
          .complete = HostDoors::complete,
      },
      runtime_(runtime),
      name_(std::move(name)),
      strategies_(runtime->plugins(), std::move(strategy_options)),
      batches_(std::make_unique<AsyncBatches>(*this)) {
  runtime_->retain();
}

Host::~Host() {
  batches_.reset();
  runtime_->release();
}

}  // namespace coffer::core
