#include <gtest/gtest.h>
#include <zstd.h>

#include <random>
#include <thread>
#include <vector>

#include "plugins/codecs/testing/harness.h"

COFFER_STATIC_CODEC(zstd)

namespace coffer::codecs {
namespace {

const std::string kText = [] {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "{\"id\":" + std::to_string(i * 7919 % 1000) + "},";
  return text;
}();

TEST(Zstd, MakesBytesFewerAtEveryLevel) {
  for (int level = 1; level <= 19; ++level) {
    const Codec codec(kPlugin, {{"level", std::to_string(level)}});
    const Result encoded = codec.encode(kText);
    ASSERT_EQ(encoded.status, COFFER_OK) << encoded;
    EXPECT_LT(encoded.bytes.size(), kText.size() / 2);
    EXPECT_EQ(codec.decode(encoded).bytes, kText);
  }
}

TEST(Zstd, WritesFramesThatStateTheirSize) {
  const Result encoded = Codec(kPlugin).encode(kText);
  EXPECT_EQ(ZSTD_getFrameContentSize(encoded.bytes.data(), encoded.bytes.size()), kText.size());
  EXPECT_EQ(encoded.parameters, "");
}

TEST(Zstd, RefusesFramesThatDoNot) {
  Result encoded;
  encoded.bytes.resize(ZSTD_compressBound(kText.size()));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  encoded.bytes.resize(ZSTD_compress2(context, encoded.bytes.data(), encoded.bytes.size(),
                                      kText.data(), kText.size()));
  ZSTD_freeCCtx(context);
  const Result decoded = Codec(kPlugin).decode(encoded);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT);
  EXPECT_EQ(decoded.message, "the Zstandard frame does not state the size of its content");
}

TEST(Zstd, LeavesAloneWhatIsSmallOrDoesNotShrink) {
  const Codec codec(kPlugin);
  EXPECT_TRUE(codec.encode(std::string(1023, 'x')).skipped);
  EXPECT_FALSE(codec.encode(std::string(1024, 'x')).skipped);
  std::mt19937 random(1);
  std::string noise(5000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  EXPECT_TRUE(codec.encode(noise).skipped);
  EXPECT_TRUE(Codec(kPlugin, {{"threshold", "0"}}).encode("xyz").skipped);
}

TEST(Zstd, ABombIsRefusedUnopened) {
  const Codec codec(kPlugin);
  const Result bomb = codec.encode(std::string(10'000'000, 'x'));
  EXPECT_LT(bomb.bytes.size(), 2'000u);
  EXPECT_EQ(codec.decode(bomb, "", 9'999'999).message,
            "the bytes are 10000000 when decoded, and 9999999 are allowed");
  EXPECT_EQ(codec.decode(bomb, "", 10'000'000).status, COFFER_OK);
}

// More threads than the pool has places.
TEST(Zstd, ContextsAreSharedByThreads) {
  const Codec codec(kPlugin);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string bytes = kText.substr(static_cast<size_t>(t * 100 + i));
        EXPECT_EQ(codec.decode(codec.encode(bytes)).bytes, bytes);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Zstd, OptionsHaveTheirRange) {
  for (const char* level : {"0", "20"}) {
    const Codec codec(kPlugin, {{"level", level}});
    EXPECT_EQ(codec.created().message, std::string("the option \"level\" is ") + level +
                                           "; it can be 1 to 19 [option=level]");
  }
}

}  // namespace
}  // namespace coffer::codecs
