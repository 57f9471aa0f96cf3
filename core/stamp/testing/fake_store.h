// A store in memory that other processes share, and that forgets at random.
#ifndef COFFER_CORE_STAMP_TESTING_FAKE_STORE_H_
#define COFFER_CORE_STAMP_TESTING_FAKE_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "core/stamp/store_keeper.h"

namespace coffer::core::testing {

class FakeStore {
 public:
  struct Entry {
    std::string value;
    coffer_ttl left = 0;
  };

  // One process's connection.
  std::unique_ptr<StampStore> connect() { return std::make_unique<Connection>(*this); }

  void evict_one() {
    if (entries.empty()) return;
    entries.erase(std::next(entries.begin(), static_cast<long>(random() % entries.size())));
  }

  std::map<std::string, Entry> entries;
  uint64_t calls = 0;
  coffer_status failure = COFFER_OK;  // of every call
  std::function<void()> between;      // called before each item
  std::mt19937 random{1};

 private:
  class Connection final : public StampStore {
   public:
    explicit Connection(FakeStore& store) : store_(store) {}

    coffer_status get(std::span<Item> items, coffer_time, coffer_sink& sink) override {
      return each(items, sink, [&](Item& item) {
        const auto found = store_.entries.find(item.key);
        item.done = found != store_.entries.end();
        if (item.done) item.value = found->second.value;
        if (item.done) item.left = found->second.left;
      });
    }
    coffer_status add(std::span<Item> items, coffer_ttl ttl, coffer_time,
                      coffer_sink& sink) override {
      return each(items, sink, [&](Item& item) {
        item.done = store_.entries.try_emplace(item.key, Entry{item.value, ttl}).second;
      });
    }
    coffer_status set(std::span<Item> items, coffer_ttl ttl, coffer_time,
                      coffer_sink& sink) override {
      return each(items, sink, [&](Item& item) { store_.entries[item.key] = {item.value, ttl}; });
    }
    coffer_status touch(std::span<Item> items, coffer_ttl ttl, coffer_time,
                        coffer_sink& sink) override {
      return each(items, sink, [&](Item& item) {
        const auto found = store_.entries.find(item.key);
        if (found != store_.entries.end()) found->second.left = ttl;
      });
    }
    coffer_status remove(std::span<Item> items, coffer_time, coffer_sink& sink) override {
      return each(items, sink, [&](Item& item) { store_.entries.erase(item.key); });
    }

   private:
    template <typename Do>
    coffer_status each(std::span<Item> items, coffer_sink& sink, Do&& act) {
      ++store_.calls;
      if (failed(store_.failure))
        return sink.fail(store_.failure, "the store is down", COFFER_FAIL_RETRIABLE);
      for (Item& item : items) {
        if (store_.between) store_.between();
        act(item);
      }
      return COFFER_OK;
    }

    FakeStore& store_;
  };
};

}  // namespace coffer::core::testing

#endif  // COFFER_CORE_STAMP_TESTING_FAKE_STORE_H_
