#include "core/config/url.h"

#include <gtest/gtest.h>

#include <string>

namespace coffer::core {
namespace {

std::string message_of(const coffer_sink& sink) {
  return sink.error != nullptr ? sink.error->message : "";
}

Url parsed(std::string_view text) {
  Url url;
  coffer_sink sink;
  EXPECT_EQ(parse_url(text, url, sink), COFFER_OK) << text << ": " << message_of(sink);
  return url;
}

// The message of a refusal.
std::string refused(std::string_view text) {
  Url url;
  coffer_sink sink;
  EXPECT_EQ(parse_url(text, url, sink), COFFER_INVALID_ARGUMENT) << text;
  return message_of(sink);
}

TEST(ParseUrl, SplitsStoreNameAndOptions) {
  const Url url = parsed("memory://sessions?capacity=100k&strategy.window=0.1&ttl=5m");
  EXPECT_EQ(url.store, "memory");
  EXPECT_EQ(url.name, "sessions");
  ASSERT_EQ(url.options.size(), 3u);
  EXPECT_EQ(url.options.find("capacity")->text, "100k");
  EXPECT_EQ(url.options.find("capacity")->type, COFFER_TYPE_TEXT);
  EXPECT_EQ(url.options.find("strategy.window")->text, "0.1");
  EXPECT_EQ(url.options.begin()->key, "capacity");
}

TEST(ParseUrl, NeedsNeitherNameNorOptions) {
  EXPECT_EQ(parsed("memory://").store, "memory");
  EXPECT_EQ(parsed("memory://").name, "");
  EXPECT_TRUE(parsed("memory://?").options.empty());
  EXPECT_EQ(parsed("my_store2://a/b:6379").name, "a/b:6379");
}

TEST(ParseUrl, DecodesPercentAndNothingElse) {
  const Url url = parsed("memory://a%20b?namespace=x%26y%3D1&key=a+b=c&empty=&%6Bey2=%c3%a4");
  EXPECT_EQ(url.name, "a b");
  EXPECT_EQ(url.options.find("namespace")->text, "x&y=1");
  EXPECT_EQ(url.options.find("key")->text, "a+b=c");
  EXPECT_EQ(url.options.find("empty")->text, "");
  EXPECT_EQ(url.options.find("key2")->text, "\u00e4");
}

TEST(ParseUrl, RefusesNulBytes) {
  for (const char* text : {"memory://a%00b", "memory://?strategy=lru%00x", "memory://?a%00b=1",
                           "memory://?namespace=%00"}) {
    EXPECT_NE(refused(text).find("a NUL byte"), std::string::npos) << text;
  }
}

TEST(ParseUrl, HasLimits) {
  std::string many = "memory://?o=1";
  for (int i = 1; i < 256; ++i) many += "&o" + std::to_string(i) + "=1";
  EXPECT_EQ(parsed(many).options.size(), 256u);
  EXPECT_NE(refused(many + "&x=1").find("more than 256 options"), std::string::npos);
  const std::string long_name = "memory://" + std::string(kMaxUrl - 9, 'n');
  EXPECT_EQ(parsed(long_name).name.size(), kMaxUrl - 9);
  EXPECT_NE(refused(long_name + "n").find("65536"), std::string::npos);
}

TEST(ParseUrl, NamesThePositionOfAMistake) {
  EXPECT_NE(refused("memory").find("position 7"), std::string::npos);
  EXPECT_NE(refused("memory:/x").find("position 7"), std::string::npos);
  EXPECT_NE(refused("Memory://x").find("position 1"), std::string::npos);
  EXPECT_NE(refused("").find("position 1"), std::string::npos);
  EXPECT_NE(refused("://x").find("position 1"), std::string::npos);
  EXPECT_NE(refused("memory://?a=%").find("position 13"), std::string::npos);
  EXPECT_NE(refused("memory://?a=%4").find("position 13"), std::string::npos);
  EXPECT_NE(refused("memory://?a=%4g").find("position 13"), std::string::npos);
  // Digits of the next option are not digits of this one.
  EXPECT_NE(refused("memory://?a=%4&b=1").find("position 13"), std::string::npos);
  EXPECT_NE(refused("memory://?a").find("position 11"), std::string::npos);
  EXPECT_NE(refused("memory://?a&b=1").find("position 11"), std::string::npos);
  EXPECT_NE(refused("memory://?=1").find("position 11"), std::string::npos);
  EXPECT_NE(refused("memory://?a=1&&b=2").find("position 15"), std::string::npos);
  EXPECT_NE(refused("memory://?a=1&").find("position 14"), std::string::npos);
  EXPECT_NE(refused("memory://?a=1&a=2").find("position 15"), std::string::npos);
  EXPECT_NE(refused("memory://x#y").find("position 11"), std::string::npos);
  EXPECT_NE(refused("memory://x y").find("position 11"), std::string::npos);
  EXPECT_NE(refused("memory://?a=%ff").find("UTF-8"), std::string::npos);
  EXPECT_NE(refused("memory://?a%00=1").find("NUL"), std::string::npos);
}

TEST(ParseUrl, NeverRepeatsAValue) {
  for (std::string_view text :
       {"memory://?password=hunter2%", "memory://?password=hunter2&password=hunter2",
        "memory://?password=hunter2&", "memory://?password=hunter2#", "redis:/hunter2",
        "memory://?hunter2"}) {
    EXPECT_EQ(refused(text).find("hunter2"), std::string::npos) << refused(text);
  }
}

TEST(ParseUrl, LeavesTheResultAloneOnFailure) {
  Url url = parsed("memory://kept?a=1");
  coffer_sink sink;
  EXPECT_TRUE(failed(parse_url("disk://x?b=1&b=2", url, sink)));
  EXPECT_EQ(url.store, "memory");
  EXPECT_EQ(url.name, "kept");
}

TEST(ToUrl, ReadsBackAsTheSame) {
  Url url;
  url.store = "memory";
  url.name = "a b/\u00e4?#%";
  url.options.set(text_option("namespace", "x&y=1 +"));
  url.options.set(text_option("control", "\x01\x7f"));
  const std::string text = to_url(url.store, url.name, url.options);
  const Url again = parsed(text);
  EXPECT_EQ(again.store, url.store);
  EXPECT_EQ(again.name, url.name);
  EXPECT_EQ(again.options, url.options) << text;
}

TEST(ToUrl, HidesSecretsAndDefaults) {
  Options options;
  Option secret = text_option("password", "hunter2");
  secret.secret = true;
  Option defaulted = int_option("shards", 8);
  defaulted.defaulted = true;
  Option size = int_option("bytes", 65'536);
  size.type = COFFER_TYPE_SIZE;
  options.set(secret);
  options.set(defaulted);
  options.set(size);
  EXPECT_EQ(to_url("redis", "h:6379", options), "redis://h:6379?password=***&bytes=64KiB");
}

}  // namespace
}  // namespace coffer::core
