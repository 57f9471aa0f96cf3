// What a store that others share holds: envelopes, or bare values.
#include <gtest/gtest.h>

#include <random>

#include "capi/testing/freshness.h"
#include "core/meta/envelope.h"
#include "core/value/testing/recorder.h"
#include "tests/promise/shared_store.h"

namespace coffer::testing {
namespace {

class EnvelopeTest : public RuntimeTest {
 public:
  static void SetUpTestSuite() { ASSERT_EQ(SharedStore::enlist(), COFFER_OK); }

 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("shared://?capacity=1000&early=0");
    bare_ = open("shared://?capacity=1000&raw=1");
  }

  std::string bytes_of(std::string_view key) { return get(bare_, key); }
  core::Envelope envelope_of(std::string_view key) {
    held_ = bytes_of(key);
    coffer_sink sink;
    EXPECT_EQ(reader_.read({held_.data(), held_.size()}, bytes(key), sink), COFFER_OK) << key;
    return reader_.get();
  }
  std::string value_of(coffer_cache* cache, std::string_view key) {
    coffer_entry entry{};
    core::Recorder recorder;
    coffer_error* error = nullptr;
    coffer_status status = coffer_get(cache, key.data(), key.size(), &entry, &error);
    if (status == COFFER_OK)
      status = coffer_entry_play(cache, &entry, recorder.visitor(), nullptr, &error);
    coffer_entry_release(&entry);
    return status == COFFER_OK ? recorder.heard : message_of(error) + coffer_status_name(status);
  }

  coffer_cache* cache_ = nullptr;
  coffer_cache* bare_ = nullptr;
  std::string held_;
  core::EnvelopeReader reader_;
};

TEST_F(EnvelopeTest, HoldsAllThereIsToAnEntry) {
  Depends depends;
  depends.tag("t");
  coffer_put_options options = put_options(COFFER_PUT_SET, 60 * kSecond);
  options.format = 1234;
  options.grace = 10 * kSecond;
  options.dependencies = depends.get();
  ASSERT_EQ(put(cache_, "k", "the value", &options), COFFER_OK);
  const coffer_time now = coffer_runtime_now(runtime_);

  const core::Envelope envelope = envelope_of("k");
  EXPECT_EQ(held_.substr(0, 5),
            "\x0d"
            "COF1");
  EXPECT_TRUE(held_.ends_with("the value")) << "the payload is last, and as it is";
  EXPECT_EQ(envelope.format, 1234u);
  EXPECT_EQ(envelope.flags, 0u);
  EXPECT_EQ(envelope.created, now);
  EXPECT_EQ(envelope.fresh_until, now + 60 * kSecond);
  EXPECT_EQ(envelope.stale_until, now + 70 * kSecond);
  EXPECT_EQ(envelope.stamps.size(), 2u) << "the tag, and the root of all";
  EXPECT_FALSE(envelope.checksum);

  coffer_entry entry{};
  ASSERT_EQ(coffer_get(cache_, "k", 1, &entry, nullptr), COFFER_OK);
  EXPECT_EQ(entry.format, 1234u);
  EXPECT_EQ(entry.expires_at, now + 60 * kSecond);
  coffer_entry_release(&entry);
}

TEST_F(EnvelopeTest, ComesBackAsItWasPut) {
  const uint32_t seed = std::random_device{}();
  std::mt19937 random(seed);
  RecordProperty("seed", std::to_string(seed));
  for (int i = 0; i < 300; ++i) {
    std::string value(random() % (i % 10 == 0 ? 100'000 : 300), '\0');
    for (char& c : value) c = static_cast<char>(random());
    coffer_put_options options =
        put_options(COFFER_PUT_SET, random() % 2 != 0 ? COFFER_TTL_FOREVER : 60 * kSecond);
    options.format = random() % 3;
    if (random() % 4 == 0) value.clear(), options.flags = COFFER_ENTRY_NULL;
    ASSERT_EQ(put(cache_, "k", value, &options), COFFER_OK) << seed;
    coffer_entry entry{};
    ASSERT_EQ(coffer_get(cache_, "k", 1, &entry, nullptr), COFFER_OK) << seed;
    EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), value) << seed;
    EXPECT_EQ(entry.format, options.format);
    EXPECT_EQ(entry.flags, options.flags);
    EXPECT_EQ(entry.expires_at != COFFER_NEVER, options.ttl > 0);
    coffer_entry_release(&entry);
  }
}

TEST_F(EnvelopeTest, EntriesOutliveWhatTheyWereReadFrom) {
  ASSERT_EQ(put(cache_, "k", "first"), COFFER_OK);
  coffer_entry entry{};
  ASSERT_EQ(coffer_get(cache_, "k", 1, &entry, nullptr), COFFER_OK);
  ASSERT_EQ(put(cache_, "k", "second"), COFFER_OK);
  ASSERT_EQ(remove(cache_, "k"), COFFER_OK);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "first");
  coffer_entry_release(&entry);
  coffer_entry_release(&entry);
}

TEST_F(EnvelopeTest, TouchedEntriesLiveByTheStoresWord) {
  const coffer_put_options options = put_options(COFFER_PUT_SET, 10 * kSecond);
  ASSERT_EQ(put(cache_, "k", "v", &options), COFFER_OK);
  ASSERT_EQ(coffer_touch(cache_, "k", 1, 100 * kSecond, nullptr), COFFER_OK);
  advance(50 * kSecond);
  EXPECT_EQ(get(cache_, "k"), "v");
  // A put that keeps the time says in the envelope how much is left.
  const coffer_put_options keeping = put_options(COFFER_PUT_REPLACE, COFFER_TTL_KEEP);
  ASSERT_EQ(put(cache_, "k", "w", &keeping), COFFER_OK);
  EXPECT_EQ(envelope_of("k").fresh_until, coffer_runtime_now(runtime_) + 50 * kSecond);
  advance(50 * kSecond);
  EXPECT_EQ(get(cache_, "k"), "(miss)");
}

TEST_F(EnvelopeTest, WhoseTimeHasPassedIsNotServedWhateverTheStoreKeeps) {
  const coffer_put_options options = put_options(COFFER_PUT_SET, 10 * kSecond);
  ASSERT_EQ(put(cache_, "k", "v", &options), COFFER_OK);
  const std::string bytes = bytes_of("k");
  ASSERT_EQ(put(bare_, "k", bytes), COFFER_OK) << "by a program that forgot the time to live";
  advance(9 * kSecond);
  EXPECT_EQ(get(cache_, "k"), "v");
  advance(kSecond);
  EXPECT_EQ(get(cache_, "k"), "(miss)");
}

TEST_F(EnvelopeTest, DamagedEntriesAreMissingAndStandInNobodysWay) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 100, &queue, nullptr), COFFER_OK);
  coffer_queue_subscribe(queue, COFFER_EVENT_LOG, COFFER_LOG_WARNING);
  for (const char* damaged : {"", "not an envelope",
                              "\x0d"
                              "COF1\xff\xff"}) {
    SCOPED_TRACE(damaged);
    ASSERT_EQ(put(bare_, "k", damaged), COFFER_OK);
    EXPECT_EQ(get(cache_, "k"), "(miss)");
    coffer_event event{};
    ASSERT_GE(coffer_queue_poll(queue, &event, 1, 0), 1u);
    EXPECT_NE(std::string(static_cast<const char*>(event.text.data), event.text.size).find("'k'"),
              std::string::npos);
    coffer_event_release(&event);

    const coffer_put_options replacing = put_options(COFFER_PUT_REPLACE);
    EXPECT_EQ(put(cache_, "k", "v", &replacing), COFFER_MISS);
    const coffer_put_options adding = put_options(COFFER_PUT_ADD);
    EXPECT_EQ(put(cache_, "k", "added", &adding), COFFER_OK);
    EXPECT_EQ(get(cache_, "k"), "added");

    ASSERT_EQ(put(bare_, "k", damaged), COFFER_OK);
    Depends depends;
    EXPECT_EQ(load(cache_, "k", "loaded", depends), "loaded");
    EXPECT_EQ(get(cache_, "k"), "loaded");
  }
  coffer_queue_release(queue);
}

TEST_F(EnvelopeTest, EveryTruncationIsNoticed) {
  ASSERT_EQ(put(cache_, "k", "a value"), COFFER_OK);
  const std::string bytes = bytes_of("k");
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_EQ(put(bare_, "k", bytes.substr(0, size)), COFFER_OK);
    EXPECT_EQ(get(cache_, "k"), "(miss)") << size;
  }
}

// ---- raw=1 --------------------------------------------------------------------------------------

TEST_F(EnvelopeTest, BareValuesAreWhatOtherProgramsRead) {
  const coffer_value value = {nullptr, [](void*, const coffer_visitor* into, coffer_sink*) {
                                return into->text(into->self, "hello", 5);
                              }};
  ASSERT_EQ(coffer_put_value(bare_, "k", 1, &value, nullptr, nullptr, nullptr), COFFER_OK);
  EXPECT_EQ(bytes_of("k"), "\"hello\"");
  ASSERT_EQ(put(bare_, "theirs", "[1,2]"), COFFER_OK);
  EXPECT_EQ(value_of(bare_, "theirs"), "[ i1 i2 ] ");
  coffer_put_options null = put_options();
  null.flags = COFFER_ENTRY_NULL;
  ASSERT_EQ(put(bare_, "n", "", &null), COFFER_OK);
  EXPECT_EQ(bytes_of("n"), "null");
  EXPECT_EQ(value_of(bare_, "n"), "null ");
}

TEST_F(EnvelopeTest, BareValuesRefuseWhatTheyCannotKeep) {
  Depends depends;
  depends.tag("t");
  coffer_put_options options = put_options();
  options.dependencies = depends.get();
  EXPECT_EQ(put(bare_, "k", "v", &options), COFFER_UNSUPPORTED);
  options = put_options();
  options.grace = kSecond;
  EXPECT_EQ(put(bare_, "k", "v", &options), COFFER_UNSUPPORTED);
  EXPECT_EQ(fetch_with(bare_, "k", depends).call, COFFER_UNSUPPORTED);
  for (const char* with : {"codec=lz4", "checksum=1", "grace=1s", "sliding=1"}) {
    const std::string message =
        open_fails((std::string("shared://?raw=1&") + with).c_str(), COFFER_INVALID_ARGUMENT);
    EXPECT_NE(message.find(std::string(with).substr(0, std::string(with).find('='))),
              std::string::npos)
        << message;
  }
}

TEST_F(EnvelopeTest, BareValuesAreLeasedAndCleared) {
  Depends none;
  EXPECT_EQ(load(bare_, "k", "v", none), "loaded");
  EXPECT_EQ(fetch(bare_, "k").text(), "HIT v");
  ASSERT_EQ(coffer_clear(bare_, nullptr), COFFER_OK);
  EXPECT_EQ(get(bare_, "k"), "(miss)");
}

}  // namespace
}  // namespace coffer::testing
