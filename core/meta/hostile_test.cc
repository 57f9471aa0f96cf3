// Envelopes that somebody has spoilt.
#include <gtest/gtest.h>

#include "core/meta/envelope.h"
#include "core/meta/fields.h"
#include "core/meta/testing/random_envelope.h"

namespace coffer::core {
namespace {

using testing::fill_randomly;
using testing::OwnedEnvelope;
using testing::read_all;
using testing::written;

// Either an envelope that can be written again, or CORRUPT and where.
coffer_status bear(const std::string& bytes) {
  const auto read = read_all(bytes);
  if (read.status == COFFER_CORRUPT) {
    EXPECT_FALSE(read.offset.empty()) << read.message;
    if (!read.offset.empty()) {
      EXPECT_LE(std::stoull(read.offset), bytes.size());
    }
  } else if (read.status == COFFER_OK) {
    const auto again = read_all(read.rewritten);
    EXPECT_EQ(again.status, COFFER_OK) << again.message;
    EXPECT_EQ(again.described, read.described);
    EXPECT_EQ(again.rewritten, read.rewritten);
  } else {
    EXPECT_EQ(read.status, COFFER_UNSUPPORTED) << read.message;
  }
  return read.status;
}

struct HostileEnvelope : ::testing::Test {
  std::mt19937_64 random{testing::test_seed()};

  std::string sample(bool checksum) {
    OwnedEnvelope owned;
    do {
      fill_randomly(owned, random);
      owned.envelope.checksum = checksum;
      owned.envelope.required_revision = 0;
    } while (envelope_size(owned.view()) > 600);
    return written(owned.view());
  }
};

TEST_F(HostileEnvelope, CutAtAnyByteItIsCorrupt) {
  for (int i = 0; i < 100; ++i) {
    const bool checksum = i % 2 == 0;
    const std::string bytes = sample(checksum);
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      EXPECT_EQ(bear(bytes.substr(0, cut)), COFFER_CORRUPT) << cut;
    }
  }
}

TEST_F(HostileEnvelope, AnyFlippedBitIsFoundByTheChecksum) {
  for (int i = 0; i < 25; ++i) {
    const std::string bytes = sample(true);
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string spoilt = bytes;
        spoilt[at] = static_cast<char>(spoilt[at] ^ (1 << bit));
        EXPECT_NE(bear(spoilt), COFFER_OK) << at << "." << bit;
      }
    }
  }
}

TEST_F(HostileEnvelope, FlippedBitsWithoutChecksumDoNoHarm) {
  for (int i = 0; i < 25; ++i) {
    const std::string bytes = sample(false);
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string spoilt = bytes;
        spoilt[at] = static_cast<char>(spoilt[at] ^ (1 << bit));
        bear(spoilt);
      }
    }
  }
}

TEST_F(HostileEnvelope, GarbageBehindTheMagicIsRefusedOrKept) {
  const std::string magic = written({}).substr(0, wire::kMagicSize);
  for (int i = 0; i < 30'000; ++i) {
    std::string bytes = magic;
    for (size_t n = random() % 40; n > 0; --n) bytes += static_cast<char>(random());
    bear(bytes);
  }
}

struct Wrong {
  const char* bytes;
  size_t size;
  const char* message;
};
#define WRONG(text, message) \
  Wrong { text, sizeof(text) - 1, message }

TEST(HostileEnvelopeByHand, SaysWhatIsWrongAndWhere) {
  const std::string magic = written({}).substr(0, wire::kMagicSize);
  const std::string no_end = "a field ends behind the end, or a number has no end (offset 5)";
  const Wrong cases[] = {
      WRONG("\x00", "no field begins here (offset 5)"),
      WRONG("\x03", "no field begins here (offset 5)"),  // field 0
      WRONG("\x1b", "no field begins here (offset 5)"),  // a group
      WRONG("\x1e", "no field begins here (offset 5)"),  // a type that does not exist
      WRONG("\xff\xff\xff\xff\xff\x01\x00", "no field begins here (offset 5)"),
      WRONG("\x10", no_end.c_str()),
      WRONG("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", no_end.c_str()),
      WRONG("\x41\x01\x02", no_end.c_str()),
      WRONG("\xfa\x7f\x05"
            "abcd",
            no_end.c_str()),
      WRONG("\xfa\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
            "abcd",
            no_end.c_str()),
      WRONG("\x0d"
            "abcd",
            "another magic number (offset 5)"),
      WRONG("\x7a\x03"
            "abc",
            "its stamps are not numbers of eight bytes (offset 5)"),
      WRONG("\x7a\x08"
            "12345678",
            "its stamps are 1 numbers, not three each (offset 15)"),
      WRONG("\x82\x01\x02\x08\x80",
            "a field ends behind the end, or a number has no end (offset 8)"),
      WRONG("\x82\x01\x01\x07", "no field of a codec begins here (offset 8)"),
      WRONG("", "it has no payload, so its end is missing (offset 5)"),
      WRONG("\xf1\x7f"
            "12345678\xfa\x7f\x00",
            "it has a checksum, and its magic number says that there is none (offset 5)"),
  };
  for (const Wrong& wrong : cases) {
    const auto read = read_all(magic + std::string(wrong.bytes, wrong.size));
    EXPECT_EQ(read.status, COFFER_CORRUPT);
    EXPECT_EQ(read.message, std::string("envelope: ") + wrong.message);
  }
}

TEST(HostileEnvelopeByHand, TheMagicAsksForAChecksum) {
  const std::string apart =
      "the payload does not follow the checksum, or something follows the payload (offset 5)";
  const Wrong cases[] = {
      WRONG("\x0d"
            "COF1",
            "another magic number (offset 5)"),
      WRONG("\xfa\x7f\x00", "its checksum is missing (offset 0)"),
      WRONG("\xf1\x7f"
            "12345678\xfa\x7f\x00",
            "the checksum is wrong (offset 5)"),
      WRONG("\xf1\x7f"
            "12345678\x20\x10\xfa\x7f\x00",
            apart.c_str()),
      WRONG("\xf1\x7f"
            "12345678\xfa\x7f\x80\x00",
            apart.c_str()),
      WRONG("\xf1\x7f"
            "12345678\xfa\x7f\x00\x20\x10",
            apart.c_str()),
  };
  for (const Wrong& wrong : cases) {
    const auto read = read_all(
        "\x0d"
        "COFC" +
        std::string(wrong.bytes, wrong.size));
    EXPECT_EQ(read.status, COFFER_CORRUPT);
    EXPECT_EQ(read.message, std::string("envelope: ") + wrong.message);
  }
}

TEST_F(HostileEnvelope, AChecksumIsOfOneKey) {
  OwnedEnvelope owned;
  owned.payload = "value";
  owned.envelope.key = {"user:7", 6};
  owned.envelope.checksum = true;
  const std::string bytes = written(owned.view());
  EXPECT_EQ(read_all(bytes, {"user:7", 6}).status, COFFER_OK);
  EXPECT_EQ(read_all(bytes, {"user:8", 6}).status, COFFER_CORRUPT);
  EXPECT_EQ(read_all(bytes).status, COFFER_CORRUPT);
}

TEST(HostileEnvelopeByHand, ListsHaveAnEnd) {
  const std::string magic = written({}).substr(0, wire::kMagicSize);
  std::string stamps = magic, codecs = magic, parameters = magic;
  for (size_t i = 0; i < 3 * (kMostEnvelopeStamps + 1); ++i)
    stamps +=
        "\x79"
        "12345678";
  EXPECT_NE(read_all(stamps).message.find("more than 64 stamps"), std::string::npos);
  for (size_t i = 0; i < kMostEnvelopeCodecs + 1; ++i)
    codecs += std::string("\x82\x01\x02\x08\x10", 5);
  EXPECT_NE(read_all(codecs).message.find("more than 8 codecs"), std::string::npos);
  parameters += std::string("\x82\x01\x43\x12\x41", 5) + std::string(65, 'x');
  EXPECT_NE(read_all(parameters).message.find("too many parameters"), std::string::npos);
}

}  // namespace
}  // namespace coffer::core
