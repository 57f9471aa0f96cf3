// Opening runtimes and caches: options, names, and errors written for the reader.
#include <gtest/gtest.h>

#include "capi/testing/fixture.h"
#include "core/value/testing/recorder.h"

namespace coffer::testing {
namespace {

class OpenTest : public RuntimeTest {};

TEST_F(OpenTest, AnUnknownOptionNamesTheNearestOne) {
  const std::string message = open_fails("memory://?capcity=100k", COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message.find("capcity"), std::string::npos) << message;
  EXPECT_NE(message.find("'capacity'"), std::string::npos) << message;
  EXPECT_NE(open_fails("memory://?strategi=lru", COFFER_INVALID_ARGUMENT).find("'strategy'"),
            std::string::npos);
}

TEST_F(OpenTest, AnUnknownPluginNamesTheNearestOneAndWhereItLooked) {
  const std::string store = open_fails("memry://", COFFER_NOT_FOUND);
  EXPECT_NE(store.find("memory"), std::string::npos) << store;
  EXPECT_NE(store.find("COFFER_PLUGIN_PATH"), std::string::npos) << store;
  const std::string strategy = open_fails("memory://?strategy=lruu", COFFER_NOT_FOUND);
  EXPECT_NE(strategy.find("lru"), std::string::npos) << strategy;
  EXPECT_NE(open_fails("lru://", COFFER_INVALID_ARGUMENT).find("strategy"), std::string::npos);
}

TEST_F(OpenTest, IllTypedValuesSayWhatIsExpected) {
  for (const char* url : {"memory://?capacity=many", "memory://?bytes=64Mib8", "memory://?ttl=soon",
                          "memory://?capacity=-5", "memory://?ttl=-5", "memory://?deadline=0"}) {
    EXPECT_FALSE(open_fails(url, COFFER_INVALID_ARGUMENT).empty());
  }
}

TEST_F(OpenTest, MalformedUrlsAreRefused) {
  for (const char* url : {"", "memory", "memory:/", "://", "Memory://", "memory://?capacity",
                          "memory://?=5", "memory://?ttl=%zz", "memory://?ttl=1s&ttl=2s"}) {
    open_fails(url, COFFER_INVALID_ARGUMENT);
  }
}

TEST_F(OpenTest, OptionsMayComeAsAnArrayAndWinOverTheUrl) {
  const coffer_option options[] = {text_option("store", "memory"), int_option("capacity", 7)};
  coffer_cache* cache = nullptr;
  ASSERT_EQ(coffer_cache_open(runtime_, nullptr, options, 2, &cache, nullptr), COFFER_OK);
  EXPECT_EQ(stats_of(cache).capacity, 7u);
  coffer_cache_release(cache);
  ASSERT_EQ(coffer_cache_open(runtime_, "memory://?capacity=100", options, 2, &cache, nullptr),
            COFFER_OK);
  EXPECT_EQ(stats_of(cache).capacity, 7u);
  coffer_cache_release(cache);
  const coffer_option wrong = int_option("strategy", 5);
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_cache_open(runtime_, "memory://", &wrong, 1, &cache, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("strategy"), std::string::npos);
}

TEST_F(OpenTest, SerializerIsCheckedAtOnce) {
  EXPECT_NE(open_fails("memory://?serializer=jsn", COFFER_NOT_FOUND).find("'json'?"),
            std::string::npos);
  EXPECT_NE(open_fails("memory://?serializer.nope=1", COFFER_INVALID_ARGUMENT).find("nope"),
            std::string::npos);
  EXPECT_NE(open_fails("memory://?serializer=json&serializer.indent=abc", COFFER_INVALID_ARGUMENT)
                .find("indent"),
            std::string::npos);
  coffer_cache* cache = open("memory://");
  const coffer_option options[] = {text_option("serializer", "lru"),
                                   text_option("serializer.indent", "abc")};
  for (const coffer_option& option : options) {
    coffer_cache* derived = nullptr;
    coffer_error* error = nullptr;
    EXPECT_EQ(coffer_cache_derive(cache, &option, 1, &derived, &error), COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(derived, nullptr);
    message_of(error);
  }
}

TEST_F(OpenTest, PathOfAPluginIsDenied) {
  for (const char* url : {"memory://?strategy=/tmp/x.so", "memory://?strategy=%2e%2e%2fx",
                          "memory://?serializer=./x.so", "memory://?codec=./x.so"}) {
    EXPECT_NE(open_fails(url, COFFER_DENIED).find("plugin_files"), std::string::npos) << url;
  }
  const coffer_option allowed = text_option("plugin_files", "true");
  coffer_runtime* runtime = nullptr;
  ASSERT_EQ(coffer_runtime_create(&allowed, 1, &runtime, nullptr), COFFER_OK);
  coffer_cache* cache = nullptr;
  EXPECT_EQ(
      coffer_cache_open(runtime, "memory://?strategy=/nowhere/x.so", nullptr, 0, &cache, nullptr),
      COFFER_NOT_FOUND);
  coffer_runtime_release(runtime);
}

TEST_F(OpenTest, TextWithANulIsRefused) {
  const coffer_option option = text_option("strategy", std::string_view("lru\0x", 5));
  coffer_cache* cache = nullptr;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_cache_open(runtime_, "memory://", &option, 1, &cache, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("NUL"), std::string::npos);
}

TEST_F(OpenTest, MessagesCutLongValues) {
  const std::string value(1 << 20, 'x');
  for (const char* key : {"capacity", "strategy", "serializer", "on_error", value.c_str()}) {
    const coffer_option option = text_option(key, value);
    coffer_cache* cache = nullptr;
    coffer_error* error = nullptr;
    EXPECT_GE(coffer_cache_open(runtime_, "memory://", &option, 1, &cache, &error), 16);
    const std::string message = message_of(error);
    EXPECT_LT(message.size(), 2000u) << std::string(key).substr(0, 20);
    EXPECT_GT(message.size(), 20u);
  }
}

TEST_F(OpenTest, NegativeDurationIsShown) {
  const coffer_option option = int_option("ttl", -5 * kSecond, COFFER_TYPE_DURATION);
  coffer_cache* cache = nullptr;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_cache_open(runtime_, "memory://", &option, 1, &cache, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("'-5s'"), std::string::npos);
}

TEST_F(OpenTest, WithoutUrlAndStoreThereIsAnExample) {
  coffer_error* error = nullptr;
  coffer_cache* cache = nullptr;
  EXPECT_EQ(coffer_cache_open(runtime_, nullptr, nullptr, 0, &cache, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("memory://?capacity=100k"), std::string::npos);
}

TEST_F(OpenTest, NamedStoresAreSharedAndUnnamedOnesAreNot) {
  coffer_cache* a = open("memory://sessions?capacity=10");
  coffer_cache* b = open("memory://sessions?capacity=10");
  coffer_cache* other = open("memory://others?capacity=10");
  coffer_cache* unnamed = open("memory://?capacity=10");
  put(a, "k", "v");
  EXPECT_EQ(get(b, "k"), "v");
  EXPECT_EQ(get(other, "k"), "(miss)");
  EXPECT_EQ(get(unnamed, "k"), "(miss)");
  const std::string message = open_fails("memory://sessions?capacity=11", COFFER_INVALID_STATE);
  EXPECT_NE(message.find("memory://sessions"), std::string::npos) << message;
}

TEST_F(OpenTest, ANameIsFreeAgainOnceItsHandlesAreReleased) {
  coffer_cache* cache = nullptr;
  ASSERT_EQ(coffer_cache_open(runtime_, "memory://s?capacity=10", nullptr, 0, &cache, nullptr),
            COFFER_OK);
  put(cache, "k", "v");
  coffer_cache_release(cache);
  coffer_cache* again = open("memory://s?capacity=20");
  EXPECT_EQ(get(again, "k"), "(miss)");
}

TEST_F(OpenTest, ADescriptionHasTheUrlThatOpensTheSame) {
  coffer_cache* cache = open(
      "memory://s?strategy=lfu&capacity=1k&strategy.aging_interval=500&ttl=90&namespace=a%3Ab");
  core::Recorder recorder;
  ASSERT_EQ(coffer_cache_describe(cache, recorder.visitor(), nullptr), COFFER_OK);
  const size_t at = recorder.heard.find("memory://s?");
  ASSERT_NE(at, std::string::npos) << recorder.heard;
  const std::string url = recorder.heard.substr(at, recorder.heard.find(' ', at) - at);
  EXPECT_NE(url.find("strategy.aging_interval=500"), std::string::npos) << url;
  coffer_cache* again = open(url.c_str());  // the same name with other options would be refused
  put(cache, "k", "v");
  EXPECT_EQ(get(again, "k"), "v") << url;
}

TEST_F(OpenTest, RuntimeOptionsAreChecked) {
  for (const coffer_option& option :
       {text_option("clok", "manual"), text_option("clock", "sundial"), int_option("workers", 0),
        text_option("housekeeping", "often")}) {
    coffer_error* error = nullptr;
    coffer_runtime* runtime = nullptr;
    EXPECT_EQ(coffer_runtime_create(&option, 1, &runtime, &error), COFFER_INVALID_ARGUMENT);
    EXPECT_NE(message_of(error).find(option.key), std::string::npos);
    EXPECT_EQ(runtime, nullptr);
  }
}

TEST_F(OpenTest, TheSystemClockCannotBeMoved) {
  coffer_runtime* runtime = nullptr;
  ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime, nullptr), COFFER_OK);
  EXPECT_EQ(coffer_runtime_advance(runtime, 1, nullptr), COFFER_INVALID_STATE);
  const coffer_time before = coffer_runtime_now(runtime);
  EXPECT_GT(before, 0);
  EXPECT_GE(coffer_runtime_now(runtime), before);
  coffer_runtime_release(runtime);
  EXPECT_EQ(coffer_runtime_advance(runtime_, -1, nullptr), COFFER_INVALID_ARGUMENT);
}

TEST_F(OpenTest, ReleasesMayComeInAnyOrder) {
  coffer_runtime* runtime = nullptr;
  ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime, nullptr), COFFER_OK);
  coffer_cache* cache = nullptr;
  ASSERT_EQ(coffer_cache_open(runtime, "memory://", nullptr, 0, &cache, nullptr), COFFER_OK);
  coffer_scan* scan = nullptr;
  put(cache, "k", "v");
  ASSERT_EQ(coffer_scan_open(cache, COFFER_SCAN_PREFIX, "", 0, &scan, nullptr), COFFER_OK);
  coffer_runtime_release(runtime);
  EXPECT_EQ(get(cache, "k"), "v");
  coffer_cache_release(cache);
  coffer_bytes key{};
  size_t count = 0;
  EXPECT_LT(coffer_scan_next(scan, &key, 1, &count, nullptr), 16);
  coffer_scan_release(scan);
  coffer_runtime_release(nullptr);
  coffer_cache_release(nullptr);
  coffer_scan_release(nullptr);
  coffer_error_release(nullptr);
  coffer_queue_release(nullptr);
}

TEST_F(OpenTest, SweepsExpiredEntriesInTheBackground) {
  const coffer_option options[] = {text_option("housekeeping", "5ms")};
  coffer_runtime* runtime = nullptr;
  ASSERT_EQ(coffer_runtime_create(options, 1, &runtime, nullptr), COFFER_OK);
  coffer_cache* cache = nullptr;
  ASSERT_EQ(coffer_cache_open(runtime, "memory://?ttl=1ms", nullptr, 0, &cache, nullptr),
            COFFER_OK);
  put(cache, "k", "v");
  // Nobody reads or writes: only the housekeeper can make the entry go.
  for (int i = 0; i < 2000 && stats_of(cache).entries > 0; ++i) {
    const timespec pause{0, 5'000'000};
    nanosleep(&pause, nullptr);
  }
  EXPECT_EQ(stats_of(cache).entries, 0u);
  EXPECT_EQ(stats_of(cache).expirations, 1u);
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
}

TEST_F(OpenTest, TwoRuntimesDoNotNoticeEachOther) {
  coffer_runtime* other = nullptr;
  ASSERT_EQ(coffer_runtime_create(nullptr, 0, &other, nullptr), COFFER_OK);
  coffer_cache* theirs = nullptr;
  ASSERT_EQ(coffer_cache_open(other, "memory://s?capacity=10", nullptr, 0, &theirs, nullptr),
            COFFER_OK);
  coffer_cache* ours = open("memory://s?capacity=20");
  put(ours, "k", "v");
  EXPECT_EQ(get(theirs, "k"), "(miss)");
  coffer_cache_release(theirs);
  coffer_runtime_release(other);
  EXPECT_EQ(get(ours, "k"), "v");
}

}  // namespace
}  // namespace coffer::testing
