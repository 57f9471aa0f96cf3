// Pinned entries and live objects: what outlives what, and who gives back what.
#include <thread>

#include "plugins/stores/memory/test_store.h"

namespace coffer::memory {
namespace {

constexpr coffer_ttl kSecond = 1000000000;

class PinTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(host_.problems(), ""); }

  FakeHost host_;
};

TEST_F(PinTest, PinsOutliveEverything) {
  coffer_entry overwritten = {}, deleted = {}, cleared = {}, destroyed = {};
  {
    TestStore store(&host_, {{"capacity", "100"}});
    store.put("a", "first a");
    store.put("b", "first b");
    store.put("c", "first c");
    ASSERT_EQ(store.get("a", &overwritten), COFFER_OK);
    ASSERT_EQ(store.get("b", &deleted), COFFER_OK);
    ASSERT_EQ(store.get("c", &cleared), COFFER_OK);
    store.put("a", "second a");
    store.del("b");
    store.clear();
    for (int i = 0; i < 1000; ++i) store.put("x" + std::to_string(i), "y");
    store.put("d", "first d");
    ASSERT_EQ(store.get("d", &destroyed), COFFER_OK);
    const uint64_t bytes = store.stats().bytes;
    store.maintain();
    EXPECT_GT(store.stats().bytes, 0u);
    EXPECT_LE(store.stats().bytes, bytes);
  }
  EXPECT_EQ(TestStore::text(overwritten), "first a");
  EXPECT_EQ(TestStore::text(deleted), "first b");
  EXPECT_EQ(TestStore::text(cleared), "first c");
  EXPECT_EQ(TestStore::text(destroyed), "first d");
  EXPECT_NE(host_.live_blocks(), 0u);
  host_.expect_silence();
  std::vector<std::thread> threads;
  for (coffer_entry* entry : {&destroyed, &cleared, &overwritten, &deleted}) {
    threads.emplace_back([entry] { TestStore::release(entry); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(host_.live_blocks(), 0u);
}

TEST_F(PinTest, LooksWithoutValueNeedNoPin) {
  TestStore store(&host_);
  store.put("k", "value");
  coffer_entry entry = {};
  ASSERT_EQ(store.get("k", &entry, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE), COFFER_OK);
  EXPECT_EQ(entry.size, 5u);
  EXPECT_EQ(entry.data, nullptr);
  TestStore::release(&entry);
  Put how;
  how.meta = "m";
  store.put("k", "value", how);
  ASSERT_EQ(store.get("k", &entry, COFFER_GET_NO_VALUE), COFFER_OK);
  store.del("k");
  store.maintain();
  EXPECT_EQ(*static_cast<const char*>(entry.meta), 'm');
  TestStore::release(&entry);
}

// ---- Objects ----------------------------------------------------------------------------------

class ObjectTest : public PinTest {
 protected:
  Put object(void** out) {
    Put how;
    how.object = *out = host_.new_object();
    how.object_type = host_.object_type();
    return how;
  }
};

TEST_F(ObjectTest, ObjectsAreReleasedOnceTheyAreGoneAndUnpinned) {
  TestStore store(&host_, {{"capacity", "4"}, {"shards", "1"}});
  void *a, *b, *c, *d, *e;
  ASSERT_EQ(store.put("a", "", object(&a)), COFFER_OK);
  std::string value;
  EXPECT_EQ(store.read("a", &value), COFFER_UNSUPPORTED);
  coffer_entry pin = {};
  ASSERT_EQ(store.get("a", &pin), COFFER_OK);
  EXPECT_EQ(pin.object, a);
  EXPECT_EQ(pin.object_type, host_.object_type());
  EXPECT_EQ(pin.flags, COFFER_ENTRY_OBJECT);
  ASSERT_EQ(store.put("a", "", object(&b)), COFFER_OK);
  EXPECT_EQ(host_.releases_of(a), 0u);
  TestStore::release(&pin);
  EXPECT_EQ(host_.releases_of(a), 1u);
  EXPECT_EQ(store.del("a"), COFFER_OK);
  EXPECT_EQ(host_.releases_of(b), 1u);

  ASSERT_EQ(store.put("c", "", object(&c)), COFFER_OK);
  for (int i = 0; i < 4; ++i) store.put("x" + std::to_string(i), "y");
  EXPECT_EQ(host_.releases_of(c), 1u);  // evicted

  Put brief = object(&d);
  brief.ttl = kSecond;
  ASSERT_EQ(store.put("d", "", brief), COFFER_OK);
  host_.advance(kSecond);
  store.maintain();
  EXPECT_EQ(host_.releases_of(d), 1u);

  ASSERT_EQ(store.put("e", "", object(&e)), COFFER_OK);
  ASSERT_EQ(store.touch("e", kSecond), COFFER_OK);
  ASSERT_EQ(store.get("e", &pin), COFFER_OK);
  store.destroy();
  EXPECT_EQ(host_.releases_of(e), 0u);
  TestStore::release(&pin);
  EXPECT_EQ(host_.releases_of(e), 1u);
  EXPECT_EQ(host_.releases(), 5u);
}

TEST_F(ObjectTest, RefusedObjectsStayWithTheCaller) {
  TestStore store(&host_);
  store.put("k", "v");
  void* a;
  Put add = object(&a);
  add.mode = COFFER_PUT_ADD;
  EXPECT_EQ(store.put("k", "", add), COFFER_EXISTS);
  Put cas = add;
  cas.mode = COFFER_PUT_CAS;
  cas.expected_version = 12345;
  EXPECT_EQ(store.put("k", "", cas), COFFER_CONFLICT);
  Put heavy = add;
  heavy.mode = COFFER_PUT_SET;
  heavy.weight = 1 << 30;
  EXPECT_EQ(store.put("k", "", heavy), COFFER_TOO_LARGE);
  store.destroy();
  EXPECT_EQ(host_.releases(), 0u);
}

TEST_F(ObjectTest, ClearAndDestroyReleaseAll) {
  TestStore store(&host_);
  void* object_;
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(store.put("k" + std::to_string(i), "", object(&object_)), COFFER_OK);
  }
  EXPECT_EQ(store.clear("k1"), 111u);
  EXPECT_EQ(host_.releases(), 111u);
  store.destroy();
  EXPECT_EQ(host_.releases(), 500u);
}

}  // namespace
}  // namespace coffer::memory
