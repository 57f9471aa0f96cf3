// Live objects in an in-process store.
#include "coffer/object.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "capi/testing/fixture.h"
#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

struct Thing {
  std::atomic<int> refs{1};
  int64_t number = 0;
};

void retain(const coffer_object_type*, void* object) {
  static_cast<Thing*>(object)->refs.fetch_add(1);
}
void release(const coffer_object_type*, void* object) {
  static_cast<Thing*>(object)->refs.fetch_sub(1);
}
coffer_status view(const coffer_object_type*, void* object, const coffer_visitor* into,
                   coffer_sink*) {
  return into->i64(into->self, static_cast<Thing*>(object)->number);
}

constexpr coffer_object_type kDirect = {
    sizeof(coffer_object_type), 0, "test.thing", nullptr, retain, release, view};
constexpr coffer_object_type kDeferred = {sizeof(coffer_object_type),
                                          COFFER_OBJECT_DEFERRED_RELEASE,
                                          "test.deferred",
                                          nullptr,
                                          retain,
                                          release,
                                          view};

class ObjectTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("memory://?capacity=4&shards=1&strategy=lru");
  }
  coffer_status put_object(std::string_view key, Thing& thing,
                           const coffer_object_type* type = &kDirect,
                           const coffer_put_options* options = nullptr) {
    return coffer_put_object(cache_, key.data(), key.size(), &thing, type, options, nullptr,
                             nullptr);
  }
  void close() {
    for (coffer_cache* cache : caches_) coffer_cache_release(cache);
    caches_.clear();
    coffer_runtime_release(runtime_);
    runtime_ = nullptr;
  }
  coffer_cache* cache_ = nullptr;
};

TEST_F(ObjectTest, TheSameObjectComesBack) {
  Thing thing;
  ASSERT_EQ(put_object("k", thing), COFFER_OK);
  EXPECT_EQ(thing.refs, 2);
  coffer_entry entry{};
  ASSERT_EQ(coffer_get(cache_, "k", 1, &entry, nullptr), COFFER_OK);
  EXPECT_EQ(entry.flags, COFFER_ENTRY_OBJECT);
  EXPECT_EQ(entry.object, &thing);
  EXPECT_EQ(entry.object_type, &kDirect);
  coffer_entry_release(&entry);
  char buffer[8];
  coffer_read_info info{};
  EXPECT_EQ(coffer_read(cache_, "k", 1, buffer, sizeof buffer, &info, nullptr), COFFER_UNSUPPORTED);
  close();
  EXPECT_EQ(thing.refs, 1);
}

TEST_F(ObjectTest, EachWayOfLeavingGivesTheReferenceBack) {
  Thing overwritten, deleted, expired, evicted, cleared, pinned;
  put_object("overwritten", overwritten);
  put(cache_, "overwritten", "bytes");
  put_object("deleted", deleted);
  remove(cache_, "deleted");
  const coffer_put_options second = put_options(COFFER_PUT_SET, kSecond);
  put_object("expired", expired, &kDirect, &second);
  advance(kSecond);
  coffer_runtime_maintain(runtime_, nullptr);
  put_object("evicted", evicted);
  for (const char* key : {"1", "2", "3", "4"}) put(cache_, key, "v");
  put_object("cleared", cleared);
  coffer_entry entry{};
  put_object("pinned", pinned);
  ASSERT_EQ(coffer_get(cache_, "pinned", 6, &entry, nullptr), COFFER_OK);
  coffer_clear(cache_, nullptr);
  EXPECT_EQ(pinned.refs, 2) << "the pin holds the object";
  close();
  EXPECT_EQ(pinned.refs, 2);
  coffer_entry_release(&entry);
  for (const Thing* thing : {&overwritten, &deleted, &expired, &evicted, &cleared, &pinned}) {
    EXPECT_EQ(thing->refs, 1);
  }
}

TEST_F(ObjectTest, APutThatDoesNotHappenTakesNothing) {
  Thing thing;
  put(cache_, "k", "bytes");
  const coffer_put_options add = put_options(COFFER_PUT_ADD);
  EXPECT_EQ(put_object("k", thing, &kDirect, &add), COFFER_EXISTS);
  const coffer_put_options replace = put_options(COFFER_PUT_REPLACE);
  EXPECT_EQ(put_object("none", thing, &kDirect, &replace), COFFER_MISS);
  EXPECT_EQ(thing.refs, 1);
  EXPECT_EQ(put_object("k", thing, nullptr), COFFER_INVALID_ARGUMENT);
  coffer_object_type broken = kDirect;
  broken.retain = nullptr;
  EXPECT_EQ(put_object("k", thing, &broken), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(thing.refs, 1);
}

TEST_F(ObjectTest, DeferredReleasesWaitForTheBinding) {
  Thing thing;
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  coffer_queue_subscribe(queue, COFFER_EVENT_OBJECTS, 0);
  put_object("k", thing, &kDeferred);
  remove(cache_, "k");
  close();  // whatever is still waiting to be reclaimed goes now
  EXPECT_EQ(thing.refs, 2) << "nobody but the binding releases";
  coffer_event event{};
  ASSERT_EQ(coffer_queue_poll(queue, &event, 1, 0), 1u);
  EXPECT_EQ(event.kind, COFFER_EVENT_OBJECTS);
  EXPECT_EQ(event.object_type, &kDeferred);
  coffer_event_release(&event);
  void* objects[4];
  ASSERT_EQ(coffer_object_drain(&kDeferred, objects, 4), 1u);
  EXPECT_EQ(objects[0], &thing);
  EXPECT_EQ(coffer_object_drain(&kDeferred, objects, 4), 0u);
  EXPECT_EQ(coffer_object_drain(&kDirect, objects, 4), 0u);
  coffer_queue_release(queue);
}

TEST_F(ObjectTest, AReadCopiesTheReferenceIfTheBindingReleases) {
  Thing thing;
  Depends depends;
  coffer_put_options tagged = put_options();
  tagged.dependencies = depends.tag("t").get();
  ASSERT_EQ(put_object("plain", thing, &kDeferred), COFFER_OK);
  ASSERT_EQ(put_object("tagged", thing, &kDeferred, &tagged), COFFER_OK);
  const auto read = [&](std::string_view key, coffer_object_ref* ref, size_t room,
                        coffer_read_info* info) {
    return coffer_read(cache_, key.data(), key.size(), ref, room, info, nullptr);
  };
  for (const char* key : {"plain", "tagged"}) {
    SCOPED_TRACE(key);
    coffer_object_ref ref{};
    coffer_read_info info{};
    ASSERT_EQ(read(key, &ref, sizeof ref, &info), COFFER_OK);
    EXPECT_EQ(ref.object, &thing);
    EXPECT_EQ(ref.type, &kDeferred);
    EXPECT_EQ(info.size, sizeof ref);
    EXPECT_EQ(info.flags, COFFER_ENTRY_OBJECT);
    ref = {};
    info = {};
    EXPECT_EQ(read(key, &ref, sizeof ref - 1, &info), COFFER_SHORT);
    EXPECT_EQ(ref.object, nullptr);
    EXPECT_EQ(info.size, sizeof ref);
    EXPECT_EQ(info.flags, COFFER_ENTRY_OBJECT);
  }
  EXPECT_EQ(thing.refs, 3) << "a reader takes none";
  ASSERT_EQ(coffer_invalidate_tags(cache_, nullptr, tagged.dependencies->tags, 1, nullptr),
            COFFER_OK);
  coffer_object_ref ref{};
  coffer_read_info info{};
  EXPECT_EQ(read("tagged", &ref, sizeof ref, &info), COFFER_MISS);
  EXPECT_EQ(read("plain", &ref, sizeof ref, &info), COFFER_OK);
  close();
  void* objects[4];
  EXPECT_EQ(coffer_object_drain(&kDeferred, objects, 4), 2u);
}

TEST_F(ObjectTest, AnObjectPlaysThroughItsView) {
  Thing thing;
  thing.number = 42;
  put_object("k", thing);
  coffer_entry entry{};
  ASSERT_EQ(coffer_get(cache_, "k", 1, &entry, nullptr), COFFER_OK);
  coffer_visitor visitor{};
  int64_t seen = 0;
  visitor.struct_size = sizeof visitor;
  visitor.self = &seen;
  const auto refuse = [](auto...) { return coffer_status{COFFER_UNSUPPORTED}; };
  visitor.null = refuse;
  visitor.boolean = refuse;
  visitor.i64 = [](void* self, int64_t value) {
    *static_cast<int64_t*>(self) = value;
    return coffer_status{COFFER_OK};
  };
  visitor.u64 = refuse;
  visitor.bigint = refuse;
  visitor.f64 = refuse;
  visitor.text = refuse;
  visitor.blob = refuse;
  visitor.list_begin = refuse;
  visitor.list_end = refuse;
  visitor.map_begin = refuse;
  visitor.map_end = refuse;
  visitor.ext = refuse;
  EXPECT_EQ(coffer_entry_play(cache_, &entry, &visitor, nullptr, nullptr), COFFER_OK);
  EXPECT_EQ(seen, 42);
  coffer_entry_release(&entry);
  close();  // before the object goes
}

TEST_F(ObjectTest, ReferencesBalanceUnderThreads) {
  constexpr int kThings = 16;
  Thing things[kThings];
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 3000; ++i) {
        Thing& thing = things[(i * 7 + t) % kThings];
        const std::string key = std::to_string((i + t) % 8);
        if (i % 3 == 0) {
          put_object(key, thing);
        } else if (i % 17 == 0) {
          remove(cache_, key);
        } else {
          coffer_entry entry{};
          if (coffer_get(cache_, key.data(), key.size(), &entry, nullptr) == COFFER_OK) {
            EXPECT_GE(static_cast<Thing*>(entry.object)->refs, 2);
          }
          coffer_entry_release(&entry);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  close();
  for (const Thing& thing : things) EXPECT_EQ(thing.refs, 1);
}

}  // namespace
}  // namespace coffer::testing
