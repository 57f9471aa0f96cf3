#include "core/cache/store.h"

#include <mutex>

#include "core/cache/config.h"
#include "core/cache/stamp_store.h"
#include "core/config/url.h"
#include "core/dependency/describe.h"
#include "core/runtime/runtime.h"
#include "core/runtime/trim.h"
#include "core/stamp/local.h"

namespace coffer::core {
namespace {

std::string label_of(const std::string& id, const std::string& name) {
  return name.empty() ? id : id + "://" + name;
}

// The open store of that label, held; or nothing.
Ref<Store> find_open(coffer_runtime* runtime, const std::string& label) {
  for (Ref<StoreMember>& store : runtime->stores().held()) {
    if (store->label() == label) return Ref<Store>::adopt(static_cast<Store*>(store.take()));
  }
  return {};
}

}  // namespace

coffer_status Store::open(coffer_runtime* runtime, const std::string& id, const std::string& name,
                          Options options, const WireConfig& wire, Ref<Store>& out,
                          coffer_sink& sink) {
  const Plugin* plugin = nullptr;
  coffer_status status = runtime->plugins().find(COFFER_KIND_STORE, id, plugin, sink);
  if (failed(status)) return status;
  Options strategy_options = options.take_prefixed("strategy.");
  Options checked;
  // What is no option of a cache was taken for one of the store's.
  status = check_options(*plugin, options, checked, sink, CacheConfig::schema());
  if (failed(status)) return status;

  // Only openers of named stores must not pass each other.
  std::unique_lock<std::mutex> opening;
  const std::string label = label_of(std::string(plugin->id()), name);
  if (!name.empty()) {
    opening = std::unique_lock(runtime->opening());
    out = find_open(runtime, label);
    if (out && out->options_ == checked && out->strategy_options_ == strategy_options &&
        out->wire_ == wire) {
      return COFFER_OK;
    }
    if (out) {
      return sink.fail(COFFER_INVALID_STATE,
                       label + " is open already with other store options (" +
                           to_url(plugin->id(), name, out->given_options()) +
                           "); open it with the same, or give this one another name");
    }
  }
  auto host = Ref<Host>::adopt(new Host(runtime, label, strategy_options));
  auto store = Ref<Store>::adopt(
      new Store(std::move(host), name, std::move(checked), std::move(strategy_options), wire));
  status = store->start(*plugin, sink);
  if (!failed(status)) out = std::move(store);
  return status;
}

Store::Store(Ref<Host> host, std::string name, Options options, Options strategy_options,
             WireConfig wire)
    : host_(std::move(host)),
      name_(std::move(name)),
      options_(std::move(options)),
      strategy_options_(std::move(strategy_options)),
      wire_(std::move(wire)) {}

coffer_status Store::start(const Plugin& plugin, coffer_sink& sink) {
  coffer_status status = open_store(host_->table(), plugin, options_, instance_, sink);
  if (!failed(status)) status = host_->strategies().check_used(plugin.title, sink);
  if (!failed(status)) status = stand_in_front(sink);
  if (failed(status)) return status;
  if (has(COFFER_STORE_ASYNC)) {
    async_ = static_cast<const coffer_store_async*>(
        instance_.table.extension(instance_.self, COFFER_STORE_ASYNC_ID));
  }
  const size_t most_idle =
      host_->tells_of_entries() ? LocalStamps::kStoreTells : LocalStamps::kMostIdle;
  stamps_ = local() ? std::unique_ptr<Stamps>(std::make_unique<LocalStamps>(most_idle))
                    : shared_stamps(*this);
  leases_ = std::make_unique<LeaseTable>(runtime()->clock());
  if (local()) {
    entry_stamps_ = std::make_unique<EntryStamps>(*stamps_, *leases_, roots_);
    host_->watch_entries(entry_stamps_.get());
  }
  if (!local()) note_stale();
  runtime()->stores().add(this);
  return COFFER_OK;
}

// What leaves the process must say all there is to an entry; and codecs are noted in an envelope
// wherever they work.
coffer_status Store::stand_in_front(coffer_sink& sink) {
  front_ = {instance_.self, instance_.table};
  Ref<CodecStack> codecs;
  const coffer_status status =
      CodecStack::open(runtime(), wire_.codec, wire_.codec_options, codecs, sink);
  if (failed(status)) return status;
  if (local() ? codecs->empty() : wire_.raw) return COFFER_OK;
  const Sealer::Scope scope = local() ? Sealer::Scope::kValue : Sealer::Scope::kEntry;
  sealed_ = std::make_unique<SealedStore>(
      instance_.table, instance_.self,
      std::make_unique<Sealer>(runtime()->clock(), std::move(codecs), scope, wire_.checksum),
      [this](const coffer_key& key, const coffer_error* why) { note_unreadable(key, why); });
  front_ = {sealed_.get(), sealed_->table()};
  return COFFER_OK;
}

void Store::note_unreadable(const coffer_key& key, const coffer_error* why) noexcept {
  unreadable_.fetch_add(1, std::memory_order_relaxed);
  note_stale();  // it is there, and yet it is not
  try {
    const std::string_view name(static_cast<const char*>(key.data), key.size);
    runtime()->hub().log(runtime()->now(), COFFER_LOG_WARNING, label(),
                         "the entry under '" + printable(name, 64) +
                             "' cannot be read, and counts as missing: " +
                             (why != nullptr ? why->message : "no reason was given"));
  } catch (const std::bad_alloc&) {
  }
}

Store::~Store() {
  runtime()->stores().remove(this);
  sweeper_.stop(*this);
  coffer_sink sink;
  if (failed(close_instance(instance_, sink)) && sink.error != nullptr) {
    runtime()->hub().log(runtime()->now(), COFFER_LOG_PLUGIN_MISBEHAVING, label(),
                         sink.error->message);
  }
  host_->watch_entries(nullptr);
  note_freed(true);
}

coffer_status Store::refuse(coffer_sink& sink) const {
  return sink.fail(COFFER_INVALID_STATE,
                   instance_.plugin->title +
                       " had a fault earlier and is not called any more; open the cache again",
                   COFFER_FAIL_POISONED);
}

void Store::note_failure(coffer_status status, coffer_sink& sink) noexcept {
  // A codec in front of the store answers for itself: the store is as it was.
  const char* const phase = sink.error != nullptr ? sink.error->detail("phase") : nullptr;
  const bool by_codec = phase != nullptr && phase == kPhaseCodec;
  if (status == COFFER_PLUGIN_FAULT && !by_codec) poisoned_.store(true, std::memory_order_relaxed);
  if (sink.error != nullptr) return;
  try {
    sink.fail(status, instance_.plugin->title + " failed with " + std::to_string(status) +
                          " and gave no reason, which is a fault of the plugin");
    sink.detail("plugin", instance_.plugin->id());
  } catch (const std::bad_alloc&) {
  }
}

coffer_status Store::threw(coffer_sink& sink) noexcept {
  return plugin_threw(instance_.plugin->title, sink, COFFER_FAIL_POISONED);
}

void Store::before_fork() {
  leases_->before_fork();
  roots_.before_fork();
  spaces_.before_fork();
  stamps_->before_fork();
}

void Store::after_fork(bool in_child) {
  stamps_->after_fork();
  spaces_.after_fork();
  roots_.after_fork();
  leases_->after_fork(in_child);
  if (in_child) sweeper_.after_fork_in_child();
}

void Store::maintain(coffer_time deadline) noexcept {
  leases_->maintain();
  stamps_->maintain(runtime()->now());
  coffer_sink sink;
  call(sink, [&] {
    instance_.table.maintain(instance_.self, deadline);
    return COFFER_OK;
  });
  sweeper_.run(*this, deadline);
  // Whoever asks for housekeeping gets all of it; that in the background has little time.
  constexpr int64_t kLong = 3600'000'000'000;
  note_freed(deadline == COFFER_NEVER || deadline - runtime()->now() > kLong);
}

// What has been given back since the last time.
void Store::note_freed(bool at_once) noexcept {
  const uint64_t freed = host_->freed();
  freed_memory(freed - noted_freed_.exchange(freed, std::memory_order_relaxed), host_->bytes(),
               at_once);
}

void Store::add_stats(coffer_stats* out) noexcept {
  coffer_store_stats stats{};
  stats.struct_size = sizeof stats;
  coffer_sink sink;
  const coffer_status status = call(sink, [&] {
    instance_.table.stats(instance_.self, &stats);
    return COFFER_OK;
  });
  if (failed(status)) return;
  out->entries = stats.entries;
  out->bytes = stats.bytes;
  if (entry_stamps_ != nullptr) {
    out->bytes += entry_stamps_->held(COFFER_HELD_ENTRIES);
    out->bytes += entry_stamps_->held(COFFER_HELD_PENDING);
  }
  out->capacity = stats.capacity;
  out->byte_limit = stats.byte_limit;
  out->inserts = stats.inserts;
  out->evictions = stats.evictions;
  out->expirations = stats.expirations;
}

Options Store::given_options() const {
  Options given = options_.given();
  host_->strategies().each_opened([&](const StrategiesHost::Opened& opened) {
    given.merge(opened.options.given("strategy."));
  });
  if (sealed_ != nullptr) given.merge(sealed_->sealer().codecs().given_options());
  return given;
}

void Store::play_description(Player& player) const {
  player.map_begin();
  player.field("plugin", instance_.plugin->info.id);
  player.field("version", instance_.plugin->info.version);
  player.field("path", instance_.plugin->path);
  player.field("name", name_);
  player.field("in_process", local());
  player.key("options");
  player.options(options_);
  player.key("strategies");
  player.list_begin();
  host_->strategies().each_opened([&](const StrategiesHost::Opened& opened) {
    player.map_begin();
    player.field("plugin", opened.plugin->info.id);
    player.field("version", opened.plugin->info.version);
    player.field("path", opened.plugin->path);
    player.key("options");
    player.options(opened.options);
    player.map_end();
  });
  player.list_end();
  player.field("unreadable", unreadable_.load(std::memory_order_relaxed));
  player.field("allocated", host_->bytes());
  player.map_end();
}

}  // namespace coffer::core
