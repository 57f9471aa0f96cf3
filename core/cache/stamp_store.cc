#include "core/cache/stamp_store.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/cache/store.h"
#include "core/hash/hash.h"
#include "core/ref/entry.h"
#include "core/runtime/runtime.h"
#include "core/stamp/plugin_keeper.h"
#include "core/stamp/shared.h"
#include "core/stamp/store_keeper.h"

namespace coffer::core {
namespace {

class EntryStore final : public StampStore {
 public:
  // The plugin itself: stamps are published as they are, not sealed.
  explicit EntryStore(Store& store)
      : store_(store), table_(store.plugin_table()), self_(store.plugin_self()) {}

  coffer_status get(std::span<Item> items, coffer_time deadline, coffer_sink& sink) override {
    const std::vector<coffer_key> keys = keys_of(items);
    std::vector<coffer_entry> entries(items.size());
    const coffer_status status = run(
        items.size(), sink,
        [&](coffer_outcome* each) {
          return table_.get(self_, keys.data(), keys.size(), COFFER_GET_NO_USE, deadline,
                            entries.data(), each, &sink);
        },
        [&](size_t i, coffer_status answer) {
          items[i].done = answer == COFFER_OK;
          if (!items[i].done) return;
          items[i].value.assign(static_cast<const char*>(entries[i].data), entries[i].size);
          items[i].left =
              entries[i].expires_at == COFFER_NEVER
                  ? coffer_ttl{COFFER_TTL_FOREVER}
                  : std::max<coffer_ttl>(1, entries[i].expires_at - store_.runtime()->now());
        });
    for (coffer_entry& entry : entries) release_entry(entry);
    return status;
  }

  coffer_status add(std::span<Item> items, coffer_ttl ttl, coffer_time deadline,
                    coffer_sink& sink) override {
    return put(items, COFFER_PUT_ADD, ttl, deadline, sink);
  }
  coffer_status set(std::span<Item> items, coffer_ttl ttl, coffer_time deadline,
                    coffer_sink& sink) override {
    return put(items, COFFER_PUT_SET, ttl, deadline, sink);
  }

  coffer_status touch(std::span<Item> items, coffer_ttl ttl, coffer_time deadline,
                      coffer_sink& sink) override {
    const std::vector<coffer_key> keys = keys_of(items);
    const std::vector<coffer_ttl> ttls(items.size(), ttl);
    return run(
        items.size(), sink,
        [&](coffer_outcome* each) {
          return table_.touch(self_, keys.data(), ttls.data(), keys.size(), deadline, each, &sink);
        },
        [](size_t, coffer_status) {});
  }

  coffer_status remove(std::span<Item> items, coffer_time deadline, coffer_sink& sink) override {
    const std::vector<coffer_key> keys = keys_of(items);
    return run(
        items.size(), sink,
        [&](coffer_outcome* each) {
          return table_.del(self_, keys.data(), nullptr, keys.size(), deadline, each, &sink);
        },
        [](size_t, coffer_status) {});
  }

 private:
  std::vector<coffer_key> keys_of(std::span<Item> items) const {
    std::vector<coffer_key> keys;
    for (const Item& item : items) {
      keys.push_back({item.key.data(), item.key.size(),
                      hash_bytes(item.key.data(), item.key.size(), store_.runtime()->hash_seed())});
    }
    return keys;
  }

  coffer_status put(std::span<Item> items, int32_t mode, coffer_ttl ttl, coffer_time deadline,
                    coffer_sink& sink) {
    const std::vector<coffer_key> keys = keys_of(items);
    std::vector<coffer_store_put> puts(items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      puts[i].key = keys[i];
      puts[i].value = {items[i].value.data(), items[i].value.size()};
      puts[i].ttl = ttl;
      puts[i].mode = mode;
    }
    return run(
        items.size(), sink,
        [&](coffer_outcome* each) {
          return table_.put(self_, puts.data(), puts.size(), deadline, nullptr, each, &sink);
        },
        [&](size_t i, coffer_status answer) { items[i].done = answer == COFFER_OK; });
  }

  // Calls the plugin and tells what it answered for each item. One item that fails fails all.
  template <typename Call, typename Answer>
  coffer_status run(size_t count, coffer_sink& sink, Call&& call, Answer&& answer) {
    std::vector<coffer_outcome> each(count, coffer_outcome{COFFER_INTERNAL, 0});
    coffer_status status = store_.call(sink, [&] { return call(each.data()); });
    if (failed(status)) return status;
    for (size_t i = 0; i < count; ++i) {
      if (failed(each[i].status)) status = each[i].status;
      answer(i, each[i].status);
    }
    if (failed(status) && sink.error == nullptr) {
      sink.fail(status, store_.label() + " failed to keep stamps, with " + status_name(status));
    }
    return failed(status) ? status : coffer_status{COFFER_OK};
  }

  Store& store_;
  const coffer_store& table_;
  void* const self_;
};

}  // namespace

std::unique_ptr<Stamps> shared_stamps(Store& store) {
  const coffer_store& table = store.plugin_table();
  void* const self = store.plugin_self();
  const void* kept =
      table.extension != nullptr ? table.extension(self, COFFER_STORE_STAMPS_ID) : nullptr;
  std::unique_ptr<StampKeeper> keeper;
  if (kept != nullptr) {
    keeper = std::make_unique<PluginKeeper>(
        *static_cast<const coffer_store_stamps*>(kept), self,
        [&store](coffer_sink& sink, const std::function<coffer_status()>& call) {
          return store.call(sink, call);
        });
  } else {
    keeper = std::make_unique<StoreKeeper>(std::make_unique<EntryStore>(store));
  }
  return std::make_unique<SharedStamps>(std::move(keeper));
}

}  // namespace coffer::core
