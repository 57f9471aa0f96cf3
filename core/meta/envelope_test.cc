#include "core/meta/envelope.h"

#include <gtest/gtest.h>

#include "core/meta/fields.h"
#include "core/meta/testing/random_envelope.h"

namespace coffer::core {
namespace {

using testing::described;
using testing::fill_randomly;
using testing::OwnedEnvelope;
using testing::read_all;
using testing::written;

std::string field(uint32_t number, wire::Type type, std::string_view content) {
  char room[10];
  return std::string(room, wire::put_varint(room, wire::tag(number, type)) - room) +
         std::string(content);
}

TEST(Envelope, TheSmallestIsMagicRevisionAndAnEmptyPayload) {
  EXPECT_EQ(written({}), std::string("\x0d\x43\x4f\x46\x31\x10\x01\xfa\x7f\x00", 10));
}

TEST(Envelope, HasTheBytesThatThePublishedFormatSays) {
  OwnedEnvelope owned;
  owned.envelope.format = 16;
  owned.envelope.created = 0x0102030405060708;
  owned.envelope.root = 5;
  owned.stamps = {{1, 2, 3}};
  owned.codecs = {{18, "k1"}};
  owned.payload = "{}";
  EXPECT_EQ(written(owned.view()),
            std::string("\x0d\x43\x4f\x46\x31\x10\x01\x20\x10"
                        "\x41\x08\x07\x06\x05\x04\x03\x02\x01"
                        "\x71\x05\0\0\0\0\0\0\0"
                        "\x7a\x18\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0"
                        "\x82\x01\x06\x08\x12\x12\x02k1"
                        "\xfa\x7f\x02{}",
                        5 + 2 + 2 + 9 + 9 + 26 + 9 + 5));
}

TEST(Envelope, WhatIsWrittenIsRead) {
  std::mt19937_64 random(testing::test_seed());
  for (int i = 0; i < 20'000; ++i) {
    OwnedEnvelope owned;
    fill_randomly(owned, random);
    const std::string bytes = written(owned.view());
    const auto read = read_all(bytes);
    ASSERT_EQ(read.status, COFFER_OK) << read.message;
    ASSERT_EQ(read.described, described(owned.envelope));
    ASSERT_EQ(read.rewritten, bytes);
  }
}

TEST(Envelope, ThePayloadIsReadInPlace) {
  OwnedEnvelope owned;
  owned.payload = "value";
  const std::string bytes = written(owned.view());
  EnvelopeReader reader;
  coffer_sink sink;
  ASSERT_EQ(reader.read({bytes.data(), bytes.size()}, {}, sink), COFFER_OK);
  EXPECT_EQ(reader->payload.data, bytes.data() + bytes.size() - 5);
  EXPECT_EQ(reader->payload.size, 5u);
}

TEST(Envelope, TheHeadAloneLeavesThePayloadToTheCaller) {
  OwnedEnvelope owned;
  owned.payload = "value";
  owned.envelope.checksum = true;
  const std::string whole = written(owned.view());
  std::string head(envelope_head_size(owned.envelope), '\0');
  EXPECT_EQ(write_envelope_head(owned.envelope, head.data()), head.data() + head.size());
  EXPECT_EQ(head + "value", whole);
}

TEST(Envelope, TheCanonicalFormIsThatOfTheWriter) {
  std::mt19937_64 random(testing::test_seed());
  const auto canonical = [](const std::string& bytes) {
    EnvelopeReader reader;
    coffer_sink sink;
    return reader.read({bytes.data(), bytes.size()}, {}, sink) == COFFER_OK &&
           is_canonical(reader.get());
  };
  for (int i = 0; i < 2'000; ++i) {
    OwnedEnvelope owned;
    fill_randomly(owned, random);
    owned.envelope.required_revision = 0;
    owned.envelope.checksum = false;
    const std::string bytes = written(owned.view());
    ASSERT_TRUE(canonical(bytes));
    ASSERT_FALSE(canonical(bytes + field(4, wire::kVarint, "\x10")));
    // Any other bytes of the same meaning.
    std::string other = bytes;
    const size_t at = wire::kMagicSize + random() % (bytes.size() - wire::kMagicSize);
    other.insert(at, 1, static_cast<char>(random()));
    const auto read = read_all(other);
    if (read.status == COFFER_OK && read.described == described(owned.envelope) &&
        read.rewritten == bytes) {
      ASSERT_FALSE(canonical(other));
    }
  }
}

TEST(Envelope, FieldsOfNewerRevisionsSurvive) {
  OwnedEnvelope owned;
  owned.envelope.format = 16;
  owned.payload = "value";
  std::string newer = written(owned.view());
  const std::string unknown = field(17, wire::kVarint, "\x96\x01") +
                              field(3000, wire::kBytes,
                                    "\x03"
                                    "abc") +
                              field(18, wire::kFixed32, "1234") +
                              field(19, wire::kFixed64, "12345678") +
                              // Known numbers with another type are no fields we know.
                              field(4, wire::kFixed32, "abcd");
  const size_t middle = newer.size() - owned.payload.size() - 3;
  newer.insert(middle, unknown);
  const auto read = read_all(newer);
  ASSERT_EQ(read.status, COFFER_OK) << read.message;
  EXPECT_EQ(read.described, described(owned.envelope));
  EXPECT_EQ(read.rewritten, newer);

  // Wherever they stand, they come before the payload when written again.
  const auto split = read_all(written(owned.view()) + unknown);
  EXPECT_EQ(split.rewritten, newer);
}

TEST(Envelope, UnknownFieldsOfCodecsSurvive) {
  OwnedEnvelope owned;
  owned.payload = "value";
  std::string bytes = written(owned.view());
  bytes.insert(7, field(16, wire::kBytes, "\x07\x08\x10\x18\x2a\x12\x01p"));
  const auto read = read_all(bytes);
  ASSERT_EQ(read.status, COFFER_OK) << read.message;
  EXPECT_NE(read.described.find("codec 16 (70)"), std::string::npos) << read.described;
  EXPECT_EQ(read.rewritten, bytes);
}

TEST(Envelope, FieldsAreReadInAnyOrderAndTheLastOneCounts) {
  const std::string magic = written({}).substr(0, 5);
  const auto read = read_all(magic +
                             field(2047, wire::kBytes,
                                   "\x01"
                                   "a") +
                             field(4, wire::kVarint, "\x10") +
                             field(15, wire::kBytes, std::string("\x08\x01\0\0\0\0\0\0\0", 9)) +
                             field(15, wire::kFixed64, std::string("\x02\0\0\0\0\0\0\0", 8)) +
                             field(15, wire::kFixed64, std::string("\x03\0\0\0\0\0\0\0", 8)) +
                             field(4, wire::kVarint, "\x11") +
                             field(2047, wire::kBytes,
                                   "\x01"
                                   "b"));
  ASSERT_EQ(read.status, COFFER_OK) << read.message;
  EXPECT_NE(read.described.find("revision 0, required 0, format 17/"), std::string::npos)
      << read.described;
  EXPECT_NE(read.described.find("stamp 1 2 = 3, payload 62"), std::string::npos) << read.described;
}

TEST(Envelope, ALaterReleaseMayShutThisOneOut) {
  Envelope envelope;
  envelope.required_revision = kEnvelopeRevision + 1;
  const auto read = read_all(written(envelope));
  EXPECT_EQ(read.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(read.message,
            "envelope: it asks for revision 2 of its format, and this release knows revision 1");
}

TEST(Envelope, OtherBytesAreNoEnvelope) {
  for (const std::string bytes : {"", "{\"a\":1}", "\x0d\x43\x4f\x46", "\x0d\x43\x4f\x46\x32"}) {
    EXPECT_FALSE(is_envelope({bytes.data(), bytes.size()}));
    EXPECT_EQ(read_all(bytes).message,
              "envelope: it does not begin as an envelope does (offset 0)");
  }
  const std::string smallest = written({});
  EXPECT_TRUE(is_envelope({smallest.data(), smallest.size()}));
}

}  // namespace
}  // namespace coffer::core
