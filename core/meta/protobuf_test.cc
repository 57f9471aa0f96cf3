// Our reader and writer against the protobuf library, which knows nothing of them but entry.proto.
#include <gtest/gtest.h>

#include "core/meta/entry.pb.h"
#include "core/meta/envelope.h"
#include "core/meta/fields.h"
#include "core/meta/testing/random_envelope.h"

namespace coffer::core {
namespace {

using testing::described;
using testing::fill_randomly;
using testing::OwnedEnvelope;
using testing::read_all;
using testing::written;

// What the library read, in our terms. The checksum is checked by us alone.
void take(const coffer::Entry& entry, OwnedEnvelope& out) {
  Envelope& e = out.envelope;
  e.revision = entry.revision();
  e.required_revision = entry.required_revision();
  e.format = entry.format();
  e.format_version = entry.format_version();
  e.flags = entry.flags();
  e.version = entry.version();
  e.created = entry.created();
  e.fresh_until = entry.fresh_until();
  e.stale_until = entry.stale_until();
  e.load_cost = entry.load_cost();
  e.sliding = entry.sliding();
  e.sliding_until = entry.sliding_until();
  e.root = entry.root();
  e.checksum = entry.has_checksum();
  for (int i = 0; i + 2 < entry.stamps_size(); i += 3) {
    out.stamps.push_back({entry.stamps(i), entry.stamps(i + 1), entry.stamps(i + 2)});
  }
  for (const coffer::Codec& codec : entry.codecs())
    out.codecs.push_back({codec.codec(), codec.parameters()});
  out.payload = entry.payload();
  out.view();
}

// The same the other way, checksum left out.
coffer::Entry give(const OwnedEnvelope& from) {
  const Envelope& e = from.envelope;
  coffer::Entry entry;
  entry.set_magic(e.checksum ? wire::kCheckedMagic : wire::kMagic);
  entry.set_revision(e.revision);
  entry.set_required_revision(e.required_revision);
  entry.set_format(e.format);
  entry.set_format_version(e.format_version);
  entry.set_flags(e.flags);
  entry.set_version(e.version);
  entry.set_created(e.created);
  entry.set_fresh_until(e.fresh_until);
  entry.set_stale_until(e.stale_until);
  entry.set_load_cost(e.load_cost);
  entry.set_sliding(e.sliding);
  entry.set_sliding_until(e.sliding_until);
  entry.set_root(e.root);
  for (const EnvelopeStamp& stamp : from.stamps) {
    for (const uint64_t number : {stamp.low, stamp.high, stamp.value}) entry.add_stamps(number);
  }
  for (const auto& codec : from.codecs) {
    coffer::Codec* added = entry.add_codecs();
    added->set_codec(codec.id);
    added->set_parameters(codec.parameters);
  }
  entry.set_payload(from.payload);
  return entry;
}

struct ProtobufTest : ::testing::Test {
  static void SetUpTestSuite() { GOOGLE_PROTOBUF_VERIFY_VERSION; }
  std::mt19937_64 random{testing::test_seed()};
};

TEST_F(ProtobufTest, ReadsWhatWeWriteAndWritesTheSameBytes) {
  for (int i = 0; i < 10'000; ++i) {
    OwnedEnvelope owned;
    fill_randomly(owned, random);
    const std::string bytes = written(owned.view());
    coffer::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(bytes));
    ASSERT_EQ(entry.magic(), owned.envelope.checksum ? wire::kCheckedMagic : wire::kMagic);
    OwnedEnvelope back;
    take(entry, back);
    ASSERT_EQ(described(back.envelope), described(owned.envelope));
    ASSERT_EQ(entry.SerializeAsString(), bytes);
  }
}

TEST_F(ProtobufTest, WritesWhatWeReadAndWriteAlike) {
  for (int i = 0; i < 10'000; ++i) {
    OwnedEnvelope owned;
    fill_randomly(owned, random);
    owned.envelope.checksum = false;
    const std::string bytes = give(owned).SerializeAsString();
    const auto read = read_all(bytes);
    ASSERT_EQ(read.status, COFFER_OK) << read.message;
    ASSERT_EQ(read.described, described(owned.view()));
    ASSERT_EQ(read.rewritten, bytes);
  }
}

// Spoilt bytes: what one takes, the other takes for the same. We refuse more: what is no envelope,
// groups, too much of a list, stamps that are not three numbers, a wrong checksum, a later
// revision.
TEST_F(ProtobufTest, AgreesOnSpoiltBytes) {
  size_t both = 0, ours = 0, neither = 0;
  for (int i = 0; i < 40'000; ++i) {
    OwnedEnvelope owned;
    fill_randomly(owned, random);
    owned.envelope.checksum = owned.envelope.checksum && i % 8 == 0;
    std::string bytes = written(owned.view());
    if (bytes.size() > 400) continue;
    for (size_t n = random() % 3; n > 0; --n) {
      const size_t at = wire::kMagicSize + random() % (bytes.size() - wire::kMagicSize);
      switch (random() % 3) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8)); break;
        case 1: bytes.insert(at, 1, static_cast<char>(random())); break;
        default: bytes.resize(at); break;
      }
      if (bytes.size() <= wire::kMagicSize) break;
    }
    const auto read = read_all(bytes);
    coffer::Entry entry;
    const bool parsed = entry.ParseFromString(bytes);
    if (read.status == COFFER_OK) {
      ASSERT_TRUE(parsed) << read.described;
      OwnedEnvelope back;
      take(entry, back);
      ASSERT_EQ(described(back.envelope), read.described);
      ++both;
    } else if (!parsed) {
      ++neither;
    } else {
      ++ours;
      const bool refusal =
          read.status == COFFER_UNSUPPORTED || read.message.find("stamps") != std::string::npos ||
          (read.message.find("no payload") != std::string::npos && !entry.has_payload()) ||
          read.message.find("checksum") != std::string::npos ||
          read.message.find("magic") != std::string::npos ||
          read.message.find("codec") != std::string::npos ||
          read.message.find("no field begins here") != std::string::npos;
      ASSERT_TRUE(refusal) << read.message;
    }
  }
  EXPECT_GT(both, 3'000u);
  EXPECT_GT(neither, 3'000u);
  std::printf("taken by both %zu, by neither %zu, refused by us alone %zu\n", both, neither, ours);
}

TEST_F(ProtobufTest, KeepsFieldsThatWeAddLater) {
  OwnedEnvelope owned;
  fill_randomly(owned, random);
  owned.envelope.checksum = false;
  coffer::Entry entry = give(owned);
  auto* unknown = entry.GetReflection()->MutableUnknownFields(&entry);
  unknown->AddVarint(17, 42);
  unknown->AddLengthDelimited(1900, "later");
  const auto read = read_all(entry.SerializeAsString());
  ASSERT_EQ(read.status, COFFER_OK) << read.message;
  coffer::Entry again;
  ASSERT_TRUE(again.ParseFromString(read.rewritten));
  EXPECT_EQ(again.SerializeAsString(), entry.SerializeAsString());
}

}  // namespace
}  // namespace coffer::core
