// Nothing of an entry changes unnoticed, where it is sealed by a checksum or by a codec that
// encrypts: what was changed reads as missing, and the log says so.
#include <gtest/gtest.h>

#include "capi/testing/freshness.h"
#include "core/meta/envelope.h"
#include "tests/promise/shared_store.h"

namespace coffer::testing {
namespace {

constexpr const char* kCipher =
    "aes_gcm&codec.aes_gcm.key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

using Seal = std::string;  // options of a cache

class TamperTest : public RuntimeTest, public ::testing::WithParamInterface<Seal> {
 public:
  static void SetUpTestSuite() { ASSERT_EQ(SharedStore::enlist(), COFFER_OK); }

 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open(("shared://?capacity=1000&early=0&" + GetParam()).c_str());
    bare_ = open("shared://?capacity=1000&raw=1");
    ASSERT_EQ(coffer_queue_create(runtime_, 100, &queue_, nullptr), COFFER_OK);
    coffer_queue_subscribe(queue_, COFFER_EVENT_LOG, COFFER_LOG_WARNING);
  }
  void TearDown() override {
    coffer_queue_release(queue_);
    RuntimeTest::TearDown();
  }

  // Entries that have each field of an envelope among them.
  std::vector<std::string> samples() {
    Depends depends;
    depends.tag("t");
    coffer_put_options rich = put_options(COFFER_PUT_SET, 60 * kSecond);
    rich.format = 1234;
    rich.grace = 10 * kSecond;
    rich.dependencies = depends.get();
    EXPECT_EQ(put(cache_, "rich", "a value that matters", &rich), COFFER_OK);
    coffer_put_options null = put_options();
    null.flags = COFFER_ENTRY_NULL;
    EXPECT_EQ(put(cache_, "null", "", &null), COFFER_OK);
    EXPECT_EQ(put(cache_, "long", std::string(300, 'a')), COFFER_OK);
    EXPECT_EQ(load(cache_, "loaded", "true", depends), "loaded");
    return {"rich", "null", "long", "loaded"};
  }

  // Whether the store's entry under `key` is missing once it has these bytes, and the log says so.
  ::testing::AssertionResult noticed(std::string_view key, const std::string& bytes) {
    if (put(bare_, key, bytes) != COFFER_OK) return ::testing::AssertionFailure() << "no put";
    const std::string got = get_pinned(cache_, key);
    if (got != "(miss)") return ::testing::AssertionFailure() << "served as " << got;
    coffer_event event{};
    if (coffer_queue_poll(queue_, &event, 1, 0) != 1) {
      return ::testing::AssertionFailure() << "missing, and nothing in the log";
    }
    const std::string text(static_cast<const char*>(event.text.data), event.text.size);
    coffer_event_release(&event);
    if (text.find("'" + std::string(key) + "'") != text.npos) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << text;
  }

  coffer_cache* cache_ = nullptr;
  coffer_cache* bare_ = nullptr;
  coffer_queue* queue_ = nullptr;
};

TEST_P(TamperTest, EveryFlippedBitIsNoticed) {
  for (const std::string& key : samples()) {
    const std::string served = get(cache_, key), bytes = get(bare_, key);
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string changed = bytes;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
      ASSERT_TRUE(noticed(key, changed)) << key << ", bit " << bit << " of " << bytes.size() * 8;
    }
    ASSERT_EQ(put(bare_, key, bytes), COFFER_OK);
    EXPECT_EQ(get(cache_, key), served) << "as it was, it is served";
  }
}

TEST_P(TamperTest, EveryCutAndEveryAppendixIsNoticed) {
  for (const std::string& key : samples()) {
    const std::string bytes = get(bare_, key);
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_TRUE(noticed(key, bytes.substr(0, size))) << key << ", size " << size;
      ASSERT_TRUE(noticed(key, bytes.substr(0, size) + bytes.substr(size + 1))) << key << size;
    }
    for (const std::string& more : {std::string(1, '\0'), std::string("\x20\x10"), bytes}) {
      ASSERT_TRUE(noticed(key, bytes + more)) << key;
    }
  }
}

TEST_P(TamperTest, AnEntryOfAnotherKeyIsNoticed) {
  for (const std::string& key : samples()) {
    for (const char* other : {"rich2", "ric", "null2", ""}) {
      ASSERT_TRUE(noticed(std::string("other:") + other, get(bare_, key)))
          << key << " as " << other;
    }
  }
}

// By a program that knows the format, and computes a checksum anew.
class ForgeryTest : public TamperTest {
 protected:
  using Change = void (*)(core::Envelope&);

  std::string forged(std::string_view key, const std::string& sealed, Change change) {
    coffer_sink sink;
    core::EnvelopeReader reader;
    EXPECT_EQ(reader.read(bytes(sealed), bytes(key), sink), COFFER_OK);
    core::Envelope envelope = reader.get();
    change(envelope);
    std::string out(envelope_size(envelope), '\0');
    write_envelope(envelope, out.data());
    return out;
  }
};

TEST_P(ForgeryTest, EveryChangedFieldIsNoticed) {
  using E = core::Envelope;
  constexpr std::pair<const char*, Change> kChanges[] = {
      {"revision", [](E& e) { e.revision = 0; }},
      {"format", [](E& e) { e.format ^= 1; }},
      {"format_version", [](E& e) { e.format_version ^= 1; }},
      {"flags", [](E& e) { e.flags ^= COFFER_ENTRY_NULL; }},
      {"version", [](E& e) { e.version ^= 1; }},
      {"created", [](E& e) { e.created ^= 1; }},
      {"fresh_until", [](E& e) { e.fresh_until ^= kSecond; }},
      {"stale_until", [](E& e) { e.stale_until ^= kSecond; }},
      {"load_cost", [](E& e) { e.load_cost ^= 1; }},
      {"sliding", [](E& e) { e.sliding ^= kSecond; }},
      {"sliding_until", [](E& e) { e.sliding_until ^= kSecond; }},
      {"root", [](E& e) { e.root ^= 1; }},
      {"checksum", [](E& e) { e.checksum = !e.checksum; }},
      {"stamps", [](E& e) { e.stamps = e.stamps.subspan(e.stamps.empty() ? 0 : 1); }},
      {"all codecs", [](E& e) { e.codecs = {}; }},
      {"first codec", [](E& e) { e.codecs = e.codecs.subspan(1); }},
      {"payload", [](E& e) { e.payload.size -= 1; }},
  };
  size_t changed = 0;
  for (const std::string& key : samples()) {
    const std::string sealed = get(bare_, key);
    ASSERT_EQ(forged(key, sealed, [](E&) {}), sealed);
    for (const auto& [field, change] : kChanges) {
      const std::string bytes = forged(key, sealed, change);
      if (bytes == sealed) continue;  // it has no stamps
      EXPECT_TRUE(noticed(key, bytes)) << field << " of " << key;
      ++changed;
    }
  }
  EXPECT_GE(changed, 4 * std::size(kChanges) - 4);
}

const Seal kSeals[] = {"checksum=1", std::string("codec=") + kCipher,
                       std::string("codec=zstd,") + kCipher,
                       std::string("checksum=1&codec=lz4,") + kCipher};

INSTANTIATE_TEST_SUITE_P(Seals, TamperTest, ::testing::ValuesIn(kSeals));
// A checksum alone finds damage, and stops no forger.
INSTANTIATE_TEST_SUITE_P(Ciphers, ForgeryTest, ::testing::ValuesIn(kSeals + 1, std::end(kSeals)));

}  // namespace
}  // namespace coffer::testing
