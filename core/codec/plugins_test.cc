// Stacks of the codecs that come along, and the way of an entry: value, codecs, envelope, and back.
#include <gtest/gtest.h>

#include "core/codec/stack.h"
#include "core/meta/envelope.h"
#include "core/runtime/runtime.h"

namespace coffer::core {
namespace {

constexpr const char* kKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

struct CodecPluginsTest : testing::Test {
  void SetUp() override {
    coffer_sink sink;
    ASSERT_EQ(coffer_runtime::create(nullptr, 0, &runtime, sink), COFFER_OK);
  }
  void TearDown() override { runtime->release(); }

  Ref<CodecStack> open(std::string_view names,
                       std::vector<std::pair<std::string, std::string>> options) {
    Options given;
    for (auto& [key, value] : options) given.set(text_option(key, value));
    coffer_sink sink;
    Ref<CodecStack> stack;
    EXPECT_EQ(CodecStack::open(runtime, names, given, stack, sink), COFFER_OK)
        << (sink.error != nullptr ? sink.error->message : "");
    return stack;
  }

  coffer_runtime* runtime = nullptr;
};

std::string seal(const CodecStack& stack, const std::string& value, coffer_bytes key) {
  coffer_sink sink;
  CodecBuffer buffer;
  CodecRecord record;
  Envelope envelope;
  envelope.key = key;
  envelope.payload = {value.data(), value.size()};
  EXPECT_EQ(stack.encode(envelope, buffer, record, sink), COFFER_OK);
  envelope.codecs = record.view();
  envelope.payload = buffer.bytes();
  std::string bytes(envelope_size(envelope), '\0');
  write_envelope(envelope, bytes.data());
  return bytes;
}

coffer_status unseal(const CodecStack& stack, const std::string& bytes, coffer_bytes key,
                     std::string& value) {
  coffer_sink sink;
  EnvelopeReader reader;
  coffer_status status = reader.read({bytes.data(), bytes.size()}, key, sink);
  CodecBuffer buffer(1 << 20);
  if (!failed(status)) status = stack.decode(reader.get(), buffer, sink);
  if (!failed(status))
    value.assign(static_cast<const char*>(buffer.bytes().data), buffer.bytes().size);
  return status;
}

TEST_F(CodecPluginsTest, AnEntryGoesOutAndComesBack) {
  const coffer_bytes key = {"posts:7", 7}, other = {"posts:8", 7};
  const std::string value(100'000, 'v');
  for (const char* names :
       {"", "zstd", "lz4", "aes_gcm", "zstd,aes_gcm", "lz4,aes_gcm", "lz4,zstd,aes_gcm"}) {
    std::vector<std::pair<std::string, std::string>> options;
    const bool encrypts = std::string_view(names).find("aes_gcm") != std::string_view::npos;
    const bool compresses = std::string_view(names).find('z') != std::string_view::npos;
    if (encrypts) options.push_back({"aes_gcm.key", kKey});
    const auto stack = open(names, options);
    const std::string sealed = seal(*stack, value, key);
    if (compresses) {
      EXPECT_LT(sealed.size(), 1000u) << names;
    }
    std::string back;
    EXPECT_EQ(unseal(*stack, sealed, key, back), COFFER_OK) << names;
    EXPECT_EQ(back, value);
    EXPECT_EQ(unseal(*stack, sealed, other, back), encrypts ? COFFER_CORRUPT : COFFER_OK) << names;
    // A cache without codecs reads what needs no key.
    EXPECT_EQ(unseal(*open("", {}), sealed, key, back), encrypts ? COFFER_UNSUPPORTED : COFFER_OK)
        << names;
  }
}

TEST_F(CodecPluginsTest, KeysAreMaskedWhereOptionsAreShown) {
  const auto stack = open("zstd,aes_gcm",
                          {{"zstd.level", "5"}, {"aes_gcm.key", kKey}, {"aes_gcm.key_id", "2026"}});
  std::string shown;
  for (const Option& option : stack->given_options())
    shown += option.key + "=" + masked(option) + " ";
  EXPECT_EQ(shown, "codec.zstd.level=5 codec.aes_gcm.key=*** codec.aes_gcm.key_id=2026 ");
}

}  // namespace
}  // namespace coffer::core
