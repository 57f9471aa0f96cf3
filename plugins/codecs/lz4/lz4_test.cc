#include <gtest/gtest.h>

#include "plugins/codecs/testing/harness.h"

COFFER_STATIC_CODEC(lz4)

namespace coffer::codecs {
namespace {

const std::string kText = [] {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "{\"id\":" + std::to_string(i) + "},";
  return text;
}();

TEST(Lz4, MakesBytesFewerAtEveryLevel) {
  size_t fast = 0;
  for (int level = 0; level <= 12; ++level) {
    const Codec codec(kPlugin, {{"level", std::to_string(level)}});
    const Result encoded = codec.encode(kText);
    ASSERT_EQ(encoded.status, COFFER_OK) << encoded;
    EXPECT_EQ(codec.decode(encoded).bytes, kText);
    if (level == 0) fast = encoded.bytes.size();
    if (level >= 3) {
      EXPECT_LT(encoded.bytes.size(), fast);
    }
  }
}

TEST(Lz4, LeavesAloneWhatIsSmallOrDoesNotShrink) {
  const Codec codec(kPlugin);
  EXPECT_TRUE(codec.encode(std::string(1023, 'x')).skipped);
  EXPECT_FALSE(codec.encode(std::string(1024, 'x')).skipped);
  EXPECT_TRUE(codec.encode("x").skipped);
  EXPECT_TRUE(Codec(kPlugin, {{"threshold", "0"}}).encode("xyz").skipped);
  EXPECT_TRUE(Codec(kPlugin, {{"threshold", "0"}}).encode("").skipped);
}

TEST(Lz4, TheParameterIsTheSize) {
  const Codec codec(kPlugin);
  EXPECT_EQ(codec.encode(std::string(2000, 'x')).parameters, "\xd0\x0f");
  Result encoded = codec.encode(kText);
  for (const char* wrong : {"", "\x80", "\x01\x01", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"}) {
    encoded.parameters = wrong;
    const Result decoded = codec.decode(encoded);
    EXPECT_EQ(decoded.status, COFFER_CORRUPT);
    EXPECT_EQ(decoded.message, "the parameters of an LZ4 block are not its size");
  }
  encoded.parameters = "\xff\xff\xff\xff\x07";
  EXPECT_NE(codec.decode(encoded).message.find("claims to hold 2147483647"), std::string::npos);
  EXPECT_EQ(codec.decode(encoded, "", 1000).message,
            "the bytes are 2147483647 when decoded, and 1000 are allowed");
}

TEST(Lz4, OptionsHaveTheirRange) {
  for (const char* level : {"-1", "13"}) {
    const Codec codec(kPlugin, {{"level", level}});
    EXPECT_EQ(codec.created().status, COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(codec.created().message, std::string("the option \"level\" is ") + level +
                                           "; it can be 0 to 12 [option=level]");
  }
}

}  // namespace
}  // namespace coffer::codecs
