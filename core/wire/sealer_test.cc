#include "core/wire/sealer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "core/freshness/meta.h"
#include "core/meta/envelope.h"
#include "core/ref/entry.h"

namespace coffer::core {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

class SealerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    clock_.set_manual();
    coffer_sink sink;
    ASSERT_EQ(CodecStack::open(nullptr, "", {}, codecs_, sink), COFFER_OK);
  }

  Sealer sealer(Sealer::Scope scope = Sealer::Scope::kEntry) const {
    return Sealer(clock_, codecs_, scope, false);
  }
  coffer_store_put item(std::string_view value, coffer_ttl ttl) const {
    coffer_store_put item{};
    item.key = {"k", 1, 1};
    item.value = {value.data(), value.size()};
    item.meta = meta_.bytes();
    item.ttl = ttl;
    item.flags = COFFER_ENTRY_NEGATIVE;
    item.format = 77;
    return item;
  }
  static coffer_entry stored(const coffer_store_put& item, coffer_time expires_at) {
    coffer_entry entry{};
    entry.data = item.value.data;
    entry.size = item.value.size;
    entry.version = 9;
    entry.expires_at = expires_at;
    return entry;
  }

  Clock clock_;
  Ref<CodecStack> codecs_;
  MetaBuffer meta_;
};

TEST_F(SealerTest, AllThatIsKeptBesideAValueComesBack) {
  const Stamp stamps[] = {{{1, 2}, nullptr, 3}, {{4, 5}, nullptr, 6}};
  Origin origin;
  origin.root = 8;
  origin.created = clock_.now(COFFER_CLOCK_PRECISE);
  origin.cost = 5'000'000;
  origin.times = {10 * kSecond, 60 * kSecond, clock_.now(COFFER_CLOCK_PRECISE) + 3600 * kSecond};
  origin.stamps = stamps;
  meta_.set(origin, false);
  const Sealer sealer = this->sealer();
  coffer_store_put sealed = item("value", 70 * kSecond);
  SealedBytes bytes;
  coffer_sink sink;
  ASSERT_EQ(sealer.seal(sealed, bytes, sink), COFFER_OK);
  EXPECT_EQ(sealed.meta.size, 0u);
  EXPECT_EQ(sealed.flags, 0u);
  EXPECT_EQ(sealed.format, 0u);
  EXPECT_EQ(sealed.ttl, 70 * kSecond);

  const coffer_time end = clock_.now(COFFER_CLOCK_PRECISE) + 70 * kSecond;
  coffer_entry entry = stored(sealed, end);
  ASSERT_EQ(sealer.unseal(sealed.key, entry, sink), COFFER_OK);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "value");
  EXPECT_EQ(entry.data, static_cast<const char*>(sealed.value.data) + sealed.value.size - 5)
      << "in place";
  EXPECT_EQ(entry.flags, uint32_t{COFFER_ENTRY_NEGATIVE});
  EXPECT_EQ(entry.format, 77u);
  EXPECT_EQ(entry.version, 9u);
  EXPECT_EQ(entry.expires_at, end);
  ASSERT_EQ(entry.meta_size, meta_.bytes().size);
  EXPECT_EQ(std::memcmp(entry.meta, meta_.bytes().data, entry.meta_size), 0);
  release_entry(entry);

  entry = stored(sealed, COFFER_NEVER);
  ASSERT_EQ(sealer.unseal(sealed.key, entry, sink), COFFER_OK);
  EXPECT_EQ(entry.expires_at, end) << "by the envelope, where the store does not know";
  release_entry(entry);
  clock_.advance(70 * kSecond);
  entry = stored(sealed, COFFER_NEVER);
  EXPECT_EQ(sealer.unseal(sealed.key, entry, sink), COFFER_MISS);
}

TEST_F(SealerTest, WhatIsKeptBesideTheValueStaysThere) {
  const char beside[] = "meta";
  const Sealer sealer = this->sealer(Sealer::Scope::kValue);
  coffer_store_put sealed = item("value", COFFER_TTL_KEEP);
  sealed.meta = {beside, 4};
  SealedBytes bytes;
  coffer_sink sink;
  ASSERT_EQ(sealer.seal(sealed, bytes, sink), COFFER_OK);
  EXPECT_EQ(sealed.meta.data, beside);
  coffer_entry entry = stored(sealed, 5);
  entry.meta = beside;
  entry.meta_size = 4;
  ASSERT_EQ(sealer.unseal(sealed.key, entry, sink), COFFER_OK);
  EXPECT_EQ(entry.meta, beside);
  EXPECT_EQ(entry.format, 77u);
  EXPECT_EQ(entry.expires_at, 5);
  release_entry(entry);
}

TEST_F(SealerTest, WhatCannotBeReadIsToBeMadeDead) {
  coffer_entry entry{};
  entry.data = "garbage";
  entry.size = 7;
  entry.version = 3;
  coffer_sink sink;
  EXPECT_EQ(sealer().unseal({"k", 1, 1}, entry, sink), COFFER_CORRUPT);
  EXPECT_EQ(entry.size, 7u);
  Sealer::make_dead(entry);
  EXPECT_EQ(entry.size, 0u);
  EXPECT_EQ(entry.version, 3u);
  MetaView meta;
  EXPECT_FALSE(meta.read(entry.meta, entry.meta_size));
}

TEST_F(SealerTest, InstantsThatCannotBeAreNoTrap) {
  Envelope envelope;
  EnvelopeStamp stamps[kMostEnvelopeStamps] = {};
  envelope.created = INT64_MIN;
  envelope.fresh_until = INT64_MIN + 1;
  envelope.stale_until = INT64_MAX;
  envelope.load_cost = UINT64_MAX;
  envelope.sliding = UINT64_MAX;
  envelope.sliding_until = INT64_MIN;
  std::string bytes(envelope_size(envelope), '\0');
  write_envelope(envelope, bytes.data());
  coffer_entry entry{};
  entry.data = bytes.data();
  entry.size = bytes.size();
  coffer_sink sink;
  ASSERT_EQ(sealer().unseal({"k", 1, 1}, entry, sink), COFFER_OK);
  release_entry(entry);

  envelope = {};
  envelope.stamps = stamps;
  bytes.assign(envelope_size(envelope), '\0');
  write_envelope(envelope, bytes.data());
  entry = {};
  entry.data = bytes.data();
  entry.size = bytes.size();
  EXPECT_EQ(sealer().unseal({"k", 1, 1}, entry, sink), COFFER_UNSUPPORTED);
}

}  // namespace
}  // namespace coffer::core
