// Codecs as a cache uses them: through the C header, with the plugins that come along.
#include <gtest/gtest.h>

#include "capi/testing/freshness.h"
#include "core/meta/envelope.h"
#include "tests/promise/shared_store.h"

namespace coffer::testing {
namespace {

constexpr const char* kKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* kOtherKey =
    "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

std::string encrypted(const std::string& codecs, const std::string& options) {
  return "shared://?capacity=1000&codec=" + codecs + "&codec.aes_gcm." + options;
}

class CodecTest : public RuntimeTest {
 public:
  static void SetUpTestSuite() { ASSERT_EQ(SharedStore::enlist(), COFFER_OK); }

 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    bare_ = open("shared://?capacity=1000&raw=1");
  }
  std::vector<uint32_t> record_of(std::string_view key) {
    const std::string stored = get(bare_, key);
    coffer_sink sink;
    core::EnvelopeReader reader;
    EXPECT_EQ(reader.read({stored.data(), stored.size()}, bytes(key), sink), COFFER_OK);
    std::vector<uint32_t> codecs;
    for (const core::EnvelopeCodec& codec : reader->codecs) codecs.push_back(codec.codec);
    return codecs;
  }

  coffer_cache* bare_ = nullptr;  // sees the bytes of all others
  const std::string text_ = [] {
    std::string text;
    while (text.size() < 20'000) text += "the same words again, ";
    return text;
  }();
};

TEST_F(CodecTest, CompressedValuesTakeLessRoomInMemory) {
  coffer_cache* plain = open("memory://?capacity=1000");
  for (const char* codec : {"lz4", "zstd"}) {
    coffer_cache* small = open((std::string("memory://?capacity=1000&codec=") + codec).c_str());
    for (int i = 0; i < 100; ++i) {
      const std::string key = "k" + std::to_string(i);
      ASSERT_EQ(put(small, key, text_), COFFER_OK);
      ASSERT_EQ(put(plain, key, text_), COFFER_OK);
      EXPECT_EQ(get(small, key), text_);
    }
    EXPECT_LT(stats_of(small).bytes, stats_of(plain).bytes / 10) << codec;
  }
}

TEST_F(CodecTest, FreshnessIsAsWithoutThem) {
  coffer_cache* cache = open("memory://?capacity=1000&codec=zstd&early=0&namespace=n");
  Depends depends;
  depends.tag("t");
  EXPECT_EQ(load(cache, "k", text_, depends), "loaded");
  EXPECT_EQ(fetch(cache, "k").text(), "HIT " + text_);
  ASSERT_EQ(invalidate(cache, "t"), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "(miss)");
  EXPECT_EQ(load(cache, "k", "short", depends), "loaded");
  EXPECT_EQ(get(cache, "k"), "short");
  ASSERT_EQ(coffer_clear(cache, nullptr), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "(miss)");
  coffer_put_options null = put_options();
  null.flags = COFFER_ENTRY_NULL;
  ASSERT_EQ(put(cache, "null", "", &null), COFFER_OK);
  EXPECT_EQ(get(cache, "null"), "(null)");
  int64_t sum = 0;
  ASSERT_EQ(coffer_incr(cache, "n", 1, 5, 0, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
  ASSERT_EQ(coffer_incr(cache, "n", 1, 5, 0, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
  EXPECT_EQ(sum, 10);
}

TEST_F(CodecTest, AreNotedInTheirOrder) {
  coffer_cache* cache = open(encrypted("zstd,aes_gcm", std::string("key=") + kKey).c_str());
  ASSERT_EQ(put(cache, "k", text_), COFFER_OK);
  EXPECT_EQ(record_of("k"), (std::vector<uint32_t>{16, 18}));
  EXPECT_LT(get(bare_, "k").size(), 1000u);
  EXPECT_EQ(get(cache, "k"), text_);
  ASSERT_EQ(put(cache, "k", "too short to compress"), COFFER_OK);
  EXPECT_EQ(record_of("k"), (std::vector<uint32_t>{18}));
  EXPECT_EQ(get(bare_, "k").find("too short"), std::string::npos);
  EXPECT_EQ(get(cache, "k"), "too short to compress");
}

TEST_F(CodecTest, WhatWasWrittenBeforeAChangeIsReadAfterIt) {
  coffer_cache* before = open("shared://?capacity=1000&codec=lz4");
  ASSERT_EQ(put(before, "k", text_), COFFER_OK);
  EXPECT_EQ(get(open("shared://?capacity=1000&codec=zstd"), "k"), text_);
  EXPECT_EQ(get(open("shared://?capacity=1000"), "k"), text_);
}

TEST_F(CodecTest, KeysRotate) {
  coffer_cache* old = open(encrypted("aes_gcm", std::string("key=") + kKey).c_str());
  ASSERT_EQ(put(old, "k", "secret"), COFFER_OK);
  coffer_cache* next = open(
      (encrypted("aes_gcm", std::string("key=") + kOtherKey) + "&codec.aes_gcm.old_keys=" + kKey)
          .c_str());
  EXPECT_EQ(get(next, "k"), "secret");
  ASSERT_EQ(put(next, "k", "secret"), COFFER_OK);
  EXPECT_EQ(get(old, "k"), "(miss)") << "it lacks the new key";
}

TEST_F(CodecTest, WhatIsForgedIsNotServed) {
  coffer_cache* cache = open(encrypted("aes_gcm", std::string("key=") + kKey).c_str());
  coffer_cache* forger = open("shared://?capacity=1000");
  ASSERT_EQ(put(forger, "k", "forged"), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "(miss)") << "not encrypted";
  ASSERT_EQ(put(cache, "other", "of another key"), COFFER_OK);
  ASSERT_EQ(put(bare_, "k", get(bare_, "other")), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "(miss)") << "moved from another key";
  Depends none;
  EXPECT_EQ(load(cache, "k", "true", none), "loaded");
  EXPECT_EQ(get(cache, "k"), "true");
}

TEST_F(CodecTest, OptionsAreCheckedAtOpen) {
  EXPECT_NE(open_fails("memory://?codec=zsdt", COFFER_NOT_FOUND).find("zstd"), std::string::npos);
  EXPECT_NE(open_fails("memory://?codec=aes_gcm", COFFER_INVALID_ARGUMENT).find("key"),
            std::string::npos);
  EXPECT_NE(
      open_fails("memory://?codec=zstd&codec.zstd.levle=3", COFFER_INVALID_ARGUMENT).find("level"),
      std::string::npos);
  EXPECT_NE(open_fails("memory://?codec.zstd.level=3", COFFER_INVALID_ARGUMENT)
                .find("no codec is in use"),
            std::string::npos);
  EXPECT_NE(open_fails("memory://?codex=zstd", COFFER_INVALID_ARGUMENT).find("codec"),
            std::string::npos);
}

TEST_F(CodecTest, BelongToTheStoreAndItsUrl) {
  coffer_cache* cache = open("memory://shop?capacity=10&codec=zstd&codec.zstd.level=5");
  EXPECT_NE(
      open_fails("memory://shop?capacity=10", COFFER_INVALID_STATE).find("codec.zstd.level=5"),
      std::string::npos);
  const coffer_option option = text_option("codec", "lz4");
  coffer_cache* derived = nullptr;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_cache_derive(cache, &option, 1, &derived, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("'codec'"), std::string::npos);
}

TEST_F(CodecTest, BatchesAndScansPassThrough) {
  coffer_cache* cache = open("memory://?capacity=1000&codec=lz4");
  std::vector<coffer_op> ops(3);
  const char* const keys[] = {"a", "b", "c"};
  for (size_t i = 0; i < ops.size(); ++i) {
    ops[i] = {};
    ops[i].struct_size = sizeof ops[i];
    ops[i].kind = COFFER_OP_PUT;
    ops[i].key = bytes(keys[i]);
    ops[i].value = bytes(text_);
    ops[i].put = put_options();
  }
  std::vector<coffer_result> results(3);
  ASSERT_EQ(coffer_run(cache, ops.data(), ops.size(), sizeof ops[0], results.data(), nullptr),
            COFFER_OK);
  for (coffer_op& op : ops) op.kind = COFFER_OP_GET;
  ASSERT_EQ(coffer_run(cache, ops.data(), ops.size(), sizeof ops[0], results.data(), nullptr),
            COFFER_OK);
  for (coffer_result& result : results) {
    EXPECT_EQ(result.status, COFFER_OK);
    EXPECT_EQ(result.entry.size, text_.size());
    coffer_entry_release(&result.entry);
  }
  EXPECT_EQ(keys_of(cache, COFFER_SCAN_PREFIX, "").size(), 3u);
}

TEST_F(CodecTest, ABombIsNotServed) {
  coffer_cache* cache = open("shared://?capacity=1000&codec=zstd");
  ASSERT_EQ(put(cache, "k", std::string(1 << 20, 'a')), COFFER_OK);
  coffer_cache* small = open("shared://?capacity=1000&codec=zstd&max_value=64KiB");
  EXPECT_EQ(get_pinned(small, "k"), "(miss)") << "larger than any value it takes";
}

// A codec that claims too many parameters for values that begin with "bad", and else changes nothing.
coffer_status encode_badly(void*, coffer_bytes bytes, coffer_bytes, uint64_t, const coffer_writer*,
                           coffer_codec_note* note, coffer_sink*) {
  const std::string_view value(static_cast<const char*>(bytes.data), bytes.size);
  note->skipped = 1;
  note->parameters_size = value.starts_with("bad") ? COFFER_CODEC_MAX_PARAMETERS + 1 : 0;
  return COFFER_OK;
}

const coffer_codec kBadCodec = {
    .struct_size = sizeof(coffer_codec),
    .codec = 1999,
    .caps = COFFER_CODEC_COMPRESSES,
    .destroy = [](void*) {},
    .encode = encode_badly,
    .decode = [](void*, coffer_bytes, coffer_bytes, coffer_bytes, uint64_t, const coffer_writer*,
                 coffer_sink*) -> coffer_status { return COFFER_OK; },
};

const coffer_plugin_info* bad_codec_info(size_t index) {
  static const coffer_plugin_info info = {
      .struct_size = sizeof(coffer_plugin_info),
      .abi_version = COFFER_ABI_VERSION,
      .kind = COFFER_KIND_CODEC,
      .reserved = 0,
      .id = "bad_codec",
      .version = "1.0",
      .summary = "claims too many parameters",
      .license = "Apache-2.0",
      .caps = COFFER_CODEC_COMPRESSES,
      .options = nullptr,
      .option_count = 0,
  };
  return index == 0 ? &info : nullptr;
}

TEST_F(CodecTest, CodecFaultIsNotTheStores) {
  const coffer_plugin_create_fn create = [](const coffer_host* host, const char*,
                                            const coffer_option*, size_t, coffer_instance* out,
                                            coffer_sink*) -> coffer_status {
    *out = {const_cast<coffer_host*>(host), &kBadCodec};
    return COFFER_OK;
  };
  ASSERT_EQ(coffer_plugin_register(bad_codec_info, create, nullptr), COFFER_OK);
  coffer_cache* cache = open("memory://?capacity=1000&codec=bad_codec");
  const std::string good = "good" + text_;
  const std::string bad = "bad" + text_;
  ASSERT_EQ(put(cache, "k", good), COFFER_OK);
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_put(cache, "l", 1, bad.data(), bad.size(), nullptr, nullptr, &error),
            COFFER_PLUGIN_FAULT);
  EXPECT_NE(message_of(error).find("codec bad_codec"), std::string::npos);
  EXPECT_EQ(get(cache, "k"), good) << "the store goes on";
  EXPECT_EQ(put(cache, "m", good), COFFER_OK);
}

}  // namespace
}  // namespace coffer::testing
